//! The time of day in Denmark: what people read on pages, and what decides which day it is. Owns the rule of summer time.
//! Never stores it: stored time is UTC.

use chrono::{DateTime, Datelike, Duration, NaiveDate, NaiveDateTime, Weekday};

use super::time::{Span, Time};

/// What clocks in Denmark show.
#[must_use]
pub fn clock(time: Time) -> NaiveDateTime {
    let utc = DateTime::from_timestamp(time.secs(), 0).unwrap_or_default().naive_utc();
    let hours = if is_summer(utc) { 2 } else { 1 };
    utc.checked_add_signed(Duration::hours(hours)).unwrap_or(utc)
}

/// The day in Denmark: whose birthday it is, and whether somebody is of age.
#[must_use]
pub fn date(time: Time) -> NaiveDate {
    clock(time).date()
}

/// When that day began.
#[must_use]
pub fn midnight(time: Time) -> Time {
    let utc = Time::from_date(date(time));
    // An hour or two behind, by the time of the year at midnight: no day is turned at.
    [Span::hours(2), Span::hours(1)]
        .into_iter()
        .map(|ahead| utc - ahead)
        .find(|begun| date(*begun) == date(time))
        .unwrap_or(utc)
}

/// Directive 2000/84/EC: from the last Sunday of March 01:00 UTC to the last Sunday of October 01:00 UTC.
fn is_summer(utc: NaiveDateTime) -> bool {
    let turn = |month| {
        let mut latest_first = (25..=31)
            .rev()
            .filter_map(|day| NaiveDate::from_ymd_opt(utc.year(), month, day));
        latest_first
            .find(|date| date.weekday() == Weekday::Sun)
            .and_then(|date| date.and_hms_opt(1, 0, 0))
    };
    match (turn(3), turn(10)) {
        (Some(begin), Some(end)) => (begin..end).contains(&utc),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::domain::cpr::age_on;
    use proptest::prelude::*;

    fn at(text: &str) -> Time {
        Time::from_secs(DateTime::parse_from_rfc3339(text).unwrap().timestamp())
    }

    #[test]
    fn summer_and_winter() {
        let table = [
            ("2026-03-29T00:59:59Z", "2026-03-29 01:59:59"),
            ("2026-03-29T01:00:00Z", "2026-03-29 03:00:00"),
            ("2026-10-25T00:59:59Z", "2026-10-25 02:59:59"),
            ("2026-10-25T01:00:00Z", "2026-10-25 02:00:00"),
            ("2026-11-22T23:30:00Z", "2026-11-23 00:30:00"),
            ("2026-07-01T22:30:00Z", "2026-07-02 00:30:00"),
        ];
        for (utc, expected) in table {
            assert_eq!(clock(at(utc)).to_string(), expected, "{utc}");
        }
    }

    #[test]
    fn a_birthday_begins_at_midnight_in_denmark() {
        let born = NaiveDate::from_ymd_opt(2011, 11, 23).unwrap();
        for (utc, age) in [("2026-11-22T22:59:59Z", 14), ("2026-11-22T23:00:00Z", 15)] {
            assert_eq!(age_on(born, date(at(utc))), age, "{utc}");
        }
        let born = NaiveDate::from_ymd_opt(2011, 7, 1).unwrap();
        for (utc, age) in [("2026-06-30T21:59:59Z", 14), ("2026-06-30T22:00:00Z", 15)] {
            assert_eq!(age_on(born, date(at(utc))), age, "{utc}");
        }
    }

    proptest! {
        #[test]
        fn nobody_is_older_in_denmark_by_more_than_the_hours_that_it_is_ahead(
            secs in 0_i64..4_102_444_800,
            born in 0_i64..1_700_000_000,
        ) {
            let (now, born) = (Time::from_secs(secs), Time::from_secs(born).utc_date());
            let ahead = clock(now).and_utc().timestamp() - secs;
            prop_assert!(ahead == 3_600 || ahead == 7_200);
            let age = age_on(born, date(now));
            prop_assert_eq!(age, age_on(born, Time::from_secs(secs + ahead).utc_date()));
            prop_assert!(age >= age_on(born, now.utc_date()));
        }

        #[test]
        fn a_day_begins_at_midnight(secs in 0_i64..4_102_444_800) {
            let now = Time::from_secs(secs);
            let begun = midnight(now);
            prop_assert_eq!(clock(begun), date(now).and_time(chrono::NaiveTime::MIN));
            prop_assert!(begun <= now && date(begun - Span::secs(1)) < date(now));
        }

        #[test]
        fn any_moment_has_a_day(micros: i64) {
            let _ = date(Time::from_micros(micros));
        }
    }
}
