//! A log-in's call, and the verdict on the code that was read aloud: one act, counted on the number's own row.

use serde::{Deserialize, Serialize};

use super::Rules;
use super::life::end;
use crate::audit::{Event, Who, record};
use crate::credentials::change::ends_all;
use crate::ctx::Ctx;
use crate::delivery::{Notice, OneTime, call};
use crate::domain::authenticator::State;
use crate::domain::contact::Sent as Spoken;
use crate::domain::factor::{Factor, Purpose};
use crate::domain::id::{EidId, FlowId, QuestionId};
use crate::domain::refusal::{Code, Refusal};
use crate::domain::time::Time;
use crate::domain::voice::{LIFE, Line, TRIES, called, rests, wrong};
use crate::storage::{Authenticator, Halt, Tx, VoiceCall, VoiceLine};
use crate::vault::Mac;

/// Which call was made, and where to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    call: [u8; 16],
    ends: u8,
}

impl Asked {
    /// The last two digits of the number.
    #[must_use]
    pub fn ends(&self) -> String {
        format!("{:02}", self.ends)
    }
}

/// What is kept as a keyed hash: this code, for this call of this eID alone.
fn bound(id: QuestionId, eid: EidId, code: Spoken) -> Vec<u8> {
    [&id.bytes()[..], &eid.bytes(), code.digits().as_bytes()].concat()
}

/// What a call is for.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    /// The log-in that asks, or what stands in its place.
    pub flow: FlowId,
    /// The party that it leads to.
    pub party: &'a str,
    /// What for.
    pub purpose: Purpose,
}

/// The number of an eID that serves now: its waiting time is over.
///
/// # Errors
/// When the database does not answer or the row is corrupt.
pub fn serves(tx: &mut Tx<'_>, ctx: &Ctx, eid: EidId) -> Result<Option<VoiceLine>, Halt> {
    let line = tx.voices().in_use(eid)?;
    Ok(line.filter(|line| line.usable_at.is_none_or(|usable| usable <= ctx.now)))
}

/// Whether the number of an eID can be called now by a log-in.
///
/// # Errors
/// When the database does not answer or a row is corrupt.
pub fn usable(tx: &mut Tx<'_>, ctx: &Ctx, eid: EidId, held: &[Authenticator], rules: Rules) -> Result<bool, Halt> {
    let ready = held.iter().any(|held| {
        held.factor == Factor::Voice
            && held.state == State::Active
            && held.usable_at.is_none_or(|usable| usable <= ctx.now)
    });
    if !rules.offered || !ready {
        return Ok(false);
    }
    let before = tx.voices().call(eid)?;
    Ok(before.is_none_or(|call| call.rests_until.is_none_or(|until| until <= ctx.now)))
}

/// A log-in calls; `shown` is what people know its party by.
///
/// # Errors
/// `voice.rests` when too many calls were made; `voice.unknown` without a number that serves; or when the database does not answer.
pub fn ask(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    who: Who,
    (wanted, shown): (Call<'_>, &str),
    rules: Rules,
) -> Result<Asked, Halt> {
    let line = serves(tx, ctx, who.eid)?.and_then(|line| line.line);
    let line = line.filter(|_| rules.offered).ok_or(Code::VoiceUnknown)?;
    dial(tx, ctx, who, (&line, wanted), rules, |code, until| Notice::LogInCode {
        code,
        party: shown.to_owned(),
        until,
    })
}

/// Has a code of the moment read over a number: a further call takes the place of the one before. `said` is what is told with it.
pub(super) fn dial(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    who: Who,
    (line, wanted): (&Line, Call<'_>),
    rules: Rules,
    said: impl FnOnce(OneTime, Time) -> Notice,
) -> Result<Asked, Halt> {
    let before = tx.voices().call(who.eid)?;
    let calls = called(before.as_ref().map(|before| before.calls), rules.calls_an_hour, ctx.now)?;
    let id = QuestionId::from_uuid(ctx.rng.uuid_v7(ctx.now));
    let code = Spoken::from_random(ctx.rng.below(Spoken::COUNT));
    let until = ctx.now + LIFE;
    let asked = VoiceCall {
        id,
        eid: who.eid,
        flow: wanted.flow,
        party: wanted.party.to_owned(),
        purpose: wanted.purpose,
        mac: Some(tx.vault().mac(Mac::Spoken, &bound(id, who.eid, code))),
        expires_at: until,
        calls,
        rests_until: rests(calls, rules.calls_an_hour),
        version: 0,
    };
    if !tx.voices().ask(&asked, before.map(|before| before.version))? {
        return Err(Halt::Again);
    }
    call(tx, ctx, who, line.as_str(), said(OneTime::new(code.digits()), until))?;
    let party = wanted.party.to_owned();
    record(tx, ctx, &Event::VoiceCalled { who, party })?;
    Ok(Asked {
        call: id.bytes(),
        ends: line.ends(),
    })
}

/// What came of a code.
#[derive(Debug)]
pub enum Verdict {
    /// Right, and used up.
    Accepted,
    /// Not right, or not to be used.
    Refused {
        /// What the person hears.
        refusal: Refusal,
        /// Whether the same call may be answered again.
        again: bool,
    },
}

/// The verdict on what was typed, for the log-in that called. A right code is used up, in this transaction. The fifth wrong one ends the
/// number, and everything that the eID's log-ins gave: whoever guesses has the password.
///
/// # Errors
/// When the database does not answer, or somebody else was faster (the act runs again).
pub fn answer(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    who: Who,
    flow: FlowId,
    (asked, typed): (&Asked, Spoken),
) -> Result<Verdict, Halt> {
    let refused = |refusal, again| Ok(Verdict::Refused { refusal, again });
    let Some(line) = serves(tx, ctx, who.eid)? else {
        return refused(Refusal::new(Code::VoiceUnknown), false);
    };
    let id = Some(QuestionId::from_bytes(asked.call));
    match judge(tx, ctx, (flow, id), &line, typed)? {
        Heard::Right => {
            let line = VoiceLine {
                wrong_in_a_row: 0,
                ..line
            };
            count(tx, &line, Some(ctx.now))?;
            Ok(Verdict::Accepted)
        }
        Heard::Lapsed => refused(Refusal::new(Code::VoiceLapsed), false),
        Heard::Wrong {
            in_a_row,
            blocks: false,
        } => {
            let refusal = miscounted(tx, line, in_a_row)?;
            refused(refusal, true)
        }
        Heard::Wrong { blocks: true, .. } => {
            end(tx, ctx, who, &line, "wrong_codes")?;
            ends_all(tx, ctx, who, Notice::VoiceBlocked)?;
            refused(Refusal::new(Code::VoiceBlocked), false)
        }
    }
}

/// What a typed code is worth.
pub(super) enum Heard {
    /// What was read aloud; used up.
    Right,
    /// Nobody waits for it any more.
    Lapsed,
    /// Another one.
    Wrong { in_a_row: u8, blocks: bool },
}

/// Compares what was typed with the call of this flow (and no other than `id`, where one is known). Only a right code changes anything.
pub(super) fn judge(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    (flow, id): (FlowId, Option<QuestionId>),
    line: &VoiceLine,
    typed: Spoken,
) -> Result<Heard, Halt> {
    let found = tx.voices().call(line.eid)?;
    let waits = |call: &VoiceCall| call.flow == flow && id.is_none_or(|id| id == call.id) && ctx.now < call.expires_at;
    let found = found.filter(waits);
    let Some((found, kept)) = found.and_then(|call| call.mac.map(|mac| (call, mac))) else {
        return Ok(Heard::Lapsed);
    };
    if tx.vault().mac_ok(Mac::Spoken, &bound(found.id, line.eid, typed), &kept) {
        return if tx.voices().use_up(&found)? {
            Ok(Heard::Right)
        } else {
            Err(Halt::Again)
        };
    }
    let (in_a_row, blocks) = wrong(line.wrong_in_a_row);
    Ok(Heard::Wrong { in_a_row, blocks })
}

/// One more wrong code, of some that are left.
pub(super) fn miscounted(tx: &mut Tx<'_>, line: VoiceLine, in_a_row: u8) -> Result<Refusal, Halt> {
    let line = VoiceLine {
        wrong_in_a_row: in_a_row,
        ..line
    };
    count(tx, &line, None)?;
    let left = u32::from(TRIES.saturating_sub(in_a_row));
    Ok(Refusal::new(Code::VoiceWrong).at("code").left(left))
}

/// Over the version that was read, or not at all.
fn count(tx: &mut Tx<'_>, line: &VoiceLine, used: Option<Time>) -> Result<(), Halt> {
    if tx.voices().count(line, used)? {
        Ok(())
    } else {
        Err(Halt::Again)
    }
}
