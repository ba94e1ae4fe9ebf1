//! Letters are marked as printed, and a printed one is shown again while it was not posted. Owns that both are recorded with who and why.

use super::{Item, Job, Officer, Secret, card_of_today, holder, is_at, password_of_today};
use crate::audit::{Event, Who, record};
use crate::credentials::keycard::print::Sheet;
use crate::ctx::Ctx;
use crate::delivery::OneTime;
use crate::domain::activation::State;
use crate::domain::id::ActivationId;
use crate::domain::keycard::{CardNumber, CardState};
use crate::storage::{Halt, Tx};

/// Marks letters as printed and records who saw them; those that nobody else has marked, and whose eID has nothing of the other kind in
/// this day's run.
///
/// # Errors
/// When the database does not answer or a row is corrupt.
pub fn printed(tx: &mut Tx<'_>, ctx: &Ctx, officer: &Officer, items: &[Item]) -> Result<Vec<Item>, Halt> {
    let mut marked = Vec::with_capacity(items.len());
    for item in items {
        let done = match item {
            Item::Card(number) => card_printed(tx, ctx, officer, number)?,
            Item::Activation(id) => password_printed(tx, ctx, officer, *id)?,
        };
        if done {
            marked.push(item.clone());
        }
    }
    Ok(marked)
}

fn card_printed(tx: &mut Tx<'_>, ctx: &Ctx, officer: &Officer, number: &CardNumber) -> Result<bool, Halt> {
    let Some(row) = tx.cards().find(number)? else {
        return Ok(false);
    };
    // Two runs of one eID's card and password follow one another here.
    tx.eids().line_up(row.eid)?;
    let by_post = is_at(tx, &Item::Card(number.clone()), None)?;
    if (by_post && password_of_today(tx, ctx, row.eid)?) || !tx.cards().printed(number, ctx.now)? {
        return Ok(false);
    }
    let (who, ..) = holder(tx, row.eid)?;
    let event = Event::CardPrinted {
        who,
        card: number.to_string(),
        officer: officer.name.clone(),
        reason: officer.reason.clone(),
    };
    record(tx, ctx, &event)?;
    Ok(true)
}

fn password_printed(tx: &mut Tx<'_>, ctx: &Ctx, officer: &Officer, id: ActivationId) -> Result<bool, Halt> {
    let Some(eid) = tx.activations().eid_of(id)? else {
        return Ok(false);
    };
    tx.eids().line_up(eid)?;
    let by_post = is_at(tx, &Item::Activation(id), None)?;
    if (by_post && card_of_today(tx, ctx, eid)?) || !tx.activations().printed(id, ctx.now)? {
        return Ok(false);
    }
    let (who, ..) = holder(tx, eid)?;
    let event = Event::ActivationPrinted {
        who,
        officer: officer.name.clone(),
        reason: officer.reason.clone(),
    };
    record(tx, ctx, &event)?;
    Ok(true)
}

/// Reads one letter again that was printed and is not posted; nothing for any other.
///
/// # Errors
/// When the database does not answer or a row is corrupt.
pub fn one_again(tx: &mut Tx<'_>, item: &Item) -> Result<Option<Job>, Halt> {
    let (eid, secret) = match item {
        Item::Card(number) => {
            let found = tx.cards().find(number)?;
            let Some(row) = found.filter(|row| row.card.state == CardState::Printed) else {
                return Ok(None);
            };
            let Some(sheet) = Sheet::of(&row) else { return Ok(None) };
            let large = tx.card_wishes().of(row.eid)?.large_print;
            (row.eid, Secret::Card { sheet, large })
        }
        Item::Activation(id) => {
            let Some(eid) = tx.activations().eid_of(*id)? else {
                return Ok(None);
            };
            let found = tx.activations().find(eid)?;
            let Some(password) = found.filter(|found| found.id == *id && found.state == State::Printed) else {
                return Ok(None);
            };
            let Some(digits) = tx.activations().digits(eid)? else {
                return Ok(None);
            };
            let secret = Secret::Activation {
                id: *id,
                password: OneTime::new(digits),
                until: password.expires_at,
            };
            (eid, secret)
        }
    };
    let (_, to, eid) = holder(tx, eid)?;
    Ok(Some(Job { to, eid, secret }))
}

/// Records that a printed letter is shown again; whose it is, or nothing when it is not to be shown (any more).
///
/// # Errors
/// When the database does not answer or a row is corrupt.
pub fn shown_again(tx: &mut Tx<'_>, ctx: &Ctx, officer: &Officer, item: &Item) -> Result<Option<Who>, Halt> {
    if one_again(tx, item)?.is_none() {
        return Ok(None);
    }
    let eid = match item {
        Item::Card(number) => tx.cards().find(number)?.map(|row| row.eid),
        Item::Activation(id) => tx.activations().eid_of(*id)?,
    };
    let Some(eid) = eid else { return Ok(None) };
    let (who, ..) = holder(tx, eid)?;
    let (officer, reason) = (officer.name.clone(), officer.reason.clone());
    let event = match item {
        Item::Card(number) => Event::CardPrinted {
            who,
            card: number.to_string(),
            officer,
            reason,
        },
        Item::Activation(_) => Event::ActivationPrinted { who, officer, reason },
    };
    record(tx, ctx, &event)?;
    Ok(Some(who))
}
