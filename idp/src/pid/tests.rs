//! Who is told what about whose CPR number.
#![expect(clippy::expect_used, reason = "tests")]

use std::sync::Arc;

use super::service::{Answer, Asked, answer};
use crate::config::parties::{Parties, Party};
use crate::domain::assurance::{Level, Method};
use crate::domain::cpr::Cpr;
use crate::domain::id::SessionId;
use crate::domain::party::PartyKind;
use crate::domain::pid::Pid;
use crate::domain::pid_service::{Right, Status};
use crate::domain::time::{Span, Time};
use crate::storage::{NewSession, Participant};
use crate::testing::{Citizen, House};

struct Place {
    house: House,
    anna: Citizen,
    pid: Pid,
    cpr: Cpr,
}

fn place() -> Place {
    let house = House::new();
    let anna = house.anna();
    let pid = Pid::from_random(316_380_231_171);
    let (person, given, now) = (anna.person, pid.clone(), house.clock.now());
    let cpr = house.act(move |tx| {
        if let Some(known) = tx.pids().find(person)? {
            return Ok((known, tx.people().cpr(person)?));
        }
        tx.pids().insert(person, &given, now)?;
        Ok((given.clone(), tx.people().cpr(person)?))
    });
    Place {
        house,
        anna,
        pid: cpr.0,
        cpr: cpr.1.expect("a CPR number"),
    }
}

/// A party like the demo's *shop*, of another kind and with a right.
fn party(kind: PartyKind, right: Option<Right>) -> Party {
    let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../config/demo/parties");
    let parties = Parties::load_dir(&dir, true).expect("the demo's parties");
    let shop: Arc<Party> = Arc::clone(parties.get("shop").expect("shop"));
    Party {
        kind,
        pid_service: right,
        ..(*shop).clone()
    }
}

impl Place {
    fn other_cpr(&self) -> Cpr {
        let other = crate::testing::substitute_cpr(&self.house.rng);
        assert_ne!(other.digits(), self.cpr.digits());
        other
    }

    fn logs_in_at_shop(&self) -> String {
        let (rng, now) = (&self.house.rng, self.house.clock.now());
        let (id, token_hash, sid) = (SessionId::from_uuid(rng.uuid_v7(now)), rng.bytes(), rng.token());
        let (person, eid) = (self.anna.person, self.anna.eid);
        self.house.act(move |tx| {
            tx.sessions().insert(&NewSession {
                id,
                token_hash,
                person,
                eid,
                sso: None,
                party: Some("shop".into()),
                level: Level::Substantial,
                methods: vec![Method::Password, Method::Keycard],
                at: now,
                expires_at: now + Span::hours(8),
            })?;
            Ok(())
        });
        self.comes_to_shop(id, &sid, now);
        sid
    }

    /// In a session that is there; the person has shown who they are at that time.
    fn comes_to_shop(&self, session: SessionId, sid: &str, shown_at: Time) {
        let now = self.house.clock.now();
        let participant = Participant {
            sid: sid.to_owned(),
            session,
            party: "shop".into(),
            protocol: "oidc".into(),
            sub: "sub".into(),
            detail: b"{}".to_vec(),
            back_channel: false,
            joined_at: now,
            entered_at: now,
            ended_at: None,
        };
        self.house
            .act(move |tx| tx.sessions().join(&participant, shown_at).map(drop));
    }

    /// In the session that is there.
    fn comes_again(&self, sid: &str, shown_at: Time) {
        let wanted = sid.to_owned();
        let there = self.house.act(move |tx| tx.sessions().participant(&wanted));
        self.comes_to_shop(there.expect("the shop takes part").session, "another", shown_at);
    }

    fn asks(&self, party: &Party, pid: &Pid, cpr: Option<&Cpr>) -> Answer {
        let (ctx, party) = (self.house.ctx(), party.clone());
        let asked = Asked {
            pid: pid.clone(),
            cpr: cpr.cloned(),
        };
        self.house.act(move |tx| answer(tx, &ctx, &party, &asked))
    }

    fn hears(&self, party: &Party, cpr: &Cpr) -> Status {
        let answer = self.asks(party, &self.pid, Some(cpr));
        assert_eq!(answer.cpr, None, "a match tells no number");
        answer.status
    }

    /// The answers that stand in anna's history.
    fn on_record(&self) -> i64 {
        let (eid, since) = (self.anna.eid, self.house.clock.now() - Span::hours(1));
        self.house
            .act(move |tx| tx.audit().count_since(eid, "pid.asked", since))
    }
}

#[test]
fn a_public_service_looks_up_and_matches() {
    let place = place();
    let tax = party(PartyKind::Public, Some(Right::LookUp));
    let told = place.asks(&tax, &place.pid, None);
    assert_eq!(told.status, Status::Ok);
    assert_eq!(told.cpr.expect("the number").digits(), place.cpr.digits());
    for _ in 0..5 {
        assert_eq!(place.hears(&tax, &place.cpr), Status::Ok);
        assert_eq!(place.hears(&tax, &place.other_cpr()), Status::NoMatch);
    }
    let nobody = Pid::from_random(1);
    assert_eq!(place.asks(&tax, &nobody, None).status, Status::NoPid);
    assert_eq!(place.on_record(), 11, "the citizen sees each of them");
}

#[test]
fn who_may_only_match_is_told_no_number() {
    let place = place();
    let library = party(PartyKind::Public, Some(Right::Match));
    let told = place.asks(&library, &place.pid, None);
    assert_eq!(
        told,
        Answer {
            status: Status::NotAuthorizedForCprLookup,
            cpr: None
        }
    );
    let nobody = party(PartyKind::Public, None);
    assert_eq!(place.hears(&nobody, &place.cpr), Status::NotAuthorizedForServiceLookup);
    assert_eq!(
        place.on_record(),
        2,
        "whoever was told nothing stands in her history, too"
    );
}

#[test]
fn a_private_service_has_three_tries_for_a_log_in() {
    let place = place();
    let shop = party(PartyKind::Private, Some(Right::Match));
    assert_eq!(
        place.hears(&shop, &place.cpr),
        Status::NotAuthorizedForServiceLookup,
        "she has not logged in"
    );
    assert_eq!(place.on_record(), 1, "she sees that the shop tried");
    let not_there = place.asks(&shop, &Pid::from_random(1), Some(&place.cpr)).status;
    assert_eq!(
        not_there,
        Status::NotAuthorizedForServiceLookup,
        "as one whom nobody knows"
    );
    place.logs_in_at_shop();
    assert_eq!(place.hears(&shop, &place.other_cpr()), Status::NoMatch);
    assert_eq!(place.hears(&shop, &place.cpr), Status::Ok);
    assert_eq!(place.hears(&shop, &place.other_cpr()), Status::NoMatch);
    assert_eq!(place.hears(&shop, &place.cpr), Status::BruteForce);
    assert_eq!(place.hears(&shop, &place.cpr), Status::BruteForce, "and stays so");
    place.house.clock.advance(Span::minutes(1));
    place.logs_in_at_shop();
    assert_eq!(
        place.hears(&shop, &place.cpr),
        Status::Ok,
        "another log-in, other tries"
    );
}

#[test]
fn who_logs_in_again_in_the_same_session_has_other_tries_and_who_only_comes_by_has_none() {
    let place = place();
    let shop = party(PartyKind::Private, Some(Right::Match));
    let (sid, first) = (place.logs_in_at_shop(), place.house.clock.now());
    for _ in 0..3 {
        assert_eq!(place.hears(&shop, &place.other_cpr()), Status::NoMatch);
    }
    place.house.clock.advance(Span::minutes(1));
    place.comes_again(&sid, first);
    assert_eq!(
        place.hears(&shop, &place.cpr),
        Status::BruteForce,
        "she has shown nothing since: the same tries"
    );
    place.house.clock.advance(Span::minutes(20));
    place.comes_again(&sid, place.house.clock.now());
    assert_eq!(place.hears(&shop, &place.cpr), Status::Ok, "a log-in of now");
    let now = place.house.clock.now();
    place.house.act({
        let sid = sid.clone();
        move |tx| tx.sessions().leave(&sid, now)
    });
    place.house.clock.advance(Span::minutes(16));
    place.comes_again(&sid, now);
    assert_eq!(
        place.hears(&shop, &place.cpr),
        Status::NotAuthorizedForServiceLookup,
        "to leave and come by again is no log-in"
    );
}

#[test]
fn a_quarter_of_an_hour_after_the_log_in_or_after_log_out_nothing_is_told() {
    let place = place();
    let shop = party(PartyKind::Private, Some(Right::Match));
    place.logs_in_at_shop();
    place.house.clock.advance(Span::minutes(14));
    assert_eq!(place.hears(&shop, &place.cpr), Status::Ok);
    place.house.clock.advance(Span::minutes(1));
    assert_eq!(place.hears(&shop, &place.cpr), Status::NotAuthorizedForServiceLookup);
    let (sid, now) = (place.logs_in_at_shop(), place.house.clock.now());
    place.house.act(move |tx| tx.sessions().leave(&sid, now));
    assert_eq!(place.hears(&shop, &place.cpr), Status::NotAuthorizedForServiceLookup);
}

#[test]
fn a_log_in_elsewhere_gives_no_tries_here() {
    let place = place();
    place.logs_in_at_shop();
    let other = Party {
        id: "other".into(),
        ..party(PartyKind::Private, Some(Right::Match))
    };
    assert_eq!(place.hears(&other, &place.cpr), Status::NotAuthorizedForServiceLookup);
}

#[test]
fn a_number_of_before_still_matches() {
    let place = place();
    let tax = party(PartyKind::Public, Some(Right::LookUp));
    let (person, newer, now) = (place.anna.person, place.other_cpr(), place.house.clock.now());
    let added = newer.clone();
    place.house.act(move |tx| tx.people().add_cpr(person, &added, now));
    assert_eq!(place.hears(&tax, &place.cpr), Status::Ok);
    let told = place.asks(&tax, &place.pid, None);
    assert_eq!(told.cpr.expect("the number").digits(), newer.digits(), "the one of now");
}
