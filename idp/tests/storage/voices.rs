//! Voice response: one code lets in once, and no more calls are made than may be.

use idp::audit::Who;
use idp::credentials::voice::{Asked, Rules, Verdict, answer, ask, order};
use idp::domain::authenticator::State;
use idp::domain::factor::Purpose;
use idp::domain::id::FlowId;
use idp::domain::refusal::Code;
use idp::domain::time::Span;
use idp::domain::voice::{Code as Spoken, Line};
use idp::storage::{Halt, VoiceLine};

use crate::house::{House, NOW};

const FLOW: FlowId = FlowId::from_bytes([3; 16]);
const RULES: Rules = Rules {
    offered: true,
    price_oere: 0,
    calls_an_hour: 5,
};

fn somebody(house: &House) -> Who {
    let (person, eid) = house.person();
    let (ctx, who) = (house.ctx(), Who { person, eid });
    let line = Line::parse("80307050").expect("a number");
    house.act(move |tx| order(tx, &ctx, who, &line, RULES, "ordered"));
    who
}

fn called(house: &House, who: Who) -> (Asked, Spoken) {
    let ctx = house.ctx();
    let asked = house.act(move |tx| ask(tx, &ctx, who, FLOW, (("borger", "Borger"), Purpose::Login), RULES));
    let letters = house.act(move |tx| tx.outbox().claim(64, NOW, Span::hours(9)));
    let letter = letters.iter().rfind(|letter| letter.kind == "calls").expect("a call");
    let message: serde_json::Value = serde_json::from_slice(&letter.payload).expect("JSON");
    let code = message["notice"]["log_in_code"]["code"].as_str().expect("a code");
    (asked, Spoken::parse(code).expect("six digits"))
}

pub fn round_trip(house: &House) {
    let who = somebody(house);
    let kept = house.act(move |tx| tx.voices().in_use(who.eid)).expect("a number");
    assert_eq!(kept.line.as_ref().map(Line::as_str), Some("+4580307050"));
    let (closed, stale) = (
        VoiceLine {
            state: State::Closed,
            ..kept.clone()
        },
        kept,
    );
    assert!(house.act(move |tx| tx.voices().save(&closed, false, NOW)));
    assert!(
        !house.act(move |tx| tx.voices().save(&stale, true, NOW)),
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
    let results = house.at_once(move |tx| ask(tx, &ctx, who, FLOW, (("borger", "Borger"), Purpose::Login), RULES));
    let made = results.iter().filter(|result| result.is_ok()).count();
    assert!(made <= 5, "{results:?}");
    let kept = house.act(move |tx| tx.voices().call(who.eid)).expect("a call");
    assert_eq!(usize::try_from(kept.calls.made).expect("few"), made);
}
