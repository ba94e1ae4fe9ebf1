//! The print queue through the API.

use serde_json::{Value, json};

use super::place::{Officer, Place, officer, support};
use crate::credentials::keycard::new_card;
use crate::domain::keycard::CardState;

const PRINTER: Officer = officer("trykkeri", "printer");

fn posts(place: &Place, path: &str, body: Value) -> super::place::Answer {
    place.asks(&PRINTER, "POST", &format!("/api/ra/v1/print/{path}"), Some(body))
}

#[test]
fn a_printer_takes_fetches_and_posts_and_sees_nothing_afterwards() {
    let place = Place::new();
    let anna = place.house.anna();
    let (ctx, eid) = (place.house.ctx(), anna.eid);
    let number = place
        .house
        .act(move |tx| new_card(tx, &ctx, eid, CardState::Ordered))
        .0
        .number;
    let letter = json!({"what": "cards", "id": number.as_str()});
    posts(&place, "letters", letter.clone()).is_refused(404, "ra.not_found");
    let batch = json!({"what": "cards", "limit": 10});
    let taken = posts(&place, "batches", batch.clone()).done();
    assert_eq!(taken, json!({"letters": [number.as_str()], "unprintable": []}));
    let again = posts(&place, "batches", batch).done();
    assert_eq!(again["letters"], json!([]), "what was taken is not taken again");
    for _ in 0..2 {
        let shown = posts(&place, "letters", letter.clone()).done();
        assert!(shown["pdf"].as_str().unwrap().starts_with("JVBERi"), "a PDF in base64");
    }
    let seen = place
        .trail(eid)
        .into_iter()
        .filter(|(kind, _)| kind == "keycard.printed");
    let officers: Vec<_> = seen.map(|(_, event)| event["officer"].clone()).collect();
    assert_eq!(officers, vec![json!("trykkeri/k.test"); 3], "taken once, shown twice");
    let ids = json!({"what": "cards", "ids": [number.as_str()]});
    let desk = officer("ra-borgerservice", "printer");
    let theirs = place.asks(&desk, "POST", "/api/ra/v1/print/posted", Some(ids.clone()));
    assert_eq!(theirs.done()["posted"], 0, "whoever prints for a desk posts nothing");
    assert_eq!(posts(&place, "posted", ids.clone()).done()["posted"], 1);
    assert_eq!(posts(&place, "posted", ids).done()["posted"], 0);
    posts(&place, "letters", letter).is_refused(404, "ra.not_found");
    // A card in use is shown by nothing either.
    posts(&place, "letters", json!({"what": "cards", "id": anna.card.as_str()})).is_refused(404, "ra.not_found");
}

#[test]
fn nobody_else_prints_and_no_batch_is_without_end() {
    let place = Place::new();
    let batch = json!({"what": "cards", "limit": 10});
    place
        .asks(&support(), "POST", "/api/ra/v1/print/batches", Some(batch))
        .is_refused(403, "ra.role");
    for limit in [0, 201] {
        posts(&place, "batches", json!({"what": "passwords", "limit": limit})).is_refused(400, "request.malformed");
    }
    posts(&place, "letters", json!({"what": "passwords", "id": "?"})).is_refused(404, "ra.not_found");
}
