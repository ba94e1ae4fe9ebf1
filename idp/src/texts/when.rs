//! Time as people read it. Owns how it is written on pages; stored and sent time is always UTC.

use chrono::{Datelike, NaiveDate, NaiveTime};

use crate::domain::denmark;
use crate::domain::locale::Locale;
use crate::domain::time::Time;

/// `14.30`, in English `14:30`.
#[must_use]
pub fn time_of_day(time: Time, locale: Locale) -> String {
    let form = match locale {
        Locale::Da => "%H.%M",
        Locale::En => "%H:%M",
    };
    denmark::clock(time).format(form).to_string()
}

/// `22. november 2026`, in English `22 November 2026`: as letters and messages write it.
#[must_use]
pub fn day(time: Time, locale: Locale) -> String {
    const MONTHS: [&str; 12] = [
        "januar",
        "februar",
        "marts",
        "april",
        "maj",
        "juni",
        "juli",
        "august",
        "september",
        "oktober",
        "november",
        "december",
    ];
    let date = denmark::date(time);
    match locale {
        Locale::En => date.format("%-d %B %Y").to_string(),
        Locale::Da => {
            let month = MONTHS.get(date.month0() as usize).copied().unwrap_or_default();
            format!("{}. {month} {}", date.day(), date.year())
        }
    }
}

/// `22.11.2026 kl. 14.30`, in English `22 November 2026 at 14:30`.
#[must_use]
pub fn day_and_time(time: Time, locale: Locale) -> String {
    let form = match locale {
        Locale::Da => "%-d.%-m.%Y kl. %H.%M",
        Locale::En => "%-d %B %Y at %H:%M",
    };
    denmark::clock(time).format(form).to_string()
}

/// A time of day, written likewise.
#[must_use]
pub fn clock(time: NaiveTime, locale: Locale) -> String {
    let form = match locale {
        Locale::Da => "%H.%M",
        Locale::En => "%H:%M",
    };
    time.format(form).to_string()
}

/// A date of the calendar: `22.11.2026`, in English `22 November 2026`.
#[must_use]
pub fn date(date: NaiveDate, locale: Locale) -> String {
    let form = match locale {
        Locale::Da => "%-d.%-m.%Y",
        Locale::En => "%-d %B %Y",
    };
    date.format(form).to_string()
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    #[test]
    fn summer_and_winter() {
        let table = [
            ("2026-03-29T00:59:59Z", "01.59"),
            ("2026-03-29T01:00:00Z", "03.00"),
            ("2026-10-25T00:59:59Z", "02.59"),
            ("2026-10-25T01:00:00Z", "02.00"),
            ("2026-11-22T13:30:00Z", "14.30"),
            ("2026-07-01T22:30:00Z", "00.30"),
        ];
        for (utc, expected) in table {
            let seconds = DateTime::parse_from_rfc3339(utc)
                .map(|time| time.timestamp())
                .unwrap_or_default();
            let time = Time::from_secs(seconds);
            assert_eq!(time_of_day(time, Locale::Da), expected, "{utc}");
            assert_eq!(time_of_day(time, Locale::En), expected.replace('.', ":"), "{utc}");
        }
        let time = Time::from_secs(1_795_354_200);
        assert_eq!(day_and_time(time, Locale::Da), "22.11.2026 kl. 14.30");
        assert_eq!(day_and_time(time, Locale::En), "22 November 2026 at 14:30");
        assert_eq!(day(time, Locale::Da), "22. november 2026");
        assert_eq!(day(time, Locale::En), "22 November 2026");
    }
}
