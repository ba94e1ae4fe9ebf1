//! One form for every second factor: a block of one leaves the others.
#![expect(clippy::expect_used, reason = "tests")]

use super::*;
use crate::credentials::token::pskc::Delivered;
use crate::domain::factor::Purpose;
use crate::domain::id::FlowId;
use crate::domain::otp::Scheme;
use crate::storage::CodeToken;
use crate::testing::{Citizen, House, VOICE};
use crate::vault::otp::{Seed, shown};

fn with_token(house: &House, citizen: &Citizen) {
    let (ctx, who) = (house.ctx(), who(citizen));
    let delivered = Delivered {
        serial: "A-1".into(),
        scheme: Scheme::parse("hotp-sha1-6").expect("a scheme"),
        seed: Seed::from_bytes(b"12345678901234567890").expect("a seed"),
        counter: 0,
    };
    house.act(move |tx| {
        token::import(tx, &ctx, std::slice::from_ref(&delivered), "officer")?;
        token::assign(tx, &ctx, who, "A-1", "officer", "paid")?;
        let token = tx.code_tokens().by_serial("A-1")?.expect("it is known");
        let state = State::Active;
        tx.code_tokens().save(&CodeToken { state, ..token }, false, ctx.now)
    });
}

fn who(citizen: &Citizen) -> Who {
    Who {
        person: citizen.person,
        eid: citizen.eid,
    }
}

fn wanted(eid: EidId) -> For<'static> {
    For {
        flow: FlowId::from_bytes([1; 16]),
        browser: [1; 32],
        eid,
        party: "borger",
        purpose: Purpose::Login,
    }
}

fn holds(house: &House, citizen: &Citizen) -> Held {
    let (ctx, eid) = (house.ctx(), citizen.eid);
    house.act(move |tx| held(tx, &ctx, eid, VOICE))
}

fn types(house: &House, citizen: &Citizen, factor: Factor, text: &str) -> (Option<Code>, bool) {
    let (ctx, who, held) = (house.ctx(), who(citizen), holds(house, citizen));
    let asked = held.ask(factor).expect("it can be asked");
    let typed = Typed::parse(&asked, text).expect("a code");
    house.act(move |tx| {
        Ok(match answer(tx, &ctx, who, wanted(who.eid), &asked, &typed)? {
            Verdict::Accepted { .. } => (None, true),
            Verdict::Refused { refusal, next } => (Some(refusal.code), next.is_some()),
        })
    })
}

#[test]
fn a_block_of_one_leaves_the_other() {
    let house = House::new();
    let anna = house.anna();
    assert_eq!(holds(&house, &anna).factors().len(), 1, "the card alone");
    with_token(&house, &anna);
    assert_eq!(holds(&house, &anna).factors().len(), 2);
    for _ in 0..4 {
        assert_eq!(
            types(&house, &anna, Factor::Token, "000000"),
            (Some(Code::TokenWrong), true)
        );
    }
    assert_eq!(
        types(&house, &anna, Factor::Token, "000000"),
        (Some(Code::TokenBlocked), false)
    );
    let left = holds(&house, &anna);
    assert!(left.ask(Factor::Token).is_none() && left.ask(Factor::Keycard).is_some());

    let bo = house.citizen("bo", "another-77x", false);
    for _ in 0..5 {
        types(&house, &bo, Factor::Keycard, "000000");
    }
    assert_eq!(holds(&house, &bo).why_nothing(), Code::Lock003);
}

#[test]
fn the_usual_one_is_remembered_and_forgotten_with_its_block() {
    let house = House::new();
    let anna = house.anna();
    with_token(&house, &anna);
    assert_eq!(holds(&house, &anna).usual(), None);
    let wants = |factor| {
        let (ctx, who) = (house.ctx(), who(&anna));
        house.act(move |tx| make_usual(tx, &ctx, who, factor));
        holds(&house, &anna).usual()
    };
    assert_eq!(wants(Factor::Token), Some(Factor::Token));
    assert_eq!(wants(Factor::Keycard), None, "the card is first by itself");
    wants(Factor::Token);
    for _ in 0..5 {
        types(&house, &anna, Factor::Token, "000000");
    }
    assert_eq!(holds(&house, &anna).usual(), None);
}

#[test]
fn what_is_typed_is_read_as_the_factor_that_is_asked() {
    let house = House::new();
    let anna = house.anna();
    with_token(&house, &anna);
    let held = holds(&house, &anna);
    let card = held.ask(Factor::Keycard).expect("a card");
    let token = held.ask(Factor::Token).expect("a token");
    let refused = |asked: &Asked, text: &str| Typed::parse(asked, text).err().map(|refusal| refusal.code);
    assert_eq!(refused(&card, " "), Some(Code::CodeRequired));
    assert_eq!(refused(&token, ""), Some(Code::TokenRequired));
    assert_eq!(refused(&card, "12345678"), Some(Code::CodeFormat));
    assert_eq!(refused(&token, "12345678"), None);
    assert_eq!(refused(&token, "12"), Some(Code::TokenFormat));
    let seed = Seed::from_bytes(b"12345678901234567890").expect("a seed");
    let right = shown(&seed, Scheme::parse("hotp-sha1-6").expect("a scheme"), 0);
    let (ctx, who) = (house.ctx(), who(&anna));
    let as_card = Typed::parse(&card, &right).expect("six digits");
    let crossed = house.act(move |tx| answer(tx, &ctx, who, wanted(who.eid), &token, &as_card));
    assert!(
        matches!(crossed, Verdict::Refused { next: Some(_), .. }),
        "answers nothing"
    );
    assert_eq!(
        types(&house, &anna, Factor::Token, &right),
        (None, true),
        "and counts nothing"
    );
}
