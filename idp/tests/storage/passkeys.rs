//! Passkeys: one key comes in once, one signature lets in once, a copy blocks once.

use std::sync::Arc;

use acceptance::passkey::SoftKey;
use idp::audit::Who;
use idp::credentials::passkey::{
    AddAsked, Adds, Asked, For, Proof, Rules, Settled, asks_to_add, receive, reserve, settle,
};
use idp::domain::authenticator::State;
use idp::domain::factor::Purpose;
use idp::domain::id::{EidId, FlowId, SessionId};
use idp::domain::refusal::{Code, Refusal};
use idp::domain::time::Span;
use idp::storage::{DoneFlow, Halt, Passkey};
use idp::vault::passkey::{Registered, Relying};

use crate::house::{House, NOW};

const OURS: &str = "http://localhost:8080";
const SESSION: SessionId = SessionId::from_bytes([5; 16]);

fn rules() -> Rules {
    let origin = OURS.parse().expect("an address");
    let relying = Relying::new("localhost", "Nøgle", vec![origin], None);
    Rules {
        relying: Arc::new(relying.expect("nobody to believe")),
        most: 3,
        waits: Span::ZERO,
    }
}

fn somebody(house: &House) -> Who {
    let (person, eid) = house.person();
    Who { person, eid }
}

fn adds(rules: &Rules, who: Who) -> Adds<'_> {
    Adds {
        rules,
        who,
        session: SESSION,
    }
}

/// A key that was checked and waits to be taken in.
fn brought(house: &House, who: Who, key: &SoftKey) -> Registered {
    let asked = AddAsked::new(&house.ctx());
    let options = house.act(move |tx| asks_to_add(tx, &adds(&rules(), who), &asked, "anna"));
    let brought = key.creates(&options, OURS);
    let checked = adds(&rules(), who).check(&house.vault, &house.ctx(), &asked, &brought);
    checked.expect("judged").expect("it holds")
}

/// A passkey in use.
pub fn added(house: &House, who: Who, key: &SoftKey) -> Passkey {
    let (ctx, came) = (house.ctx(), brought(house, who, key));
    let received = house.act(move |tx| receive(tx, &ctx, &adds(&rules(), who), (&came, "Blue key")));
    received.expect("taken in")
}

fn wanted(eid: EidId) -> For<'static> {
    For {
        flow: FlowId::from_bytes([3; 16]),
        browser: [4; 32],
        eid,
        party: "borger",
        purpose: Purpose::Login,
    }
}

fn proof(house: &House, who: Who, asked: Asked, key: &SoftKey) -> Proof {
    let (ctx, wanted) = (house.ctx(), wanted(who.eid));
    let check = house.act(move |tx| reserve(tx, &ctx, who.eid));
    let relying = rules().relying;
    let options = check.options(&house.vault, &relying, asked, wanted).expect("said");
    let proof = check.run(&house.vault, &relying, (asked, wanted), &key.answers(&options, OURS));
    proof.expect("judged").expect("it holds")
}

fn kept(house: &House, passkey: &Passkey) -> Passkey {
    let id = passkey.id;
    house.act(move |tx| tx.passkeys().find(id)).expect("it is there")
}

pub fn round_trip(house: &House) {
    let (who, key) = (somebody(house), SoftKey::new());
    let passkey = added(house, who, &key);
    let found = kept(house, &passkey);
    assert_eq!(
        (found.name.as_str(), found.counter, found.in_hardware),
        ("Blue key", 1, false)
    );
    assert!(found.key == passkey.key && found.key.is_some());
    let first = found.clone();
    assert!(house.act(move |tx| tx.passkeys().close(&first, NOW)));
    let closed = kept(house, &passkey);
    assert_eq!((closed.state, closed.key.is_none()), (State::Closed, true));
    let stale = found;
    assert!(
        !house.act(move |tx| tx.passkeys().used(&stale, 9, NOW)),
        "over the version that was read"
    );
    let mark = passkey.key.expect("a key").mark();
    assert!(
        house.act(move |tx| tx.passkeys().is_known(mark)),
        "it never comes in again"
    );
}

/// Whoever writes the database gives nobody somebody else's passkey.
pub fn not_given_away(house: &House) {
    let (who, other) = (somebody(house), somebody(house));
    let passkey = added(house, who, &SoftKey::new());
    let (id, eid) = (house.bytes(&passkey.id.bytes()), house.bytes(&other.eid.bytes()));
    house.run(&format!("UPDATE authenticators SET eid = {eid} WHERE id = {id}"));
    let id = passkey.id;
    let found = house.store.read_blocking("story", move |tx| tx.passkeys().find(id));
    assert!(matches!(found, Err(Halt::Fault(_))), "{found:?}");
}

pub fn one_key_comes_in_once(house: &House) {
    let who = somebody(house);
    let (ctx, came) = (house.ctx(), brought(house, who, &SoftKey::new()));
    let results = house.at_once(move |tx| receive(tx, &ctx, &adds(&rules(), who), (&came, "Blue key")));
    let came_in = |result: &Result<Result<Passkey, Refusal>, Halt>| matches!(result, Ok(Ok(_)));
    assert_eq!(
        results.iter().filter(|result| came_in(result)).count(),
        1,
        "{results:?}"
    );
    let refused = |result: &Result<Result<Passkey, Refusal>, Halt>| match result {
        Ok(Err(refusal)) => refusal.code == Code::PasskeyKnown,
        result => came_in(result) || matches!(result, Err(Halt::Unavailable)),
    };
    assert!(results.iter().all(refused), "{results:?}");
    let rows = house.act(move |tx| tx.passkeys().in_use(who.eid));
    assert_eq!(rows.len(), 1);
}

pub fn no_more_than_may_be(house: &House) {
    let who = somebody(house);
    let ctx = house.ctx();
    let keys: Vec<Registered> = (0..32).map(|_| brought(house, who, &SoftKey::new())).collect();
    let (keys, next) = (Arc::new(keys), Arc::new(std::sync::atomic::AtomicUsize::new(0)));
    house.at_once(move |tx| {
        let mine = next.fetch_add(1, std::sync::atomic::Ordering::SeqCst) % keys.len();
        receive(tx, &ctx, &adds(&rules(), who), (&keys[mine], "One of many"))
    });
    let rows = house.act(move |tx| tx.passkeys().in_use(who.eid));
    assert_eq!(rows.len(), rules().most);
}

pub fn one_log_in_of_one_signature(house: &House) {
    let (who, key) = (somebody(house), SoftKey::new());
    let passkey = added(house, who, &key);
    let (ctx, asked) = (house.ctx(), Asked::new(&house.ctx()));
    let (proof, session) = (proof(house, who, asked, &key), SessionId::from_bytes([9; 16]));
    // As the finish of a log-in does it.
    let results = house.at_once(move |tx| {
        let wanted = wanted(who.eid);
        if tx.flows().find(wanted.flow)?.is_some() {
            return Ok(None);
        }
        let settled = settle(tx, &ctx, who, (asked, wanted), &proof)?;
        tx.flows().insert(&DoneFlow {
            flow: wanted.flow,
            browser: wanted.browser,
            session,
            result: Vec::new(),
            done_at: NOW,
        })?;
        Ok(Some(settled))
    });
    let accepted = |result: &&Result<_, _>| matches!(result, Ok(Some(Settled::Accepted { .. })));
    assert_eq!(results.iter().filter(accepted).count(), 1, "{results:?}");
    let repeats = results
        .iter()
        .filter(|result| matches!(result, Ok(None) | Err(Halt::Unavailable)));
    assert_eq!(repeats.count(), 31, "{results:?}");
    let kept = kept(house, &passkey);
    assert_eq!(
        (kept.state, kept.counter),
        (State::Active, 2),
        "nobody took the repeat for a copy"
    );
}

pub fn one_block_of_a_copy(house: &House) {
    let (who, key) = (somebody(house), SoftKey::new());
    key.counted(70);
    let passkey = added(house, who, &key);
    key.counted(3);
    let (ctx, asked) = (house.ctx(), Asked::new(&house.ctx()));
    let proof = proof(house, who, asked, &key);
    let results = house.at_once(move |tx| settle(tx, &ctx, who, (asked, wanted(who.eid)), &proof));
    let said = |code: Code| {
        let said = move |result: &&Result<_, _>| matches!(result, Ok(Settled::Refused(said)) if *said == code);
        results.iter().filter(said).count()
    };
    assert_eq!(said(Code::PasskeyCopied), 1, "{results:?}");
    let busy = results
        .iter()
        .filter(|result| matches!(result, Err(Halt::Unavailable)))
        .count();
    assert_eq!(said(Code::PasskeyUnknown) + busy, 31, "{results:?}");
    assert_eq!(kept(house, &passkey).state, State::Closed);
}
