//! A person and their key cards.

use serde_json::json;

use super::place::{Browser, Place};
use crate::credentials::keycard::new_card;
use crate::domain::keycard::{CardNumber, CardState, Position};
use crate::testing::Citizen;
use crate::vault::card::{CardSecret, SCHEME, entries};

const PATH: &str = "/self-service/cards";
const ACTIVATE: &str = "/self-service/cards/activate";

fn gets_card(place: &Place, citizen: &Citizen, state: CardState) -> (CardNumber, CardSecret) {
    let (ctx, eid) = (place.house.ctx(), citizen.eid);
    let (card, secret) = place.house.act(move |tx| new_card(tx, &ctx, eid, state));
    (card.number, secret)
}

fn state(place: &Place, number: &CardNumber) -> CardState {
    let number = number.clone();
    place.house.act(move |tx| tx.cards().find(&number)).unwrap().card.state
}

#[test]
fn up_to_three_more_cards_are_ordered() {
    let place = Place::new();
    let anna = place.house.anna();
    let browser = place.logged_in(&anna);
    for _ in 0..3 {
        let page = place.does(&browser, PATH, &[("action", "order")]);
        assert!(page.body.contains("Et nøglekort er bestilt"), "{}", page.body);
    }
    let page = place.get(&browser, PATH);
    assert!(
        !page.body.contains("id=\"order\""),
        "no fourth is offered: {}",
        page.body
    );
    let page = place.sends(&browser, PATH, &[("action", "order")]);
    assert_eq!((page.status.as_u16(), page.codes()), (422, vec!["keycard.enough"]));
}

#[test]
fn whoever_has_lost_their_only_card_shows_who_they_are_first() {
    let place = Place::new();
    let anna = place.house.anna();
    let browser = place.logged_in(&anna);
    assert_eq!(place.json(&browser, PATH).value()["may_order"], true);
    // Only the card, so that the session stays: it is the rule of the order that is asked here.
    let card = anna.card.clone();
    place.house.act(move |tx| {
        let mut row = tx.cards().find(&card)?.unwrap();
        row.card.state = CardState::Blocked;
        tx.cards().save(&row, crate::domain::time::Time::from_secs(1))
    });
    assert_eq!(place.json(&browser, PATH).value()["may_order"], false);
    let page = place.sends(&browser, PATH, &[("action", "order")]);
    assert_eq!((page.status.as_u16(), page.codes()), (422, vec!["keycard.proof"]));
    // With another one in the drawer it is a question of stock alone.
    gets_card(&place, &anna, CardState::Posted);
    assert_eq!(place.json(&browser, PATH).value()["may_order"], true);
}

#[test]
fn the_threshold_and_the_print_are_the_holders_own() {
    let place = Place::new();
    let anna = place.house.anna();
    let browser = place.logged_in(&anna);
    let wish = [("action", "save"), ("reorder_at", "4"), ("large_print", "yes")];
    let page = place.sends(&browser, PATH, &wish);
    assert_eq!(page.codes(), ["keycard.threshold"]);
    assert!(
        page.body.contains("value=\"4\""),
        "what was typed is kept: {}",
        page.body
    );
    let wish = [("action", "save"), ("reorder_at", "40"), ("large_print", "yes")];
    place.does(&browser, PATH, &wish);
    let own = place.json(&browser, PATH).value();
    assert_eq!((&own["reorder_at"], &own["large_print"]), (&json!("40"), &json!(true)));
    assert_eq!(
        own["cards"].as_array().unwrap().len(),
        1,
        "147 codes are left: nothing is ordered"
    );
}

#[test]
fn a_new_card_is_put_into_use_by_a_code_from_itself() {
    let place = Place::new();
    let anna = place.house.anna();
    let browser = place.logged_in(&anna);
    assert_eq!(place.get(&browser, ACTIVATE).status, 404, "there is none");
    let (number, secret) = gets_card(&place, &anna, CardState::Posted);
    let asked = place.json(&browser, ACTIVATE).value();
    assert_eq!(asked["card"], number.as_str());
    let printed = entries(&secret, SCHEME);
    let at = printed
        .index
        .iter()
        .position(|index| asked["index"] == index.to_string());
    let position = Position::new(u8::try_from(at.unwrap()).unwrap()).unwrap();
    let right = printed.code[usize::from(position.get())].to_string();
    let wrong = printed.code[usize::from(position.get() + 1) % 148].to_string();
    let card = number.as_str();
    let page = place.sends(&browser, ACTIVATE, &[("card", card), ("code", &wrong)]);
    assert_eq!(page.codes(), ["code.wrong"]);
    assert!(!page.body.contains(&right), "no page shows a code");
    let page = place.sends(&browser, ACTIVATE, &[("card", card), ("code", "")]);
    assert_eq!(page.codes(), ["code.required"]);
    let csrf = place.get(&browser, ACTIVATE).csrf();
    let form = [("csrf", csrf.as_str()), ("card", card), ("code", right.as_str())];
    let done = place.post(&browser, ACTIVATE, &form);
    assert_eq!(done.status, 303, "{}", done.body);
    assert_eq!(
        (state(&place, &number), state(&place, &anna.card)),
        (CardState::Active, CardState::Replaced)
    );
    assert_eq!(
        place.post(&browser, ACTIVATE, &form).codes(),
        ["keycard.state"],
        "it is in use already"
    );
}

#[test]
fn nobody_puts_anothers_card_into_use_or_orders_without_a_log_in() {
    let place = Place::new();
    let (anna, bo) = (place.house.anna(), place.house.citizen("bosen", "netbank-77x", false));
    let (theirs, _) = gets_card(&place, &bo, CardState::Posted);
    gets_card(&place, &anna, CardState::Posted);
    let browser = place.logged_in(&anna);
    let page = place.sends(&browser, ACTIVATE, &[("card", theirs.as_str()), ("code", "000000")]);
    assert_eq!(page.codes(), ["keycard.not_found"]);
    assert_eq!(state(&place, &theirs), CardState::Posted);
    let page = place.post(&browser, PATH, &[("action", "order"), ("csrf", "made up")]);
    assert_eq!(page.codes(), ["login.csrf"]);
    for path in [PATH, ACTIVATE] {
        place.get(&Browser::default(), path).must_ask_for_a_log_in();
    }
}
