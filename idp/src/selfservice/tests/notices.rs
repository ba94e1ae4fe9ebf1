//! Whoever's eID it is hears of what was done with it, at the addresses they gave.

use super::place::Place;
use crate::domain::time::Span;

/// What waits to be sent: channel and text of the sealed letter.
fn waiting(place: &Place) -> Vec<(String, String)> {
    let now = place.house.clock.now();
    let letters = place
        .house
        .act(move |tx| tx.outbox().claim(100, now, Span::minutes(60)));
    let mut waiting: Vec<_> = letters
        .into_iter()
        .filter(|letter| !letter.kind.starts_with("logout"))
        .map(|letter| (letter.kind, String::from_utf8(letter.payload).unwrap()))
        .collect();
    // They are due at one moment, in no order.
    waiting.sort();
    waiting
}

#[test]
fn each_change_is_told_and_a_new_address_to_the_old_one_too() {
    let place = Place::new();
    let anna = place.house.anna();
    let browser = place.logged_in(&anna);
    place.gives_contact(&browser, "old@example.dk", "80307050");
    let told = waiting(&place);
    assert_eq!(told.len(), 2, "{told:?}");
    place.gives_contact(&browser, "new@example.dk", "80307050");
    let told = waiting(&place);
    assert_eq!(told.len(), 3, "{told:?}");
    for address in ["old@example.dk", "new@example.dk", "+4580307050"] {
        assert_eq!(
            told.iter().filter(|(_, text)| text.contains(address)).count(),
            1,
            "{address}: {told:?}"
        );
    }
    place.gives_contact(&browser, "new@example.dk", "80307050");
    assert!(waiting(&place).is_empty(), "nothing changed");

    let new = "vinter-hest-77";
    place.does(
        &browser,
        "/self-service/password",
        &[("old", anna.password), ("new", new), ("again", new)],
    );
    let told = waiting(&place);
    assert_eq!(
        told.iter().map(|(kind, _)| kind.as_str()).collect::<Vec<_>>(),
        ["mail", "sms"]
    );
    assert!(
        told.iter()
            .all(|(_, text)| text.contains("password_changed") && !text.contains(new)),
        "{told:?}"
    );
    place.does(
        &browser,
        "/self-service/user-id",
        &[("user_id", "anna.bang"), ("action", "choose")],
    );
    let told = waiting(&place);
    assert!(
        told.len() == 2 && told.iter().all(|(_, text)| !text.contains("anna.bang")),
        "{told:?}"
    );
    place.sends(&browser, "/block/card", &[("card", anna.card.as_str())]);
    assert_eq!(waiting(&place).len(), 2);
}

#[test]
fn whoever_blocks_or_closes_hears_of_it() {
    for (path, fields, word) in [
        ("/block/password", ("x", ""), "password_blocked"),
        ("/block/eid", ("x", ""), "eid_blocked"),
        ("/self-service/close", ("sure", "yes"), "eid_closed"),
    ] {
        let place = Place::new();
        let anna = place.house.anna();
        let browser = place.logged_in(&anna);
        place.gives_contact(&browser, "anna@example.dk", "");
        waiting(&place);
        place.sends(&browser, path, &[fields]);
        let told = waiting(&place);
        assert!(told.len() == 1 && told[0].1.contains(word), "{path}: {told:?}");
    }
}
