//! The one question that an eID's apps are asked: a further one takes its place, an answer and an approval count once.

use diesel::prelude::*;

use super::{AppQuestion, CodeApps};
use crate::domain::code_app::{Number, Question, QuestionState};
use crate::domain::factor::Purpose;
use crate::domain::id::{AuthenticatorId, EidId, FlowId, QuestionId};
use crate::domain::time::Time;
use crate::fault::Fault;
use crate::storage::Halt;
use crate::storage::row::id16;
use crate::storage::schema::app_questions;

type StoredQuestion = (
    Vec<u8>,
    Vec<u8>,
    Vec<u8>,
    String,
    String,
    i32,
    String,
    Option<Vec<u8>>,
    i32,
    i64,
    i64,
);

impl CodeApps<'_, '_> {
    /// The question of an eID.
    ///
    /// # Errors
    /// When the database does not answer or the row is corrupt.
    pub fn question(&mut self, eid: EidId) -> Result<Option<AppQuestion>, Halt> {
        let stored = app_questions::table
            .find(eid.bytes().to_vec())
            .first::<StoredQuestion>(self.0.db)
            .optional()?;
        stored.map(question).transpose()
    }

    /// Asks: in the place of `before`, if there was one. `false` when somebody was faster.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn ask(&mut self, asked: &AppQuestion, before: Option<i64>) -> Result<bool, Halt> {
        let values = (
            app_questions::id.eq(asked.id.bytes().to_vec()),
            app_questions::flow.eq(asked.flow.bytes().to_vec()),
            app_questions::party.eq(&asked.party),
            app_questions::purpose.eq(asked.purpose.as_str()),
            app_questions::number.eq(i32::from(asked.question.number.get())),
            app_questions::state.eq(asked.question.state.as_str()),
            app_questions::app.eq(None::<Vec<u8>>),
            app_questions::refused.eq(i32::from(asked.question.refused)),
            app_questions::version.eq(before.unwrap_or(0) + 1),
            app_questions::expires_at.eq(asked.question.expires_at.micros()),
        );
        let key = asked.eid.bytes().to_vec();
        let touched = match before {
            Some(version) => diesel::update(
                app_questions::table
                    .find(key)
                    .filter(app_questions::version.eq(version)),
            )
            .set(values)
            .execute(self.0.db)?,
            None => diesel::insert_into(app_questions::table)
                .values((app_questions::eid.eq(key), values))
                .execute(self.0.db)?,
        };
        Ok(touched == 1)
    }

    /// Notes an answer over the version that was read. `false` when somebody was faster.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn answered(&mut self, asked: &AppQuestion, state: QuestionState, app: AuthenticatorId) -> Result<bool, Halt> {
        let row = app_questions::table
            .find(asked.eid.bytes().to_vec())
            .filter(app_questions::version.eq(asked.version));
        let touched = diesel::update(row)
            .set((
                app_questions::state.eq(state.as_str()),
                app_questions::app.eq(Some(app.bytes().to_vec())),
                app_questions::version.eq(asked.version + 1),
            ))
            .execute(self.0.db)?;
        Ok(touched == 1)
    }

    /// Uses an approval up: the question is gone, and the count with it. `false` when it was used before.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn use_up(&mut self, asked: &AppQuestion) -> Result<bool, Halt> {
        let row = app_questions::table
            .find(asked.eid.bytes().to_vec())
            .filter(app_questions::version.eq(asked.version))
            .filter(app_questions::state.eq(QuestionState::Approved.as_str()));
        Ok(diesel::delete(row).execute(self.0.db)? == 1)
    }
}

fn question(row: StoredQuestion) -> Result<AppQuestion, Halt> {
    let (eid, id, flow, party, purpose, number, state, app, refused, version, expires) = row;
    let eid = EidId::from_bytes(id16(&eid, "app_questions", "eid")?);
    let corrupt = |column| Fault::corrupt("app_questions", column, eid);
    let number = u8::try_from(number).ok().and_then(Number::new);
    let app = app.map(|app| id16(&app, "app_questions", "app")).transpose()?;
    Ok(AppQuestion {
        id: QuestionId::from_bytes(id16(&id, "app_questions", "id")?),
        eid,
        flow: FlowId::from_bytes(id16(&flow, "app_questions", "flow")?),
        party,
        purpose: Purpose::parse(&purpose).ok_or_else(|| corrupt("purpose"))?,
        question: Question {
            state: QuestionState::parse(&state).ok_or_else(|| corrupt("state"))?,
            number: number.ok_or_else(|| corrupt("number"))?,
            expires_at: Time::from_micros(expires),
            refused: u8::try_from(refused).map_err(|_| corrupt("refused"))?,
        },
        app: app.map(AuthenticatorId::from_bytes),
        version,
    })
}
