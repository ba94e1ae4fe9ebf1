//! Opening hours as an office writes them and as people ask.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::domain::denmark;
use crate::domain::time::Time;
use proptest::prelude::*;

fn at(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap()
}

fn support() -> Schedule {
    let weekly = ["mon-thu 08:00-20:00", "fri 08:00-12:00 13:00-16:00"];
    let special = ["12-24 closed", "12-31 08:00-12:00", "2027-12-31 closed"];
    let holidays = ["2026-12-25", "2027-03-29"];
    Schedule {
        weekly: weekly.iter().map(|line| Weekly::parse(line).unwrap()).collect(),
        special: special.iter().map(|line| Special::parse(line).unwrap()).collect(),
        holidays: holidays.iter().map(|day| Day::parse(day).unwrap()).collect(),
    }
}

#[test]
fn open_now() {
    let table = [
        ("2026-11-23 07:59", false),
        ("2026-11-23 08:00", true),
        ("2026-11-23 19:59", true),
        ("2026-11-23 20:00", false),
        ("2026-11-27 12:30", false),
        ("2026-11-27 13:00", true),
        ("2026-11-28 10:00", false),
        ("2026-12-24 10:00", false),
        ("2026-12-25 10:00", false),
        ("2026-12-31 10:00", true),
        ("2026-12-31 13:00", false),
        ("2027-12-31 10:00", false),
        ("2027-03-29 10:00", false),
    ];
    for (when, open) in table {
        assert_eq!(support().is_open(at(when)), open, "{when}");
    }
}

#[test]
fn open_now_in_summer_and_winter_time() {
    // 07:30 UTC is 08:30 in winter and 09:30 in summer; 06:30 UTC is 07:30 and 08:30.
    let clock = |utc: &str| denmark::clock(Time::from_secs(at(utc).and_utc().timestamp()));
    assert!(
        !support().is_open(clock("2026-03-26 06:30")),
        "the Thursday before summer time"
    );
    assert!(
        support().is_open(clock("2026-03-30 06:30")),
        "the Monday after it began"
    );
    assert!(support().is_open(clock("2026-10-22 06:30")));
    assert!(
        !support().is_open(clock("2026-10-26 06:30")),
        "the Monday after it ended"
    );
}

#[test]
fn what_comes_next() {
    let support = support();
    assert_eq!(support.opens(at("2026-11-23 06:00")), Some(at("2026-11-23 08:00")));
    assert_eq!(support.opens(at("2026-11-27 12:10")), Some(at("2026-11-27 13:00")));
    assert_eq!(support.opens(at("2026-12-23 21:00")), Some(at("2026-12-28 08:00")));
    assert_eq!(
        support.closes(at("2026-11-27 09:00")),
        NaiveTime::from_hms_opt(12, 0, 0)
    );
    assert_eq!(support.closes(at("2026-11-28 09:00")), None);
    let ahead = support.ahead(at("2026-12-20 00:00").date(), 14);
    let shown: Vec<_> = ahead
        .iter()
        .map(|(date, ranges)| (date.to_string(), ranges.len()))
        .collect();
    assert_eq!(
        shown,
        [
            ("2026-12-24".to_owned(), 0),
            ("2026-12-25".to_owned(), 0),
            ("2026-12-31".to_owned(), 1)
        ]
    );
    let never = Schedule::default();
    assert!(!never.is_known() && never.opens(at("2026-11-23 06:00")).is_none());
}

#[test]
fn what_is_no_hours_is_refused_in_words() {
    for text in [
        "",
        "mon",
        "mon closed",
        "mon 8-20",
        "mon 20:00-08:00",
        "sun-mon 08:00-09:00",
        "man 08:00-09:00",
        "mon 08:00-12:00 12:00-13:00",
        "mon 08:60-09:00",
        "mon 08:00-24:01",
    ] {
        assert!(Weekly::parse(text).is_err(), "{text}");
    }
    assert_eq!(Weekly::parse("mon-sun 0:00-24:00").unwrap().days().len(), 7);
    for text in [
        "",
        "24-12 closed",
        "12-24",
        "2026-13-01 closed",
        "2026-02-29 closed",
        "12-24 8-12",
    ] {
        assert!(Special::parse(text).is_err(), "{text}");
    }
    assert!(Day::parse("02-29").is_ok() && Day::parse("02-30").is_err());
}

proptest! {
    #[test]
    fn whoever_is_open_closes_and_whoever_is_closed_opens(minute in 0_i64..1_500_000) {
        let when = at("2026-01-01 00:00") + chrono::Duration::minutes(minute);
        let support = support();
        prop_assert_eq!(support.is_open(when), support.closes(when).is_some());
        let next = support.opens(when).unwrap();
        prop_assert!(next > when && support.is_open(next));
    }

    #[test]
    fn any_text_is_read_or_refused(text: String) {
        let _ = (Weekly::parse(&text), Special::parse(&text), Day::parse(&text));
    }
}
