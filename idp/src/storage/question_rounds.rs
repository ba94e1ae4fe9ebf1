//! Rounds of control questions: what was asked and how it stands, never an answer.

use diesel::prelude::*;

use super::row::id16;
use super::schema::question_rounds;
use super::{Halt, Tx};
use crate::domain::id::{EidId, RoundId};
use crate::domain::questions::Subject;
use crate::domain::time::Time;
use crate::fault::Fault;

/// Where a round is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoundState {
    /// The first questions are asked.
    Open,
    /// The last question is asked.
    OneMore,
    /// Passed: good for one act.
    Passed,
    /// Failed.
    Failed,
    /// An act rested on it.
    Used,
}

impl RoundState {
    const ALL: [Self; 5] = [Self::Open, Self::OneMore, Self::Passed, Self::Failed, Self::Used];

    /// The stored word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::OneMore => "one_more",
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Used => "used",
        }
    }
}

/// A round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Round {
    /// Its name.
    pub id: RoundId,
    /// About whose eID.
    pub eid: EidId,
    /// The RA and the officer who ask: nobody else goes on with it.
    pub asked_by: (String, String),
    /// What is asked, the fourth question last where there is one.
    pub subjects: Vec<Subject>,
    /// Where it is.
    pub state: RoundState,
    /// When it began.
    pub begun_at: Time,
    /// It is worth nothing after.
    pub expires_at: Time,
}

/// Rounds.
pub struct Rounds<'t, 'c>(pub(super) &'t mut Tx<'c>);

impl Rounds<'_, '_> {
    /// Begins one.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn begin(&mut self, round: &Round) -> Result<(), Halt> {
        let words: Vec<_> = round.subjects.iter().map(|subject| subject.as_str()).collect();
        diesel::insert_into(question_rounds::table)
            .values((
                question_rounds::id.eq(round.id.bytes().to_vec()),
                question_rounds::eid.eq(round.eid.bytes().to_vec()),
                question_rounds::ra.eq(&round.asked_by.0),
                question_rounds::officer.eq(&round.asked_by.1),
                question_rounds::subjects.eq(words.join(" ")),
                question_rounds::state.eq(round.state.as_str()),
                question_rounds::begun_at.eq(round.begun_at.micros()),
                question_rounds::expires_at.eq(round.expires_at.micros()),
            ))
            .execute(self.0.db)?;
        Ok(())
    }

    /// One round.
    ///
    /// # Errors
    /// When the database does not answer or the row is corrupt.
    pub fn find(&mut self, id: RoundId) -> Result<Option<Round>, Halt> {
        let row = question_rounds::table
            .find(id.bytes().to_vec())
            .first::<(Vec<u8>, Vec<u8>, String, String, String, String, i64, i64)>(self.0.db)
            .optional()?;
        let Some((_, eid, ra, officer, subjects, state, begun, expires)) = row else {
            return Ok(None);
        };
        let corrupt = |column| Fault::corrupt("question_rounds", column, id);
        let subjects: Option<Vec<_>> = subjects.split(' ').map(Subject::parse).collect();
        let state = RoundState::ALL.into_iter().find(|known| known.as_str() == state);
        Ok(Some(Round {
            id,
            eid: EidId::from_bytes(id16(&eid, "question_rounds", "eid")?),
            asked_by: (ra, officer),
            subjects: subjects.ok_or_else(|| corrupt("subjects"))?,
            state: state.ok_or_else(|| corrupt("state"))?,
            begun_at: Time::from_micros(begun),
            expires_at: Time::from_micros(expires),
        }))
    }

    /// Moves a round on; exactly one caller gets `true`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn moves(&mut self, id: RoundId, from: RoundState, to: RoundState) -> Result<bool, Halt> {
        let touched = diesel::update(
            question_rounds::table
                .find(id.bytes().to_vec())
                .filter(question_rounds::state.eq(from.as_str())),
        )
        .set(question_rounds::state.eq(to.as_str()))
        .execute(self.0.db)?;
        Ok(touched == 1)
    }

    /// How many rounds about an eID are remembered.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn count(&mut self, eid: EidId) -> Result<i64, Halt> {
        Ok(question_rounds::table
            .filter(question_rounds::eid.eq(eid.bytes().to_vec()))
            .count()
            .get_result(self.0.db)?)
    }

    /// How many rounds about an eID began since then and were not passed.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn unpassed_since(&mut self, eid: EidId, since: Time) -> Result<i64, Halt> {
        Ok(question_rounds::table
            .filter(question_rounds::eid.eq(eid.bytes().to_vec()))
            .filter(question_rounds::begun_at.gt(since.micros()))
            .filter(question_rounds::state.eq_any([
                RoundState::Open.as_str(),
                RoundState::OneMore.as_str(),
                RoundState::Failed.as_str(),
            ]))
            .count()
            .get_result(self.0.db)?)
    }
}
