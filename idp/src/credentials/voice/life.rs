//! A number comes in, and ends.

use super::Rules;
use super::answer::save;
use crate::audit::{Event, Who, record};
use crate::ctx::Ctx;
use crate::delivery::{Notice, notice};
use crate::domain::authenticator::State;
use crate::domain::factor::Factor;
use crate::domain::id::AuthenticatorId;
use crate::domain::refusal::Code;
use crate::domain::voice::Line;
use crate::storage::{Halt, Tx, VoiceLine};

/// Orders voice response to this number, or moves it there from another. `how` says who asked: `ordered` by its holder, or an officer's
/// word.
///
/// # Errors
/// `voice.off` where the operator calls nobody; or when the database does not answer.
pub fn order(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, line: &Line, rules: Rules, how: &'static str) -> Result<(), Halt> {
    if !rules.offered {
        return Err(Code::VoiceOff.into());
    }
    // Two orders at once follow one another: whoever holds the eID sees what the other ordered.
    let eid = tx.eids().find(who.eid)?;
    if !tx.eids().hold(eid.id, eid.epoch, None)? {
        return Err(Halt::Again);
    }
    if let Some(before) = tx.voices().in_use(who.eid)? {
        if before.line.as_ref() == Some(line) {
            return Ok(());
        }
        end(tx, ctx, who, before, "moved")?;
    }
    let id = AuthenticatorId::from_uuid(ctx.rng.uuid_v7(ctx.now));
    tx.voices().add(id, who.eid, line, ctx.now)?;
    changed(tx, ctx, who, id, State::Active, how)?;
    notice(tx, ctx, who, Notice::VoiceOrdered)
}

/// Ends it. The card is left, or another factor.
///
/// # Errors
/// `voice.unknown` when the eID has no such number; or when the database does not answer.
pub fn block(tx: &mut Tx<'_>, ctx: &Ctx, who: Who) -> Result<(), Halt> {
    let line = tx.voices().in_use(who.eid)?.ok_or(Code::VoiceUnknown)?;
    end(tx, ctx, who, line, "holder")?;
    notice(tx, ctx, who, Notice::VoiceBlocked)
}

/// Ends it as a part of another act, whose holder is told by that.
///
/// # Errors
/// As [`block`].
pub fn end_for(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, how: &'static str) -> Result<(), Halt> {
    let line = tx.voices().in_use(who.eid)?.ok_or(Code::VoiceUnknown)?;
    end(tx, ctx, who, line, how)
}

fn end(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, line: VoiceLine, how: &'static str) -> Result<(), Halt> {
    let (id, state) = (line.id, State::Closed);
    save(tx, ctx, VoiceLine { state, ..line }, false)?;
    changed(tx, ctx, who, id, state, how)
}

fn changed(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    who: Who,
    id: AuthenticatorId,
    to: State,
    how: &'static str,
) -> Result<(), Halt> {
    record(
        tx,
        ctx,
        &Event::FactorChanged {
            who,
            factor: Factor::Voice,
            which: id.to_string(),
            to: to.as_str(),
            how,
        },
    )
}
