//! The key card's law by example and by property.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

fn now() -> Time {
    Time::from_secs(1_800_000_000)
}

fn fresh(pick: &mut dyn FnMut(u32) -> u32) -> Card {
    Card {
        number: CardNumber::from_random(1),
        state: CardState::Active,
        used: Used::new(),
        pending: Some(first_pending(pick)),
        wrong_in_a_row: 0,
        expires_at: None,
    }
}

/// A cheap generator for the tests: what it draws does not matter, that it is spread does.
fn picker(seed: u64) -> impl FnMut(u32) -> u32 {
    let mut state = seed | 1;
    move |below| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        u32::try_from(state >> 33).unwrap() % below
    }
}

/// Does to the card what a transaction does.
fn apply(card: &mut Card, answer: &Answer) {
    match answer {
        Answer::Accepted { used, next, state, .. } => {
            (card.used, card.pending, card.state, card.wrong_in_a_row) = (*used, *next, *state, 0);
        }
        Answer::Wrong { wrong_in_a_row, blocks } => {
            card.wrong_in_a_row = *wrong_in_a_row;
            if *blocks {
                card.state = CardState::Blocked;
            }
        }
        Answer::AlreadyUsed | Answer::Unusable(_) => {}
    }
}

#[test]
fn numbers_and_forms() {
    assert_eq!(CardNumber::from_random(0).as_str(), "A000000000");
    assert_eq!(CardNumber::from_random(NUMBERS - 1).as_str(), "Z999999999");
    assert_eq!(CardNumber::parse("g123 456 789").unwrap().as_str(), "G123456789");
    for text in ["", "A12345678", "A1234567890", "1123456789", "AA23456789", "Å123456789"] {
        assert_eq!(CardNumber::parse(text), None, "{text}");
    }
    assert_eq!(Index::new(63).unwrap().to_string(), "0063");
    assert_eq!(Index::parse("0063"), Index::new(63));
    assert_eq!(Index::parse("63"), None);
    assert_eq!(Index::new(10_000), None);
    assert_eq!(Code::parse("044 151"), Code::new(44_151));
    assert_eq!(Code::new(44_151).unwrap().to_string(), "044151");
    assert_eq!(format!("{:?}", Code::new(44_151).unwrap()), "Code(…)");
    for text in ["", "44151", "0441511", "04415a", "-44151", "+44151", "٠٤٤١٥١"] {
        assert_eq!(Code::parse(text), None, "{text}");
    }
    assert_eq!(Position::all().count(), ENTRIES);
    assert_eq!(ROWS * COLUMNS, ENTRIES);
    assert_eq!(PANELS.iter().sum::<usize>(), ROWS);
}

#[test]
fn a_life_of_148_log_ins_orders_one_card_at_the_128th() {
    let mut pick = picker(7);
    let mut card = fresh(&mut pick);
    let mut seen = BTreeSet::new();
    let mut ordered_at = Vec::new();
    for log_in in 1..=ENTRIES {
        let shown = challenge(&card, now()).unwrap();
        assert!(seen.insert(shown), "no code is asked for twice");
        let answer = answer(&card, shown, true, now(), &mut pick);
        if matches!(&answer, Answer::Accepted { used, .. } if Threshold::default().orders(used.left())) {
            ordered_at.push(log_in);
        }
        apply(&mut card, &answer);
    }
    assert_eq!(ordered_at, [128]);
    assert_eq!(card.state, CardState::UsedUp);
    assert_eq!(card.pending, None);
    assert_eq!(challenge(&card, now()), Err(refusal::Code::Auth006));
}

#[test]
fn five_wrong_in_a_row_block() {
    let mut pick = picker(3);
    let mut card = fresh(&mut pick);
    let shown = challenge(&card, now()).unwrap();
    for n in 1..=WRONG_LIMIT {
        let answer = answer(&card, shown, false, now(), &mut pick);
        assert_eq!(
            answer,
            Answer::Wrong {
                wrong_in_a_row: n,
                blocks: n == WRONG_LIMIT
            }
        );
        apply(&mut card, &answer);
    }
    assert_eq!(
        answer(&card, shown, true, now(), &mut pick),
        Answer::Unusable(refusal::Code::Lock003)
    );
}

#[test]
fn a_right_answer_forgives_the_wrong_ones() {
    let mut pick = picker(3);
    let mut card = fresh(&mut pick);
    for _ in 0..20 {
        for right in [false, false, false, false, true] {
            let shown = challenge(&card, now()).unwrap();
            let answer = answer(&card, shown, right, now(), &mut pick);
            apply(&mut card, &answer);
        }
    }
    assert_eq!((card.state, card.used.count()), (CardState::Active, 20));
}

#[test]
fn two_flows_with_the_same_challenge_burn_it_once() {
    let mut pick = picker(5);
    let mut card = fresh(&mut pick);
    let shown = challenge(&card, now()).unwrap();
    let first = answer(&card, shown, true, now(), &mut pick);
    apply(&mut card, &first);
    assert_eq!(answer(&card, shown, true, now(), &mut pick), Answer::AlreadyUsed);
    assert_eq!(
        answer(&card, shown, false, now(), &mut pick),
        Answer::AlreadyUsed,
        "and counts nothing"
    );
    assert_eq!(card.used.count(), 1);
}

#[test]
fn only_an_active_card_answers_at_log_in() {
    let mut pick = picker(9);
    let table = [
        (CardState::Ordered, refusal::Code::KeycardState),
        (CardState::Printed, refusal::Code::KeycardState),
        (CardState::Posted, refusal::Code::KeycardState),
        (CardState::UsedUp, refusal::Code::Auth006),
        (CardState::Blocked, refusal::Code::Lock003),
        (CardState::Expired, refusal::Code::KeycardExpired),
        (CardState::Replaced, refusal::Code::KeycardState),
    ];
    for (state, code) in table {
        let card = Card {
            state,
            ..fresh(&mut pick)
        };
        assert_eq!(challenge(&card, now()), Err(code), "{state:?}");
        let shown = card.pending.unwrap();
        assert_eq!(
            answer(&card, shown, true, now(), &mut pick),
            Answer::Unusable(code),
            "{state:?}"
        );
    }
    let over = Card {
        expires_at: Some(now()),
        ..fresh(&mut pick)
    };
    assert_eq!(challenge(&over, now()), Err(refusal::Code::KeycardExpired));
}

#[test]
fn activation_burns_the_first() {
    let mut pick = picker(11);
    let card = Card {
        state: CardState::Posted,
        ..fresh(&mut pick)
    };
    let shown = activation(&card, now()).unwrap();
    let Answer::Accepted { used, next, state, .. } = activate(&card, shown, true, now(), &mut pick) else {
        panic!("a right answer activates");
    };
    assert_eq!((used.count(), state), (1, CardState::Active));
    assert_ne!(next, Some(shown));
    let ordered = Card {
        state: CardState::Ordered,
        ..card
    };
    assert_eq!(activation(&ordered, now()), Err(refusal::Code::KeycardState));
}

#[test]
fn what_is_closed_stays_over() {
    for state in CardState::ALL {
        assert_eq!(CardState::parse(state.as_str()), Some(state));
        for next in CardState::ALL {
            if state.is_closed() && state.may_become(next) {
                assert_eq!((state, next), (CardState::UsedUp, CardState::Replaced));
            }
        }
        assert_eq!(
            state.may_become(CardState::Expired),
            !state.is_closed(),
            "{state:?} never stays for ever"
        );
        assert!(!state.may_become(state) && !state.may_become(CardState::Ordered));
        assert!(!(state.printable() && state.is_closed()));
    }
}

proptest! {
    #[test]
    fn any_order_of_answers_keeps_the_books(seed: u64, script in prop::collection::vec((any::<bool>(), any::<bool>()), 0..400)) {
        let mut pick = picker(seed);
        let mut card = fresh(&mut pick);
        let mut accepted = 0;
        for (right, stale) in script {
            let before = card.clone();
            let Ok(asked) = challenge(&card, now()) else { break };
            let shown = if stale { Position::new((asked.get() + 1) % 148).unwrap() } else { asked };
            let answer = answer(&card, shown, right, now(), &mut pick);
            apply(&mut card, &answer);
            match answer {
                Answer::Accepted { next, .. } => {
                    accepted += 1;
                    prop_assert!(right && !stale);
                    prop_assert!(next.is_none_or(|at| !card.used.is_used(at)));
                }
                Answer::Wrong { .. } => {
                    prop_assert!(!right && !stale);
                    prop_assert_eq!((before.used, before.pending), (card.used, card.pending), "a wrong answer draws nothing");
                }
                Answer::AlreadyUsed => prop_assert_eq!(&before, &card),
                Answer::Unusable(code) => prop_assert!(false, "unusable {:?}", code),
            }
        }
        prop_assert_eq!(card.used.count(), accepted);
    }

    #[test]
    fn the_bitmap_comes_back(marks in prop::collection::btree_set(0_u8..148, 0..148)) {
        let mut used = Used::new();
        for at in &marks {
            prop_assert!(used.mark(Position::new(*at).unwrap()));
            prop_assert!(!used.mark(Position::new(*at).unwrap()));
        }
        prop_assert_eq!(used.count() as usize, marks.len());
        prop_assert_eq!(used.left() as usize, ENTRIES - marks.len());
        prop_assert_eq!(Used::from_bytes(&used.bytes()), Some(used));
        for at in Position::all() {
            prop_assert_eq!(used.is_used(at), marks.contains(&at.get()));
        }
    }

    #[test]
    fn a_foreign_bitmap_is_refused(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        if let Some(used) = Used::from_bytes(&bytes) {
            prop_assert!(bytes.len() == 19 && bytes[18] < 16 && used.count() <= 148);
        }
    }

    #[test]
    fn every_code_left_is_as_likely(nth in 0_u32..148) {
        prop_assert_eq!(first_pending(&mut |_| nth).get(), u8::try_from(nth).unwrap());
    }

    #[test]
    fn any_text_is_read_or_refused(text: String) {
        let _ = (CardNumber::parse(&text), Index::parse(&text), Code::parse(&text));
    }
}
