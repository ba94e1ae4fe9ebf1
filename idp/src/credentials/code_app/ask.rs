//! The question of a log-in, and the answer of a device. An answer is checked in three parts, as every factor: what it rests on is read,
//! the signature is verified without a connection, the verdict is given on what is true then.

use serde::{Deserialize, Serialize};

use crate::audit::{Event, Who, record};
use crate::ctx::Ctx;
use crate::delivery::wake;
use crate::domain::authenticator::State;
use crate::domain::code_app::{
    Decision, Number, QUESTION_LIFE, Question, QuestionState, asked_again, judge, may_ask, outcome,
};
use crate::domain::factor::{Factor, Purpose};
use crate::domain::id::{AuthenticatorId, EidId, FlowId, QuestionId};
use crate::domain::refusal::Code;
use crate::domain::time::Time;
use crate::storage::{AppQuestion, Authenticator, CodeApp, Halt, Tx};

/// Which question was asked, and what the page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    question: [u8; 16],
    /// The two digits.
    pub number: Number,
}

impl Asked {
    /// The question.
    #[must_use]
    pub fn question(&self) -> QuestionId {
        QuestionId::from_bytes(self.question)
    }
}

/// Whether one of these can be asked now: in use, its waiting time over, and not resting.
///
/// # Errors
/// When the database does not answer or a row is corrupt.
pub fn usable(tx: &mut Tx<'_>, ctx: &Ctx, eid: EidId, held: &[Authenticator]) -> Result<bool, Halt> {
    let ready = held.iter().any(|held| {
        held.factor == Factor::App
            && held.state == State::Active
            && held.usable_at.is_some_and(|usable| usable <= ctx.now)
    });
    if !ready {
        return Ok(false);
    }
    let before = tx.code_apps().question(eid)?;
    Ok(before.is_none_or(|asked| may_ask(asked.question.refused, asked.question.expires_at, ctx.now)))
}

/// Asks: a further question takes the place of the one before. Apps that can be woken are, after the commit.
///
/// # Errors
/// `app.rests` when too many were not approved; or when the database does not answer.
pub fn ask(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    who: Who,
    flow: FlowId,
    (party, purpose): (&str, Purpose),
) -> Result<Asked, Halt> {
    let before = tx.code_apps().question(who.eid)?;
    let (refused, last) = before.as_ref().map_or((0, Time::from_micros(0)), |asked| {
        (asked.question.refused, asked.question.expires_at)
    });
    if !may_ask(refused, last, ctx.now) {
        return Err(Code::AppRests.into());
    }
    let id = QuestionId::from_uuid(ctx.rng.uuid_v7(ctx.now));
    let question = Question {
        state: QuestionState::Open,
        number: Number::from_random(ctx.rng.below(Number::COUNT)),
        expires_at: ctx.now + QUESTION_LIFE,
        refused: asked_again(refused, last, ctx.now),
    };
    let asked = AppQuestion {
        id,
        eid: who.eid,
        flow,
        party: party.to_owned(),
        purpose,
        question,
        app: None,
        version: 0,
    };
    if !tx.code_apps().ask(&asked, before.map(|before| before.version))? {
        return Err(Halt::Again);
    }
    let party = party.to_owned();
    record(tx, ctx, &Event::AppAsked { who, party })?;
    for (app, to) in tx.code_apps().wakeable(who.eid, ctx.now)? {
        wake(tx, ctx, (id, app), to, question.expires_at)?;
    }
    Ok(Asked {
        question: id.bytes(),
        number: question.number,
    })
}

fn of(tx: &mut Tx<'_>, eid: EidId, asked: &Asked) -> Result<Option<AppQuestion>, Halt> {
    let found = tx.code_apps().question(eid)?;
    Ok(found.filter(|found| found.id == asked.question()))
}

/// How the question stands, for the page that waits.
///
/// # Errors
/// When the database does not answer.
pub fn stands(tx: &mut Tx<'_>, ctx: &Ctx, eid: EidId, asked: &Asked) -> Result<Result<(), Code>, Halt> {
    let found = of(tx, eid, asked)?;
    Ok(found.map_or(Err(Code::AppLapsed), |found| outcome(&found.question, ctx.now)))
}

/// What came of a log-in's question.
#[derive(Debug)]
pub enum Verdict {
    /// Approved, and used up.
    Accepted,
    /// Not, or not yet.
    Refused(Code),
}

/// The verdict for the log-in that asked: an approval is used up by it, in this transaction.
///
/// # Errors
/// When the database does not answer, or the approval was used up meanwhile (the act runs again).
pub fn answer(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, flow: FlowId, asked: &Asked) -> Result<Verdict, Halt> {
    let Some(found) = of(tx, who.eid, asked)?.filter(|found| found.flow == flow) else {
        return Ok(Verdict::Refused(Code::AppLapsed));
    };
    if let Err(code) = outcome(&found.question, ctx.now) {
        return Ok(Verdict::Refused(code));
    }
    // A device that was blocked since it approved lets nobody in.
    let app = match found.app {
        Some(app) => tx.code_apps().find(app)?,
        None => None,
    };
    let Some(app) = app.filter(|app| app.eid == who.eid && app.state == State::Active) else {
        return Ok(Verdict::Refused(Code::AppRejected));
    };
    if !tx.code_apps().use_up(&found)? {
        return Err(Halt::Again);
    }
    tx.code_apps().used(app.id, ctx.now)?;
    Ok(Verdict::Accepted)
}

/// A device's answer whose signature was found good.
#[derive(Debug, Clone)]
pub struct Answered {
    /// The device as it was read.
    pub app: CodeApp,
    /// Which question.
    pub question: QuestionId,
    /// What it said.
    pub decision: Decision,
}

/// What an answer came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// The log-in may go on.
    Approved,
    /// It may not: rejected, or another number.
    Rejected,
}

/// Gives the verdict on a device's answer, on what is true now.
///
/// # Errors
/// `app.unknown` when the device was blocked meanwhile, `app.no_question` when nobody asks that (any more).
pub fn settle(tx: &mut Tx<'_>, ctx: &Ctx, answered: &Answered) -> Result<Settled, Halt> {
    let app = active(tx, ctx, answered.app.id)?;
    if app.key != answered.app.key {
        return Err(Code::AppUnknown.into());
    }
    let found = tx.code_apps().question(app.eid)?;
    let found = found
        .filter(|found| found.id == answered.question)
        .ok_or(Code::AppNoQuestion)?;
    let state = judge(&found.question, answered.decision, ctx.now)?;
    if !tx.code_apps().answered(&found, state, app.id)? {
        return Err(Halt::Again);
    }
    let eid = tx.eids().find(app.eid)?;
    record(
        tx,
        ctx,
        &Event::AppAnswered {
            who: Who {
                person: eid.person,
                eid: eid.id,
            },
            app: app.id.to_string(),
            party: found.party.clone(),
            answer: match (answered.decision, state) {
                (_, QuestionState::Approved) => "approved",
                (Decision::Approve(_), _) => "wrong_number",
                (Decision::Reject, _) => "rejected",
            },
        },
    )?;
    Ok(if state == QuestionState::Approved {
        Settled::Approved
    } else {
        Settled::Rejected
    })
}

/// A device that may answer now.
fn active(tx: &mut Tx<'_>, ctx: &Ctx, id: AuthenticatorId) -> Result<CodeApp, Halt> {
    let found = tx.code_apps().find(id)?;
    let app = found.filter(|app| app.state == State::Active).ok_or(Code::AppUnknown)?;
    if app.usable_at.is_none_or(|usable| usable > ctx.now) {
        return Err(Code::AppTooEarly.into());
    }
    Ok(app)
}
