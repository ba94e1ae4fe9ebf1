//! Control questions by an officer (M34): a round is begun, answered, and good for one act of the same officer. Owns the round's life and how
//! often a person may be asked about; what is right is the law's (`domain::questions`). Never shows or keeps an answer.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::{Case, Officer};
use super::wanted::{Done, Facts, Hearing, Need, Wanted};
use crate::credentials::user_id::nobody;
use crate::ctx::Ctx;
use crate::domain::cpr::Cpr;
use crate::domain::id::{EidId, RoundId};
use crate::domain::officer::Act;
use crate::domain::questions::{
    LIFE, ORDINARY, SAID, Standing, Subject, UNPASSED, WITHIN, first, judge, judge_last, may_ask,
};
use crate::domain::refusal::{Code, Refusal};
use crate::domain::register::Entry;
use crate::domain::time::Span;
use crate::storage::{Halt, Round, RoundState, Tx};
use crate::texts::Say;

/// A round is wanted.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AskWish {}

/// What the person said, by subject. What was not answered is left out.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AnswersWish {
    /// The round.
    round: String,
    /// The answers.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    answers: BTreeMap<Subject, String>,
}

/// How a round stands.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct RoundView {
    /// Its name.
    round: String,
    /// `open`, `one_more`, `passed` or `failed`.
    state: &'static str,
    /// What is to be asked now.
    questions: Vec<QuestionView>,
    /// It is worth nothing after.
    expires_at: String,
}

/// A question.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct QuestionView {
    /// What it is after.
    subject: Subject,
    /// As it is put, in the language of the call.
    text: String,
}

impl AnswersWish {
    pub(super) const fn new(round: String, answers: BTreeMap<Subject, String>) -> Self {
        Self { round, answers }
    }
}

/// By what rounds about a person are found and counted together: an id that no eID has, the same for each of their numbers and eIDs.
pub(super) fn about_number(tx: &mut Tx<'_>, cpr: &Cpr) -> Result<EidId, Halt> {
    let now = match tx.people().by_cpr(cpr)? {
        Some(person) => tx.people().cpr(person)?,
        None => None,
    };
    Ok(nobody(tx.vault(), now.as_ref().unwrap_or(cpr).digits()))
}

/// The same of the holder of an eID; of one without a CPR number, whom no register knows, by the eID.
pub(super) fn about_holder(tx: &mut Tx<'_>, case: &Case) -> Result<EidId, Halt> {
    let cpr = tx.people().cpr(case.who.person)?;
    Ok(cpr.map_or(case.who.eid, |cpr| nobody(tx.vault(), cpr.digits())))
}

impl Wanted for AskWish {
    const ACT: Act = Act::Ask;
    type View = RoundView;

    fn needs(&self) -> Need {
        Need::Entry
    }

    fn answer(&self, tx: &mut Tx<'_>, ctx: &Ctx, hearing: &Hearing<'_>) -> Result<Done<RoundView>, Halt> {
        let about = about_holder(tx, hearing.case()?)?;
        begin(tx, ctx, hearing, about)
    }
}

impl Wanted for AnswersWish {
    const ACT: Act = Act::Ask;
    type View = RoundView;

    fn needs(&self) -> Need {
        Need::Entry
    }

    fn answer(&self, tx: &mut Tx<'_>, ctx: &Ctx, hearing: &Hearing<'_>) -> Result<Done<RoundView>, Halt> {
        let about = about_holder(tx, hearing.case()?)?;
        answer(tx, ctx, hearing, (about, self))
    }
}

fn view(ctx: &Ctx, round: &Round, state: RoundState) -> RoundView {
    let asked = match state {
        RoundState::Open => round.subjects.get(..first(round.subjects.len())),
        RoundState::OneMore => round.subjects.get(first(round.subjects.len())..),
        RoundState::Passed | RoundState::Failed | RoundState::Used => None,
    };
    let question = |subject: &Subject| QuestionView {
        subject: *subject,
        text: Say(ctx.locale).say(&format!("question-{}", subject.as_str().replace('_', "-"))),
    };
    RoundView {
        round: round.id.to_string(),
        state: state.as_str(),
        questions: asked.unwrap_or_default().iter().map(question).collect(),
        expires_at: round.expires_at.rfc3339(),
    }
}

fn entry(facts: &Facts) -> Result<&Entry, Code> {
    facts.entry.as_ref().ok_or(Code::QuestionsFew)
}

/// Begins a round.
pub(super) fn begin(tx: &mut Tx<'_>, ctx: &Ctx, hearing: &Hearing<'_>, about: EidId) -> Result<Done<RoundView>, Halt> {
    let officer = hearing.officer;
    follows_the_last(tx, ctx, about)?;
    if tx.rounds().unpassed_since(about, ctx.now - WITHIN)? >= UNPASSED {
        return Err(Code::QuestionsRest.into());
    }
    let mut subjects = may_ask(entry(hearing.facts)?, officer.role)?;
    for at in (1..subjects.len()).rev() {
        let other = usize::try_from(ctx.rng.below(u32::try_from(at + 1).unwrap_or(1))).unwrap_or(0);
        subjects.swap(at, other);
    }
    subjects.truncate(ORDINARY + 1);
    let round = Round {
        id: RoundId::from_uuid(ctx.rng.uuid_v7(ctx.now)),
        eid: about,
        asked_by: officer.name(),
        subjects,
        state: RoundState::Open,
        begun_at: ctx.now,
        expires_at: ctx.now + LIFE,
    };
    tx.rounds().begin(&round)?;
    Ok(Done {
        body: view(ctx, &round, RoundState::Open),
        about: None,
        detail: "begun".to_owned(),
    })
}

/// Rounds about one person follow one another, so that their number is bounded: of two that begin at once after the same ones, one begins again.
fn follows_the_last(tx: &mut Tx<'_>, ctx: &Ctx, about: EidId) -> Result<(), Halt> {
    let before = tx.rounds().count(about)?.to_string();
    let until = ctx.now + Span::secs(10);
    if tx.replays().take(&format!("round:{about}"), &before, until, ctx.now)? {
        Ok(())
    } else {
        Err(Halt::Again)
    }
}

/// Judges what was said.
pub(super) fn answer(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    hearing: &Hearing<'_>,
    (about, wish): (EidId, &AnswersWish),
) -> Result<Done<RoundView>, Halt> {
    let officer = hearing.officer;
    let too_long = |said: &String| said.chars().count() > SAID;
    if wish.answers.values().any(too_long) {
        return Err(Refusal::new(Code::RequestMalformed).at("answers").into());
    }
    let id: RoundId = wish.round.parse().map_err(|_| Code::RaNotFound)?;
    let found = tx.rounds().find(id)?;
    let round = found
        .filter(|round| round.eid == about && round.asked_by == officer.name() && ctx.now < round.expires_at)
        .ok_or(Code::RaNotFound)?;
    let entry = entry(hearing.facts)?;
    let right = |subject: &Subject| {
        let said = wish.answers.get(subject);
        said.is_some_and(|said| subject.is_right(entry, said))
    };
    let (now, last) = round.subjects.split_at(first(round.subjects.len()));
    let standing = match round.state {
        RoundState::Open => judge(
            now.iter().filter(|subject| right(subject)).count(),
            now.len(),
            !last.is_empty(),
        ),
        RoundState::OneMore => judge_last(last.iter().any(right)),
        RoundState::Passed | RoundState::Failed | RoundState::Used => return Err(Code::QuestionsOver.into()),
    };
    let state = match standing {
        Standing::Passed => RoundState::Passed,
        Standing::OneMore => RoundState::OneMore,
        Standing::Failed => RoundState::Failed,
    };
    if !tx.rounds().moves(id, round.state, state)? {
        return Err(Halt::Again);
    }
    Ok(Done {
        body: view(ctx, &round, state),
        about: None,
        detail: state.as_str().to_owned(),
    })
}

/// Uses a passed round up for one act of the officer who asked.
pub(super) fn use_up(tx: &mut Tx<'_>, ctx: &Ctx, officer: &Officer, about: EidId, round: &str) -> Result<(), Halt> {
    let id: RoundId = round.parse().map_err(|_| Code::RaProof)?;
    let found = tx.rounds().find(id)?;
    let theirs =
        found.is_some_and(|round| round.eid == about && round.asked_by == officer.name() && ctx.now < round.expires_at);
    if theirs && tx.rounds().moves(id, RoundState::Passed, RoundState::Used)? {
        Ok(())
    } else {
        Err(Code::RaProof.into())
    }
}
