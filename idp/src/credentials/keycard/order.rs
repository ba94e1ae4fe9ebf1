//! A new card: its number, its secret, its first challenge, in the transaction that wants it.

use crate::audit::{Event, Who, record};
use crate::ctx::Ctx;
use crate::delivery::{Notice, notice};
use crate::domain::eid::EidStatus;
use crate::domain::id::EidId;
use crate::domain::keycard::{
    Card, CardNumber, CardState, NUMBERS, Used, VALID_FOR, first_pending, in_stock, may_order_alone, may_order_extra,
};
use crate::domain::refusal::Code;
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

/// Orders the next card, unless an unused one is on its way or in a drawer already. One that waits at a desk is neither: nobody knows
/// whether it will be fetched.
///
/// # Errors
/// When the database does not answer.
pub fn order_card(tx: &mut Tx<'_>, ctx: &Ctx, who: Who) -> Result<(), Halt> {
    let desk = tx.desks().of_eid(who.eid)?.and_then(|waits| waits.card);
    let cards = tx.cards().of_eid(who.eid)?;
    let coming = cards.iter().filter(|row| Some(&row.card.number) != desk.as_ref());
    if in_stock(coming.map(|row| row.card.state)) > 0 {
        Ok(())
    } else {
        order(tx, ctx, who).map(drop)
    }
}

/// Orders the next card of its own accord: no card comes so for an eID on hardware.
///
/// # Errors
/// When the database does not answer.
pub(super) fn order_by_itself(tx: &mut Tx<'_>, ctx: &Ctx, who: Who) -> Result<(), Halt> {
    if tx.eids().find(who.eid)?.on_hardware {
        Ok(())
    } else {
        order_card(tx, ctx, who)
    }
}

/// Orders a card that its holder asks for, beside at most `limit` unused ones: whoever had an eID on hardware is back on cards with it.
/// The caller holds the eID, so that two orders at once follow one another.
///
/// # Errors
/// `keycard.enough`, `keycard.proof`; else when the database does not answer.
pub fn order_extra(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, limit: usize) -> Result<(), Halt> {
    let states: Vec<_> = tx.cards().of_eid(who.eid)?.iter().map(|row| row.card.state).collect();
    may_order_alone(states.iter().copied())?;
    may_order_extra(in_stock(states), limit)?;
    if tx.eids().put_on_hardware(who.eid, false)? {
        record(tx, ctx, &Event::EidHardware { who, on: false })?;
    }
    order(tx, ctx, who).map(drop)
}

/// Orders a card for somebody who has shown an officer who they are, beside at most `limit` unused ones.
///
/// # Errors
/// `keycard.enough`; `eid.state` for an eID that is blocked or closed; else when the database does not answer.
pub fn order_by_officer(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, limit: usize) -> Result<CardNumber, Halt> {
    tx.eids().line_up(who.eid)?;
    let status = tx.eids().find(who.eid)?.status;
    if !matches!(status, EidStatus::Ordered | EidStatus::Active) {
        return Err(Code::EidState.into());
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
    order_if_due(tx, ctx, who)
}

/// Orders the next card where the one in use has passed its holder's threshold.
///
/// # Errors
/// When the database does not answer.
pub(super) fn order_if_due(tx: &mut Tx<'_>, ctx: &Ctx, who: Who) -> Result<(), Halt> {
    let threshold = tx.card_wishes().of(who.eid)?.reorder_at;
    let cards = tx.cards().of_eid(who.eid)?;
    let in_use = cards.iter().find(|row| row.card.state == CardState::Active);
    match in_use {
        Some(row) if threshold.has_passed(row.card.used.left()) => order_by_itself(tx, ctx, who),
        _ => Ok(()),
    }
}

/// Orders the first card of an eID that is issued now.
///
/// # Errors
/// When the database does not answer.
pub fn order_first(tx: &mut Tx<'_>, ctx: &Ctx, who: Who) -> Result<CardNumber, Halt> {
    order(tx, ctx, who)
}

fn stock(tx: &mut Tx<'_>, who: Who) -> Result<usize, Halt> {
    Ok(in_stock(tx.cards().of_eid(who.eid)?.iter().map(|row| row.card.state)))
}

fn order(tx: &mut Tx<'_>, ctx: &Ctx, who: Who) -> Result<CardNumber, Halt> {
    let (card, _) = new_card(tx, ctx, who.eid, CardState::Ordered)?;
    record(
        tx,
        ctx,
        &Event::CardOrdered {
            who,
            card: card.number.to_string(),
        },
    )?;
    notice(tx, ctx, who, Notice::CardOrdered)?;
    Ok(card.number)
}
