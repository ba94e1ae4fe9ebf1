//! Code apps: the public key of each, and the one question that an eID's apps are asked. The key is sealed in its place: whoever writes
//! the database cannot put another in.

use diesel::prelude::*;

use super::row::{id16, micros, time};
use super::schema::{app_questions, authenticators};
use super::{Halt, Tx};
use crate::domain::authenticator::State;
use crate::domain::code_app::{Number, Question, QuestionState};
use crate::domain::factor::{Factor, Purpose};
use crate::domain::id::{AuthenticatorId, EidId, FlowId, QuestionId};
use crate::domain::time::Time;
use crate::fault::Fault;
use crate::vault::device_key::DeviceKey;
use crate::vault::{Place, Sealed};

/// A device with a code app, or a hand-over that waits for one.
#[derive(Debug, Clone)]
pub struct CodeApp {
    /// Its id.
    pub id: AuthenticatorId,
    /// Whose it is.
    pub eid: EidId,
    /// What its holder calls it.
    pub name: String,
    /// Where it is in its life: assigned while the hand-over waits.
    pub state: State,
    /// Its key; none before the app has sent it.
    pub key: Option<DeviceKey>,
    /// When the hand-over began.
    pub made_at: Time,
    /// From when on it may be used.
    pub usable_at: Option<Time>,
    /// The version that was read.
    pub version: i64,
}

/// A question, and who asked it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppQuestion {
    /// Its id.
    pub id: QuestionId,
    /// Whose apps are asked.
    pub eid: EidId,
    /// The log-in that asks.
    pub flow: FlowId,
    /// The party that it is for.
    pub party: String,
    /// What for.
    pub purpose: Purpose,
    /// What the law looks at.
    pub question: Question,
    /// The app that answered.
    pub app: Option<AuthenticatorId>,
    /// The version that was read.
    pub version: i64,
}

/// Code apps.
pub struct CodeApps<'t, 'c>(pub(super) &'t mut Tx<'c>);

const KIND: Factor = Factor::App;
const SCHEME: &str = "es256";

type Stored = (
    Vec<u8>,
    Option<Vec<u8>>,
    String,
    String,
    Option<Vec<u8>>,
    i64,
    Option<i64>,
    i64,
);

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
    /// Begins a hand-over; those of the eID that were not finished end.
    ///
    /// # Errors
    /// When the database does not answer; a hand-over that is taken makes the act run again, with another draw.
    pub fn begin(&mut self, id: AuthenticatorId, eid: EidId, handover: [u8; 32], now: Time) -> Result<(), Halt> {
        diesel::delete(
            authenticators::table
                .filter(authenticators::eid.eq(eid.bytes().to_vec()))
                .filter(authenticators::kind.eq(KIND.as_str()))
                .filter(authenticators::state.eq(State::Assigned.as_str())),
        )
        .execute(self.0.db)?;
        diesel::insert_into(authenticators::table)
            .values((
                authenticators::id.eq(id.bytes().to_vec()),
                authenticators::eid.eq(Some(eid.bytes().to_vec())),
                authenticators::kind.eq(KIND.as_str()),
                authenticators::name.eq(""),
                authenticators::state.eq(State::Assigned.as_str()),
                authenticators::usual.eq(false),
                authenticators::scheme.eq(SCHEME),
                authenticators::next.eq(0),
                authenticators::drift.eq(0),
                authenticators::wrong_in_a_row.eq(0),
                authenticators::version.eq(1),
                authenticators::made_at.eq(now.micros()),
                authenticators::handover.eq(Some(handover.to_vec())),
            ))
            .execute(self.0.db)?;
        Ok(())
    }

    /// The hand-over with that keyed hash.
    ///
    /// # Errors
    /// When the database does not answer or the row is corrupt.
    pub fn by_handover(&mut self, handover: [u8; 32]) -> Result<Option<CodeApp>, Halt> {
        let stored = authenticators::table
            .filter(authenticators::handover.eq(handover.to_vec()))
            .filter(authenticators::kind.eq(KIND.as_str()))
            .select(COLUMNS)
            .first::<Stored>(self.0.db)
            .optional()?;
        stored.map(|row| self.open(row)).transpose()
    }

    /// Takes the app's key in: the hand-over is used up. `false` when it was, before: nothing was written.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn receive(
        &mut self,
        app: &CodeApp,
        key: &DeviceKey,
        name: &str,
        usable_at: Time,
        now: Time,
    ) -> Result<bool, Halt> {
        let id = app.id.bytes();
        let sealed = self.0.vault.seal(place(&id), key.bytes(), self.0.rng);
        let waiting = authenticators::table
            .find(id.to_vec())
            .filter(authenticators::version.eq(app.version))
            .filter(authenticators::state.eq(State::Assigned.as_str()));
        let touched = diesel::update(waiting)
            .set((
                authenticators::state.eq(State::Active.as_str()),
                authenticators::name.eq(name),
                authenticators::secret.eq(Some(sealed)),
                authenticators::handover.eq(None::<Vec<u8>>),
                authenticators::usable_at.eq(micros(Some(usable_at))),
                authenticators::active_at.eq(micros(Some(now))),
                authenticators::version.eq(app.version + 1),
            ))
            .execute(self.0.db)?;
        Ok(touched == 1)
    }

    /// One device.
    ///
    /// # Errors
    /// When the database does not answer or the row is corrupt.
    pub fn find(&mut self, id: AuthenticatorId) -> Result<Option<CodeApp>, Halt> {
        let stored = authenticators::table
            .find(id.bytes().to_vec())
            .filter(authenticators::kind.eq(KIND.as_str()))
            .select(COLUMNS)
            .first::<Stored>(self.0.db)
            .optional()?;
        stored.map(|row| self.open(row)).transpose()
    }

    /// Ends a device for good: its key is erased. `false` when somebody was faster.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn close(&mut self, app: &CodeApp, now: Time) -> Result<bool, Halt> {
        let row = authenticators::table
            .find(app.id.bytes().to_vec())
            .filter(authenticators::version.eq(app.version));
        let touched = diesel::update(row)
            .set((
                authenticators::state.eq(State::Closed.as_str()),
                authenticators::secret.eq(None::<Vec<u8>>),
                authenticators::handover.eq(None::<Vec<u8>>),
                authenticators::usual.eq(false),
                authenticators::closed_at.eq(micros(Some(now))),
                authenticators::version.eq(app.version + 1),
            ))
            .execute(self.0.db)?;
        Ok(touched == 1)
    }

    /// Notes that a device's answer let somebody in.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn used(&mut self, id: AuthenticatorId, now: Time) -> Result<(), Halt> {
        diesel::update(authenticators::table.find(id.bytes().to_vec()))
            .set(authenticators::used_at.eq(micros(Some(now))))
            .execute(self.0.db)?;
        Ok(())
    }

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

    fn open(&self, row: Stored) -> Result<CodeApp, Halt> {
        let (id, eid, name, state, secret, made, usable, version) = row;
        let id = AuthenticatorId::from_bytes(id16(&id, "authenticators", "id")?);
        let corrupt = |column| Fault::corrupt("authenticators", column, id);
        let bytes = id.bytes();
        let open = |sealed: Vec<u8>| {
            let plain = self.0.vault.open(place(&bytes), &sealed);
            let plain = plain.map_err(|error| Fault::new("authenticators.secret does not open", error))?;
            DeviceKey::from_bytes(&plain).ok_or_else(|| corrupt("secret"))
        };
        let eid = eid.ok_or_else(|| corrupt("eid"))?;
        Ok(CodeApp {
            id,
            eid: EidId::from_bytes(id16(&eid, "authenticators", "eid")?),
            name,
            state: State::parse(&state).ok_or_else(|| corrupt("state"))?,
            key: secret.map(open).transpose()?,
            made_at: Time::from_micros(made),
            usable_at: time(usable),
            version,
        })
    }
}

const COLUMNS: (
    authenticators::id,
    authenticators::eid,
    authenticators::name,
    authenticators::state,
    authenticators::secret,
    authenticators::made_at,
    authenticators::usable_at,
    authenticators::version,
) = (
    authenticators::id,
    authenticators::eid,
    authenticators::name,
    authenticators::state,
    authenticators::secret,
    authenticators::made_at,
    authenticators::usable_at,
    authenticators::version,
);

fn place(id: &[u8; 16]) -> Place<'_> {
    Place {
        column: Sealed::AuthenticatorsSecret,
        row: id,
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
