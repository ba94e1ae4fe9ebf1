//! A number comes in, and ends.

use super::Rules;
use super::answer::{Call, Heard, dial, judge, miscounted};
use crate::audit::Who;
use crate::credentials::block::{HOLDER, OFFICER};
use crate::credentials::change::{ends_all, record_change};
use crate::ctx::Ctx;
use crate::delivery::{Notice, notice};
use crate::domain::authenticator::State;
use crate::domain::contact::Sent as Spoken;
use crate::domain::factor::{Factor, Purpose};
use crate::domain::id::{AuthenticatorId, FlowId, SessionId};
use crate::domain::party::OWN;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::voice::Line;
use crate::storage::{Halt, Tx, VoiceLine};

/// Orders voice response to this number, or asks to move it there from another: the number is called, and comes into use when the code
/// that is read there is typed in the same session. `false` when it is the one in use already: nothing is done. The caller holds the eID;
/// of two orders at once, the one call of an eID lets the later take the place of the earlier.
///
/// # Errors
/// `voice.off` where the operator calls nobody; `voice.rests` when too many calls were made; or when the database does not answer.
pub fn order(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    who: Who,
    (session, line): (SessionId, &Line),
    rules: Rules,
) -> Result<bool, Halt> {
    if !rules.offered {
        return Err(Code::VoiceOff.into());
    }
    tx.voices().drop_waiting(who.eid)?;
    let before = tx.voices().in_use(who.eid)?;
    if before.is_some_and(|before| before.line.as_ref() == Some(line)) {
        return Ok(false);
    }
    let id = AuthenticatorId::from_uuid(ctx.rng.uuid_v7(ctx.now));
    tx.voices().add(id, who.eid, line, ctx.now)?;
    changed(tx, ctx, who, id, State::Assigned, "ordered")?;
    let wanted = Call {
        flow: asked_by(session),
        party: OWN,
        purpose: Purpose::Login,
    };
    dial(tx, ctx, who, (line, wanted), rules, |code, until| Notice::ContactCode {
        code,
        until,
    })?;
    Ok(true)
}

/// Where a log-in's flow stands in a call, an order has its session.
const fn asked_by(session: SessionId) -> FlowId {
    FlowId::from_bytes(session.bytes())
}

/// The number that was called for this session and waits for the code that was read there.
///
/// # Errors
/// When the database does not answer or a row is corrupt.
pub fn awaits(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, session: SessionId) -> Result<Option<Line>, Halt> {
    let Some(waiting) = tx.voices().waiting(who.eid)? else {
        return Ok(None);
    };
    let call = tx.voices().call(who.eid)?;
    let open =
        call.is_some_and(|call| call.flow == asked_by(session) && call.mac.is_some() && ctx.now < call.expires_at);
    Ok(waiting.line.filter(|_| open))
}

/// Takes the ordered number into use, by the code that was read over it: the one before ends, and the new one serves when the waiting time
/// is over. Its holder is told from when. `Err` inside says what was not right; a wrong code counts.
///
/// # Errors
/// When the database does not answer, or somebody else was faster (the act runs again).
pub fn confirm(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    who: Who,
    (session, typed): (SessionId, Spoken),
    rules: Rules,
) -> Result<Result<(), Refusal>, Halt> {
    let lapsed = || Ok(Err(Refusal::new(Code::VoiceLapsed)));
    let Some(line) = tx.voices().waiting(who.eid)? else {
        return lapsed();
    };
    match judge(tx, ctx, (asked_by(session), None), &line, typed)? {
        Heard::Lapsed => return lapsed(),
        Heard::Wrong {
            in_a_row,
            blocks: false,
        } => return Ok(Err(miscounted(tx, line, in_a_row)?)),
        Heard::Wrong { blocks: true, .. } => {
            // Nobody was ever let in by it: it is ordered anew, with another call.
            tx.voices().drop_waiting(who.eid)?;
            return lapsed();
        }
        Heard::Right => {}
    }
    if let Some(before) = tx.voices().in_use(who.eid)? {
        end(tx, ctx, who, &before, "moved")?;
    }
    let from = ctx.now + rules.waits;
    if !tx.voices().start(&line, from, ctx.now)? {
        return Err(Halt::Again);
    }
    changed(tx, ctx, who, line.id, State::Active, "activated")?;
    notice(tx, ctx, who, Notice::VoiceOrdered { from })?;
    Ok(Ok(()))
}

/// Ends it: the telephone is lost, or no longer theirs. Whoever had it may have used it: everything that the eID's log-ins gave ends with
/// it. The card is left, or another factor.
///
/// # Errors
/// `voice.unknown` when the eID has no such number; or when the database does not answer.
pub fn block(tx: &mut Tx<'_>, ctx: &Ctx, who: Who) -> Result<(), Halt> {
    stop(tx, ctx, who, HOLDER)
}

/// The same, done by an officer.
///
/// # Errors
/// As [`block`].
pub fn block_by_officer(tx: &mut Tx<'_>, ctx: &Ctx, who: Who) -> Result<(), Halt> {
    stop(tx, ctx, who, OFFICER)
}

fn stop(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, how: &'static str) -> Result<(), Halt> {
    let line = tx.voices().in_use(who.eid)?.ok_or(Code::VoiceUnknown)?;
    tx.voices().drop_waiting(who.eid)?;
    end(tx, ctx, who, &line, how)?;
    ends_all(tx, ctx, who, Notice::VoiceBlocked)
}

/// Ends the number of an eID that does without it, or is blocked or closed itself, and the one that waits for its code.
///
/// # Errors
/// When the database does not answer, or somebody else changed the number meanwhile (the act runs again).
pub fn close_all(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, how: &'static str) -> Result<(), Halt> {
    tx.voices().drop_waiting(who.eid)?;
    match tx.voices().in_use(who.eid)? {
        Some(line) => end(tx, ctx, who, &line, how),
        None => Ok(()),
    }
}

pub(super) fn end(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, line: &VoiceLine, how: &'static str) -> Result<(), Halt> {
    if !tx.voices().close(line, ctx.now)? {
        return Err(Halt::Again);
    }
    changed(tx, ctx, who, line.id, State::Closed, how)
}

fn changed(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    who: Who,
    id: AuthenticatorId,
    to: State,
    how: &'static str,
) -> Result<(), Halt> {
    record_change(tx, ctx, who, (Factor::Voice, id.to_string()), to, how)
}
