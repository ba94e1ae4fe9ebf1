//! What is handed over at a desk instead of being posted. Owns that it is printed there alone, and that it is handed over once.

use super::{Item, posted};
use crate::audit::Who;
use crate::ctx::Ctx;
use crate::storage::{Halt, Tx};

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
    let Some(mut waits) = tx.desks().of_eid(who.eid)?.filter(|waits| waits.ra == ra) else {
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
