//! What the finish of a log-in relies on: an eID is held as it was read, and one repeat replaces what another found.

use idp::domain::eid::EidStatus;
use idp::domain::id::{FlowId, SessionId};
use idp::storage::{DoneFlow, Halt};

use crate::house::{House, NOW};

/// A block that commits while a log-in is finishing: whichever comes second sees the first.
pub fn held_or_blocked(house: &House) {
    let (_, eid) = house.person();
    let epoch = house.act(move |tx| Ok(tx.eids().find(eid)?.epoch));
    assert!(house.act(move |tx| tx.eids().hold(eid, epoch, Some(NOW))));
    assert!(house.act(move |tx| tx.eids().hold(eid, epoch, None)));
    house.act(move |tx| tx.eids().raise_epoch(eid));
    assert!(
        !house.act(move |tx| tx.eids().hold(eid, epoch, Some(NOW))),
        "its password was changed"
    );
    house.act(move |tx| tx.eids().set_status(eid, EidStatus::Active, EidStatus::Blocked));
    let epoch = house.act(move |tx| Ok(tx.eids().find(eid)?.epoch));
    assert!(!house.act(move |tx| tx.eids().hold(eid, epoch, None)), "it is blocked");
}

/// Two repeats at once that found the same: one replaces it, the other runs again and finds what the first left.
pub fn one_repeat_at_a_time(house: &House) {
    let flow = FlowId::from_uuid(house.rng.uuid_v7(NOW));
    let done = |result: &[u8]| DoneFlow {
        flow,
        browser: [7; 32],
        session: SessionId::from_bytes([9; 16]),
        result: result.to_vec(),
        done_at: NOW,
    };
    let first = done(b"0");
    house.act(move |tx| tx.flows().insert(&first));
    let results = house.at_once(move |tx| {
        let found = tx.flows().find(flow)?.expect("it ended");
        let count: u32 = String::from_utf8_lossy(&found.done.result).parse().expect("a number");
        let next = DoneFlow {
            result: (count + 1).to_string().into_bytes(),
            ..found.done.clone()
        };
        tx.flows().renew(&found, &next)
    });
    let won = results.iter().filter(|result| result.is_ok()).count();
    let left = house.act(move |tx| Ok(tx.flows().find(flow)?.expect("it ended").done.result));
    assert_eq!(
        String::from_utf8_lossy(&left),
        won.to_string(),
        "every answer was built on the one before"
    );
    assert!(
        results
            .iter()
            .all(|result| matches!(result, Ok(()) | Err(Halt::Unavailable)))
    );
}
