//! An activation password is ordered: by its holder online, or by whoever issues one.

use crate::audit::{Event, Who, record};
use crate::credentials::user_id::nobody;
use crate::credentials::voice;
use crate::ctx::Ctx;
use crate::delivery::{Notice, OneTime, call, notice, text_message};
use crate::domain::activation::{Digits, State, may_order};
use crate::domain::eid::EidStatus;
use crate::domain::id::{ActivationId, EidId};
use crate::domain::keycard::{CardNumber, CardState};
use crate::domain::refusal::Code;
use crate::domain::time::Span;
use crate::domain::user_id::Typed;
use crate::session;
use crate::storage::{BlockCause, Halt, NewActivation, Tx};
use crate::vault::{Mac, Vault};

/// How it reaches its holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// A letter of its own, by the print run.
    Letter,
    /// A text message, where a mobile number is known; else a letter.
    TextMessage,
}

/// What the operator has set.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    /// How long one serves.
    pub life: Span,
    /// How it is sent to whoever orders online.
    pub by: By,
}

/// The MAC that is kept: of these digits for this activation password alone.
pub(super) fn mac(vault: &Vault, id: ActivationId, digits: Digits) -> [u8; 32] {
    vault.mac(Mac::Activation, &[&id.bytes()[..], &digits.bytes()].concat())
}

/// Makes one, in the place of any before.
///
/// # Errors
/// When the database does not answer.
pub fn make(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, rules: Rules) -> Result<(), Halt> {
    let id = ActivationId::from_uuid(ctx.rng.uuid_v7(ctx.now));
    let digits = Digits::from_random(ctx.rng.below(Digits::COUNT));
    let until = ctx.now + rules.life;
    let message = Notice::ActivationPassword {
        password: OneTime::new(digits.to_string()),
        until,
    };
    // Whoever has voice response cannot read a letter: the digits are read aloud.
    let line = voice::serves(tx, ctx, who.eid)?.and_then(|line| line.line);
    let called = line.is_some();
    let sent = match line {
        Some(line) => {
            call(tx, ctx, who, line.as_str(), message)?;
            true
        }
        None => rules.by == By::TextMessage && text_message(tx, ctx, who, message)?,
    };
    let mac = mac(tx.vault(), id, digits);
    tx.activations().put(&NewActivation {
        id,
        eid: who.eid,
        mac,
        to_print: (!sent).then_some(digits),
        state: if sent { State::Sent } else { State::Ordered },
        ordered_at: ctx.now,
        expires_at: until,
    })?;
    let by = match (called, sent) {
        (true, _) => "call",
        (_, true) => "text_message",
        _ => "letter",
    };
    record(tx, ctx, &Event::ActivationOrdered { who, by })
}

/// Writes down one that is in its holder's hands already, with digits that are known: demo people.
///
/// # Errors
/// When the database does not answer.
pub fn known(tx: &mut Tx<'_>, ctx: &Ctx, eid: EidId, digits: Digits) -> Result<(), Halt> {
    let id = ActivationId::from_uuid(ctx.rng.uuid_v7(ctx.now));
    let mac = mac(tx.vault(), id, digits);
    tx.activations().put(&NewActivation {
        id,
        eid,
        mac,
        to_print: None,
        state: State::Posted,
        ordered_at: ctx.now,
        expires_at: ctx.now + Span::days(180),
    })
}

/// A person orders one online. Only where the user-ID and the number of a card belong together, and no other was ordered within a
/// day, is anything done: the password is blocked at once, the eID is not in use until it is activated anew, everything that log-ins
/// gave ends, and the new one is on its way. Nothing
/// tells whether it was. The person is told at their contact addresses.
///
/// # Errors
/// When the database does not answer.
pub fn order_online(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    (user_id, card): (Option<&Typed>, Option<&CardNumber>),
    rules: Rules,
) -> Result<(), Halt> {
    let name = user_id.map_or("", Typed::as_str);
    let sought = tx.aliases().eid(name)?.unwrap_or_else(|| nobody(tx.vault(), name));
    let eid = tx.eids().look(sought)?;
    let last = tx.activations().find(sought)?.map(|last| last.ordered_at);
    let row = match card {
        Some(number) => tx.cards().find(number)?,
        None => None,
    };
    let in_hand = |state| {
        matches!(
            state,
            CardState::Printed | CardState::Posted | CardState::Active | CardState::UsedUp
        )
    };
    let (Some(eid), Some(row)) = (eid, row) else {
        return Ok(());
    };
    let theirs = row.eid == eid.id && in_hand(row.card.state);
    let open = matches!(eid.status, EidStatus::Ordered | EidStatus::Active);
    if !theirs || !open || !may_order(last, ctx.now) {
        return Ok(());
    }
    let who = Who {
        person: eid.person,
        eid: eid.id,
    };
    begin_anew(tx, ctx, who, eid.status, rules)
}

/// An officer orders one for somebody who has shown who they are; the same is done, however long ago the last one was ordered.
///
/// # Errors
/// `eid.state` for an eID that is blocked or closed; else when the database does not answer.
pub fn order_by_officer(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, rules: Rules) -> Result<(), Halt> {
    let status = tx.eids().find(who.eid)?.status;
    if !matches!(status, EidStatus::Ordered | EidStatus::Active) {
        return Err(Code::EidState.into());
    }
    begin_anew(tx, ctx, who, status, rules)
}

/// Orders one in the place of whatever an eID that waits for its activation had: a password that was chosen counts no more.
///
/// # Errors
/// When the database does not answer.
pub fn order_anew(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, rules: Rules) -> Result<(), Halt> {
    tx.passwords().block(who.eid, BlockCause::Holder)?;
    make(tx, ctx, who, rules)?;
    notice(tx, ctx, who, Notice::ActivationOrdered)
}

fn begin_anew(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, status: EidStatus, rules: Rules) -> Result<(), Halt> {
    if !tx.eids().set_status(who.eid, status, EidStatus::Ordered)? {
        return Err(Halt::Again);
    }
    session::end_all_of_eid(tx, ctx, who.eid)?;
    if status == EidStatus::Active {
        let event = Event::EidChanged {
            who,
            from: status.as_str(),
            to: EidStatus::Ordered.as_str(),
            reason: "a new password was ordered".to_owned(),
        };
        record(tx, ctx, &event)?;
    }
    order_anew(tx, ctx, who, rules)
}
