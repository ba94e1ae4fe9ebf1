//! A number and its confirmation, a call, what is said in it, and what a typed code is worth.
#![expect(clippy::expect_used, reason = "tests")]

use super::*;
use crate::audit::Who;
use crate::credentials::activation::{By, Rules as Activation, make};
use crate::credentials::block::{HOLDER, eid};
use crate::credentials::open;
use crate::domain::contact::Sent as Spoken;
use crate::domain::factor::Purpose;
use crate::domain::id::{FlowId, SessionId};
use crate::domain::refusal::Code;
use crate::domain::voice::{LIFE, Line, WINDOW};
use crate::storage::{Durability, Halt, Tx};
use crate::testing::{Citizen, House, VOICE};

const FLOW: FlowId = FlowId::from_bytes([3; 16]);
const SESSION: SessionId = SessionId::from_bytes([5; 16]);
/// As an operator has it.
const WAITS: Rules = Rules {
    waits: Span::minutes(60),
    ..VOICE
};

fn who(citizen: &Citizen) -> Who {
    Who {
        person: citizen.person,
        eid: citizen.eid,
    }
}

fn heard<T>(acted: Result<T, Halt>) -> Result<T, Code> {
    acted.map_err(|halt| halt.into_refusal().expect("a refusal").code)
}

/// She orders it to a number, in this session.
fn asks_for(
    house: &House,
    citizen: &Citizen,
    (session, number): (SessionId, &str),
    rules: Rules,
) -> Result<bool, Code> {
    let (ctx, who) = (house.ctx(), who(citizen));
    let line = Line::parse(number).expect("a number");
    let act = move |tx: &mut Tx<'_>| order(tx, &ctx, who, (session, &line), rules);
    heard(house.store.transact_blocking("test", Durability::Full, act))
}

/// She types what was read there.
fn confirms(
    house: &House,
    citizen: &Citizen,
    (session, code): (SessionId, Spoken),
    rules: Rules,
) -> Result<(), (Code, Option<u32>)> {
    let (ctx, who) = (house.ctx(), who(citizen));
    let told = house.act(move |tx| confirm(tx, &ctx, who, (session, code), rules));
    told.map_err(|refusal| (refusal.code, refusal.left))
}

fn orders_under(house: &House, citizen: &Citizen, number: &str, rules: Rules) {
    assert_eq!(asks_for(house, citizen, (SESSION, number), rules), Ok(true));
    let code = said(house, "contact_code");
    assert_eq!(confirms(house, citizen, (SESSION, code), rules), Ok(()));
}

fn orders(house: &House, citizen: &Citizen, number: &str) {
    orders_under(house, citizen, number, VOICE);
}

fn calls(house: &House, citizen: &Citizen, flow: FlowId) -> Result<Asked, Code> {
    let (ctx, who) = (house.ctx(), who(citizen));
    let act = move |tx: &mut Tx<'_>| {
        let wanted = Call {
            flow,
            party: "borger",
            purpose: Purpose::Login,
        };
        ask(tx, &ctx, who, (wanted, "Borger"), VOICE)
    };
    heard(house.store.transact_blocking("test", Durability::Full, act))
}

/// What the last call of that kind says, by the outbox.
fn said(house: &House, notice: &str) -> Spoken {
    let now = house.clock.now();
    let letters = house.act(move |tx| tx.outbox().claim(64, now, Span::hours(9)));
    let read = |letter: &crate::storage::Letter| {
        let message: serde_json::Value = serde_json::from_slice(&letter.payload).expect("JSON");
        message["notice"][notice]["code"].as_str().map(str::to_owned)
    };
    let mut said = letters.iter().filter(|letter| letter.kind == "calls").filter_map(read);
    Spoken::parse(&said.next_back().expect("a call")).expect("six digits")
}

fn code_of_the_call(house: &House) -> Spoken {
    said(house, "log_in_code")
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

fn can_be_asked(house: &House, citizen: &Citizen, rules: Rules) -> bool {
    let (ctx, eid) = (house.ctx(), citizen.eid);
    house.act(move |tx| {
        let held = tx.authenticators().of_eid(eid)?;
        usable(tx, &ctx, eid, &held, rules)
    })
}

fn epoch(house: &House, citizen: &Citizen) -> i32 {
    let eid = citizen.eid;
    house.act(move |tx| tx.eids().find(eid)).epoch
}

/// How her next temporary password goes out.
fn password_goes_by(house: &House, citizen: &Citizen) -> String {
    let (ctx, who) = (house.ctx(), who(citizen));
    let rules = Activation {
        life: Span::days(28),
        by: By::Letter,
    };
    house.act(move |tx| make(tx, &ctx, who, rules));
    let eid = citizen.eid;
    let events = house.act(move |tx| tx.audit().of_eid(eid, 20));
    let ordered = events.iter().find(|row| row.kind == "activation.ordered");
    let body: serde_json::Value = serde_json::from_str(&ordered.expect("ordered").body).expect("JSON");
    body["by"].as_str().expect("a way").to_owned()
}

#[test]
fn the_code_of_the_call_lets_in_the_log_in_that_asked_and_once() {
    let house = House::new();
    let anna = house.anna();
    orders(&house, &anna, "80307050");
    let asked = calls(&house, &anna, FLOW).expect("called");
    assert_eq!(asked.ends(), "50");
    let code = code_of_the_call(&house);
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
    let code = code_of_the_call(&house);
    let second = calls(&house, &anna, FLOW).expect("called");
    assert_eq!(types(&house, &anna, FLOW, first, code), Err((Code::VoiceLapsed, false)));
    let code = code_of_the_call(&house);
    house.clock.advance(LIFE);
    assert_eq!(
        types(&house, &anna, FLOW, second, code),
        Err((Code::VoiceLapsed, false))
    );
}

#[test]
fn a_number_is_confirmed_by_its_code_in_the_session_that_ordered() {
    let house = House::new();
    let anna = house.anna();
    assert_eq!(asks_for(&house, &anna, (SESSION, "80307050"), VOICE), Ok(true));
    assert!(!can_be_asked(&house, &anna, VOICE) && calls(&house, &anna, FLOW) == Err(Code::VoiceUnknown));
    let code = said(&house, "contact_code");
    let elsewhere = SessionId::from_bytes([6; 16]);
    let lapsed = Err((Code::VoiceLapsed, None));
    assert_eq!(confirms(&house, &anna, (elsewhere, code), VOICE), lapsed);
    let wrong = Err((Code::VoiceWrong, Some(4)));
    assert_eq!(confirms(&house, &anna, (SESSION, other(code)), VOICE), wrong);
    assert_eq!(confirms(&house, &anna, (SESSION, code), VOICE), Ok(()));
    assert_eq!(confirms(&house, &anna, (SESSION, code), VOICE), lapsed, "once");
    assert!(can_be_asked(&house, &anna, VOICE));
    assert_eq!(
        asks_for(&house, &anna, (SESSION, "80307050"), VOICE),
        Ok(false),
        "that is the number"
    );

    // Moved: the old number serves until the new one has shown itself, and a code of the old order serves nobody.
    assert_eq!(asks_for(&house, &anna, (SESSION, "80307051"), VOICE), Ok(true));
    let first = said(&house, "contact_code");
    assert!(can_be_asked(&house, &anna, VOICE));
    house.clock.advance(WINDOW);
    assert_eq!(asks_for(&house, &anna, (SESSION, "80307052"), VOICE), Ok(true));
    let code = said(&house, "contact_code");
    if first != code {
        assert_eq!(confirms(&house, &anna, (SESSION, first), VOICE), wrong);
    }
    assert_eq!(confirms(&house, &anna, (SESSION, code), VOICE), Ok(()));
    let eid = anna.eid;
    let line = house.act(move |tx| tx.voices().in_use(eid)).expect("a number");
    assert_eq!(line.line.as_ref().map(Line::ends), Some(52));
}

#[test]
fn who_guesses_or_comes_too_late_orders_again() {
    let house = House::new();
    let anna = house.anna();
    let lapsed = Err((Code::VoiceLapsed, None));
    assert_eq!(asks_for(&house, &anna, (SESSION, "80307050"), VOICE), Ok(true));
    let code = said(&house, "contact_code");
    for left in (1..=4).rev() {
        let wrong = Err((Code::VoiceWrong, Some(left)));
        assert_eq!(confirms(&house, &anna, (SESSION, other(code)), VOICE), wrong);
    }
    assert_eq!(confirms(&house, &anna, (SESSION, other(code)), VOICE), lapsed);
    assert_eq!(
        confirms(&house, &anna, (SESSION, code), VOICE),
        lapsed,
        "the right one, too"
    );
    assert_eq!(asks_for(&house, &anna, (SESSION, "80307050"), VOICE), Ok(true));
    let code = said(&house, "contact_code");
    house.clock.advance(LIFE);
    assert_eq!(confirms(&house, &anna, (SESSION, code), VOICE), lapsed);
    assert!(!can_be_asked(&house, &anna, VOICE));
}

#[test]
fn a_new_number_waits_and_nothing_is_read_there_until_then() {
    let house = House::new();
    let anna = house.reachable("anna@example.dk", "80307050");
    orders_under(&house, &anna, "80307050", WAITS);
    let now = house.clock.now();
    let told = house.act(move |tx| tx.outbox().claim(64, now, Span::secs(1)));
    let told = told.iter().find(|letter| letter.kind == "mail").expect("a notice");
    let told: serde_json::Value = serde_json::from_slice(&told.payload).expect("JSON");
    let from = &told["notice"]["voice_ordered"]["from"];
    assert_eq!(*from, serde_json::json!(now + WAITS.waits), "{told}");

    assert!(!can_be_asked(&house, &anna, VOICE));
    assert_eq!(calls(&house, &anna, FLOW), Err(Code::VoiceUnknown));
    assert_eq!(password_goes_by(&house, &anna), "letter");
    house.clock.advance(WAITS.waits);
    assert!(can_be_asked(&house, &anna, VOICE));
    assert_eq!(password_goes_by(&house, &anna), "call");
    calls(&house, &anna, FLOW).expect("called");

    // Where the operator calls nobody any more, it is asked no longer.
    let off = Rules {
        offered: false,
        ..VOICE
    };
    assert!(!can_be_asked(&house, &anna, off));
    assert_eq!(asks_for(&house, &anna, (SESSION, "80307051"), off), Err(Code::VoiceOff));
}

#[test]
fn five_wrong_codes_block_and_so_does_its_holder() {
    let house = House::new();
    let anna = house.anna();
    orders(&house, &anna, "80307050");
    let asked = calls(&house, &anna, FLOW).expect("called");
    let (wrong, before) = (other(code_of_the_call(&house)), epoch(&house, &anna));
    for _ in 0..4 {
        assert_eq!(types(&house, &anna, FLOW, asked, wrong), Err((Code::VoiceWrong, true)));
    }
    assert_eq!(epoch(&house, &anna), before);
    assert_eq!(
        types(&house, &anna, FLOW, asked, wrong),
        Err((Code::VoiceBlocked, false))
    );
    assert_eq!(epoch(&house, &anna), before + 1, "what was proven before is void");
    assert_eq!(calls(&house, &anna, FLOW), Err(Code::VoiceUnknown));
    orders(&house, &anna, "+298123456");
    let (ctx, who) = (house.ctx(), who(&anna));
    house.act(move |tx| block(tx, &ctx, who));
    assert_eq!(epoch(&house, &anna), before + 2);
    assert_eq!(calls(&house, &anna, FLOW), Err(Code::VoiceUnknown));
}

#[test]
fn an_eid_that_was_blocked_and_opened_again_has_no_number() {
    for confirmed in [true, false] {
        let house = House::new();
        let anna = house.anna();
        asks_for(&house, &anna, (SESSION, "80307050"), VOICE).expect("called");
        let code = said(&house, "contact_code");
        if confirmed {
            confirms(&house, &anna, (SESSION, code), VOICE).expect("confirmed");
        }
        let (ctx, who) = (house.ctx(), who(&anna));
        house.act(move |tx| {
            eid(tx, &ctx, who, HOLDER)?;
            let by = open::By {
                officer: "olga",
                reason: "it was found",
            };
            open::eid(tx, &ctx, who, by, crate::testing::ACTIVATION)
        });
        assert!(!can_be_asked(&house, &anna, VOICE));
        assert_eq!(calls(&house, &anna, FLOW), Err(Code::VoiceUnknown));
        let lapsed = Err((Code::VoiceLapsed, None));
        assert_eq!(confirms(&house, &anna, (SESSION, code), VOICE), lapsed, "{confirmed}");
        let kept = house.act(move |tx| tx.authenticators().of_eid(who.eid));
        assert!(
            kept.iter()
                .all(|held| held.state == crate::domain::authenticator::State::Closed)
        );
    }
}

#[test]
fn so_many_calls_an_hour_and_no_more() {
    let house = House::new();
    let anna = house.anna();
    // The call that confirms the number is one of them.
    orders(&house, &anna, "80307050");
    for _ in 1..VOICE.calls_an_hour {
        assert!(can_be_asked(&house, &anna, VOICE));
        calls(&house, &anna, FLOW).expect("called");
    }
    assert!(!can_be_asked(&house, &anna, VOICE), "it is not offered any more");
    assert_eq!(calls(&house, &anna, FLOW), Err(Code::VoiceRests));
    // Another number does not begin another count.
    let moved = asks_for(&house, &anna, (SESSION, "80307051"), VOICE);
    assert_eq!(moved, Err(Code::VoiceRests));
    house.clock.advance(WINDOW);
    assert!(can_be_asked(&house, &anna, VOICE) && calls(&house, &anna, FLOW).is_ok());
}
