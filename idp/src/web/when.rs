//! Time as people in Denmark read it. Owns the country's clock on pages; stored and sent time is always UTC.

use chrono::{DateTime, Datelike, Duration, NaiveDate, Utc, Weekday};

use crate::domain::time::Time;

/// `14.30`.
#[must_use]
pub fn time_of_day(time: Time) -> String {
    danish(time).format("%H.%M").to_string()
}

/// `22.11.2026 kl. 14.30` without the words: `22.11.2026 14.30`.
#[must_use]
pub fn day_and_time(time: Time) -> String {
    danish(time).format("%d.%m.%Y %H.%M").to_string()
}

fn danish(time: Time) -> DateTime<Utc> {
    let utc = DateTime::from_timestamp(time.secs(), 0).unwrap_or_default();
    let hours = if is_summer(utc) { 2 } else { 1 };
    utc + Duration::hours(hours)
}

/// Directive 2000/84/EC: from the last Sunday of March 01:00 UTC to the last Sunday of October 01:00 UTC.
fn is_summer(utc: DateTime<Utc>) -> bool {
    let turn = |month| {
        let mut latest_first = (25..=31)
            .rev()
            .filter_map(|day| NaiveDate::from_ymd_opt(utc.year(), month, day));
        latest_first
            .find(|date| date.weekday() == Weekday::Sun)
            .and_then(|date| date.and_hms_opt(1, 0, 0))
    };
    match (turn(3), turn(10)) {
        (Some(begin), Some(end)) => (begin..end).contains(&utc.naive_utc()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
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
            assert_eq!(time_of_day(Time::from_secs(seconds)), expected, "{utc}");
        }
        assert_eq!(day_and_time(Time::from_secs(1_795_354_200)), "22.11.2026 14.30");
    }
}
