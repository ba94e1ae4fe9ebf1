//! The law of the waiting room, by tables and properties.

use proptest::prelude::*;

use super::*;

const THRESHOLDS: Thresholds = Thresholds {
    opens: Span::millis(1_000),
    closes: Span::millis(250),
    calm: Span::secs(30),
};

fn seen(wait_ms: i64, turned_away: bool, line_empty: bool) -> Seen {
    Seen {
        wait: Span::millis(wait_ms),
        turned_away,
        line_empty,
    }
}

#[test]
fn it_opens_under_pressure_and_closes_after_a_calm_while() {
    // Second, what is seen, and whether it is open after.
    let story = [
        (0, seen(0, false, true), false),
        (1, seen(999, false, true), false),
        (2, seen(1_001, false, true), true),
        (3, seen(100, false, true), true),
        (20, seen(100, false, true), true),
        (32, seen(600, false, true), true),  // not short: the calm begins again
        (33, seen(100, false, false), true), // somebody is in the line
        (34, seen(100, false, true), true),
        (63, seen(0, false, true), true),
        (64, seen(0, false, true), false),
        (65, seen(900, false, true), false), // between the thresholds nothing changes
        (66, seen(0, true, true), true),     // somebody was turned away
    ];
    let mut pressure = Pressure::default();
    for (second, seen, open) in story {
        pressure = pressure.after(seen, Span::secs(second), THRESHOLDS);
        assert_eq!(pressure.open, open, "second {second}: {seen:?}");
    }
}

#[test]
fn known_browsers_go_first_and_strangers_do_not_starve() {
    let table = [
        (0, 0, 0, None),
        (0, 1, 0, Some(Class::Stranger)),
        (1, 0, 200, Some(Class::Known)),
        (5, 900, 0, Some(Class::Known)),
        (5, 900, KNOWN_IN_A_ROW - 1, Some(Class::Known)),
        (5, 900, KNOWN_IN_A_ROW, Some(Class::Stranger)),
    ];
    for (known, strangers, in_a_row, whose) in table {
        assert_eq!(
            next(known, strangers, in_a_row),
            whose,
            "{known} {strangers} {in_a_row}"
        );
    }
}

#[test]
fn strangers_get_their_part_less_what_known_browsers_take_but_never_nothing() {
    // 40 a second, 75 %.
    let table = [
        (0, 30_000),
        (10_000, 20_000),
        (25_000, 5_000),
        (30_000, 5_000),
        (90_000, 5_000),
    ];
    for (known, rate) in table {
        assert_eq!(strangers_rate(40_000, 75, known), rate, "{known}");
    }
    assert_eq!(step(20_000), Span::millis(50));
    assert_eq!(strangers_rate(0, 75, 0), 1, "never a division by nothing");
}

#[test]
fn a_ticket_is_worth_something_in_one_browser_in_one_neighbourhood_for_a_while() {
    let (mine, other) = ([1; 16], [2; 16]);
    let network: IpAddr = IpAddr::from([192, 0, 2, 0]);
    let at = Time::from_secs(1_000);
    let ticket = Ticket {
        id: [0; 16],
        browser: mine,
        network: Some(network),
        not_before: at,
    };
    let table = [
        (mine, Some(network), at, false, Worth::Through),
        (mine, Some(network), at - Span::secs(1), false, Worth::Wait(at)),
        (mine, Some(network), at - Span::secs(1), true, Worth::Through),
        (mine, Some(network), at + Span::secs(119), false, Worth::Through),
        (mine, Some(network), at + TICKET_SERVES, true, Worth::Nothing),
        (other, Some(network), at, true, Worth::Nothing),
        (mine, None, at, true, Worth::Nothing),
        (mine, Some(IpAddr::from([192, 0, 3, 0])), at, true, Worth::Nothing),
    ];
    for (browser, network, now, room, worth) in table {
        assert_eq!(
            ticket.worth(browser, network, now, room),
            worth,
            "{browser:?} {network:?} {now:?} {room}"
        );
    }
}

proptest! {
    /// Whoever asks, and when: no two places come up closer together than a step, none is promised further away than allowed,
    /// nobody is put before somebody who came earlier, and who is refused leaves the line as it was.
    #[test]
    fn a_line_is_fair(gaps in proptest::collection::vec(0_i64..2_000, 1..400), step_ms in 1_i64..500) {
        let (step, longest) = (Span::millis(step_ms), Span::secs(20));
        let (mut tail, mut at, mut last) = (Span::ZERO, Span::ZERO, None::<Span>);
        for gap in gaps {
            at = at + Span::millis(gap % 100);
            match place(tail, at, step, longest) {
                Ok((place, behind)) => {
                    prop_assert!(place >= at && place - at <= longest);
                    if let Some(last) = last {
                        prop_assert!(place - last >= step);
                    }
                    prop_assert_eq!(behind, place + step);
                    (tail, last) = (behind, Some(place));
                }
                Err(Full) => prop_assert!(tail - at > longest),
            }
        }
    }

    /// In any stretch of turns while both lines are full, known browsers have exactly seven of eight.
    #[test]
    fn turns_are_shared_seven_to_one(turns in 8_usize..800) {
        let (mut in_a_row, mut strangers) = (0_u8, 0_usize);
        for _ in 0..turns {
            match next(10, 10, in_a_row) {
                Some(Class::Known) => in_a_row += 1,
                Some(Class::Stranger) => (in_a_row, strangers) = (0, strangers + 1),
                None => prop_assert!(false, "somebody waits"),
            }
        }
        prop_assert_eq!(strangers, turns / (usize::from(KNOWN_IN_A_ROW) + 1));
    }

    /// The room never closes while anything presses, and always closes after calm.
    #[test]
    fn pressure_has_hysteresis(looks in proptest::collection::vec((0_i64..3_000, any::<bool>(), any::<bool>()), 1..100)) {
        let mut pressure = Pressure::default();
        for (second, (wait, away, empty)) in looks.into_iter().enumerate() {
            let was = pressure.open;
            let now = seen(wait, away, empty);
            pressure = pressure.after(now, Span::secs(second as i64), THRESHOLDS);
            if away || wait > 1_000 {
                prop_assert!(pressure.open);
            } else if !was {
                prop_assert!(!pressure.open, "opened without pressure");
            } else if wait > 250 || !empty {
                prop_assert!(pressure.open, "closed without calm");
            }
        }
        for second in 1_000..=1_030 {
            pressure = pressure.after(seen(0, false, true), Span::secs(second), THRESHOLDS);
        }
        prop_assert!(!pressure.open);
    }
}
