//! A person and their devices with a code app: one comes in, is named, is stopped; and what ends with an eID.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::Value;

use super::place::{Browser, Place};
use super::tokens::{approves, is_sent};
use crate::credentials::code_app::receive;
use crate::domain::authenticator::State;
use crate::domain::code_app::Handover;
use crate::domain::factor::Factor;
use crate::domain::refusal::Code;
use crate::domain::time::Span;
use crate::storage::{Authenticator, Durability, Halt, NewDevice};
use crate::testing::Citizen;
use crate::vault::device_key::DeviceKey;

const PATH: &str = "/self-service/apps";
const ADD: &str = "/self-service/apps/add";

/// A point of the curve; nobody signs with it here.
fn key() -> DeviceKey {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    DeviceKey::from_bytes(pair.public_key().as_ref()).unwrap()
}

/// She is shown the digits.
fn begins(place: &Place, browser: &Browser, citizen: &Citizen) -> Handover {
    let page = approves(place, browser, citizen, ADD, &[]);
    assert!(page.body.contains("id=\"picture\""), "{}", page.body);
    let shown = page.body.split("class=\"number\">").nth(1).unwrap();
    Handover::parse(shown.split('<').next().unwrap()).expect("sixteen digits")
}

/// Her device sends its key.
fn comes_in(place: &Place, handover: &Handover) -> Result<(), Code> {
    let (ctx, vault, key) = (place.house.ctx(), place.house.vault.clone(), key());
    let handover = handover.clone();
    let taken = place
        .house
        .store
        .transact_blocking("test", Durability::Full, move |tx| {
            let device = NewDevice {
                key: &key,
                name: "telefon",
                push: None,
            };
            receive(tx, &ctx, &vault, &handover, device, Span::minutes(60))
        });
    match taken {
        Ok(_) => Ok(()),
        Err(Halt::Refused(refusal)) => Err(refusal.code),
        Err(halt) => panic!("{halt:?}"),
    }
}

fn held(place: &Place, citizen: &Citizen) -> Vec<Authenticator> {
    let eid = citizen.eid;
    place.house.act(move |tx| tx.authenticators().of_eid(eid))
}

#[test]
fn a_device_comes_in_is_named_and_is_stopped() {
    let place = Place::new();
    let anna = place.house.anna();
    let browser = place.logged_in(&anna);
    let handover = begins(&place, &browser, &anna);
    comes_in(&place, &handover).expect("taken in");
    let own = place.json(&browser, PATH).value();
    let app = &own["apps"][0];
    assert!(app["waits_until"].is_string() && app["used_at"] == Value::Null, "{own}");
    let (id, name) = (
        app["id"].as_str().unwrap().to_owned(),
        format!("{PATH}/{}/name", app["id"].as_str().unwrap()),
    );
    assert_eq!(place.sends(&browser, &name, &[("name", " ")]).codes(), ["app.name"]);
    let page = place.does(&browser, &name, &[("name", "Min <gamle> telefon")]);
    assert!(page.body.contains("Min &#60;gamle&#62; telefon"), "{}", page.body);

    let done = place.sends(&browser, "/block/app", &[("app", &id)]);
    assert!(done.body.contains("data-receipt=\"blocked-app\""), "{}", done.body);
    assert_eq!(held(&place, &anna)[0].state, State::Closed);
    place.get(&browser, PATH).must_ask_for_a_log_in();
    let browser = place.logged_in(&anna);
    let again = place.sends(&browser, "/block/app", &[("app", &id)]);
    assert_eq!(again.codes(), ["app.unknown"]);
    let history = place.get(&browser, "/self-service/history");
    for told in [
        "Enhed med nøgleapp tilføjet",
        "Enhed med nøgleapp omdøbt",
        "Enhed med nøgleapp spærret",
    ] {
        assert!(history.body.contains(told), "{told}: {}", history.body);
    }
}

#[test]
fn the_digits_are_shown_once_and_three_devices_are_the_most() {
    let place = Place::new();
    let anna = place.house.anna();
    let browser = place.logged_in(&anna);
    let page = place.sends(
        &browser,
        ADD,
        &[("card", "A000000000"), ("index", "0000"), ("code", "123456")],
    );
    assert_eq!(page.codes(), ["code.used"]);
    for _ in 0..3 {
        let handover = begins(&place, &browser, &anna);
        comes_in(&place, &handover).expect("taken in");
        assert_eq!(comes_in(&place, &handover), Err(Code::AppHandover), "once");
    }
    assert_eq!(place.json(&browser, ADD).value()["errors"][0]["code"], "app.too_many");
    assert!(!place.get(&browser, PATH).body.contains("id=\"add\""));
}

#[test]
fn any_block_ends_a_hand_over_that_waits() {
    for (path, field) in [("/block/password", ""), ("/block/card", "card"), ("/block/eid", "")] {
        let place = Place::new();
        let anna = place.house.anna();
        let browser = place.logged_in(&anna);
        let handover = begins(&place, &browser, &anna);
        let fields = [(field, anna.card.as_str())];
        place.sends(&browser, path, if field.is_empty() { &[] } else { &fields });
        assert_eq!(comes_in(&place, &handover), Err(Code::AppHandover), "{path}");
    }
}

#[test]
fn an_eid_that_is_closed_takes_tokens_and_devices_with_it() {
    for (path, fields, token) in [
        ("/block/eid", &[][..], State::Blocked),
        ("/self-service/close", &[("sure", "yes")][..], State::Closed),
    ] {
        let place = Place::new();
        let anna = place.house.anna();
        let browser = place.logged_in(&anna);
        comes_in(&place, &begins(&place, &browser, &anna)).expect("taken in");
        is_sent(&place, &anna);
        let first = crate::vault::otp::shown(
            &crate::vault::otp::Seed::from_bytes(b"12345678901234567890").unwrap(),
            crate::domain::otp::Scheme::parse("hotp-sha1-6").unwrap(),
            0,
        );
        let activate = [("serial", "A-1"), ("shown", first.as_str())];
        approves(&place, &browser, &anna, "/self-service/tokens/activate", &activate);
        let done = place.sends(&browser, path, fields);
        assert_eq!(done.status, 200, "{}", done.body);
        for one in held(&place, &anna) {
            let over = if one.factor == Factor::Token {
                token
            } else {
                State::Closed
            };
            assert_eq!(one.state, over, "{path}: {:?}", one.factor);
        }
        let seed = place.house.act(|tx| tx.code_tokens().by_serial("A-1")).unwrap().seed;
        assert_eq!(seed.is_none(), token == State::Closed, "{path}");
    }
}

#[test]
fn nobody_names_or_stops_anothers_device() {
    let place = Place::new();
    let (anna, bo) = (place.house.anna(), place.house.citizen("bosen", "netbank-77x", false));
    let browser = place.logged_in(&bo);
    comes_in(&place, &begins(&place, &browser, &bo)).expect("taken in");
    let theirs = held(&place, &bo)[0].id.to_string();
    let browser = place.logged_in(&anna);
    let name = format!("{PATH}/{theirs}/name");
    assert_eq!(place.json(&browser, &name).value()["errors"][0]["code"], "app.unknown");
    comes_in(&place, &begins(&place, &browser, &anna)).expect("taken in");
    let own = format!("{PATH}/{}/name", held(&place, &anna)[0].id);
    let csrf = place.get(&browser, &own).csrf();
    let page = place.post(&browser, &name, &[("csrf", &csrf), ("name", "mit")]);
    assert_eq!(page.codes(), ["app.unknown"]);
    let page = place.sends(&browser, "/block/app", &[("app", &theirs)]);
    assert_eq!(page.codes(), ["app.unknown"]);
    assert_eq!(held(&place, &bo)[0].state, State::Active);
    place.waits(11);
    for path in [PATH, ADD] {
        place.get(&browser, path).must_ask_for_a_log_in();
    }
}
