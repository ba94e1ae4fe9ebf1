//! A person and their passkeys: one more, another name, the end of one; and who has no business with them.

use acceptance::passkey::SoftKey;
use serde_json::Value;

use super::place::{Answer, Browser, Place};
use super::who;
use crate::credentials::passkey::block;
use crate::domain::assurance::Method;
use crate::domain::authenticator::State;
use crate::domain::keycard::in_stock;
use crate::domain::refusal::Code;
use crate::domain::time::Span;
use crate::selfservice::account::Holder;
use crate::selfservice::cards::order;
use crate::testing::Citizen;
use crate::web::tests::{markup_is_whole, no_key_shows};

const PATH: &str = "/self-service/passkeys";
const ADD: &str = "/self-service/passkeys/add";

/// She brings a key under a name.
fn brings(place: &Place, browser: &Browser, key: &SoftKey, name: &str) -> Answer {
    let page = place.get(browser, ADD);
    let shown = place.json(browser, ADD).value();
    let brought = key.creates(&shown["passkey"], "http://localhost:8080");
    let fields = [
        ("csrf", page.csrf()),
        ("asked", shown["asked"].as_str().unwrap_or_default().to_owned()),
        ("name", name.to_owned()),
        ("passkey", brought),
    ];
    let fields: Vec<_> = fields.iter().map(|(name, text)| (*name, text.as_str())).collect();
    place.post(browser, ADD, &fields)
}

/// In use; its address.
fn adds(place: &Place, browser: &Browser, key: &SoftKey, name: &str) -> String {
    let added = brings(place, browser, key, name);
    assert_eq!(added.location(), "/self-service/passkeys?done=added", "{}", added.body);
    let own = place.json(browser, PATH).value();
    let ids: Vec<_> = own["passkeys"].as_array().unwrap().iter().collect();
    let id = ids.iter().find(|one| one["name"] == name).expect("it is listed")["id"].clone();
    format!("{PATH}/{}", id.as_str().unwrap())
}

fn states(place: &Place, citizen: &Citizen) -> Vec<State> {
    let eid = citizen.eid;
    let held = place.house.act(move |tx| tx.authenticators().of_eid(eid));
    held.iter().map(|one| one.state).collect()
}

#[test]
fn a_passkey_comes_in_is_named_and_is_blocked() {
    let place = Place::new();
    let anna = place.house.anna();
    let browser = place.logged_in(&anna);
    let key = SoftKey::new();
    let nameless = brings(&place, &browser, &key, " ");
    assert_eq!(nameless.codes(), ["passkey.name"]);
    let one = adds(&place, &browser, &key, "Blå <nøgle>");
    assert_eq!(brings(&place, &browser, &key, "Den samme").codes(), ["passkey.known"]);
    for lang in ["da", "en"] {
        for path in [PATH, one.as_str(), "/block/passkey"] {
            let page = place.get(&browser, &format!("{path}?lang={lang}"));
            assert_eq!(page.status, 200, "{path}: {}", page.body);
            assert!(page.body.contains("Blå &#60;nøgle&#62;"), "{path}: {}", page.body);
            markup_is_whole(&page.body, path);
            no_key_shows(&page.body, path);
        }
    }
    let long = "x".repeat(41);
    let refused = place.sends(&browser, &one, &[("action", "rename"), ("name", &long)]);
    assert_eq!(refused.codes(), ["passkey.name"]);
    assert!(refused.body.contains(&long), "what was typed is kept");
    let page = place.does(&browser, &one, &[("action", "rename"), ("name", "Grøn")]);
    assert!(page.body.contains("Grøn"), "{}", page.body);
    let odd = place.sends(&browser, &one, &[("action", "x")]);
    assert_eq!(odd.codes(), ["request.malformed"]);

    let thief = place.logged_in(&anna);
    let done = place.sends(&browser, &one, &[("action", "block")]);
    assert!(done.body.contains("data-receipt=\"blocked-passkey\""), "{}", done.body);
    assert_eq!(states(&place, &anna), [State::Closed]);
    for gone in [&browser, &thief] {
        place.get(gone, "/self-service").must_ask_for_a_log_in();
    }
    let browser = place.logged_in(&anna);
    assert_eq!(place.get(&browser, &one).codes(), ["passkey.unknown"]);
    let history = place.get(&browser, "/self-service/history").body;
    for told in ["Adgangsnøgle tilføjet", "Adgangsnøgle omdøbt", "Adgangsnøgle spærret"] {
        assert!(history.contains(told), "{told}: {history}");
    }
}

#[test]
fn user_id_and_password_suffice_to_block_one() {
    let place = Place::new();
    let anna = place.house.anna();
    let browser = place.logged_in(&anna);
    let one = adds(&place, &browser, &SoftKey::new(), "Blå");
    let id = one.rsplit('/').next().unwrap();
    let stopper = Browser::default();
    place.comes_to(&stopper, &anna, "/block/passkey");
    for wrong in ["x", "00000000-0000-0000-0000-000000000000"] {
        let page = place.sends(&stopper, "/block/passkey", &[("passkey", wrong)]);
        assert_eq!(page.codes(), ["passkey.unknown"], "{wrong}");
    }
    let done = place.sends(&stopper, "/block/passkey", &[("passkey", id)]);
    assert!(done.body.contains("data-receipt=\"blocked-passkey\""), "{}", done.body);
    assert_eq!(states(&place, &anna), [State::Closed]);
    place.get(&browser, PATH).must_ask_for_a_log_in();
}

/// The address says which one it is, so that a log-in on the way leads back to it.
#[test]
fn a_log_in_leads_back_to_the_passkey_that_was_meant() {
    let place = Place::new();
    let anna = place.house.anna();
    let browser = place.logged_in(&anna);
    adds(&place, &browser, &SoftKey::new(), "Blå");
    let one = adds(&place, &browser, &SoftKey::new(), "Grøn");
    let fresh = Browser::default();
    let page = place.comes_to(&fresh, &anna, &one);
    assert!(page.body.contains("value=\"Grøn\""), "{}", page.body);
}

#[test]
fn nobody_names_or_blocks_anothers_passkey() {
    let place = Place::new();
    let (anna, bo) = (place.house.anna(), place.house.citizen("bosen", "netbank-77x", false));
    let of_bo = place.logged_in(&bo);
    let theirs = adds(&place, &of_bo, &SoftKey::new(), "Bos");
    let browser = place.logged_in(&anna);
    let hers = adds(&place, &browser, &SoftKey::new(), "Annas");
    for unknown in [theirs.as_str(), "/self-service/passkeys/x"] {
        assert_eq!(place.get(&browser, unknown).codes(), ["passkey.unknown"], "{unknown}");
    }
    let csrf = place.get(&browser, &hers).csrf();
    for action in ["rename", "block"] {
        let fields = [("csrf", csrf.as_str()), ("action", action), ("name", "mit")];
        assert_eq!(
            place.post(&browser, &theirs, &fields).codes(),
            ["passkey.unknown"],
            "{action}"
        );
    }
    let id = theirs.rsplit('/').next().unwrap();
    let page = place.sends(&browser, "/block/passkey", &[("passkey", id)]);
    assert_eq!(page.codes(), ["passkey.unknown"]);
    assert_eq!(states(&place, &bo), [State::Active]);
    let made_up = [("csrf", "x"), ("action", "block")];
    assert_eq!(place.post(&browser, &hers, &made_up).codes(), ["login.csrf"]);
    place.waits(11);
    place.get(&browser, ADD).must_ask_for_a_log_in();
}

#[test]
fn three_are_the_most_where_three_are_and_alone_asks_for_a_passkey() {
    let place = Place::new();
    let anna = place.house.anna();
    let browser = place.logged_in(&anna);
    for name in ["en", "to", "tre"] {
        adds(&place, &browser, &SoftKey::new(), name);
    }
    assert!(!place.get(&browser, PATH).body.contains("id=\"add\""));
    assert_eq!(
        place.json(&browser, ADD).value()["errors"][0]["code"],
        "passkey.too_many"
    );
    // The log-in was by card: what leaves the passkeys alone wants one of them.
    let alone = place.json(&browser, "/self-service/passkeys/alone").value();
    assert_eq!(alone["errors"][0]["code"], Value::from("own.again"));
}

/// On hardware: reminded until the key is the only thing that is left; adding it leads straight on to that.
#[test]
fn an_eid_on_hardware_is_led_to_the_key_as_its_only_factor() {
    let place = Place::new();
    let anna = place.house.anna();
    place.house.goes_on_hardware(&anna);
    let browser = place.logged_in(&anna);
    let left = |browser: &Browser| place.json(browser, "/self-service").value()["hardware"].clone();
    assert_eq!(left(&browser), "key");
    for lang in ["da", "en"] {
        let page = place.get(&browser, &format!("/self-service?lang={lang}")).body;
        assert!(page.contains("id=\"add-key\""), "{page}");
        markup_is_whole(&page, "overview");
    }
    let added = brings(&place, &browser, &SoftKey::new(), "Blå");
    assert_eq!(added.location(), "/self-service/passkeys/alone", "{}", added.body);
    assert_eq!(left(&browser), "alone");
    let page = place.get(&browser, "/self-service").body;
    assert!(page.contains("id=\"alone\""), "{page}");
    markup_is_whole(&page, "overview");
    let (ctx, who) = (
        place.house.ctx(),
        crate::audit::Who {
            person: anna.person,
            eid: anna.eid,
        },
    );
    place
        .house
        .act(move |tx| crate::credentials::passkey::alone(tx, &ctx, who));
    assert!(left(&browser).is_null());
    let cards = place.get(&browser, "/self-service/cards").body;
    assert!(
        cards.contains("id=\"hardware\""),
        "what ordering a card means is said: {cards}"
    );
    markup_is_whole(&cards, "cards");
}

fn is_on_hardware(place: &Place, citizen: &Citizen) -> bool {
    let eid = citizen.eid;
    place.house.act(move |tx| tx.eids().find(eid)).on_hardware
}

fn cards_on_their_way(place: &Place, citizen: &Citizen) -> usize {
    let eid = citizen.eid;
    let cards = place.house.act(move |tx| tx.cards().of_eid(eid));
    in_stock(cards.iter().map(|row| row.card.state))
}

/// Whoever has card and password, and not the key, gets no card that serves instead of it and no key beside it; nor by blocking it first.
#[test]
fn the_card_orders_no_card_and_adds_no_second_key_on_hardware() {
    const CARDS: &str = "/self-service/cards";
    let mut place = Place::new();
    place.ceremony.passkeys.waits = Span::minutes(60);
    let (anna, bo) = (place.house.anna(), place.house.citizen("bosen", "netbank-77x", false));
    for citizen in [&anna, &bo] {
        place.house.goes_on_hardware(citizen);
    }
    // Who never had a key is on cards again by an order.
    let of_bo = place.logged_in(&bo);
    place.does(&of_bo, CARDS, &[("action", "order")]);
    assert!(!is_on_hardware(&place, &bo));

    let browser = place.logged_in(&anna);
    brings(&place, &browser, &SoftKey::new(), "Hendes");
    let refused = |browser: &Browser| {
        place
            .sends(browser, CARDS, &[("action", "order")])
            .must_ask_for_a_log_in();
        assert!(is_on_hardware(&place, &anna));
        assert_eq!(cards_on_their_way(&place, &anna), 0);
    };
    refused(&browser);
    place.does(
        &browser,
        CARDS,
        &[("action", "save"), ("reorder_at", "20"), ("large_print", "yes")],
    );
    place.get(&browser, ADD).must_ask_for_a_log_in();
    let asked = place.json(&browser, ADD).value();
    assert_eq!(asked["errors"][0]["code"], "own.again", "{asked}");

    // The key is blocked, which takes no second factor: no card comes for it, and a key that is added then has to wait.
    let (ctx, whose) = (place.house.ctx(), who(&anna));
    place.house.act(move |tx| {
        let key = tx.passkeys().in_use(whose.eid)?[0].id;
        block(tx, &ctx, whose, key)
    });
    let browser = place.logged_in(&anna);
    refused(&browser);
    let added = brings(&place, &browser, &SoftKey::new(), "En anden");
    assert_eq!(added.location(), "/self-service/passkeys?done=added", "{}", added.body);
    assert!(place.json(&browser, PATH).value()["passkeys"][0]["usable_at"].is_string());
    let left = place.json(&browser, "/self-service").value()["hardware"].clone();
    assert!(left.is_null(), "nothing is to be done until then: {left}");

    // The act asks itself, too; and whoever stands there by the key is heard.
    let eid = anna.eid;
    let acts = |by: Method| {
        let (ctx, house) = (place.house.ctx(), place.ceremony.clone());
        let done = place
            .house
            .store
            .transact_blocking("test", crate::storage::Durability::Full, move |tx| {
                let sessions = tx.sessions().of_eid(eid)?;
                let mut session = sessions.into_iter().find(|one| one.ended_at.is_none()).unwrap();
                session.methods = vec![Method::Password, by];
                let eid = tx.eids().find(eid)?;
                order(tx, &ctx, &house, &Holder { session, eid }, 3)
            });
        done.err()
            .and_then(|halt| halt.into_refusal().ok())
            .map(|refusal| refusal.code)
    };
    assert_eq!(acts(Method::Keycard), Some(Code::OwnAgain));
    assert!(is_on_hardware(&place, &anna));
    assert_eq!(acts(Method::Passkey), None);
    assert!(!is_on_hardware(&place, &anna));
    assert_eq!(cards_on_their_way(&place, &anna), 1);
}
