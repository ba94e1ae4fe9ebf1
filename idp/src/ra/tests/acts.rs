//! What officers do for people, and what they cannot.

use std::collections::BTreeSet;

use acceptance::passkey::SoftKey;
use chrono::NaiveDate;
use serde_json::{Value, json};

use super::place::{Officer, Place, officer, registrar, support};
use crate::audit::Who;
use crate::credentials::block::{self, HOLDER};
use crate::credentials::passkey::tests::{adds, holds_everything};
use crate::domain::eid::{EidNumber, EidStatus};
use crate::domain::id::{EidId, PersonId};
use crate::domain::keycard::CardState;
use crate::domain::time::Span;
use crate::storage::{Bank, BlockCause, NewEid, NewPerson};
use crate::testing::Citizen;

fn seen() -> Value {
    json!({"kind": "document_seen", "document": "danish_passport"})
}

fn who(citizen: &Citizen) -> Who {
    Who {
        person: citizen.person,
        eid: citizen.eid,
    }
}

#[test]
fn support_finds_anna_by_either_number_and_sees_no_secret() {
    let place = Place::new();
    let anna = place.house.anna();
    let person = anna.person;
    let cpr = place.house.act(move |tx| tx.people().cpr(person)).unwrap();
    let by_cpr = place.finds(&support(), json!({"cpr": cpr.digits()})).done();
    let by_number = place
        .finds(&support(), json!({ "eid_number": place.number(anna.eid) }))
        .done();
    assert_eq!(by_cpr, by_number);
    let eid = &by_cpr["eids"][0];
    assert_eq!(
        (&by_cpr["name"], &eid["id"], &eid["status"], &eid["password"]),
        (
            &json!("Anna Andersen"),
            &json!(anna.eid.to_string()),
            &json!("active"),
            &json!("set")
        )
    );
    assert_eq!(eid["cards"][0]["number"], json!(anna.card.to_string()));
    let text = by_cpr.to_string();
    assert!(!text.contains(cpr.digits()) && !text.contains(anna.password) && !text.contains("anna\""));
    let trail = place.trail(anna.eid);
    for by in ["by cpr", "by number"] {
        let event = json!({"officer": "k.test", "role": "support", "reason": "sag 2026-7", "act": "find", "detail": by,
                           "outcome": "done"});
        assert!(trail.contains(&("officer.acted".to_owned(), event)), "{by}: {trail:?}");
    }
}

#[test]
fn nobody_and_somebody_elses_customer_look_alike() {
    let place = Place::new();
    let anna = place.house.anna();
    let eid = anna.eid;
    place.house.act(move |tx| {
        let link = Bank {
            bank: "netbank".into(),
            customer_ref: None,
        };
        tx.eids().link_bank(eid, &link, crate::domain::time::Time::from_secs(1))
    });
    let number = place.number(anna.eid);
    place
        .finds(&officer("ra-netbank", "registrar"), json!({ "eid_number": number }))
        .done();
    let other = officer("ra-netbank-b", "registrar");
    let theirs = place.finds(&other, json!({ "eid_number": number }));
    let nobodys = place.finds(&other, json!({"eid_number": "123456789"}));
    theirs.is_refused(404, "ra.not_found");
    nobodys.is_refused(404, "ra.not_found");
    let stops = json!({"what": "eid", "because": "misuse"});
    place
        .does(&other, anna.eid, "block", stops)
        .is_refused(404, "ra.not_found");
    let outcomes: Vec<_> = place
        .trail(anna.eid)
        .into_iter()
        .map(|(_, event)| event["outcome"].clone())
        .collect();
    assert!(outcomes.contains(&json!("ra.not_found")), "{outcomes:?}");
}

#[test]
fn nobody_acts_in_their_own_case() {
    let place = Place::new();
    let anna = place.house.anna();
    let herself = Officer {
        own: json!(place.number(anna.eid)),
        ..registrar()
    };
    let number = place.number(anna.eid);
    place
        .finds(&herself, json!({ "eid_number": number }))
        .is_refused(403, "ra.own_case");
    let orders = json!({"by": "letter", "proof": seen()});
    place
        .does(&herself, anna.eid, "activation", orders)
        .is_refused(403, "ra.own_case");
    let bo = place.house.citizen("bo", "noegle-1234x", false);
    let stops = json!({"what": "password", "because": "holder_asks"});
    place.does(&herself, bo.eid, "block", stops).done();
}

#[test]
fn support_stops_what_the_caller_asks_for() {
    let place = Place::new();
    let anna = place.house.anna();
    let card = anna.card.to_string();
    let stopped = place
        .does(
            &support(),
            anna.eid,
            "block",
            json!({"what": "card", "which": card, "because": "stolen"}),
        )
        .done();
    assert_eq!(stopped["cards"][0]["state"], "blocked");
    place
        .does(
            &support(),
            anna.eid,
            "block",
            json!({"what": "card", "which": card, "because": "stolen"}),
        )
        .is_refused(404, "keycard.not_found");
    let stopped = place
        .does(
            &support(),
            anna.eid,
            "block",
            json!({"what": "password", "because": "misuse"}),
        )
        .done();
    assert_eq!(stopped["password"], "blocked");
    place
        .does(
            &support(),
            anna.eid,
            "block",
            json!({"what": "password", "because": "misuse"}),
        )
        .is_refused(409, "password.state");
    let stopped = place
        .does(
            &support(),
            anna.eid,
            "block",
            json!({"what": "eid", "because": "misuse"}),
        )
        .done();
    assert_eq!(stopped["status"], "blocked");
    let trail = place.trail(anna.eid);
    let details: Vec<_> = trail
        .iter()
        .filter(|(kind, event)| kind == "officer.acted" && event["outcome"] == "done")
        .map(|(_, event)| event["detail"].as_str().unwrap())
        .collect();
    // Written in one moment, they come in no order.
    let details: BTreeSet<_> = details.into_iter().collect();
    assert_eq!(
        details,
        BTreeSet::from(["eid: misuse", "password: misuse", "card: stolen"])
    );
    for kind in ["keycard.blocked", "password.blocked", "eid.changed"] {
        assert!(trail.iter().any(|(one, _)| one == kind), "{kind}");
    }
}

#[test]
fn support_stops_a_passkey_and_voice_response() {
    let place = Place::new();
    let anna = place.house.anna();
    let passkey = adds(&place.house, &anna, &SoftKey::new()).unwrap();
    holds_everything(&place.house, &anna);
    let stops = |what: &str, which: Option<String>| {
        let wish = json!({"what": what, "which": which, "because": "lost"});
        place.does(&support(), anna.eid, "block", wish)
    };
    let id = passkey.id.to_string();
    for (what, which, again) in [
        ("voice", None, "voice.unknown"),
        ("passkey", Some(id), "passkey.unknown"),
    ] {
        let eid = anna.eid;
        let before = place.house.act(move |tx| tx.eids().find(eid)).epoch;
        let stopped = stops(what, which.clone()).done();
        let left = stopped["factors"].as_array().unwrap();
        assert!(left.iter().all(|factor| factor["kind"] != what), "{stopped}");
        assert_eq!(place.house.act(move |tx| tx.eids().find(eid)).epoch, before + 1);
        stops(what, which).is_refused(404, again);
    }
    stops("passkey", None).is_refused(400, "request.malformed");
    let changed = |(kind, event): &&(String, Value)| kind == "factor.changed" && event["how"] == "officer";
    // The token of the beginning was stopped by an officer, too.
    assert_eq!(place.trail(anna.eid).iter().filter(changed).count(), 3);
}

#[test]
fn what_comes_twice_under_one_key_is_done_once() {
    let place = Place::new();
    let anna = place.house.anna();
    let path = format!("/api/ra/v1/eids/{}/block", anna.eid);
    let stops = json!({"what": "password", "because": "misuse"});
    let once = |body: &Value, key: &str| place.asks_under(&support(), "POST", &path, Some(body.clone()), key);
    let first = once(&stops, "case-0007").done();
    assert_eq!(once(&stops, "case-0007").done(), first);
    let other = json!({"what": "eid", "because": "misuse"});
    once(&other, "case-0007").is_refused(422, "ra.key_reused");
    once(&other, "short").is_refused(400, "ra.key_missing");
    let token = place.token("support");
    let claims = place.claims(&support(), ("POST", &path), &token);
    let assertion = super::place::signed("support", Some(crate::ra::assertion::TYP), &claims);
    place
        .sends(("POST", &path), (&token, &assertion), Some(other), None)
        .is_refused(400, "ra.key_missing");
    // Another RA's key of the same name is another key.
    let stops = json!({"what": "eid", "because": "misuse"});
    let elsewhere = place.asks_under(&registrar(), "POST", &path, Some(stops), "case-0007");
    assert_eq!(elsewhere.done()["status"], "blocked");
    let outcomes: Vec<_> = place
        .trail(anna.eid)
        .into_iter()
        .filter(|(kind, _)| kind == "officer.acted")
        .map(|(_, event)| event["outcome"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        outcomes.iter().filter(|outcome| *outcome == "repeated").count(),
        1,
        "{outcomes:?}"
    );
}

#[test]
fn a_birthday_begins_at_midnight_in_denmark() {
    let place = Place::new();
    // 23:30 in Greenwich is half past midnight here, on the 23rd.
    place.house.clock.advance(Span::hours(11) + Span::minutes(30));
    let ctx = place.house.ctx();
    assert_eq!(ctx.now.rfc3339(), "2026-11-22T23:30:00Z");
    let person = PersonId::from_uuid(place.house.rng.uuid_v7(ctx.now));
    let eid = EidId::from_uuid(place.house.rng.uuid_v7(ctx.now));
    place.house.act(move |tx| {
        tx.people().insert(&NewPerson {
            id: person,
            name: "Ida Ibsen".into(),
            address: None,
            protected: false,
            birth_date: NaiveDate::from_ymd_opt(2011, 11, 23),
            cpr: None,
            email: None,
            phone: None,
            created_at: ctx.now,
        })?;
        tx.eids().insert(&NewEid {
            id: eid,
            number: EidNumber::from_random(15),
            person,
            status: EidStatus::Active,
            public: true,
            issuer: "borgerservice".into(),
            created_at: ctx.now,
        })
    });
    let found = place.finds(&support(), json!({"eid_number": place.number(eid)})).done();
    assert_eq!(found["age_group"], "youth", "fifteen today");
}

#[test]
fn a_blocked_eid_is_opened_for_whoever_was_seen_and_gets_a_new_card() {
    let place = Place::new();
    let anna = place.house.anna();
    let (ctx, whose) = (place.house.ctx(), who(&anna));
    place.house.act(move |tx| block::eid(tx, &ctx, whose, HOLDER));
    let opens = json!({"what": "eid", "proof": seen()});
    place
        .does(&support(), anna.eid, "open", opens.clone())
        .is_refused(403, "ra.proof");
    let opened = place.does(&registrar(), anna.eid, "open", opens.clone()).done();
    assert_eq!(opened["status"], "active");
    // Ordered in one moment, they stand in no order.
    let states: BTreeSet<_> = opened["cards"]
        .as_array()
        .unwrap()
        .iter()
        .map(|card| card["state"].as_str().unwrap())
        .collect();
    assert_eq!(states, BTreeSet::from(["blocked", "ordered"]));
    place
        .does(&registrar(), anna.eid, "open", opens)
        .is_refused(409, "eid.state");
    assert!(place.trail(anna.eid).iter().any(|(kind, event)| kind == "eid.changed"
        && event["to"] == "active"
        && event["reason"] == "opened by ra-borgerservice/k.test: sag 2026-7"));
}

#[test]
fn an_eid_that_was_never_activated_waits_for_its_activation_again() {
    let place = Place::new();
    let (anna, ctx) = (place.house.anna(), place.house.ctx());
    let (person, eid) = (anna.person, EidId::from_uuid(place.house.rng.uuid_v7(ctx.now)));
    place.house.act(move |tx| {
        tx.eids().insert(&NewEid {
            id: eid,
            number: EidNumber::from_random(7),
            person,
            status: EidStatus::Ordered,
            public: true,
            issuer: "borgerservice".into(),
            created_at: ctx.now,
        })
    });
    let stops = json!({"what": "eid", "because": "misuse"});
    let stopped = place.does(&support(), eid, "block", stops).done();
    assert_eq!(
        stopped["status"], "blocked",
        "a letter may be stolen before it is opened"
    );
    let opens = json!({"what": "eid", "proof": seen()});
    let opened = place.does(&registrar(), eid, "open", opens).done();
    assert_eq!(
        (
            &opened["status"],
            &opened["password"],
            &opened["activation"]["state"],
            &opened["cards"][0]["state"]
        ),
        (&json!("ordered"), &json!("none"), &json!("ordered"), &json!("ordered"))
    );
}

#[test]
fn an_eid_that_waits_for_a_new_password_waits_for_it_again_after_a_block() {
    let place = Place::new();
    let eid = place.house.anna().eid;
    let orders = json!({"by": "letter", "proof": seen()});
    assert_eq!(
        place.does(&registrar(), eid, "activation", orders).done()["status"],
        "ordered"
    );
    let stops = json!({"what": "eid", "because": "lost"});
    let stopped = place.does(&support(), eid, "block", stops).done();
    assert_eq!(
        stopped["activation"]["state"], "void",
        "whoever has its letter has nothing"
    );
    let opens = json!({"what": "eid", "proof": seen()});
    let opened = place.does(&registrar(), eid, "open", opens).done();
    assert_eq!(
        (&opened["status"], &opened["activation"]["state"]),
        (&json!("ordered"), &json!("ordered")),
        "the old password is there, and counts for nothing"
    );
}

#[test]
fn tries_may_be_forgiven_and_suspicion_may_not() {
    let place = Place::new();
    let anna = place.house.anna();
    let eid = anna.eid;
    let opens = json!({"what": "password", "proof": seen()});
    place
        .does(&registrar(), eid, "open", opens.clone())
        .is_refused(409, "password.state");
    place.house.act(move |tx| tx.passwords().block(eid, BlockCause::Tries));
    let before = place.house.act(move |tx| tx.eids().find(eid)).epoch;
    let opened = place.does(&registrar(), eid, "open", opens.clone()).done();
    assert_eq!(opened["password"], "set");
    let after = place.house.act(move |tx| tx.eids().find(eid)).epoch;
    assert!(after > before, "known devices are strangers again");
    place.house.act(move |tx| tx.passwords().block(eid, BlockCause::Holder));
    place
        .does(&registrar(), eid, "open", opens)
        .is_refused(409, "password.state");
}

#[test]
fn an_activation_password_is_ordered_for_whoever_was_seen() {
    let place = Place::new();
    let anna = place.house.anna();
    let eid = anna.eid;
    let orders = json!({"by": "letter", "proof": seen()});
    place
        .does(&support(), eid, "activation", orders.clone())
        .is_refused(403, "ra.proof");
    let ordered = place.does(&registrar(), eid, "activation", orders.clone()).done();
    assert_eq!(
        (
            &ordered["status"],
            &ordered["password"],
            &ordered["activation"]["state"]
        ),
        (&json!("ordered"), &json!("blocked"), &json!("ordered"))
    );
    let digits = place.house.act(move |tx| tx.activations().digits(eid)).unwrap();
    assert!(
        !ordered.to_string().contains(&digits),
        "its digits are the letter's alone"
    );
    let (ctx, whose) = (place.house.ctx(), who(&anna));
    place.house.act(move |tx| block::eid(tx, &ctx, whose, HOLDER));
    place
        .does(&registrar(), eid, "activation", orders)
        .is_refused(409, "eid.state");
    let cards = place.house.act(move |tx| tx.cards().of_eid(eid));
    assert!(cards.iter().all(|row| row.card.state == CardState::Blocked));
}

#[test]
fn an_officer_revokes_a_certificate_alone() {
    let place = Place::new();
    let anna = place.house.anna();
    let (ctx, whose, eid) = (place.house.ctx(), who(&anna), anna.eid);
    crate::certificates::ensure(&place.house.store, &place.house.vault, &ctx, Some("http://id.example")).unwrap();
    let serial = place.house.act(move |tx| crate::certificates::issue(tx, &ctx, whose));
    let wish = || json!({"what": "certificate", "because": "terms_broken"});
    let shown = place.does(&support(), eid, "block", wish()).done();
    assert_eq!((&shown["public"], shown.get("certificate")), (&json!(false), None));
    let row = place.house.act(move |tx| tx.certificates().of_eid(eid)).remove(0);
    let reason = row.revoked.map(|(_, reason)| reason.as_str());
    assert_eq!((row.serial, reason), (serial, Some("terms_broken")));
    place
        .does(&support(), eid, "block", wish())
        .is_refused(409, "certificate.none");
}
