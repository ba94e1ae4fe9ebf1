//! Sessions, devices, the outbox, and what expires.

use idp::domain::assurance::{Level, Method};
use idp::domain::id::{DeviceId, EidId, OutboxId, PersonId, SessionId};
use idp::domain::lanes::{self, LaneKind, Weight};
use idp::domain::time::Span;
use idp::storage::{Device, LaneId, Letter, NewSession, Participant};

use crate::house::{House, NOW};

/// A session of eight hours in the group `public`.
pub fn session(house: &House, person: PersonId, eid: EidId) -> SessionId {
    let id = SessionId::from_uuid(house.rng.uuid_v7(NOW));
    let token_hash = house.rng.bytes();
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
            at: NOW,
            expires_at: NOW + Span::hours(8),
        })
    });
    id
}

fn joins(house: &House, session: SessionId, party: &'static str) -> Participant {
    joins_by(house, session, party, "oidc")
}

fn joins_by(house: &House, session: SessionId, party: &'static str, protocol: &'static str) -> Participant {
    let participant = Participant {
        sid: house.rng.token(),
        session,
        party: party.into(),
        protocol: protocol.into(),
        sub: "sub".into(),
        detail: b"{}".to_vec(),
        back_channel: true,
        joined_at: NOW,
        entered_at: NOW,
        ended_at: None,
    };
    house.act(move |tx| tx.sessions().join(&participant, NOW))
}

pub fn ends_once(house: &House) {
    let (person, eid) = house.person();
    let id = session(house, person, eid);
    let (found, first, second, open) = house.act(move |tx| {
        let found = tx.sessions().find(id)?.expect("the session");
        let first = tx.sessions().end(id, "logout", NOW)?;
        Ok((
            found,
            first,
            tx.sessions().end(id, "logout", NOW)?,
            tx.sessions().open_of_eid(eid)?,
        ))
    });
    assert_eq!(found.methods, [Method::Password, Method::Keycard]);
    assert!(first && !second && open.is_empty());
}

pub fn keeps_sid(house: &House) {
    let (person, eid) = house.person();
    let id = session(house, person, eid);
    let (first, again, other) = (
        joins(house, id, "skat"),
        joins(house, id, "skat"),
        joins(house, id, "borger"),
    );
    assert_eq!(first.sid, again.sid);
    assert_ne!(first.sid, other.sid);
    let all = house.act(move |tx| tx.sessions().participants(id));
    assert_eq!(all.len(), 2);
}

pub fn one_part_by_each_protocol(house: &House) {
    let (person, eid) = house.person();
    let id = session(house, person, eid);
    let oidc = joins_by(house, id, "skat", "oidc");
    let saml = joins_by(house, id, "skat", "saml");
    assert_ne!(oidc.sid, saml.sid);
    let sid = saml.sid.clone();
    house.act(move |tx| {
        tx.sessions().set_detail(&sid, "sub", b"names", false)?;
        tx.sessions().set_handle(&sid, "for this session")
    });
    // Entered once more by each: nothing of either is lost.
    assert_eq!(joins_by(house, id, "skat", "oidc").sid, oidc.sid);
    let again = joins_by(house, id, "skat", "saml");
    assert_eq!((again.sid, again.detail), (saml.sid.clone(), b"names".to_vec()));
    let sid = saml.sid.clone();
    let (all, handled, nobody) = house.act(move |tx| {
        let all = tx.sessions().participants(id)?;
        let handled = tx.sessions().by_handle("for this session")?;
        tx.sessions().leave(&sid, NOW)?;
        Ok((all, handled, tx.sessions().by_handle("for that session")?))
    });
    let kept = |protocol: &str| all.iter().find(|one| one.protocol == protocol).expect("takes part");
    assert_eq!(all.len(), 2);
    assert_eq!(
        (kept("oidc").detail.as_slice(), kept("oidc").back_channel),
        (b"{}".as_slice(), true)
    );
    assert_eq!(
        (kept("saml").detail.as_slice(), kept("saml").back_channel),
        (b"names".as_slice(), false)
    );
    assert_eq!((handled.len(), &handled[0].sid, nobody.len()), (1, &saml.sid, 0));
    // Who had left begins anew under the same name.
    let back = joins_by(house, id, "skat", "saml");
    assert_eq!((back.sid, back.detail), (saml.sid, b"{}".to_vec()));
    assert!(house.act(|tx| tx.sessions().by_handle("for this session")).is_empty());
}

pub fn devices_bounded(house: &House) {
    let (_, eid) = house.person();
    let ids: Vec<_> = (0..12).map(|_| DeviceId::from_uuid(house.rng.uuid_v7(NOW))).collect();
    for (n, id) in ids.iter().copied().enumerate() {
        let now = NOW + Span::secs(i64::try_from(n).expect("small"));
        house.act(move |tx| {
            let (counter, version) = tx.lanes().find(LaneId::Known(id))?;
            let (counter, _) = lanes::settle_wrong(counter, LaneKind::Known, Weight::Ordinary, now, now);
            tx.lanes().save(LaneId::Known(id), &counter, version)?;
            tx.devices().remember(
                &Device {
                    id,
                    eid,
                    epoch: 1,
                    expires_at: now + Span::days(180),
                },
                10,
                now,
            )
        });
    }
    let live = house.act(move |tx| {
        let mut live = Vec::new();
        for id in &ids {
            live.push((
                tx.devices().live(*id, eid, 1, NOW)?,
                tx.lanes().find(LaneId::Known(*id))?.1.is_some(),
            ));
        }
        Ok(live)
    });
    assert_eq!(live.iter().filter(|(device, _)| *device).count(), 10);
    assert!(
        live.iter().all(|(device, lane)| device == lane),
        "a forgotten device takes its lane along"
    );
    assert!(!live[0].0 && !live[1].0, "the oldest went");
}

pub fn device_expires(house: &House) {
    let (_, eid) = house.person();
    let id = DeviceId::from_uuid(house.rng.uuid_v7(NOW));
    let gone = house.act(move |tx| {
        let (counter, version) = tx.lanes().find(LaneId::Known(id))?;
        let (counter, _) = lanes::settle_wrong(counter, LaneKind::Known, Weight::Ordinary, NOW, NOW);
        tx.lanes().save(LaneId::Known(id), &counter, version)?;
        let device = Device {
            id,
            eid,
            epoch: 1,
            expires_at: NOW + Span::days(180),
        };
        tx.devices().remember(&device, 10, NOW)?;
        let kept = tx.prune(NOW + Span::days(179))?;
        assert_eq!(kept.0, 0);
        assert!(tx.lanes().find(LaneId::Known(id))?.1.is_some());
        let gone = tx.prune(NOW + Span::days(181))?;
        Ok((gone.0, tx.lanes().find(LaneId::Known(id))?.1))
    });
    assert_eq!(gone, (1, None));
}

pub fn pruned(house: &House) {
    let (person, eid) = house.person();
    let id = session(house, person, eid);
    joins(house, id, "skat");
    house.act(|tx| tx.replays().take("party", "token", NOW + Span::minutes(5), NOW));
    let kept = house.act(move |tx| tx.prune(NOW + Span::hours(1)));
    assert_eq!(kept.0, 1, "only the mark has expired after an hour");
    let gone = house.act(move |tx| tx.prune(NOW + Span::days(3)));
    assert_eq!(gone.0, 2, "session and participant");
    assert!(house.act(move |tx| tx.sessions().find(id)).is_none());
}

pub fn outbox_once(house: &House) {
    let id = OutboxId::from_uuid(house.rng.uuid_v7(NOW));
    let letter = Letter {
        id,
        kind: "logout.oidc".into(),
        dedup: "logout:1".into(),
        payload: b"secret".to_vec(),
        attempts: 0,
    };
    house.act(move |tx| {
        tx.outbox().put(&letter, NOW)?;
        tx.outbox().put(
            &Letter {
                id: OutboxId::from_bytes([7; 16]),
                ..letter.clone()
            },
            NOW,
        )
    });
    let (first, second, later) = house.act(|tx| {
        let first = tx.outbox().claim(10, NOW, Span::secs(30))?;
        let second = tx.outbox().claim(10, NOW + Span::secs(10), Span::secs(30))?;
        Ok((
            first,
            second,
            tx.outbox().claim(10, NOW + Span::secs(31), Span::secs(30))?,
        ))
    });
    assert_eq!(
        (first.len(), second.len(), later.len()),
        (1, 0, 1),
        "once per lease, again when it lapses, never doubled"
    );
    assert_eq!(
        (first[0].payload.as_slice(), later[0].attempts),
        (b"secret".as_slice(), 2)
    );
    let after = house.act(move |tx| {
        tx.outbox().done(id, NOW)?;
        tx.outbox().claim(10, NOW + Span::hours(1), Span::secs(30))
    });
    assert!(after.is_empty());
}
