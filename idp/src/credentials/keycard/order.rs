//! A new card: its number, its secret, its first challenge, in the transaction that wants it.

use crate::audit::{Event, Who, record};
use crate::ctx::Ctx;
use crate::domain::id::EidId;
use crate::domain::keycard::{Card, CardNumber, CardState, NUMBERS, Used, VALID_FOR, first_pending};
use crate::storage::{Halt, Tx};
use crate::vault::card::{CardSecret, SCHEME};

/// Makes a card in a state and writes it down. The secret is returned for whoever prints it now (demo people).
///
/// # Errors
/// When the database does not answer; a number that is taken makes the act run again.
pub fn new_card(tx: &mut Tx<'_>, ctx: &Ctx, eid: EidId, state: CardState) -> Result<(Card, CardSecret), Halt> {
    let card = Card {
        number: CardNumber::from_random(ctx.rng.below_u64(NUMBERS)),
        state,
        used: Used::new(),
        pending: Some(first_pending(&mut |bound| ctx.rng.below(bound))),
        wrong_in_a_row: 0,
        expires_at: Some(ctx.now + VALID_FOR),
    };
    let secret = CardSecret::generate(&ctx.rng);
    tx.cards().insert(&card, eid, &secret, SCHEME, ctx.now)?;
    Ok((card, secret))
}

/// Orders the next card, unless one is on its way already.
///
/// # Errors
/// When the database does not answer.
pub fn order_card(tx: &mut Tx<'_>, ctx: &Ctx, who: Who) -> Result<(), Halt> {
    let on_its_way = tx.cards().of_eid(who.eid)?.iter().any(|row| {
        matches!(
            row.card.state,
            CardState::Ordered | CardState::Printed | CardState::Posted
        )
    });
    if on_its_way {
        return Ok(());
    }
    let (card, _) = new_card(tx, ctx, who.eid, CardState::Ordered)?;
    record(
        tx,
        ctx,
        &Event::CardOrdered {
            who,
            card: card.number.to_string(),
        },
    )
}
