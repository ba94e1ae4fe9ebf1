//! Key cards.

use idp::domain::id::EidId;
use idp::domain::keycard::{Card, CardNumber, CardState, NUMBERS, Position, Used};
use idp::domain::time::Span;
use idp::storage::AtDesk;
use idp::vault::card::{CardSecret, SCHEME, index_at};

use crate::house::{House, NOW};

/// A new active card whose first entry is asked.
pub fn card(house: &House, eid: EidId) -> CardNumber {
    let number = CardNumber::from_random(house.rng.below_u64(NUMBERS));
    let (card_number, rng) = (number.clone(), house.rng.clone());
    house.act(move |tx| {
        let card = Card {
            number: card_number.clone(),
            state: CardState::Active,
            used: Used::new(),
            pending: Position::new(0),
            wrong_in_a_row: 0,
            expires_at: None,
        };
        tx.cards().insert(&card, eid, &CardSecret::generate(&rng), SCHEME, NOW)
    });
    number
}

pub fn round_trip(house: &House) {
    let (_, eid) = house.person();
    let number = card(house, eid);
    let asked = number.clone();
    let row = house.act(move |tx| tx.cards().find(&asked)).expect("the card");
    assert_eq!(
        (row.eid, row.card.state, row.card.pending),
        (eid, CardState::Active, Position::new(0))
    );
    let secret = row.secret.as_ref().expect("an active card has a secret");
    let first = index_at(secret, row.scheme, Position::new(0).expect("the first"));
    let last = index_at(secret, row.scheme, Position::new(147).expect("the last"));
    assert!(first < last);
    let asked = number.clone();
    let closed = house.act(move |tx| {
        let mut row = tx.cards().find(&asked)?.expect("the card");
        row.card.state = CardState::Blocked;
        assert!(tx.cards().save(&row, NOW)?);
        tx.cards().find(&asked)
    });
    assert!(
        closed.expect("the card").secret.is_none(),
        "the secret is erased when the card closes"
    );
}

pub fn saved_over_version(house: &House) {
    let (_, eid) = house.person();
    let number = card(house, eid);
    let (first, second) = house.act(move |tx| {
        let row = tx.cards().find(&number)?.expect("the card");
        Ok((tx.cards().save(&row, NOW)?, tx.cards().save(&row, NOW)?))
    });
    assert!(first && !second, "a card is not saved over a version that was not read");
}

pub fn printed_once(house: &House) {
    let (_, eid) = house.person();
    let number = CardNumber::from_random(house.rng.below_u64(NUMBERS));
    let (asked, rng) = (number.clone(), house.rng.clone());
    house.act(move |tx| {
        let card = Card {
            number: asked.clone(),
            state: CardState::Ordered,
            used: Used::new(),
            pending: Position::new(0),
            wrong_in_a_row: 0,
            expires_at: None,
        };
        tx.cards().insert(&card, eid, &CardSecret::generate(&rng), SCHEME, NOW)
    });
    let results = house.at_once(move |tx| {
        tx.eids().line_up(eid)?;
        tx.cards().printed(&number, NOW)
    });
    assert_eq!(
        results.iter().filter(|r| matches!(r, Ok(true))).count(),
        1,
        "{results:?}"
    );
    assert_eq!(results.iter().filter(|r| matches!(r, Ok(false))).count(), 31);
}

/// Of cards that wait, those at a desk that were ordered long ago.
pub fn unfetched_at_a_desk(house: &House) {
    let (_, eid) = house.person();
    let later = NOW + Span::days(3);
    let add = |state, at| {
        let number = CardNumber::from_random(house.rng.below_u64(NUMBERS));
        let (card_number, rng) = (number.clone(), house.rng.clone());
        house.act(move |tx| {
            let card = Card {
                number: card_number.clone(),
                state,
                used: Used::new(),
                pending: Position::new(0),
                wrong_in_a_row: 0,
                expires_at: None,
            };
            tx.cards().insert(&card, eid, &CardSecret::generate(&rng), SCHEME, at)
        });
        number
    };
    let (by_post, at_desk) = (
        add(CardState::Printed, NOW),
        add(CardState::Printed, NOW + Span::days(1)),
    );
    let found = |by| -> Vec<CardNumber> {
        let rows = house.act(move |tx| tx.cards().unfetched(by, 10));
        rows.into_iter().map(|row| row.card.number).collect()
    };
    assert_eq!(found(later), []);
    let waits = AtDesk {
        eid,
        ra: "centre".into(),
        card: Some(at_desk.clone()),
        activation: None,
    };
    house.act(move |tx| tx.desks().put(&waits));
    assert_eq!(found(NOW), []);
    assert_eq!(found(later), std::slice::from_ref(&at_desk));
    house.act(move |tx| tx.cards().posted(&at_desk, later));
    assert_eq!(found(later), [], "it was fetched");
    assert!(house.act(move |tx| tx.cards().find(&by_post)).is_some());
}
