//! Letters are marked as printed, shown again while they were not posted, marked as posted. Owns that each is recorded with who and why.

use super::{Item, Job, Officer, card_of_today, holder, is_at, job_of_activation, job_of_card, password_of_today};
use crate::audit::{Event, Who, record};
use crate::ctx::Ctx;
use crate::domain::activation::State;
use crate::domain::id::ActivationId;
use crate::domain::keycard::{CardNumber, CardState};
use crate::storage::{Activation, CardRow, Halt, Tx};

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
    Ok(match found(tx, item)? {
        Some(Printed::Card(row)) => Some(job_of_card(tx, &row)?),
        Some(Printed::Activation(row)) => Some(job_of_activation(tx, &row)?),
        None => None,
    })
}

/// What was printed and is not posted.
enum Printed {
    Card(Box<CardRow>),
    Activation(Activation),
}

fn found(tx: &mut Tx<'_>, item: &Item) -> Result<Option<Printed>, Halt> {
    Ok(match item {
        Item::Card(number) => {
            let row = tx.cards().find(number)?;
            let row = row.filter(|row| row.card.state == CardState::Printed);
            row.map(|row| Printed::Card(Box::new(row)))
        }
        Item::Activation(id) => {
            let Some(eid) = tx.activations().eid_of(*id)? else {
                return Ok(None);
            };
            let row = tx.activations().find(eid)?;
            let row = row.filter(|row| row.id == *id && row.state == State::Printed);
            row.map(Printed::Activation)
        }
    })
}

/// Records that a printed letter is shown again; whose it is, or nothing when it is not to be shown (any more).
///
/// # Errors
/// When the database does not answer or a row is corrupt.
pub fn shown_again(tx: &mut Tx<'_>, ctx: &Ctx, officer: &Officer, item: &Item) -> Result<Option<Who>, Halt> {
    let (eid, card) = match found(tx, item)? {
        Some(Printed::Card(row)) => (row.eid, Some(row.card.number.to_string())),
        Some(Printed::Activation(row)) => (row.eid, None),
        None => return Ok(None),
    };
    let (who, ..) = holder(tx, eid)?;
    let (officer, reason) = (officer.name.clone(), officer.reason.clone());
    let event = match card {
        Some(card) => Event::CardPrinted {
            who,
            card,
            officer,
            reason,
        },
        None => Event::ActivationPrinted { who, officer, reason },
    };
    record(tx, ctx, &event)?;
    Ok(Some(who))
}

/// Notes that a printed letter was handed to the post, or to its holder; an activation password is erased. `false` when it was not printed,
/// or posted already.
///
/// # Errors
/// When the database does not answer.
pub fn posted(tx: &mut Tx<'_>, ctx: &Ctx, officer: &str, item: &Item) -> Result<bool, Halt> {
    let event = match item {
        Item::Card(number) => {
            if !tx.cards().posted(number, ctx.now)? {
                return Ok(false);
            }
            let Some(row) = tx.cards().find(number)? else {
                return Ok(false);
            };
            let (who, ..) = holder(tx, row.eid)?;
            let (card, officer) = (number.to_string(), officer.to_owned());
            Event::CardPosted { who, card, officer }
        }
        Item::Activation(id) => {
            let Some(eid) = tx.activations().posted(*id, ctx.now)? else {
                return Ok(false);
            };
            let (who, ..) = holder(tx, eid)?;
            let officer = officer.to_owned();
            Event::ActivationPosted { who, officer }
        }
    };
    record(tx, ctx, &event)?;
    Ok(true)
}
