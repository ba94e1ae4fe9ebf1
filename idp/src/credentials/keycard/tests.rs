//! The card as a factor: asked once, burnt once, blocked after five.
#![expect(clippy::expect_used, clippy::panic, reason = "tests")]

use super::{Asked, Verdict, answer, ask};
use crate::audit::Who;
use crate::domain::keycard::{CardState, Code as CardCode};
use crate::domain::refusal::Code;
use crate::storage::Halt;
use crate::testing::{Citizen, House};
use crate::vault::card::entries;

fn asks(house: &House, citizen: &Citizen) -> Asked {
    let (ctx, eid) = (house.ctx(), citizen.eid);
    house.act(move |tx| ask(tx, &ctx, eid))
}

fn types(house: &House, citizen: &Citizen, asked: &Asked, code: CardCode) -> Verdict {
    let (ctx, asked) = (house.ctx(), asked.clone());
    let who = Who {
        person: citizen.person,
        eid: citizen.eid,
    };
    house.act(move |tx| answer(tx, &ctx, who, &asked, &code))
}

/// The code beside what is asked.
fn right(citizen: &Citizen, asked: &Asked) -> CardCode {
    entries(&citizen.secret, crate::vault::card::SCHEME).code[usize::from(asked.position.get())]
}

fn wrong(citizen: &Citizen, asked: &Asked) -> CardCode {
    CardCode::new((right(citizen, asked).get() + 1) % CardCode::COUNT).expect("a code")
}

#[test]
fn showing_a_challenge_changes_nothing_and_a_right_answer_moves_on() {
    let house = House::new();
    let anna = house.anna();
    let first = asks(&house, &anna);
    assert_eq!(asks(&house, &anna), first, "abandoned challenges are offered again");
    assert!(matches!(
        types(&house, &anna, &first, right(&anna, &first)),
        Verdict::Accepted { left: 147 }
    ));
    assert_ne!(asks(&house, &anna).position, first.position);
    let again = types(&house, &anna, &first, right(&anna, &first));
    let Verdict::Refused { refusal, next } = again else {
        panic!("a burnt code was accepted")
    };
    assert_eq!(refusal.code, Code::CodeUsed);
    assert!(next.is_some(), "a fresh challenge comes with it");
    let row = house.act(move |tx| tx.cards().find(&anna.card)).expect("the card");
    assert_eq!(
        (row.card.used.count(), row.card.wrong_in_a_row),
        (1, 0),
        "a burnt code is not a wrong one"
    );
}

#[test]
fn five_wrong_in_a_row_block_the_card_and_a_right_one_starts_over() {
    let house = House::new();
    let anna = house.anna();
    let asked = asks(&house, &anna);
    for left in [4, 3, 2, 1] {
        let Verdict::Refused { refusal, next } = types(&house, &anna, &asked, wrong(&anna, &asked)) else {
            panic!()
        };
        assert_eq!((refusal.code, refusal.left), (Code::CodeWrong, Some(left)));
        assert_eq!(next.expect("asked again"), asked, "a wrong answer does not redraw");
    }
    assert!(matches!(
        types(&house, &anna, &asked, right(&anna, &asked)),
        Verdict::Accepted { .. }
    ));
    let asked = asks(&house, &anna);
    for _ in 0..4 {
        types(&house, &anna, &asked, wrong(&anna, &asked));
    }
    let Verdict::Refused { refusal, next } = types(&house, &anna, &asked, wrong(&anna, &asked)) else {
        panic!()
    };
    assert_eq!((refusal.code, next), (Code::Lock003, None));
    let (ctx, eid) = (house.ctx(), anna.eid);
    let asked_again = house.store.read_blocking("story", move |tx| ask(tx, &ctx, eid));
    assert!(matches!(asked_again, Err(Halt::Refused(refusal)) if refusal.code == Code::Lock003));
}

#[test]
fn the_128th_code_orders_a_card_and_the_148th_ends_it() {
    let house = House::new();
    let anna = house.anna();
    for n in 1..=148_u32 {
        let asked = asks(&house, &anna);
        let Verdict::Accepted { left } = types(&house, &anna, &asked, right(&anna, &asked)) else {
            panic!("{n}")
        };
        assert_eq!(left, 148 - n);
        let eid = anna.eid;
        let cards = house.act(move |tx| tx.cards().of_eid(eid));
        let ordered = cards.iter().filter(|row| row.card.state == CardState::Ordered).count();
        assert_eq!(ordered, usize::from(n >= 128), "after {n}");
    }
    let (ctx, eid) = (house.ctx(), anna.eid);
    let over = house.store.read_blocking("story", move |tx| ask(tx, &ctx, eid));
    assert!(
        matches!(over, Err(Halt::Refused(refusal)) if refusal.code == Code::Auth006),
        "used up, and said so"
    );
    let row = house.act(move |tx| tx.cards().find(&anna.card)).expect("the card");
    assert!(row.secret.is_none() && row.card.state == CardState::UsedUp);
}

#[test]
fn another_persons_card_is_not_answered() {
    let house = House::new();
    let (anna, bo) = (house.anna(), house.citizen("bo", "another-77x", false));
    let asked = asks(&house, &bo);
    let Verdict::Refused { refusal, next } = types(&house, &anna, &asked, right(&bo, &asked)) else {
        panic!()
    };
    assert_eq!((refusal.code, next), (Code::KeycardState, None));
}
