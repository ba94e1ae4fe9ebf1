//! Windows, resynchronisation, counting.

use super::*;
use proptest::prelude::*;

const HOTP: Scheme = Scheme {
    algorithm: Algorithm::Sha1,
    digits: 6,
    moves: Moves::ByPress,
};
const TOTP: Scheme = Scheme {
    moves: Moves::ByTime { step: 30 },
    ..HOTP
};
const NOW: Time = Time::from_secs(3_000);

/// As the vault looks: the first window that holds it.
fn find(windows: &Windows, at: u64) -> Found {
    if windows.near.contains(&at) {
        Found::Near(at)
    } else if windows.expected.contains(&at) {
        Found::Expected(at)
    } else if windows.used.contains(&at) {
        Found::Used
    } else if windows.wide.contains(&at) {
        Found::Far(at)
    } else {
        Found::Nowhere
    }
}

fn types(scheme: Scheme, counter: Counter, at: u64, now: Time) -> Answer {
    answer(scheme, counter, find(&windows(scheme, &counter, now), at), now)
}

#[test]
fn presses_that_nobody_saw_are_forgiven_up_to_ten() {
    let token = Counter::new(5);
    for at in 5..15 {
        assert_eq!(types(HOTP, token, at, NOW), Answer::Accepted(Counter::new(at + 1)));
    }
    assert!(matches!(types(HOTP, token, 15, NOW), Answer::Next(_)));
    assert!(matches!(types(HOTP, token, 105, NOW), Answer::Wrong(_)));
    assert_eq!(types(HOTP, token, 4, NOW), Answer::Used);
    assert!(matches!(types(HOTP, token, 2, NOW), Answer::Wrong(_)));
}

#[test]
fn two_codes_in_a_row_bring_a_runaway_token_back() {
    let Answer::Next(counter) = types(HOTP, Counter::new(0), 60, NOW) else {
        unreachable!("far away")
    };
    assert_eq!((counter.expected, counter.wrong_in_a_row), (Some(61), 1));
    assert_eq!(types(HOTP, counter, 61, NOW), Answer::Accepted(Counter::new(62)));
    assert!(
        matches!(types(HOTP, counter, 63, NOW), Answer::Next(_)),
        "not right behind"
    );
    assert!(matches!(
        types(HOTP, counter, 500, NOW),
        Answer::Wrong(Counter { expected: None, .. })
    ));
}

#[test]
fn what_was_expected_long_ago_is_expected_no_longer() {
    let Answer::Next(counter) = types(TOTP, Counter::new(0), 115, NOW) else {
        unreachable!("far away")
    };
    assert_eq!(counter.expected, Some(116));
    assert!(matches!(types(TOTP, counter, 116, NOW), Answer::Accepted(_)));
    let much_later = Time::from_secs(3_000 + 3_600);
    assert!(matches!(types(TOTP, counter, 116, much_later), Answer::Wrong(_)));
    let ahead = Counter {
        expected: Some(10_000),
        ..Counter::new(0)
    };
    assert!(
        matches!(types(TOTP, ahead, 10_000, NOW), Answer::Wrong(_)),
        "a clock of ours that was set back"
    );
}

#[test]
fn a_step_of_time_serves_once_and_none_before_it() {
    let Answer::Accepted(counter) = types(TOTP, Counter::new(0), 100, NOW) else {
        unreachable!("the step of now")
    };
    assert_eq!(counter, Counter::new(101));
    assert_eq!(types(TOTP, counter, 100, NOW), Answer::Used);
    assert_eq!(types(TOTP, counter, 99, NOW), Answer::Used);
    assert_eq!(types(TOTP, counter, 101, NOW), Answer::Accepted(Counter::new(102)));
}

#[test]
fn a_clock_that_is_off_is_learnt() {
    let Answer::Next(counter) = types(TOTP, Counter::new(0), 110, NOW) else {
        unreachable!("five minutes ahead")
    };
    let Answer::Accepted(counter) = types(TOTP, counter, 111, Time::from_secs(3_030)) else {
        unreachable!("the step after it")
    };
    assert_eq!((counter.next, counter.drift), (112, 10));
    let later = Time::from_secs(30_000);
    assert!(matches!(
        types(TOTP, counter, 1_010, later),
        Answer::Accepted(Counter { drift: 10, .. })
    ));
    assert!(!matches!(types(TOTP, counter, 1_000, later), Answer::Accepted(_)));
}

#[test]
fn five_wrong_ones_block() {
    let mut counter = Counter::new(0);
    for left in (1..=4).rev() {
        let Answer::Wrong(after) = types(HOTP, counter, 9_999, NOW) else {
            unreachable!("not blocked yet")
        };
        assert_eq!(tries_left(&after), left);
        counter = after;
    }
    assert!(matches!(types(HOTP, counter, 9_999, NOW), Answer::Blocks(_)));
    assert!(
        matches!(types(HOTP, counter, 50, NOW), Answer::Blocks(_)),
        "a far one counts, too"
    );
    assert_eq!(types(HOTP, counter, 3, NOW), Answer::Accepted(Counter::new(4)));
}

#[test]
fn schemes_come_back_and_unsound_ones_do_not() {
    let eight = Scheme {
        algorithm: Algorithm::Sha512,
        digits: 8,
        moves: Moves::ByTime { step: 60 },
    };
    for scheme in [HOTP, TOTP, eight] {
        assert_eq!(Scheme::parse(&scheme.word()), Some(scheme));
    }
    for word in [
        "",
        "hotp",
        "hotp-md5-6",
        "hotp-sha1-5",
        "totp-sha1-6",
        "totp-sha1-6-1",
        "hotp-sha1-6-30",
        "totp-sha1-6-30-1",
    ] {
        assert_eq!(Scheme::parse(word), None, "{word}");
    }
}

#[test]
fn what_people_type_is_read() {
    let code = Code::parse(" 755 224 ").map(|code| (code.digits(), code.number()));
    assert_eq!(code, Some((6, 755_224)));
    assert_eq!(Code::parse("00081804").map(Code::digits), Some(8));
    for text in ["", "12345", "123456789", "12345a", "１２３４５６"] {
        assert!(Code::parse(text).is_none(), "{text}");
    }
    assert_eq!(format!("{:?}", Code::parse("755224")), "Some(Code(…))");
}

proptest! {
    #[test]
    fn no_code_serves_twice_and_the_border_never_moves_back(
        by_time: bool,
        tries in prop::collection::vec((0_u64..160, 0_i64..4_000), 1..40),
    ) {
        let scheme = if by_time { TOTP } else { HOTP };
        let (mut counter, mut accepted) = (Counter::new(0), Vec::new());
        for (at, second) in tries {
            let before = counter.next;
            match types(scheme, counter, at, Time::from_secs(second)) {
                Answer::Accepted(after) => {
                    prop_assert!(!accepted.contains(&at) && at >= before && after.next == at + 1);
                    accepted.push(at);
                    counter = after;
                }
                Answer::Next(after) | Answer::Wrong(after) => {
                    prop_assert_eq!(after.next, before);
                    counter = after;
                }
                Answer::Blocks(_) => counter.wrong_in_a_row = 0,
                Answer::Used => {}
            }
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text: String) {
        let _ = Code::parse(&text);
    }
}
