//! The end of a session, and what it takes along.
#![expect(clippy::expect_used, reason = "tests")]

use super::{Cause, Limits, LogoutLetter, Onward, end, end_all_of_eid, is_usable, leave};
use crate::domain::assurance::{Level, Method};
use crate::domain::id::SessionId;
use crate::domain::time::Span;
use crate::storage::{NewSession, Participant};
use crate::testing::{Citizen, House};
use crate::vault::Travel;

fn opens(house: &House, citizen: &Citizen, parties: &[(&str, bool)]) -> SessionId {
    let now = house.clock.now();
    let id = SessionId::from_uuid(house.rng.uuid_v7(now));
    let (token_hash, person, eid) = (house.rng.bytes(), citizen.person, citizen.eid);
    let participants: Vec<_> = parties
        .iter()
        .map(|(party, back_channel)| Participant {
            sid: format!("sid-{party}-{id}"),
            session: id,
            party: (*party).into(),
            protocol: "oidc".into(),
            sub: "sub".into(),
            detail: Vec::new(),
            back_channel: *back_channel,
            joined_at: now,
            entered_at: now,
            ended_at: None,
        })
        .collect();
    house.act(move |tx| {
        tx.sessions().insert(&NewSession {
            id,
            token_hash,
            person,
            eid,
            sso: Some("public".into()),
            party: None,
            level: Level::Substantial,
            methods: vec![Method::Password, Method::Keycard],
            at: now,
            expires_at: now + Span::hours(8),
        })?;
        participants
            .iter()
            .try_for_each(|p| tx.sessions().join(p, p.entered_at).map(drop))
    });
    id
}

fn letters(house: &House) -> Vec<String> {
    let now = house.clock.now();
    let letters = house.act(move |tx| tx.outbox().claim(100, now, Span::secs(1)));
    letters
        .iter()
        .map(|l| {
            serde_json::from_slice::<LogoutLetter>(&l.payload)
                .expect("a letter")
                .party
        })
        .collect()
}

#[test]
fn everybody_with_a_back_channel_is_told_once_but_those_who_are_spared() {
    let house = House::new();
    let anna = house.anna();
    let id = opens(&house, &anna, &[("borger", true), ("skat", false), ("kommune", true)]);
    let (ctx, spared) = (house.ctx(), vec![format!("sid-kommune-{id}")]);
    let ended = house
        .act(move |tx| end(tx, &ctx, id, Cause::Logout, &spared))
        .expect("it was open");
    assert_eq!(ended.participants.len(), 3);
    assert_eq!(letters(&house), ["borger"]);
    let ctx = house.ctx();
    assert!(
        house.act(move |tx| end(tx, &ctx, id, Cause::Logout, &[])).is_none(),
        "it ends once"
    );
    assert!(letters(&house).is_empty());
}

#[test]
fn a_block_ends_every_session_of_the_eid_and_no_other() {
    let house = House::new();
    let (anna, bo) = (house.anna(), house.citizen("bo", "another-77x", false));
    opens(&house, &anna, &[("borger", true)]);
    opens(&house, &anna, &[("skat", true)]);
    let bos = opens(&house, &bo, &[("borger", true)]);
    let (ctx, eid) = (house.ctx(), anna.eid);
    house.act(move |tx| end_all_of_eid(tx, &ctx, eid));
    assert!(house.act(move |tx| tx.sessions().open_of_eid(eid)).is_empty());
    assert!(
        house
            .act(move |tx| tx.sessions().find(bos))
            .expect("bo's")
            .ended_at
            .is_none()
    );
    let mut told = letters(&house);
    told.sort();
    assert_eq!(told, ["borger", "skat"]);
}

#[test]
fn a_session_counts_until_idle_old_or_ended() {
    let house = House::new();
    let anna = house.anna();
    let id = opens(&house, &anna, &[]);
    let row = house.act(move |tx| tx.sessions().find(id)).expect("the session");
    let (now, limits) = (house.clock.now(), Limits::default());
    assert!(is_usable(&row, limits, now + Span::minutes(29)));
    assert!(!is_usable(&row, limits, now + Span::minutes(30)));
    let seen = crate::storage::SessionRow {
        seen_at: now + Span::hours(8),
        ..row.clone()
    };
    assert!(!is_usable(&seen, limits, now + Span::hours(8)), "eight hours in all");
    assert!(!is_usable(
        &crate::storage::SessionRow {
            ended_at: Some(now),
            ..row
        },
        limits,
        now
    ));
}

#[test]
fn a_party_may_leave_alone_and_the_session_goes_on() {
    let house = House::new();
    let anna = house.anna();
    let id = opens(&house, &anna, &[("borger", true), ("kommune", true)]);
    let borger = house
        .act(move |tx| tx.sessions().participant(&format!("sid-borger-{id}")))
        .expect("takes part");
    let (ctx, one) = (house.ctx(), borger.clone());
    assert!(house.act(move |tx| leave(tx, &ctx, &one)));
    assert!(letters(&house).is_empty(), "nobody is told of what it did itself");
    let row = house.act(move |tx| tx.sessions().find(id)).expect("the session");
    assert!(row.ended_at.is_none());
    // It has left: the end of the session is told to the other one only.
    let left = house
        .act(move |tx| tx.sessions().participant(&borger.sid))
        .expect("is remembered");
    let ctx = house.ctx();
    assert!(!house.act(move |tx| leave(tx, &ctx, &left)), "once");
    let ctx = house.ctx();
    house.act(move |tx| end(tx, &ctx, id, Cause::Logout, &[]));
    assert_eq!(letters(&house), ["kommune"]);
}

#[test]
fn a_hand_over_opens_for_five_minutes_and_as_nothing_else() {
    let house = House::new();
    let ctx = house.ctx();
    let ids = [1, 2].map(|n| SessionId::from_bytes([n; 16])).to_vec();
    let onward = Onward::new(
        &ctx,
        ids,
        vec!["lab".into()],
        Some(("borger".into(), "https://b".into())),
    );
    let address = onward.address(&house.vault, &ctx).expect("an address");
    let sealed = address.strip_prefix("/saml/logout?t=").expect("ours");
    let open = |minutes| Onward::open(&house.vault, ctx.now + Span::minutes(minutes), sealed);
    assert_eq!(open(0), Some(onward.clone()));
    assert_eq!(open(4), Some(onward));
    assert_eq!(open(5), None);
    for purpose in [
        Travel::Logout,
        Travel::LogoutQuestion,
        Travel::LogoutHeard,
        Travel::Ticket,
    ] {
        assert!(house.vault.travel_open(purpose, ctx.now, sealed).is_none());
    }
}
