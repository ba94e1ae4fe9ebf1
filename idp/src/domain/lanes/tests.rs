//! The lanes' law by example and by property.

#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;

use super::LaneKind::{Known, Strangers};
use super::Weight::{FourDigits, Ordinary};
use super::*;

fn at(secs: i64) -> Time {
    Time::from_secs(1_800_000_000 + secs)
}

/// One whole wrong try, when the gate lets it in.
fn wrong(counter: &mut Counter, kind: LaneKind, weight: Weight, now: Time) -> Option<Effect> {
    if gate(counter, kind, now) != Gate::Open {
        return None;
    }
    let reserved = reserve(counter.clone(), now);
    let (after, effect) = settle_wrong(reserved, kind, weight, now, now);
    *counter = after;
    Some(effect)
}

fn right(counter: &mut Counter, kind: LaneKind, now: Time) -> bool {
    if gate(counter, kind, now) != Gate::Open {
        return false;
    }
    *counter = settle_right(reserve(counter.clone(), now), now, now);
    true
}

#[test]
fn five_ordinary_or_three_of_four_digits_close_for_eight_hours() {
    for (weight, tries) in [(Ordinary, 5), (FourDigits, 3)] {
        for kind in [Known, Strangers] {
            let mut counter = Counter::default();
            for n in 1..tries {
                assert_eq!(
                    wrong(&mut counter, kind, weight, at(n)).unwrap().code(),
                    Code::LoginFailed
                );
            }
            let effect = wrong(&mut counter, kind, weight, at(10)).unwrap();
            assert_eq!(
                (effect.code(), effect.closes),
                (Code::Lock001, Some(at(10) + CLOSED_FOR))
            );
            let until = at(10) + CLOSED_FOR;
            assert_eq!(gate(&counter, kind, until - Span::micros(1)), Gate::Closed { until });
            assert_eq!(gate(&counter, kind, until), Gate::Open);
        }
    }
}

#[test]
fn forms_add_up() {
    let table: [(&[Weight], bool); 4] = [
        (&[FourDigits, FourDigits, Ordinary], false),
        (&[FourDigits, FourDigits, Ordinary, Ordinary], true),
        (&[Ordinary, Ordinary, Ordinary, Ordinary], false),
        (&[Ordinary, Ordinary, Ordinary, Ordinary, FourDigits], true),
    ];
    for (tries, closes) in table {
        let mut counter = Counter::default();
        let last = tries
            .iter()
            .map(|weight| wrong(&mut counter, Strangers, *weight, at(0)).unwrap())
            .last()
            .unwrap();
        assert_eq!(last.closes.is_some(), closes, "{tries:?}");
    }
}

#[test]
fn ten_in_a_row_in_one_known_lane_block_across_its_closing() {
    let mut counter = Counter::default();
    for n in 1..=9 {
        let when = at(n) + Span::hours(if n > 5 { 8 } else { 0 });
        assert!(
            !wrong(&mut counter, Known, Ordinary, when).unwrap().blocks_password,
            "{n}"
        );
    }
    let effect = wrong(&mut counter, Known, Ordinary, at(10) + Span::hours(8)).unwrap();
    assert_eq!((effect.blocks_password, effect.code()), (true, Code::Lock002));
}

#[test]
fn a_right_one_between_prevents_the_block() {
    let mut counter = Counter::default();
    for round in 0..50 {
        for n in 0..4 {
            assert!(
                !wrong(&mut counter, Known, Ordinary, at(round * 10 + n))
                    .unwrap()
                    .blocks_password
            );
        }
        assert!(right(&mut counter, Known, at(round * 10 + 5)));
    }
    assert_eq!(counter.in_a_row, 0);
}

#[test]
fn strangers_shut_their_lane_at_a_hundred_and_the_owner_hears_at_ten() {
    for (weight, limit) in [(Ordinary, SHUT_AT), (FourDigits, SHUT_AT_FOUR_DIGITS)] {
        let mut counter = Counter::default();
        let mut now = at(0);
        let mut told = Vec::new();
        for n in 1..=limit {
            if let Gate::Closed { until } = gate(&counter, Strangers, now) {
                now = until;
            }
            let effect = wrong(&mut counter, Strangers, weight, now).unwrap();
            assert_eq!(effect.shuts, n == limit, "{n}");
            assert!(!effect.blocks_password);
            if effect.notice {
                told.push(n);
            }
        }
        assert_eq!(told, [NOTICE_AT]);
        assert_eq!(gate(&counter, Strangers, now + Span::days(400)), Gate::Shut);
        assert_eq!(gate(&full_login(counter.clone()), Strangers, now), Gate::Shut);
        assert_eq!(gate(&reopen(counter), Strangers, now), Gate::Open);
    }
}

#[test]
fn a_password_alone_does_not_reset_what_shuts() {
    let mut counter = Counter::default();
    wrong(&mut counter, Strangers, Ordinary, at(0)).unwrap();
    assert!(right(&mut counter, Strangers, at(1)));
    assert_eq!((counter.thirds, counter.since_reset), (0, 1));
    assert_eq!(full_login(counter).since_reset, 0);
}

#[test]
fn a_burst_waits_and_a_lost_reservation_lapses() {
    let mut counter = Counter::default();
    for _ in 0..3 {
        assert_eq!(gate(&counter, Known, at(0)), Gate::Open);
        counter = reserve(counter, at(0));
    }
    assert_eq!(gate(&counter, Known, at(0)), Gate::Busy);
    assert_eq!(gate(&counter, Known, at(29)), Gate::Busy);
    assert_eq!(gate(&counter, Known, at(30)), Gate::Open);
    assert_eq!(reserve(counter.clone(), at(30)).reserved, [at(30)]);
    assert_eq!(gate(&release(counter, at(0), at(1)), Known, at(1)), Gate::Open);
}

#[test]
fn a_try_under_way_when_the_lane_closed_does_not_lengthen_it() {
    let closed = Counter {
        closed_until: Some(at(100)),
        reserved: vec![at(0)],
        ..Counter::default()
    };
    let (counter, effect) = settle_wrong(closed, Strangers, Ordinary, at(0), at(1));
    assert_eq!(
        (counter.closed_until, effect.closes, counter.since_reset),
        (Some(at(100)), None, 1)
    );
    assert!(counter.reserved.is_empty());
}

#[derive(Debug, Clone)]
enum Act {
    Reserve,
    SettleWrong(usize, bool),
    SettleRight(usize),
    Wait(i64),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        4 => Just(Act::Reserve),
        4 => (any::<usize>(), any::<bool>()).prop_map(|(n, four)| Act::SettleWrong(n, four)),
        1 => any::<usize>().prop_map(Act::SettleRight),
        1 => prop_oneof![0_i64..20, 28_000_i64..29_000].prop_map(Act::Wait),
    ];
    prop::collection::vec(act, 0..300)
}

proptest! {
    #[test]
    fn no_order_of_strangers_failures_blocks(acts in acts()) {
        let mut counter = Counter::default();
        let mut now = at(0);
        let mut open: Vec<Time> = Vec::new();
        for act in acts {
            now += Span::micros(1);
            match act {
                Act::Reserve if gate(&counter, Strangers, now) == Gate::Open => {
                    counter = reserve(counter, now);
                    open.push(now);
                }
                Act::SettleWrong(n, four) if !open.is_empty() => {
                    let reserved_at = open.swap_remove(n % open.len());
                    let weight = if four { FourDigits } else { Ordinary };
                    let (after, effect) = settle_wrong(counter, Strangers, weight, reserved_at, now);
                    prop_assert!(!effect.blocks_password);
                    counter = after;
                }
                Act::SettleRight(n) if !open.is_empty() => {
                    let reserved_at = open.swap_remove(n % open.len());
                    counter = settle_right(counter, reserved_at, now);
                }
                Act::Wait(secs) => now += Span::secs(secs),
                _ => {}
            }
        }
    }

    /// Settled within their time, tries can never outweigh the limit between two openings, however they overlap.
    #[test]
    fn no_burst_tries_more_than_the_lane_has_left(acts in acts()) {
        let mut counter = Counter::default();
        let mut now = at(0);
        let mut open: Vec<Time> = Vec::new();
        let mut weight_since_open = 0;
        for act in acts {
            now += Span::micros(1);
            match act {
                Act::Reserve if gate(&counter, Known, now) == Gate::Open => {
                    counter = reserve(counter, now);
                    open.push(now);
                    prop_assert!(open.len() <= 5);
                }
                Act::SettleWrong(n, four) if !open.is_empty() => {
                    let reserved_at = open.swap_remove(n % open.len());
                    let weight = if four { FourDigits } else { Ordinary };
                    let (after, effect) = settle_wrong(counter, Known, weight, reserved_at, now);
                    weight_since_open += weight.thirds();
                    prop_assert!(weight_since_open < LIMIT_THIRDS + 5);
                    if effect.closes.is_some() {
                        prop_assert!(open.is_empty(), "the closing try is the last under way");
                        weight_since_open = 0;
                    }
                    counter = after;
                }
                Act::SettleRight(n) if !open.is_empty() => {
                    let reserved_at = open.swap_remove(n % open.len());
                    counter = settle_right(counter, reserved_at, now);
                    weight_since_open = 0;
                }
                Act::Wait(secs) if open.is_empty() => now += Span::secs(secs),
                _ => {}
            }
        }
    }

    #[test]
    fn a_success_opens_its_lane(thirds in 0_u16..15, in_a_row: u16, since: u32, kind in prop_oneof![Just(Known), Just(Strangers)]) {
        let counter = Counter { thirds, in_a_row, since_reset: since, ..Counter::default() };
        let after = settle_right(reserve(counter, at(0)), at(0), at(1));
        prop_assert_eq!(gate(&after, kind, at(1)), Gate::Open);
        prop_assert_eq!((after.thirds, after.in_a_row, after.since_reset), (0, 0, since));
    }

    #[test]
    fn reservations_come_back(times in prop::collection::vec(any::<i64>(), 0..10)) {
        let reserved: Vec<Time> = times.into_iter().map(Time::from_micros).collect();
        let counter = Counter { reserved: reserved.clone(), ..Counter::default() };
        prop_assert_eq!(Counter::reserved_from_bytes(&counter.reserved_bytes()), Some(reserved));
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
        prop_assert_eq!(Counter::reserved_from_bytes(&bytes).is_some(), bytes.len() % 8 == 0);
    }
}
