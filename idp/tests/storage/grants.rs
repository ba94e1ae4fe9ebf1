//! What was given to OIDC clients.

use idp::domain::id::{EidId, GrantId, PersonId};
use idp::domain::time::Span;
use idp::storage::{AccessToken, NewGrant};

use crate::house::{House, NOW};
use crate::sessions::session;

fn grant(house: &House, person: PersonId, eid: EidId, offline: bool) -> (GrantId, [u8; 32]) {
    let session = session(house, person, eid);
    let (id, code): (_, [u8; 32]) = (GrantId::from_uuid(house.rng.uuid_v7(NOW)), house.rng.bytes());
    let token: [u8; 32] = house.rng.bytes();
    house.act(move |tx| {
        tx.grants().insert(&NewGrant {
            id,
            party: "borger".into(),
            person,
            eid,
            session,
            sid: "sid".into(),
            scope: "openid pid".into(),
            detail: b"{\"nonce\":\"n\"}".to_vec(),
            code_hash: Some(code),
            code_expires_at: Some(NOW + Span::secs(60)),
            offline,
            expires_at: NOW + Span::days(180),
            created_at: NOW,
        })?;
        tx.tokens().insert(&AccessToken {
            hash: token,
            grant: Some(id),
            party: "borger".into(),
            scope: "openid".into(),
            created_at: NOW,
            expires_at: NOW + Span::minutes(10),
            revoked_at: None,
            bound_to: None,
        })
    });
    (id, token)
}

pub fn code_once(house: &House) {
    let (person, eid) = house.person();
    let (id, token) = grant(house, person, eid, false);
    let results = house.at_once(move |tx| tx.grants().use_code(id, NOW));
    assert_eq!(results.iter().filter(|r| matches!(r, Ok(true))).count(), 1);
    house.act(move |tx| tx.grants().end(id, "code reused", NOW));
    let (grant, token) = house.act(move |tx| Ok((tx.grants().find(id)?, tx.tokens().find(&token)?)));
    assert!(grant.expect("the grant").ended_at.is_some());
    assert!(
        token.expect("the token").revoked_at.is_some(),
        "what the code gave ends with it"
    );
}

pub fn rotates(house: &House) {
    let (person, eid) = house.person();
    let (id, _) = grant(house, person, eid, true);
    house.act(move |tx| tx.grants().begin_refresh(id, &[9; 32], NOW + Span::days(30)));
    let results = house.at_once(move |tx| tx.grants().rotate(id, 1, NOW, NOW + Span::days(30)));
    assert_eq!(results.iter().filter(|r| matches!(r, Ok(true))).count(), 1);
    let refresh = house
        .act(move |tx| tx.grants().find(id))
        .expect("the grant")
        .refresh
        .expect("a family");
    assert_eq!(
        (refresh.secret, refresh.generation, refresh.refreshed_at),
        ([9; 32], 2, Some(NOW))
    );
}

pub fn end_of_eid(house: &House) {
    let (person, eid) = house.person();
    let (plain, _) = grant(house, person, eid, false);
    let (offline, _) = grant(house, person, eid, true);
    let session = house
        .act(move |tx| tx.grants().find(offline))
        .expect("the grant")
        .session;
    house.act(move |tx| tx.grants().end_of_session(session, false, "logout", NOW));
    let survived = house
        .act(move |tx| tx.grants().find(offline))
        .expect("the grant")
        .ended_at
        .is_none();
    assert!(survived, "an offline grant survives log-out");
    house.act(move |tx| tx.grants().end_of_eid(eid, "blocked", NOW));
    let ended = house.act(move |tx| Ok([tx.grants().find(plain)?, tx.grants().find(offline)?]));
    assert!(
        ended.into_iter().all(|g| g.expect("the grant").ended_at.is_some()),
        "a block ends offline grants too"
    );
}

pub fn end_of_participant(house: &House) {
    let (person, eid) = house.person();
    let grants = [false, false, true].map(|offline| grant(house, person, eid, offline));
    let [own, others, offline] = grants.map(|(id, _)| id);
    let session_of = |id| house.act(move |tx| tx.grants().find(id)).expect("the grant").session;
    let (here, there) = (session_of(own), session_of(offline));
    let lives = |id| {
        house
            .act(move |tx| tx.grants().find(id))
            .expect("the grant")
            .ended_at
            .is_none()
    };

    house.act(move |tx| tx.grants().end_of_participant(here, "another", "logout", NOW));
    assert!(lives(own), "another party of the session left");
    house.act(move |tx| {
        tx.grants().end_of_participant(here, "sid", "logout", NOW)?;
        tx.grants().end_of_participant(there, "sid", "logout", NOW)
    });
    assert!(!lives(own));
    assert!(lives(others), "of another session");
    assert!(lives(offline), "what survives a log-out survives leaving");
    let token = grants[0].1;
    let token = house.act(move |tx| tx.tokens().find(&token)).expect("the token");
    assert!(token.revoked_at.is_some());
}

/// One statement tells what five tell one after the other.
pub fn rests_on(house: &House) {
    let (person, eid) = house.person();
    let (id, token) = grant(house, person, eid, false);
    house.act(move |tx| tx.people().add_cpr(person, &crate::house::cpr(), NOW));
    let sub = house.act(move |tx| tx.subjects().sub(person, "here", NOW));
    let (basis, asked, elsewhere) = house.act(move |tx| {
        Ok((
            tx.grants().basis(id)?.expect("the grant"),
            tx.tokens().question(&token, "here")?.expect("the token"),
            tx.tokens().question(&token, "elsewhere")?.expect("the token"),
        ))
    });
    let (grant, session, held) = house.act(move |tx| {
        let grant = tx.grants().find(id)?.expect("the grant");
        let session = tx.sessions().find(grant.session)?.expect("the session");
        Ok((grant, session, tx.eids().find(eid)?))
    });
    assert!(
        held.has_cpr && held.birth_date.is_none(),
        "as the person was written down"
    );
    let asked_basis = asked.basis.expect("a grant is behind it");
    for found in [&basis, &asked_basis] {
        assert_eq!(format!("{:?}", found.grant), format!("{grant:?}"));
        assert_eq!(format!("{:?}", found.session), format!("{:?}", Some(&session)));
        assert_eq!(format!("{:?}", found.eid), format!("{held:?}"));
    }
    assert_eq!(
        (asked.sub, elsewhere.sub),
        (Some(sub), None),
        "a name is told in its sector"
    );
}

/// A client's own token has nobody behind it, and an unknown one is nothing.
pub fn nobody_behind(house: &House) {
    let hash: [u8; 32] = house.rng.bytes();
    let unknown: [u8; 32] = house.rng.bytes();
    house.act(move |tx| {
        tx.tokens().insert(&AccessToken {
            hash,
            grant: None,
            party: "lab".into(),
            scope: String::new(),
            created_at: NOW,
            expires_at: NOW + Span::minutes(10),
            revoked_at: None,
            bound_to: Some([9; 32]),
        })
    });
    let (own, none) = house.act(move |tx| {
        Ok((
            tx.tokens().question(&hash, "lab")?,
            tx.tokens().question(&unknown, "lab")?,
        ))
    });
    let own = own.expect("the token");
    assert_eq!(own.token.bound_to, Some([9; 32]));
    assert!(own.basis.is_none() && own.sub.is_none() && own.token.party == "lab");
    assert!(none.is_none());
}
