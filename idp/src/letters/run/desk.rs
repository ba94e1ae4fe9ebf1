//! What is handed over at a desk instead of being posted. Owns that it is printed there alone, and that it is handed over once.

use super::{Item, posted};
use crate::audit::Who;
use crate::ctx::Ctx;
use crate::domain::activation::State;
use crate::domain::id::EidId;
use crate::domain::keycard::{CardNumber, CardState};
use crate::storage::{AtDesk, Halt, Tx};

/// Whether a letter is for the desk of this RA; without one, whether it is for the post.
///
/// # Errors
/// When the database does not answer or a row is corrupt.
pub fn is_at(tx: &mut Tx<'_>, item: &Item, at: Option<&str>) -> Result<bool, Halt> {
    let eid = match item {
        Item::Card(number) => tx.cards().find(number)?.map(|row| row.eid),
        Item::Activation(id) => tx.activations().eid_of(*id)?,
    };
    let Some(eid) = eid else { return Ok(false) };
    let waits = tx.desks().of_eid(eid)?.filter(|waits| match item {
        Item::Card(number) => waits.card.as_ref() == Some(number),
        Item::Activation(id) => waits.activation == Some(*id),
    });
    Ok(waits.as_ref().map(|waits| waits.ra.as_str()) == at)
}

/// What still waits for the holder of an eID at a desk: neither what was handed over, nor what was blocked, used or replaced meanwhile.
///
/// # Errors
/// When the database does not answer or a row is corrupt.
pub fn waiting_at(tx: &mut Tx<'_>, eid: EidId) -> Result<Option<AtDesk>, Halt> {
    let Some(mut waits) = tx.desks().of_eid(eid)? else {
        return Ok(None);
    };
    if let Some(number) = waits.card.take() {
        let row = tx.cards().find(&number)?;
        let there = row.is_some_and(|row| matches!(row.card.state, CardState::Ordered | CardState::Printed));
        waits.card = Some(number).filter(|_| there);
    }
    if let Some(id) = waits.activation.take() {
        let row = tx.activations().find(eid)?.filter(|row| row.id == id);
        let there = row.is_some_and(|row| matches!(row.state, State::Ordered | State::Printed));
        waits.activation = Some(id).filter(|_| there);
    }
    Ok(Some(waits).filter(|waits| waits.card.is_some() || waits.activation.is_some()))
}

/// Has a card wait at the desk of an RA for its holder; `false` where another card of theirs waits for them, or something at another desk.
///
/// # Errors
/// When the database does not answer or a row is corrupt.
pub fn waits_at(tx: &mut Tx<'_>, who: Who, ra: &str, card: &CardNumber) -> Result<bool, Halt> {
    tx.eids().line_up(who.eid)?;
    let waits = waiting_at(tx, who.eid)?;
    if waits
        .as_ref()
        .is_some_and(|waits| waits.ra != ra || waits.card.is_some())
    {
        return Ok(false);
    }
    tx.desks().put(&AtDesk {
        eid: who.eid,
        ra: ra.to_owned(),
        card: Some(card.clone()),
        activation: waits.and_then(|waits| waits.activation),
    })?;
    Ok(true)
}

/// Hands one card over where it was printed: at the desk of an RA, or, without one, where the post's letters are printed. `false` when it is
/// not printed there, or was given or posted before.
///
/// # Errors
/// When the database does not answer or a row is corrupt.
pub fn hand_over_card(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    (who, at): (Who, Option<&str>),
    officer: &str,
    card: &CardNumber,
) -> Result<bool, Halt> {
    tx.eids().line_up(who.eid)?;
    let item = Item::Card(card.clone());
    if !is_at(tx, &item, at)? || !posted(tx, ctx, officer, &item)? {
        return Ok(false);
    }
    if at.is_some()
        && let Some(waits) = tx.desks().of_eid(who.eid)?
    {
        tx.desks().put(&AtDesk { card: None, ..waits })?;
    }
    Ok(true)
}

/// Hands over what was printed of an eID's letters at the desk of an RA: what it was, in words. What is not printed yet goes on waiting.
///
/// # Errors
/// When the database does not answer or a row is corrupt.
pub fn hand_over(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    (who, ra): (Who, &str),
    officer: &str,
    card_too: bool,
) -> Result<Vec<&'static str>, Halt> {
    tx.eids().line_up(who.eid)?;
    let Some(mut waits) = waiting_at(tx, who.eid)?.filter(|waits| waits.ra == ra) else {
        return Ok(Vec::new());
    };
    let mut given = Vec::new();
    if let Some(card) = waits.card.clone().filter(|_| card_too)
        && posted(tx, ctx, officer, &Item::Card(card))?
    {
        waits.card = None;
        given.push("card");
    }
    if let Some(id) = waits.activation
        && posted(tx, ctx, officer, &Item::Activation(id))?
    {
        waits.activation = None;
        given.push("activation_password");
    }
    tx.desks().put(&waits)?;
    Ok(given)
}
