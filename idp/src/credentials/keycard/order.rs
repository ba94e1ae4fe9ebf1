//! A new card: its number, its secret, its first challenge, in the transaction that wants it.

use crate::audit::{Event, Who, record};
use crate::ctx::Ctx;
use crate::delivery::{Notice, notice};
use crate::domain::id::EidId;
use crate::domain::keycard::{
    Card, CardNumber, CardState, NUMBERS, Used, VALID_FOR, first_pending, in_stock, may_order_extra,
};
use crate::storage::{CardWish, Halt, Tx};
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

/// Orders the next card, unless an unused one is on its way or in a drawer already.
///
/// # Errors
/// When the database does not answer.
pub fn order_card(tx: &mut Tx<'_>, ctx: &Ctx, who: Who) -> Result<(), Halt> {
    if stock(tx, who)? > 0 {
        Ok(())
    } else {
        order(tx, ctx, who)
    }
}

/// Orders a card that its holder asks for, beside at most `limit` unused ones.
///
/// # Errors
/// `keycard.enough`; else when the database does not answer.
pub fn order_extra(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, limit: usize) -> Result<(), Halt> {
    // Two orders at once follow one another: whoever holds the eID sees what the other ordered.
    let eid = tx.eids().find(who.eid)?;
    if !tx.eids().hold(eid.id, eid.epoch, None)? {
        return Err(Halt::Again);
    }
    may_order_extra(stock(tx, who)?, limit)?;
    order(tx, ctx, who)
}

/// Notes what a holder wants of their next cards. Where the card in use has passed the new threshold, the next one is ordered now.
///
/// # Errors
/// When the database does not answer.
pub fn wish(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, wish: CardWish) -> Result<(), Halt> {
    tx.card_wishes().set(who.eid, wish)?;
    let event = Event::CardWishChanged {
        who,
        reorder_at: wish.reorder_at.get(),
        large_print: wish.large_print,
    };
    record(tx, ctx, &event)?;
    let cards = tx.cards().of_eid(who.eid)?;
    let in_use = cards.iter().find(|row| row.card.state == CardState::Active);
    match in_use {
        Some(row) if wish.reorder_at.has_passed(row.card.used.left()) => order_card(tx, ctx, who),
        _ => Ok(()),
    }
}

fn stock(tx: &mut Tx<'_>, who: Who) -> Result<usize, Halt> {
    Ok(in_stock(tx.cards().of_eid(who.eid)?.iter().map(|row| row.card.state)))
}

fn order(tx: &mut Tx<'_>, ctx: &Ctx, who: Who) -> Result<(), Halt> {
    let (card, _) = new_card(tx, ctx, who.eid, CardState::Ordered)?;
    record(
        tx,
        ctx,
        &Event::CardOrdered {
            who,
            card: card.number.to_string(),
        },
    )?;
    notice(tx, ctx, who, Notice::CardOrdered)
}
