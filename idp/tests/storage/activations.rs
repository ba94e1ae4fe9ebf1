//! Activation passwords: one row an eID, burnt once, their digits sealed until they are posted.

use idp::credentials::activation::{Attempted, Choice, attempt, choose, known};
use idp::domain::activation::{Digits, State};
use idp::domain::eid::EidStatus;
use idp::domain::id::{ActivationId, EidId};
use idp::domain::password::Form;
use idp::domain::time::Span;
use idp::domain::user_id::Typed;
use idp::storage::{AliasKind, Halt, NewActivation};

use crate::house::{House, NOW};

fn ordered(house: &House, eid: EidId) -> ActivationId {
    let id = ActivationId::from_uuid(house.rng.uuid_v7(NOW));
    house.act(move |tx| {
        tx.activations().put(&NewActivation {
            id,
            eid,
            mac: [7; 32],
            to_print: Some(Digits::from_random(4_711)),
            state: State::Ordered,
            ordered_at: NOW,
            expires_at: NOW + Span::days(28),
        })
    });
    id
}

/// An eID that waits for its activation.
fn waiting(house: &House) -> EidId {
    let (_, eid) = house.person();
    assert!(house.act(move |tx| tx.eids().set_status(eid, EidStatus::Active, EidStatus::Ordered)));
    eid
}

pub fn round_trip(house: &House) {
    let eid = waiting(house);
    let first = ordered(house, eid);
    let id = ordered(house, eid);
    assert_ne!(first, id);
    let (found, digits, waiting) = house.act(move |tx| {
        Ok((
            tx.activations().find(eid)?,
            tx.activations().digits(eid)?,
            tx.activations().to_print(10, None, (NOW, NOW))?,
        ))
    });
    let found = found.expect("the newest");
    assert_eq!((found.id, found.state), (id, State::Ordered));
    assert_eq!(digits.as_deref(), Some("004711"));
    assert_eq!(waiting.len(), 1, "the one before is gone");
    let burnt_too_soon = house.act(move |tx| tx.activations().burn(id, eid, NOW));
    assert!(!burnt_too_soon, "what nobody can hold is not used");
    let (printed, again, posted, after) = house.act(move |tx| {
        let printed = tx.activations().printed(id, NOW)?;
        let again = tx.activations().printed(id, NOW)?;
        let posted = tx.activations().posted(id, NOW)?;
        Ok((printed, again, posted, tx.activations().digits(eid)?))
    });
    assert!(printed && !again);
    assert_eq!((posted, after), (Some(eid), None), "erased when it is posted");
    let over = house.act(move |tx| tx.activations().burn(id, eid, NOW + Span::days(28)));
    assert!(!over, "its time is over");
    assert!(house.act(move |tx| tx.activations().void(id, eid, NOW)));
    assert!(!house.act(move |tx| tx.activations().burn(id, eid, NOW)));
}

/// What would not serve is not printed, and what was never posted does not keep its digits for ever.
pub fn dead_ones_are_erased(house: &House) {
    let eid = waiting(house);
    let id = ordered(house, eid);
    let to_print = |now| {
        house
            .act(move |tx| tx.activations().to_print(10, None, (now, now)))
            .len()
    };
    let end = NOW + Span::days(28);
    assert_eq!((to_print(NOW), to_print(end)), (1, 0));
    let becomes = |from, to| assert!(house.act(move |tx| tx.eids().set_status(eid, from, to)));
    becomes(EidStatus::Ordered, EidStatus::Blocked);
    assert_eq!(to_print(NOW), 0);
    becomes(EidStatus::Blocked, EidStatus::Ordered);
    assert!(!house.act(move |tx| tx.activations().printed(id, end)));
    assert!(house.act(move |tx| tx.activations().printed(id, NOW)));
    let second = waiting(house);
    ordered(house, second);
    let kept = |now| {
        house.act(move |tx| {
            tx.prune(now)?;
            Ok((tx.activations().digits(eid)?, tx.activations().digits(second)?))
        })
    };
    let there = Some("004711".to_owned());
    assert_eq!(kept(end - Span::secs(1)), (there.clone(), there));
    assert_eq!(kept(end), (None, None), "printed or not");
    assert_eq!(house.act(move |tx| tx.activations().posted(id, end)), None);
    for eid in [eid, second] {
        let found = house.act(move |tx| tx.activations().find(eid)).expect("the row");
        assert_eq!(found.state, State::Void);
    }
}

/// A person whose activation password came by post.
fn waits(house: &House) -> (Attempted, Digits) {
    let (_, eid) = house.person();
    let digits = Digits::from_random(482_913);
    let ctx = house.ctx();
    house.act(move |tx| {
        tx.eids().set_status(eid, EidStatus::Active, EidStatus::Ordered)?;
        tx.aliases().insert("ida", eid, AliasKind::Chosen, NOW)?;
        known(tx, &ctx, eid, digits)
    });
    let ctx = house.ctx();
    let right = house.act(move |tx| attempt(tx, &ctx, Typed::parse("ida").ok().as_ref(), Some(digits)));
    (right.expect("it is right"), digits)
}

pub fn chosen_once(house: &House) {
    let (right, _) = waits(house);
    let ctx = house.ctx();
    let choice = Choice {
        verifier: vec![1; 61],
        form: Form::Ordinary,
        user_id: None,
        rules: "2026-11-28",
    };
    let results = house.at_once(move |tx| choose(tx, &ctx, &right, &choice));
    let won = results.iter().filter(|result| matches!(result, Ok(Ok(_)))).count();
    let refused = results
        .iter()
        .filter(|result| matches!(result, Err(Halt::Refused(_))))
        .count();
    assert_eq!((won, refused), (1, 31), "{results:?}");
}

pub fn guessed_at_once(house: &House) {
    let (_, digits) = waits(house);
    let wrong = Digits::from_random(digits.to_string().parse::<u32>().expect("a number") + 1);
    let ctx = house.ctx();
    let guess = move |tx: &mut idp::storage::Tx<'_>| {
        attempt(tx, &ctx, Typed::parse("ida").ok().as_ref(), Some(wrong)).map(|right| right.is_some())
    };
    let results = house.at_once(guess);
    assert!(results.iter().all(|result| !matches!(result, Ok(true))));
    let ctx = house.ctx();
    let after = house.act(move |tx| attempt(tx, &ctx, Typed::parse("ida").ok().as_ref(), Some(digits)));
    assert!(
        after.is_none(),
        "thirty-two guesses at once close it as five in a row do"
    );
}
