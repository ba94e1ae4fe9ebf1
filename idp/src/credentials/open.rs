//! What was stopped is opened again: by an officer, for a reason, for somebody who has shown who they are (the receipt of blocking sends
//! people there). Owns what can come back and what takes its place where it cannot. Never decides who may do it.

use crate::audit::{Event, Who, record};
use crate::certificates;
use crate::credentials::activation;
use crate::credentials::keycard::order_card;
use crate::credentials::password::open_strangers;
use crate::ctx::Ctx;
use crate::delivery::{Notice, notice};
use crate::domain::eid::EidStatus;
use crate::domain::keycard::CardState;
use crate::domain::refusal::Code;
use crate::storage::{Halt, Tx};

/// Who opens, and why: as the audit trail has it.
#[derive(Debug, Clone, Copy)]
pub struct By<'a> {
    /// The officer.
    pub officer: &'a str,
    /// The reason.
    pub reason: &'a str,
}

/// Opens a blocked eID: it is in use again, or waits for its activation as before, with another activation password (docs/decisions/0169).
/// Its cards were blocked for good, so that a new one is ordered, unless one has survived; a public one gets another certificate.
///
/// # Errors
/// `eid.state` when it is not blocked; else when the database does not answer.
pub fn eid(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, by: By<'_>, rules: activation::Rules) -> Result<EidStatus, Halt> {
    let from = EidStatus::Blocked;
    let to = match tx.eids().find(who.eid)?.blocked_from {
        Some(before) => before,
        // Blocked by an earlier version: whoever has no password has never been in.
        None if tx.passwords().find(who.eid)?.is_none() => EidStatus::Ordered,
        None => EidStatus::Active,
    };
    if !tx.eids().set_status(who.eid, from, to)? {
        return Err(Code::EidState.into());
    }
    let event = Event::EidChanged {
        who,
        from: from.as_str(),
        to: to.as_str(),
        reason: format!("opened by {}: {}", by.officer, by.reason),
    };
    record(tx, ctx, &event)?;
    certificates::follow(tx, ctx, who)?;
    let cards = tx.cards().of_eid(who.eid)?;
    if !cards.iter().any(|row| row.card.state == CardState::Active) {
        order_card(tx, ctx, who)?;
    }
    notice(tx, ctx, who, Notice::EidOpened)?;
    if to == EidStatus::Ordered {
        activation::order_anew(tx, ctx, who, rules)?;
    }
    Ok(to)
}

/// Opens a password that wrong tries had blocked, and the strangers' lane with it; known devices are strangers again, so that none of
/// them blocks it at the next slip. One that was blocked on suspicion stays so: somebody else may know it.
///
/// # Errors
/// `password.state` when it is not blocked, or not by tries; else when the database does not answer.
pub fn password(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, by: By<'_>) -> Result<(), Halt> {
    if !tx.passwords().open(who.eid)? {
        return Err(Code::PasswordState.into());
    }
    tx.eids().raise_epoch(who.eid)?;
    open_strangers(tx, ctx, who, by.officer, by.reason)?;
    let (officer, reason) = (by.officer.to_owned(), by.reason.to_owned());
    record(tx, ctx, &Event::PasswordOpened { who, officer, reason })?;
    notice(tx, ctx, who, Notice::PasswordOpened)
}
