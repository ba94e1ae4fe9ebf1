//! The tries of a log-in at the PID service.

use std::path::Path;
use std::sync::Arc;

use idp::config::parties::{Parties, Party};
use idp::domain::pid::Pid;
use idp::domain::pid_service::{Right, Status};
use idp::pid::{Asked, answer};
use idp::storage::Participant;

use crate::house::{House, NOW, cpr};
use crate::sessions::session;

/// Thirty-two questions of a private service at once: three are answered.
pub fn three_tries_of_a_log_in(house: &House) {
    let (person, eid) = house.person();
    let id = session(house, person, eid);
    let participant = Participant {
        sid: house.rng.token(),
        session: id,
        party: "shop".into(),
        protocol: "oidc".into(),
        sub: "sub".into(),
        detail: b"{}".to_vec(),
        back_channel: false,
        joined_at: NOW,
        entered_at: NOW,
        ended_at: None,
    };
    let pid = Pid::from_random(house.rng.below_u64(1_000_000_000_000));
    let given = pid.clone();
    house.act(move |tx| {
        tx.pids().insert(person, &given, NOW)?;
        tx.sessions().join(&participant, NOW)
    });
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../config/demo/parties");
    let parties = Parties::load_dir(&dir, true).expect("the demo's parties");
    let shop = Party {
        pid_service: Some(Right::Match),
        ..Party::clone(parties.get("shop").expect("shop"))
    };
    let (ctx, shop) = (house.ctx(), Arc::new(shop));
    let asked = Asked { pid, cpr: Some(cpr()) };
    let told = house.at_once(move |tx| answer(tx, &ctx, &shop, &asked).map(|answer| answer.status));
    let of = |status: Status| {
        told.iter()
            .filter(|one| matches!(one, Ok(told) if *told == status))
            .count()
    };
    assert_eq!((of(Status::NoMatch), of(Status::BruteForce)), (3, 29), "{told:?}");
}
