//! A call, what is said in it, and what a typed code is worth.
#![expect(clippy::expect_used, reason = "tests")]

use super::*;
use crate::audit::Who;
use crate::domain::factor::Purpose;
use crate::domain::id::FlowId;
use crate::domain::refusal::Code;
use crate::domain::time::Span;
use crate::domain::voice::{Code as Spoken, LIFE, Line, WINDOW};
use crate::testing::{Citizen, House, VOICE};

const FLOW: FlowId = FlowId::from_bytes([3; 16]);

fn who(citizen: &Citizen) -> Who {
    Who {
        person: citizen.person,
        eid: citizen.eid,
    }
}

fn orders(house: &House, citizen: &Citizen, number: &str) {
    let (ctx, who) = (house.ctx(), who(citizen));
    let line = Line::parse(number).expect("a number");
    house.act(move |tx| order(tx, &ctx, who, &line, VOICE, "ordered"));
}

fn calls(house: &House, citizen: &Citizen, flow: FlowId) -> Result<Asked, Code> {
    let (ctx, who) = (house.ctx(), who(citizen));
    let asked = house
        .store
        .transact_blocking("test", crate::storage::Durability::Full, move |tx| {
            ask(tx, &ctx, who, flow, (("borger", "Borger"), Purpose::Login), VOICE)
        });
    asked.map_err(|halt| halt.into_refusal().expect("a refusal").code)
}

/// What the last call says, by the outbox.
fn said(house: &House) -> Spoken {
    let now = house.clock.now();
    let letters = house.act(move |tx| tx.outbox().claim(64, now, Span::hours(9)));
    let last = letters.iter().rfind(|letter| letter.kind == "calls").expect("a call");
    let message: serde_json::Value = serde_json::from_slice(&last.payload).expect("JSON");
    let code = message["notice"]["log_in_code"]["code"].as_str().expect("a code");
    Spoken::parse(code).expect("six digits")
}

fn types(house: &House, citizen: &Citizen, flow: FlowId, asked: Asked, code: Spoken) -> Result<(), (Code, bool)> {
    let (ctx, who) = (house.ctx(), who(citizen));
    match house.act(move |tx| answer(tx, &ctx, who, flow, (&asked, code))) {
        Verdict::Accepted => Ok(()),
        Verdict::Refused { refusal, again } => Err((refusal.code, again)),
    }
}

fn other(code: Spoken) -> Spoken {
    let digits: u32 = code.digits().parse().expect("digits");
    Spoken::from_random(digits + 1)
}

#[test]
fn the_code_of_the_call_lets_in_the_log_in_that_asked_and_once() {
    let house = House::new();
    let anna = house.anna();
    orders(&house, &anna, "80307050");
    let asked = calls(&house, &anna, FLOW).expect("called");
    assert_eq!(asked.ends(), "50");
    let code = said(&house);
    let elsewhere = FlowId::from_bytes([4; 16]);
    assert_eq!(
        types(&house, &anna, elsewhere, asked, code),
        Err((Code::VoiceLapsed, false))
    );
    assert_eq!(
        types(&house, &anna, FLOW, asked, other(code)),
        Err((Code::VoiceWrong, true))
    );
    assert_eq!(types(&house, &anna, FLOW, asked, code), Ok(()));
    assert_eq!(types(&house, &anna, FLOW, asked, code), Err((Code::VoiceLapsed, false)));
}

#[test]
fn a_code_lapses_and_a_later_call_takes_its_place() {
    let house = House::new();
    let anna = house.anna();
    orders(&house, &anna, "80307050");
    let first = calls(&house, &anna, FLOW).expect("called");
    let code = said(&house);
    let second = calls(&house, &anna, FLOW).expect("called");
    assert_eq!(types(&house, &anna, FLOW, first, code), Err((Code::VoiceLapsed, false)));
    let code = said(&house);
    house.clock.advance(LIFE);
    assert_eq!(
        types(&house, &anna, FLOW, second, code),
        Err((Code::VoiceLapsed, false))
    );
}

#[test]
fn five_wrong_codes_block_and_so_does_its_holder() {
    let house = House::new();
    let anna = house.anna();
    orders(&house, &anna, "80307050");
    let asked = calls(&house, &anna, FLOW).expect("called");
    let wrong = other(said(&house));
    for _ in 0..4 {
        assert_eq!(types(&house, &anna, FLOW, asked, wrong), Err((Code::VoiceWrong, true)));
    }
    assert_eq!(
        types(&house, &anna, FLOW, asked, wrong),
        Err((Code::VoiceBlocked, false))
    );
    assert_eq!(calls(&house, &anna, FLOW), Err(Code::VoiceUnknown));
    orders(&house, &anna, "+298123456");
    let (ctx, who) = (house.ctx(), who(&anna));
    house.act(move |tx| block(tx, &ctx, who));
    assert_eq!(calls(&house, &anna, FLOW), Err(Code::VoiceUnknown));
}

#[test]
fn so_many_calls_an_hour_and_no_more() {
    let house = House::new();
    let anna = house.anna();
    orders(&house, &anna, "80307050");
    let can = || {
        let (ctx, eid) = (house.ctx(), anna.eid);
        house.act(move |tx| {
            let held = tx.authenticators().of_eid(eid)?;
            usable(tx, &ctx, eid, &held)
        })
    };
    for _ in 0..VOICE.calls_an_hour {
        assert!(can());
        calls(&house, &anna, FLOW).expect("called");
    }
    assert!(!can(), "it is not offered any more");
    assert_eq!(calls(&house, &anna, FLOW), Err(Code::VoiceRests));
    // Another number does not begin another count.
    orders(&house, &anna, "80307051");
    assert_eq!(calls(&house, &anna, FLOW), Err(Code::VoiceRests));
    house.clock.advance(WINDOW);
    assert!(can() && calls(&house, &anna, FLOW).is_ok());
}
