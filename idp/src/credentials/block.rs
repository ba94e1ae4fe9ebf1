//! What a holder, or an officer for them, stops on suspicion of misuse (M60, M61, M23): the password, a card, the whole eID; code tokens,
//! devices with a code app, passkeys and voice response are stopped by their own slices. Whatever is stopped, everything that the eID's log-ins gave ends with it:
//! who had the card or the password may have used it. Never decides who may ask for it.

use super::change::ends_all;
use super::{code_app, passkey, token, voice};
use crate::audit::{Event, Who, record};
use crate::certificates;
use crate::ctx::Ctx;
use crate::delivery::{Notice, notice};
use crate::domain::authenticator::State;
use crate::domain::certificate::Reason;
use crate::domain::eid::EidStatus;
use crate::domain::id::EidId;
use crate::domain::keycard::{CardNumber, CardState};
use crate::domain::refusal::Code;
use crate::session;
use crate::storage::{BlockCause, CardRow, Halt, Tx};

/// The word for a holder's own wish in the audit trail.
pub const HOLDER: &str = "holder";
/// The word for what an officer did; who and why stand in an event of its own.
pub const OFFICER: &str = "officer";

/// Blocks the password. `false` when it was blocked before, or none was ever chosen.
///
/// # Errors
/// When the database does not answer.
pub fn password(tx: &mut Tx<'_>, ctx: &Ctx, who: Who) -> Result<bool, Halt> {
    if !tx.passwords().block(who.eid, BlockCause::Holder)? {
        return Ok(false);
    }
    let code = Code::Auth007;
    record(tx, ctx, &Event::PasswordBlocked { who, code })?;
    ends_all(tx, ctx, who, Notice::PasswordBlocked)?;
    Ok(true)
}

/// Blocks one card of the eID, whether it is in use, in the drawer or on its way. `false` when it is none of the eID's or its life
/// is over.
///
/// # Errors
/// When the database does not answer, or somebody else changed the card meanwhile (the act runs again).
pub fn card(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, number: &CardNumber, cause: &'static str) -> Result<bool, Halt> {
    let found = tx.cards().find(number)?.filter(|row| row.eid == who.eid);
    let Some(row) = found.filter(|row| row.card.state.may_become(CardState::Blocked)) else {
        return Ok(false);
    };
    close(tx, ctx, who, row, cause)?;
    ends_all(tx, ctx, who, Notice::CardBlocked)?;
    Ok(true)
}

/// Blocks the whole eID with everything that it is proven with and its certificate, whether it is in use or on its way to be. `false` when it is neither.
///
/// # Errors
/// As [`card`].
pub fn eid(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, cause: &'static str) -> Result<bool, Halt> {
    stop(tx, ctx, who, EidStatus::Blocked, cause)
}

/// Closes an eID that nobody wants any longer, for good, with everything that it was proven with: secrets are erased. `false` when it was
/// closed before.
///
/// # Errors
/// As [`card`].
pub fn close_eid(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, cause: &'static str) -> Result<bool, Halt> {
    stop(tx, ctx, who, EidStatus::Closed, cause)
}

/// Ends whatever log-ins of an eID gave, and every proof that is under way. Nobody is told: its holder is not there any more.
///
/// # Errors
/// When the database does not answer.
pub fn end_quietly(tx: &mut Tx<'_>, ctx: &Ctx, eid: EidId) -> Result<(), Halt> {
    tx.eids().raise_epoch(eid)?;
    session::end_all_of_eid(tx, ctx, eid)
}

fn stop(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, to: EidStatus, cause: &'static str) -> Result<bool, Halt> {
    let from = tx.eids().find(who.eid)?.status;
    if !from.may_become(to) {
        return Ok(false);
    }
    if !tx.eids().set_status(who.eid, from, to)? {
        return Err(Halt::Again);
    }
    for row in tx.cards().of_eid(who.eid)? {
        if row.card.state.may_become(CardState::Blocked) {
            close(tx, ctx, who, row, cause)?;
        }
    }
    // Letters are stolen before they are opened: what was in one serves no more, whatever becomes of the eID.
    if let Some(activation) = tx.activations().find(who.eid)?
        && tx.activations().void(activation.id, who.eid, ctx.now)?
    {
        record(tx, ctx, &Event::ActivationVoid { who })?;
    }
    let closed = to == EidStatus::Closed;
    let tokens = if closed { State::Closed } else { State::Blocked };
    token::stop_all(tx, ctx, who, tokens, "eid")?;
    code_app::close_all(tx, ctx, who, "eid")?;
    passkey::close_all(tx, ctx, who, "eid")?;
    voice::close_all(tx, ctx, who, "eid")?;
    certificates::revoke(tx, ctx, who, if closed { Reason::Closed } else { Reason::Blocked })?;
    session::end_all_of_eid(tx, ctx, who.eid)?;
    let event = Event::EidChanged {
        who,
        from: from.as_str(),
        to: to.as_str(),
        reason: cause.to_owned(),
    };
    record(tx, ctx, &event)?;
    let told = if closed { Notice::EidClosed } else { Notice::EidBlocked };
    notice(tx, ctx, who, told)?;
    Ok(true)
}

fn close(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, mut row: CardRow, cause: &'static str) -> Result<(), Halt> {
    row.card.state = CardState::Blocked;
    if !tx.cards().save(&row, ctx.now)? {
        return Err(Halt::Again);
    }
    let card = row.card.number.to_string();
    record(tx, ctx, &Event::CardBlocked { who, card, cause })
}
