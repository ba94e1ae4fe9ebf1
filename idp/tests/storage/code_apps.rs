//! Code apps: one hand-over brings in one device, one answer counts, one approval lets in once.

use idp::audit::Who;
use idp::credentials::block;
use idp::credentials::code_app::{Answered, Asked, Settled, Verdict, answer, ask, receive, settle};
use idp::domain::authenticator::State;
use idp::domain::code_app::{Decision, Handover};
use idp::domain::factor::Purpose;
use idp::domain::id::{AuthenticatorId, FlowId};
use idp::domain::refusal::Code;
use idp::domain::time::Span;
use idp::storage::{Halt, NewDevice};
use idp::vault::Mac;
use idp::vault::device_key::DeviceKey;

use crate::house::{House, NOW};

/// A key whose owner is not asked to sign here: signatures are checked before an act begins.
fn key(first: u8) -> DeviceKey {
    let mut point = [first; 65];
    point[0] = 4;
    DeviceKey::from_bytes(&point).expect("a point")
}

/// A hand-over that waits for its app.
fn begun(house: &House, who: Who) -> Handover {
    let handover = Handover::from_random(house.rng.below_u64(Handover::COUNT));
    let hash = house.vault.mac(Mac::Handover, handover.digits().as_bytes());
    let id = AuthenticatorId::from_uuid(house.rng.uuid_v7(NOW));
    house.act(move |tx| tx.code_apps().begin(id, who.eid, hash, NOW));
    handover
}

fn sent(key: &DeviceKey) -> NewDevice<'_> {
    NewDevice {
        key,
        name: "phone",
        push: Some("wake-me"),
    }
}

/// A device that may be used at once.
pub fn device(house: &House, who: Who) -> AuthenticatorId {
    let (ctx, vault, handover) = (house.ctx(), house.vault.clone(), begun(house, who));
    let app = house.act(move |tx| receive(tx, &ctx, &vault, &handover, sent(&key(1)), Span::ZERO));
    app.id
}

fn somebody(house: &House) -> Who {
    let (person, eid) = house.person();
    Who { person, eid }
}

fn asked(house: &House, who: Who, flow: FlowId) -> Asked {
    let ctx = house.ctx();
    house.act(move |tx| ask(tx, &ctx, who, flow, ("borger", Purpose::Login)))
}

const FLOW: FlowId = FlowId::from_bytes([3; 16]);

pub fn one_device_by_one_hand_over(house: &House) {
    let who = somebody(house);
    let (ctx, vault, handover) = (house.ctx(), house.vault.clone(), begun(house, who));
    let results = house.at_once(move |tx| {
        let mine = key(u8::try_from(ctx.rng.below(200)).expect("below 200"));
        receive(tx, &ctx, &vault, &handover, sent(&mine), Span::ZERO).map(|app| app.id)
    });
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
    let refused = |result: &Result<_, Halt>| {
        matches!(result, Ok(_) | Err(Halt::Unavailable))
            || matches!(result, Err(Halt::Refused(refusal)) if refusal.code == Code::AppHandover)
    };
    assert!(results.iter().all(refused), "{results:?}");
}

/// Whatever comes first, a blocked eID has no device that serves.
pub fn no_device_outlives_a_block(house: &House) {
    let who = somebody(house);
    let (ctx, vault, handover) = (house.ctx(), house.vault.clone(), begun(house, who));
    house.at_once(move |tx| {
        if ctx.rng.below(4) == 0 {
            return block::eid(tx, &ctx, who, "holder").map(drop);
        }
        receive(tx, &ctx, &vault, &handover, sent(&key(1)), Span::ZERO).map(drop)
    });
    let ctx = house.ctx();
    house.act(move |tx| block::eid(tx, &ctx, who, "holder"));
    let held = house.act(move |tx| tx.authenticators().of_eid(who.eid));
    assert!(held.iter().all(|one| one.state == State::Closed), "{held:?}");
}

pub fn one_answer_counts(house: &House) {
    let who = somebody(house);
    let id = device(house, who);
    let question = asked(house, who, FLOW);
    let app = house.act(move |tx| tx.code_apps().find(id)).expect("a device");
    let ctx = house.ctx();
    let results = house.at_once(move |tx| {
        // Half of them approve, half reject.
        let decision = if ctx.rng.below(2) == 0 {
            Decision::Approve(question.number)
        } else {
            Decision::Reject
        };
        let answered = Answered {
            app: app.clone(),
            question: question.question(),
            decision,
        };
        settle(tx, &ctx, &answered)
    });
    let heard: Vec<Settled> = results
        .iter()
        .filter_map(|result| result.as_ref().ok().copied())
        .collect();
    assert_eq!(heard.len(), 1, "{results:?}");
    let ctx = house.ctx();
    let verdict = house.act(move |tx| answer(tx, &ctx, who, FLOW, &question));
    assert_eq!(matches!(verdict, Verdict::Accepted), heard[0] == Settled::Approved);
}

pub fn one_log_in_of_one_approval(house: &House) {
    let who = somebody(house);
    let id = device(house, who);
    let question = asked(house, who, FLOW);
    let app = house.act(move |tx| tx.code_apps().find(id)).expect("a device");
    let ctx = house.ctx();
    house.act(move |tx| {
        let answered = Answered {
            app: app.clone(),
            question: question.question(),
            decision: Decision::Approve(question.number),
        };
        settle(tx, &ctx, &answered)
    });
    let ctx = house.ctx();
    let results = house.at_once(move |tx| answer(tx, &ctx, who, FLOW, &question));
    let accepted = |result: &&Result<Verdict, Halt>| matches!(result, Ok(Verdict::Accepted));
    assert_eq!(results.iter().filter(accepted).count(), 1, "{results:?}");
    assert!(
        house.act(move |tx| tx.code_apps().question(who.eid)).is_none(),
        "used up"
    );
}

pub fn one_question_stands(house: &House) {
    let who = somebody(house);
    device(house, who);
    let ctx = house.ctx();
    let results = house.at_once(move |tx| {
        let flow = FlowId::from_uuid(ctx.rng.uuid_v7(NOW));
        ask(tx, &ctx, who, flow, ("borger", Purpose::Login)).map(|asked| asked.question())
    });
    let asked: Vec<_> = results.iter().filter_map(|result| result.as_ref().ok()).collect();
    assert!((1..=5).contains(&asked.len()), "five before it rests: {results:?}");
    let stands = house.act(move |tx| tx.code_apps().question(who.eid)).expect("one");
    assert!(asked.contains(&&stands.id));
    assert_eq!(usize::from(stands.question.refused), asked.len(), "each one counted");
}
