//! A log-in's call, and the verdict on the code that was read aloud: one act, counted on the number's own row.

use serde::{Deserialize, Serialize};

use super::Rules;
use crate::audit::{Event, Who, record};
use crate::ctx::Ctx;
use crate::delivery::{Notice, OneTime, call, notice};
use crate::domain::authenticator::State;
use crate::domain::factor::{Factor, Purpose};
use crate::domain::id::{EidId, FlowId, QuestionId};
use crate::domain::refusal::{Code, Refusal};
use crate::domain::voice::{Code as Spoken, LIFE, TRIES, called, rests, wrong};
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

/// Whether the number of an eID can be called now.
///
/// # Errors
/// When the database does not answer or a row is corrupt.
pub fn usable(tx: &mut Tx<'_>, ctx: &Ctx, eid: EidId, held: &[Authenticator]) -> Result<bool, Halt> {
    let has = held
        .iter()
        .any(|held| held.factor == Factor::Voice && held.state == State::Active);
    if !has {
        return Ok(false);
    }
    let before = tx.voices().call(eid)?;
    Ok(before.is_none_or(|call| call.rests_until.is_none_or(|until| until <= ctx.now)))
}

/// Calls: a further call takes the place of the one before. `party` is its id, and what people know it by.
///
/// # Errors
/// `voice.rests` when too many were made; `voice.unknown` without a number; or when the database does not answer.
pub fn ask(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    who: Who,
    flow: FlowId,
    ((party, shown), purpose): ((&str, &str), Purpose),
    rules: Rules,
) -> Result<Asked, Halt> {
    let line = tx.voices().in_use(who.eid)?.and_then(|line| line.line);
    let line = line.ok_or(Code::VoiceUnknown)?;
    let before = tx.voices().call(who.eid)?;
    let calls = called(before.as_ref().map(|before| before.calls), rules.calls_an_hour, ctx.now)?;
    let id = QuestionId::from_uuid(ctx.rng.uuid_v7(ctx.now));
    let code = Spoken::from_random(ctx.rng.below(Spoken::COUNT));
    let until = ctx.now + LIFE;
    let asked = VoiceCall {
        id,
        eid: who.eid,
        flow,
        party: party.to_owned(),
        purpose,
        mac: Some(tx.vault().mac(Mac::Spoken, &bound(id, who.eid, code))),
        expires_at: until,
        calls,
        rests_until: rests(calls, rules.calls_an_hour),
        version: 0,
    };
    if !tx.voices().ask(&asked, before.map(|before| before.version))? {
        return Err(Halt::Again);
    }
    let said = Notice::LogInCode {
        code: OneTime::new(code.digits()),
        party: shown.to_owned(),
        until,
    };
    call(tx, ctx, who, line.as_str(), said)?;
    let party = party.to_owned();
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

/// The verdict on what was typed, for the log-in that called. A right code is used up, in this transaction.
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
    let Some(line) = tx.voices().in_use(who.eid)? else {
        return refused(Refusal::new(Code::VoiceUnknown), false);
    };
    let id = QuestionId::from_bytes(asked.call);
    let found = tx.voices().call(who.eid)?;
    let found = found.filter(|call| call.id == id && call.flow == flow && ctx.now < call.expires_at);
    let Some((found, kept)) = found.and_then(|call| call.mac.map(|mac| (call, mac))) else {
        return refused(Refusal::new(Code::VoiceLapsed), false);
    };
    if tx.vault().mac_ok(Mac::Spoken, &bound(id, who.eid, typed), &kept) {
        if !tx.voices().use_up(&found)? {
            return Err(Halt::Again);
        }
        save(
            tx,
            ctx,
            VoiceLine {
                wrong_in_a_row: 0,
                ..line
            },
            true,
        )?;
        return Ok(Verdict::Accepted);
    }
    let (wrong_in_a_row, blocks) = wrong(line.wrong_in_a_row);
    if !blocks {
        save(tx, ctx, VoiceLine { wrong_in_a_row, ..line }, false)?;
        let left = u32::from(TRIES - wrong_in_a_row);
        return refused(Refusal::new(Code::VoiceWrong).at("code").left(left), true);
    }
    let which = line.id.to_string();
    let state = State::Closed;
    save(
        tx,
        ctx,
        VoiceLine {
            wrong_in_a_row,
            state,
            ..line
        },
        false,
    )?;
    let event = Event::FactorChanged {
        who,
        factor: Factor::Voice,
        which,
        to: state.as_str(),
        how: "wrong_codes",
    };
    record(tx, ctx, &event)?;
    notice(tx, ctx, who, Notice::VoiceBlocked)?;
    refused(Refusal::new(Code::VoiceBlocked), false)
}

/// Over the version that was read, or not at all.
pub(super) fn save(tx: &mut Tx<'_>, ctx: &Ctx, line: VoiceLine, used: bool) -> Result<(), Halt> {
    if tx.voices().save(&line, used, ctx.now)? {
        Ok(())
    } else {
        Err(Halt::Again)
    }
}
