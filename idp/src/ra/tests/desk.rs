//! Control questions and document numbers: what opens, and what does not.

use serde_json::{Value, json};

use super::place::{Officer, Place, officer, registrar, support};
use crate::credentials::block::{self, HOLDER};
use crate::credentials::keycard::new_card;
use crate::domain::keycard::CardState;
use crate::domain::locale::Locale;
use crate::domain::questions::Subject;
use crate::domain::register::{Entry, NumberedDocument};
use crate::domain::time::Span;
use crate::testing::Citizen;
use crate::texts::Say;

fn entry() -> Entry {
    Entry {
        name: "Anna Andersen".into(),
        mother: Some("Karen Holm".into()),
        father: Some("Jens Andersen".into()),
        spouse: Some("Søren Møller".into()),
        children: vec!["Clara Andersen".into()],
        former_addresses: vec!["Prøvevej 7".into()],
        ..Entry::default()
    }
}

/// Anna, as the register has her: a passport, and a licence that has expired.
fn registered(place: &Place, entry: Entry) -> Citizen {
    let anna = place.house.anna();
    let (person, now) = (anna.person, place.house.clock.now());
    place.house.act(move |tx| {
        let cpr = tx.people().cpr(person)?.unwrap();
        tx.registers().put(&cpr, &entry, now)?;
        let old = "2020-01-01".parse().ok();
        tx.registers()
            .put_document(&cpr, (NumberedDocument::Passport, "208123456"), None, false)?;
        tx.registers()
            .put_document(&cpr, (NumberedDocument::DrivingLicence, "12345678"), old, false)
    });
    anna
}

fn right(subject: &Value) -> &'static str {
    match subject.as_str().unwrap() {
        "mother" => "Karen Holm",
        "father" => "jens andersen",
        "spouse" => "Soeren Moeller",
        "child" => "Clara Andersen",
        _ => "Prøvevej",
    }
}

/// Answers what is asked, so many of it rightly.
fn answers(asked: &Value, so_many: usize) -> Value {
    let mut said = serde_json::Map::new();
    for (nth, question) in asked["questions"].as_array().unwrap().iter().enumerate() {
        let subject = &question["subject"];
        let text = if nth < so_many { right(subject) } else { "Ingen Anelse" };
        said.insert(subject.as_str().unwrap().to_owned(), json!(text));
    }
    json!({"round": asked["round"], "answers": said})
}

fn asks(place: &Place, officer: &Officer, anna: &Citizen) -> Value {
    place.does(officer, anna.eid, "questions", json!({})).done()
}

fn says(place: &Place, officer: &Officer, anna: &Citizen, asked: &Value, so_many: usize) -> Value {
    place.does(officer, anna.eid, "answers", answers(asked, so_many)).done()
}

#[test]
fn a_caller_who_answers_gets_an_activation_password_and_nobody_sees_an_answer() {
    let place = Place::new();
    let anna = registered(&place, entry());
    let asked = asks(&place, &support(), &anna);
    assert_eq!(
        (&asked["state"], asked["questions"].as_array().unwrap().len()),
        (&json!("open"), 3)
    );
    let text = asked.to_string();
    for secret in ["Karen", "Jens", "Møller", "Clara", "Prøvevej"] {
        assert!(!text.contains(secret), "{text}");
    }
    let passed = says(&place, &support(), &anna, &asked, 2);
    assert_eq!(passed["state"], "passed");
    let orders = json!({"by": "letter", "proof": {"kind": "questions", "round": asked["round"]}});
    let ordered = place.does(&support(), anna.eid, "activation", orders.clone()).done();
    assert_eq!(ordered["activation"]["state"], "ordered");
    place
        .does(&support(), anna.eid, "activation", orders)
        .is_refused(403, "ra.proof");
    let trail = serde_json::to_string(&place.trail(anna.eid)).unwrap();
    assert!(!trail.contains("Karen") && trail.contains("passed") && trail.contains("letter: questions"));
}

#[test]
fn one_right_answer_brings_a_fourth_question_and_none_fails() {
    let place = Place::new();
    let anna = registered(&place, entry());
    let asked = asks(&place, &support(), &anna);
    let more = says(&place, &support(), &anna, &asked, 1);
    assert_eq!(
        (&more["state"], more["questions"].as_array().unwrap().len()),
        (&json!("one_more"), 1)
    );
    assert_eq!(says(&place, &support(), &anna, &more, 1)["state"], "passed");
    let asked = asks(&place, &support(), &anna);
    assert_eq!(says(&place, &support(), &anna, &asked, 0)["state"], "failed");
    place
        .does(&support(), anna.eid, "answers", answers(&asked, 3))
        .is_refused(409, "questions.over");
    let orders = json!({"by": "letter", "proof": {"kind": "questions", "round": asked["round"]}});
    place
        .does(&support(), anna.eid, "activation", orders)
        .is_refused(403, "ra.proof");
}

#[test]
fn nobody_guesses_for_long() {
    let place = Place::new();
    let anna = registered(&place, entry());
    for _ in 0..3 {
        let asked = asks(&place, &support(), &anna);
        says(&place, &support(), &anna, &asked, 0);
    }
    place
        .does(&support(), anna.eid, "questions", json!({}))
        .is_refused(409, "questions.rest");
    place.house.clock.advance(Span::hours(25));
    asks(&place, &support(), &anna);
}

#[test]
fn a_round_is_its_officers_own_and_soon_over() {
    let place = Place::new();
    let anna = registered(&place, entry());
    let asked = asks(&place, &support(), &anna);
    place
        .does(&registrar(), anna.eid, "answers", answers(&asked, 3))
        .is_refused(404, "ra.not_found");
    let bo = place.house.citizen("bo", "noegle-1234x", false);
    place
        .does(&support(), bo.eid, "answers", answers(&asked, 3))
        .is_refused(404, "ra.not_found");
    says(&place, &support(), &anna, &asked, 3);
    let orders = json!({"by": "letter", "proof": {"kind": "questions", "round": asked["round"]}});
    place
        .does(&registrar(), anna.eid, "activation", orders.clone())
        .is_refused(403, "ra.proof");
    place.house.clock.advance(Span::minutes(16));
    place
        .does(&support(), anna.eid, "activation", orders)
        .is_refused(403, "ra.proof");
}

#[test]
fn about_some_people_nobody_is_asked() {
    let place = Place::new();
    let anna = registered(
        &place,
        Entry {
            protected: true,
            ..entry()
        },
    );
    place
        .does(&support(), anna.eid, "questions", json!({}))
        .is_refused(409, "questions.unfit");
    asks(&place, &registrar(), &anna);
    // Nobody in the register.
    let bo = place.house.citizen("bo", "noegle-1234x", false);
    place
        .does(&support(), bo.eid, "questions", json!({}))
        .is_refused(409, "questions.few");
    place
        .does(&officer("ra-netbank-b", "support"), anna.eid, "questions", json!({}))
        .is_refused(404, "ra.not_found");
}

#[test]
fn a_lost_card_is_followed_by_another_for_whoever_shows_a_document() {
    let place = Place::new();
    let anna = registered(&place, entry());
    let (ctx, card, eid) = (place.house.ctx(), anna.card.clone(), anna.eid);
    let who = crate::audit::Who {
        person: anna.person,
        eid,
    };
    place.house.act(move |tx| block::card(tx, &ctx, who, &card, HOLDER));
    let number = |document: &str, number: &str| json!({"proof": {"kind": "document_number", "document": document, "number": number}});
    for wrong in [
        number("passport", "208123457"),
        number("driving_licence", "12345678"),
        number("passport", "?"),
    ] {
        place.does(&support(), eid, "cards", wrong).is_refused(403, "ra.proof");
    }
    let asked = asks(&place, &support(), &anna);
    says(&place, &support(), &anna, &asked, 3);
    let by_questions = json!({"proof": {"kind": "questions", "round": asked["round"]}});
    place
        .does(&support(), eid, "cards", by_questions)
        .is_refused(403, "ra.proof");
    let ordered = place
        .does(&support(), eid, "cards", number("passport", "208 123 456"))
        .done();
    let waits = |card: &Value| card["state"] == "ordered";
    assert_eq!(
        ordered["cards"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|card| waits(card))
            .count(),
        1
    );
    let seen = json!({"proof": {"kind": "document_seen", "document": "danish_passport"}});
    for _ in 1..10 {
        place.does(&registrar(), eid, "cards", seen.clone()).done();
    }
    place
        .does(&registrar(), eid, "cards", seen)
        .is_refused(409, "keycard.enough");
    let cards = place.house.act(move |tx| tx.cards().of_eid(eid));
    let waiting = cards.iter().filter(|row| row.card.state == CardState::Ordered);
    assert_eq!(waiting.count(), 10);
}

#[test]
fn every_question_is_put_in_every_language() {
    for locale in Locale::ALL {
        for subject in Subject::ALL {
            let key = format!("question-{}", subject.as_str().replace('_', "-"));
            assert!(Say(locale).maybe(&key).is_some(), "{key} in {locale:?}");
        }
    }
}

#[test]
fn a_printed_card_is_handed_to_whoever_is_seen_and_to_nobody_else() {
    let place = Place::new();
    let anna = place.house.anna();
    let bo = place.house.citizen("bo", "noegle-1234x", false);
    let (eid, now) = (anna.eid, place.house.clock.now());
    let seen = json!({"kind": "document_seen", "document": "danish_driving_licence"});
    let wish = json!({"proof": seen, "at_desk": true});
    // Whoever prints for no desk has none to hand a card over at.
    place
        .does(&support(), eid, "cards", wish.clone())
        .is_refused(422, "order.delivery");
    place.does(&registrar(), eid, "cards", wish.clone()).done();
    place
        .does(&registrar(), eid, "cards", wish)
        .is_refused(409, "keycard.state");
    let waits = place.house.act(move |tx| tx.desks().of_eid(eid)).unwrap();
    let number = waits.card.unwrap();
    let gives = json!({"card": number.as_str(), "document": "danish_driving_licence"});
    place
        .does(&registrar(), eid, "hand-over", gives.clone())
        .is_refused(409, "keycard.state");
    let printed = number.clone();
    assert!(place.house.act(move |tx| tx.cards().printed(&printed, now)));
    place
        .does(&support(), eid, "hand-over", gives.clone())
        .is_refused(403, "ra.proof");
    place
        .does(&registrar(), bo.eid, "hand-over", gives.clone())
        .is_refused(404, "keycard.not_found");
    let stands = place.does(&registrar(), eid, "hand-over", gives.clone()).done();
    let handed = |card: &Value| card["number"] == number.as_str() && card["state"] == "posted";
    assert!(stands["cards"].as_array().unwrap().iter().any(handed), "{stands}");
    place
        .does(&registrar(), eid, "hand-over", gives)
        .is_refused(409, "keycard.state");
    // What lies where the post's letters are printed is at nobody's desk.
    let ctx = place.house.ctx();
    let posted = place
        .house
        .act(move |tx| new_card(tx, &ctx, eid, CardState::Printed))
        .0
        .number;
    place
        .does(
            &registrar(),
            eid,
            "hand-over",
            json!({"card": posted.as_str(), "document": "danish_driving_licence"}),
        )
        .is_refused(409, "keycard.state");
    let trail = serde_json::to_string(&place.trail(eid)).unwrap();
    assert!(trail.contains("handed over: danish_driving_licence"), "{trail}");
}

#[test]
fn whoever_lost_their_key_is_on_cards_again_by_a_document_with_a_photo() {
    let place = Place::new();
    let anna = place.house.anna();
    let eid = anna.eid;
    assert!(place.house.act(move |tx| tx.eids().put_on_hardware(eid, true)));
    let number = json!({"kind": "document_number", "document": "passport", "number": "208123456"});
    let by = |proof: Value| json!({"proof": proof, "back_to_cards": true});
    place
        .does(&registrar(), eid, "cards", by(number))
        .is_refused(403, "ra.proof");
    assert!(place.house.act(move |tx| tx.eids().find(eid)).on_hardware);
    let seen = json!({"kind": "document_seen", "document": "danish_passport"});
    place.does(&registrar(), eid, "cards", by(seen)).done();
    assert!(!place.house.act(move |tx| tx.eids().find(eid)).on_hardware);
    let trail = serde_json::to_string(&place.trail(eid)).unwrap();
    assert!(trail.contains("eid.hardware"), "{trail}");
}
