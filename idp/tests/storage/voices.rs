//! Voice response: one code confirms a number once and lets in once, and no more calls are made than may be.

use idp::audit::Who;
use idp::credentials::voice::{Asked, Call, Rules, Verdict, answer, ask, confirm, order};
use idp::domain::contact::Sent as Spoken;
use idp::domain::factor::Purpose;
use idp::domain::id::{FlowId, SessionId};
use idp::domain::refusal::{Code, Refusal};
use idp::domain::time::Span;
use idp::domain::voice::Line;
use idp::storage::Halt;

use crate::house::{House, NOW};

const FLOW: FlowId = FlowId::from_bytes([3; 16]);
const RULES: Rules = Rules {
    offered: true,
    price_oere: 0,
    calls_an_hour: 6,
    waits: Span::ZERO,
};
const SESSION: SessionId = SessionId::from_bytes([5; 16]);

fn log_in() -> (Call<'static>, &'static str) {
    let wanted = Call {
        flow: FLOW,
        party: "borger",
        purpose: Purpose::Login,
    };
    (wanted, "Borger")
}

/// Somebody who has ordered it, and the code that was read over their number.
fn orders(house: &House) -> (Who, Spoken) {
    let (person, eid) = house.person();
    let (ctx, who) = (house.ctx(), Who { person, eid });
    let line = Line::parse("80307050").expect("a number");
    assert!(house.act(move |tx| order(tx, &ctx, who, (SESSION, &line), RULES)));
    (who, said(house, "contact_code"))
}

fn somebody(house: &House) -> Who {
    let (who, code) = orders(house);
    let ctx = house.ctx();
    house
        .act(move |tx| confirm(tx, &ctx, who, (SESSION, code), RULES))
        .expect("confirmed");
    who
}

fn said(house: &House, notice: &str) -> Spoken {
    let letters = house.act(move |tx| tx.outbox().claim(64, NOW, Span::hours(9)));
    let code = |letter: &idp::storage::Letter| {
        let message: serde_json::Value = serde_json::from_slice(&letter.payload).expect("JSON");
        message["notice"][notice]["code"].as_str().map(str::to_owned)
    };
    let calls = letters.iter().filter(|letter| letter.kind == "calls");
    let last = calls.filter_map(code).next_back().expect("a call");
    Spoken::parse(&last).expect("six digits")
}

fn called(house: &House, who: Who) -> (Asked, Spoken) {
    let ctx = house.ctx();
    let asked = house.act(move |tx| ask(tx, &ctx, who, log_in(), RULES));
    (asked, said(house, "log_in_code"))
}

pub fn one_confirmation_once(house: &House) {
    let (who, code) = orders(house);
    assert!(house.act(move |tx| tx.voices().in_use(who.eid)).is_none());
    let ctx = house.ctx();
    let results = house.at_once(move |tx| confirm(tx, &ctx, who, (SESSION, code), RULES));
    let confirmed = results.iter().filter(|result| matches!(result, Ok(Ok(())))).count();
    assert_eq!(confirmed, 1, "{results:?}");
    let refused = |result: &Result<Result<(), Refusal>, Halt>| match result {
        Ok(Err(refusal)) => refusal.code == Code::VoiceLapsed,
        result => matches!(result, Ok(Ok(())) | Err(Halt::Unavailable)),
    };
    assert!(results.iter().all(refused), "{results:?}");
    let kept = house.act(move |tx| tx.authenticators().of_eid(who.eid));
    assert_eq!(kept.len(), 1, "one number, not sixteen");
    assert!(kept[0].usable_at.is_some(), "{kept:?}");
}

pub fn round_trip(house: &House) {
    let who = somebody(house);
    let kept = house.act(move |tx| tx.voices().in_use(who.eid)).expect("a number");
    assert_eq!(kept.line.as_ref().map(Line::as_str), Some("+4580307050"));
    let (first, again) = (kept.clone(), kept.clone());
    assert!(house.act(move |tx| tx.voices().close(&first, NOW)));
    assert!(
        !house.act(move |tx| tx.voices().close(&again, NOW)) && !house.act(move |tx| tx.voices().count(&kept, None)),
        "over the version that was read"
    );
    assert!(house.act(move |tx| tx.voices().in_use(who.eid)).is_none());
}

pub fn one_code_once(house: &House) {
    let who = somebody(house);
    let (asked, code) = called(house, who);
    let ctx = house.ctx();
    let results = house.at_once(move |tx| answer(tx, &ctx, who, FLOW, (&asked, code)));
    let accepted = |result: &&Result<Verdict, Halt>| matches!(result, Ok(Verdict::Accepted));
    assert_eq!(results.iter().filter(accepted).count(), 1, "{results:?}");
    let refused = |result: &Result<Verdict, Halt>| match result {
        Ok(Verdict::Refused { refusal, .. }) => refusal.code == Code::VoiceLapsed,
        result => matches!(result, Ok(Verdict::Accepted) | Err(Halt::Unavailable)),
    };
    assert!(results.iter().all(refused), "{results:?}");
}

pub fn no_more_calls_than_may_be(house: &House) {
    let who = somebody(house);
    let ctx = house.ctx();
    let results = house.at_once(move |tx| ask(tx, &ctx, who, log_in(), RULES));
    let made = results.iter().filter(|result| result.is_ok()).count();
    assert!(made <= 5, "{results:?}");
    // The call that confirmed the number is one of them.
    let kept = house.act(move |tx| tx.voices().call(who.eid)).expect("a call");
    assert_eq!(usize::try_from(kept.calls.made).expect("few"), made + 1);
}
