//! Finished flows.

use idp::domain::id::{FlowId, SessionId};
use idp::domain::time::Span;
use idp::storage::DoneFlow;

use crate::house::{House, NOW};

fn done(house: &House, result: &[u8]) -> DoneFlow {
    DoneFlow {
        flow: FlowId::from_uuid(house.rng.uuid_v7(NOW)),
        browser: house.rng.bytes(),
        session: SessionId::from_uuid(house.rng.uuid_v7(NOW)),
        result: result.to_vec(),
        done_at: NOW,
    }
}

pub fn round_trip(house: &House) {
    let flow = done(house, b"the answer");
    let (id, stored) = (flow.flow, flow.clone());
    assert!(house.act(move |tx| tx.flows().find(id)).is_none());
    house.act(move |tx| tx.flows().insert(&stored));
    let found = house.act(move |tx| tx.flows().find(id)).expect("the flow").done;
    assert_eq!((found.browser, found.session), (flow.browser, flow.session));
    assert_eq!((found.result, found.done_at), (flow.result, NOW));
    house.act(move |tx| tx.prune(NOW + Span::minutes(16)));
    assert!(house.act(move |tx| tx.flows().find(id)).is_none(), "it is forgotten");
}

/// Thirty-two finish the same flow: one does, the others find it finished.
pub fn ends_once(house: &House) {
    let flow = done(house, b"the answer");
    let id = flow.flow;
    let results = house.at_once(move |tx| {
        if tx.flows().find(id)?.is_some() {
            return Ok(false);
        }
        tx.flows().insert(&flow)?;
        Ok(true)
    });
    assert_eq!(
        results.iter().filter(|r| matches!(r, Ok(true))).count(),
        1,
        "{results:?}"
    );
    assert_eq!(
        results.iter().filter(|r| matches!(r, Ok(false))).count(),
        31,
        "{results:?}"
    );
}
