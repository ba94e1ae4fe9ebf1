//! To stop what others may have got hold of: with a password, without a code.

use serde_json::{Value, json};

use super::place::{Browser, Place};
use crate::domain::eid::EidStatus;
use crate::domain::keycard::CardState;
use crate::storage::BlockCause;
use crate::testing::Citizen;

/// A browser that has shown user-ID and password and nothing else.
#[track_caller]
fn with_the_password(place: &Place, citizen: &Citizen, path: &str) -> Browser {
    let browser = Browser::default();
    let flow = place.get(&browser, path).location().to_owned();
    let begun = place.json(&browser, &flow).value();
    let typed = json!({"user_id": citizen.user_id, "password": citizen.password, "csrf": begun["csrf"]});
    let over = place.post_json(&browser, &flow, &typed).value();
    assert_eq!(over["step"], "done", "{over}");
    assert_eq!(over["continue"]["url"], format!("http://localhost:8080{path}"));
    browser
}

fn tries(place: &Place, citizen: &Citizen) -> Value {
    let browser = Browser::default();
    let flow = place.get(&browser, "/self-service").location().to_owned();
    place.proves(&browser, citizen, &flow)["errors"][0]["code"].clone()
}

#[test]
fn a_password_is_blocked_at_once_and_all_that_it_gave_ends() {
    let place = Place::new();
    let anna = place.house.anna();
    let token = place.is_given_lasting_access(&anna);
    let logged_in = place.logged_in(&anna);
    let browser = with_the_password(&place, &anna, "/block/password");
    let receipt = place.sends(&browser, "/block/password", &[]).body;
    assert!(receipt.contains("data-receipt=\"blocked-password\""), "{receipt}");
    assert!(receipt.contains("politiet") && receipt.contains("midlertidig adgangskode"));
    assert!(!browser.holds("idp_session_own"));
    place.get(&logged_in, "/self-service").must_ask_for_a_log_in();
    assert_eq!(place.refreshes(&token)["error"], "invalid_grant");
    assert_eq!(tries(&place, &anna), "AUTH007");
    let eid = anna.eid;
    let (stored, rows) = place
        .house
        .act(move |tx| Ok((tx.passwords().find(eid)?, tx.audit().of_eid(eid, 30)?)));
    assert_eq!(stored.unwrap().cause, Some(BlockCause::Holder));
    let blocked = rows.iter().find(|row| row.kind == "password.blocked").unwrap();
    assert!(blocked.body.contains("AUTH007") && blocked.sealed.is_some());
}

#[test]
fn a_lost_card_is_blocked_and_the_others_stay() {
    let place = Place::new();
    let (anna, bo) = (place.house.anna(), place.house.citizen("bosen", "netbank-77x", false));
    let (ctx, eid) = (place.house.ctx(), anna.eid);
    let spare = place.house.act(move |tx| {
        crate::credentials::keycard::new_card(tx, &ctx, eid, CardState::Posted).map(|(card, _)| card.number)
    });
    let logged_in = place.logged_in(&anna);
    let browser = with_the_password(&place, &anna, "/block/card");
    let page = place.get(&browser, "/block/card").body;
    assert!(
        page.contains(anna.card.as_str()) && page.contains(spare.as_str()) && page.contains("(sendt)"),
        "{page}"
    );
    // Somebody else's card, and none.
    for card in [bo.card.as_str(), "", "A000000000", "x"] {
        let page = place.sends(&browser, "/block/card", &[("card", card)]);
        assert_eq!(
            (page.status.as_u16(), page.codes()),
            (422, vec!["keycard.not_found"]),
            "{card}"
        );
    }
    let receipt = place
        .sends(&browser, "/block/card", &[("card", anna.card.as_str())])
        .body;
    assert!(
        receipt.contains("data-receipt=\"blocked-card\"") && receipt.contains("politiet"),
        "{receipt}"
    );
    place.get(&logged_in, "/self-service").must_ask_for_a_log_in();
    let (lost, left, bos) = (anna.card.clone(), spare.clone(), bo.card.clone());
    let states = place.house.act(move |tx| {
        let mut state = |number| Ok::<_, crate::storage::Halt>(tx.cards().find(number)?.map(|row| row.card.state));
        Ok([state(&lost)?, state(&left)?, state(&bos)?])
    });
    assert_eq!(
        states,
        [
            Some(CardState::Blocked),
            Some(CardState::Posted),
            Some(CardState::Active)
        ]
    );
    let rows = place.house.act(move |tx| tx.audit().of_eid(eid, 30));
    let blocked = rows.iter().find(|row| row.kind == "keycard.blocked").unwrap();
    assert!(blocked.body.contains("\"cause\":\"holder\""), "{}", blocked.body);
    // The password is right still, so the card from the drawer is asked for; and blocking needs no card.
    let fresh = Browser::default();
    let flow = place.get(&fresh, "/self-service").location().to_owned();
    let begun = place.json(&fresh, &flow).value();
    let typed = json!({"user_id": anna.user_id, "password": anna.password, "csrf": begun["csrf"]});
    let asked = place.post_json(&fresh, &flow, &typed).value();
    assert_eq!(asked["challenge"]["card"], spare.as_str(), "{asked}");
    let browser = with_the_password(&place, &anna, "/block/password");
    let receipt = place.sends(&browser, "/block/password", &[]).body;
    assert!(receipt.contains("blocked-password"));
}

#[test]
fn the_whole_eid_is_blocked_with_all_its_cards() {
    let place = Place::new();
    let anna = place.house.anna();
    let logged_in = place.logged_in(&anna);
    // A running session needs nothing more.
    assert_eq!(place.get(&logged_in, "/block/eid").status, 200);
    let receipt = place.sends(&logged_in, "/block/eid", &[]).body;
    assert!(
        receipt.contains("data-receipt=\"blocked-eid\"") && receipt.contains("politiet"),
        "{receipt}"
    );
    assert_eq!(tries(&place, &anna), "AUTH001");
    let eid = anna.eid;
    let (found, cards) = place
        .house
        .act(move |tx| Ok((tx.eids().find(eid)?, tx.cards().of_eid(eid)?)));
    assert_eq!(found.status, EidStatus::Blocked);
    assert!(cards.iter().all(|row| row.card.state == CardState::Blocked));
    let after = place.post(&logged_in, "/block/eid", &[("csrf", "x")]);
    after.must_ask_for_a_log_in();
}

#[test]
fn a_wrong_password_tells_nothing_and_counts_as_at_any_log_in() {
    let place = Place::new();
    let anna = place.house.anna();
    let tries = |user_id: &str| {
        let browser = Browser::default();
        let flow = place.get(&browser, "/block/password").location().to_owned();
        let mut begun = place.json(&browser, &flow).value();
        let mut heard = Vec::new();
        for _ in 0..6 {
            let typed = json!({"user_id": user_id, "password": "not-this-1", "csrf": begun["csrf"]});
            begun = place.post_json(&browser, &flow, &typed).value();
            heard.push(begun["errors"][0]["code"].clone());
        }
        heard
    };
    let (known, unknown) = (tries("anna"), tries("nobody-at-all"));
    assert_eq!(known, unknown);
    assert!(known.iter().all(|code| code == "login.failed"));
    let eid = anna.eid;
    let failed = place
        .house
        .act(move |tx| tx.lanes().find(crate::storage::LaneId::Strangers(eid)))
        .0
        .since_reset;
    assert_eq!(failed, 3, "one address has three tries, whatever page it comes from");
}

#[test]
fn a_form_for_the_card_does_not_block_the_eid() {
    let place = Place::new();
    let anna = place.house.anna();
    let browser = place.logged_in(&anna);
    let of_card = place.get(&browser, "/block/card").csrf();
    for path in ["/block/eid", "/block/password"] {
        assert_eq!(
            place.post(&browser, path, &[("csrf", &of_card)]).codes(),
            ["login.csrf"],
            "{path}"
        );
    }
    assert_eq!(place.get(&browser, "/block/everything").status, 404);
    let open = place.json(&Browser::default(), "/block").value();
    let ways = [
        "/block/password",
        "/block/card",
        "/block/token",
        "/block/app",
        "/block/passkey",
        "/block/voice",
        "/block/certificate",
        "/block/eid",
    ];
    assert_eq!(open, json!({ "block": ways }));
    let shown = place.json(&browser, "/block/card").value();
    assert_eq!(shown["cards"][0]["number"], anna.card.as_str());
    let done = place.post_json(
        &browser,
        "/block/card",
        &json!({"csrf": shown["csrf"], "card": anna.card.as_str()}),
    );
    assert_eq!(done.value(), json!({"done": "card_blocked"}));
}
