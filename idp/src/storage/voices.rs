//! Voice response: the number that is called, and the one call of an eID. Number and owner lie sealed together; of a code only its keyed
//! hash is kept.

use diesel::prelude::*;

use super::authenticators::{close, forget_begun, open_owned, place};
use super::row::{id16, micros, time};
use super::schema::{authenticators, voice_calls};
use super::{Halt, Tx};
use crate::domain::authenticator::State;
use crate::domain::factor::{Factor, Purpose};
use crate::domain::id::{AuthenticatorId, EidId, FlowId, QuestionId};
use crate::domain::time::Time;
use crate::domain::voice::{Calls, Line};
use crate::fault::Fault;

/// A number that is called.
#[derive(Debug, Clone)]
pub struct VoiceLine {
    /// Its id.
    pub id: AuthenticatorId,
    /// Whose it is.
    pub eid: EidId,
    /// Where it is in its life.
    pub state: State,
    /// The number; erased when its life is over.
    pub line: Option<Line>,
    /// Wrong codes in a row.
    pub wrong_in_a_row: u8,
    /// From when on it serves.
    pub usable_at: Option<Time>,
    /// The version that was read.
    pub version: i64,
}

/// The call of an eID.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoiceCall {
    /// Its id.
    pub id: QuestionId,
    /// Whose number is called.
    pub eid: EidId,
    /// The log-in that asks.
    pub flow: FlowId,
    /// The party that it leads to.
    pub party: String,
    /// What for.
    pub purpose: Purpose,
    /// Keyed hash of the code; nothing once it is used.
    pub mac: Option<[u8; 32]>,
    /// When it lapses.
    pub expires_at: Time,
    /// The calls of the last hour.
    pub calls: Calls,
    /// No further one before then.
    pub rests_until: Option<Time>,
    /// The version that was read.
    pub version: i64,
}

/// Voice response.
pub struct Voices<'t, 'c>(pub(super) &'t mut Tx<'c>);

const KIND: Factor = Factor::Voice;
const SCHEME: &str = "call";

type Stored = (Vec<u8>, Option<Vec<u8>>, String, Option<Vec<u8>>, i32, Option<i64>, i64);
type StoredCall = (
    Vec<u8>,
    Vec<u8>,
    Vec<u8>,
    String,
    String,
    Option<Vec<u8>>,
    i64,
    i64,
    i32,
    Option<i64>,
    i64,
);

impl Voices<'_, '_> {
    /// Takes a number in; it waits for the code that is read over it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn add(&mut self, id: AuthenticatorId, eid: EidId, line: &Line, now: Time) -> Result<(), Halt> {
        let key = id.bytes();
        let plain = [&eid.bytes()[..], line.as_str().as_bytes()].concat();
        let sealed = self.0.vault.seal(place(&key), &plain, self.0.rng);
        diesel::insert_into(authenticators::table)
            .values((
                authenticators::id.eq(key.to_vec()),
                authenticators::eid.eq(Some(eid.bytes().to_vec())),
                authenticators::kind.eq(KIND.as_str()),
                authenticators::name.eq(""),
                authenticators::state.eq(State::Assigned.as_str()),
                authenticators::usual.eq(false),
                authenticators::scheme.eq(SCHEME),
                authenticators::secret.eq(Some(sealed)),
                authenticators::next.eq(0),
                authenticators::drift.eq(0),
                authenticators::wrong_in_a_row.eq(0),
                authenticators::version.eq(1),
                authenticators::made_at.eq(now.micros()),
            ))
            .execute(self.0.db)?;
        Ok(())
    }

    /// Ends what an eID ordered and has not confirmed.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn drop_waiting(&mut self, eid: EidId) -> Result<(), Halt> {
        forget_begun(self.0.db, eid, KIND)
    }

    /// The number of an eID that is called, if it has one.
    ///
    /// # Errors
    /// When the database does not answer or the row is corrupt.
    pub fn in_use(&mut self, eid: EidId) -> Result<Option<VoiceLine>, Halt> {
        self.in_state(eid, State::Active)
    }

    /// The number that waits for the code that was read over it.
    ///
    /// # Errors
    /// When the database does not answer or the row is corrupt.
    pub fn waiting(&mut self, eid: EidId) -> Result<Option<VoiceLine>, Halt> {
        self.in_state(eid, State::Assigned)
    }

    fn in_state(&mut self, eid: EidId, state: State) -> Result<Option<VoiceLine>, Halt> {
        let stored = authenticators::table
            .filter(authenticators::eid.eq(eid.bytes().to_vec()))
            .filter(authenticators::kind.eq(KIND.as_str()))
            .filter(authenticators::state.eq(state.as_str()))
            .order(authenticators::made_at.desc())
            .select((
                authenticators::id,
                authenticators::eid,
                authenticators::state,
                authenticators::secret,
                authenticators::wrong_in_a_row,
                authenticators::usable_at,
                authenticators::version,
            ))
            .first::<Stored>(self.0.db)
            .optional()?;
        stored.map(|row| self.open(row)).transpose()
    }

    /// Takes a number that waits into use, once; it serves from `usable_at` on. `false` when somebody was faster.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn start(&mut self, line: &VoiceLine, usable_at: Time, now: Time) -> Result<bool, Halt> {
        let waiting = authenticators::table
            .find(line.id.bytes().to_vec())
            .filter(authenticators::version.eq(line.version))
            .filter(authenticators::state.eq(State::Assigned.as_str()));
        let touched = diesel::update(waiting)
            .set((
                authenticators::state.eq(State::Active.as_str()),
                authenticators::wrong_in_a_row.eq(0),
                authenticators::active_at.eq(micros(Some(now))),
                authenticators::usable_at.eq(micros(Some(usable_at))),
                authenticators::version.eq(line.version + 1),
            ))
            .execute(self.0.db)?;
        Ok(touched == 1)
    }

    /// Keeps how many codes were wrong in a row, over the version that was read; `used`: by a right one. `false` when somebody was faster.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn count(&mut self, line: &VoiceLine, used: Option<Time>) -> Result<bool, Halt> {
        let row = authenticators::table
            .find(line.id.bytes().to_vec())
            .filter(authenticators::version.eq(line.version));
        let counted = (
            authenticators::wrong_in_a_row.eq(i32::from(line.wrong_in_a_row)),
            authenticators::version.eq(line.version + 1),
        );
        let touched = match used {
            Some(now) => diesel::update(row)
                .set((counted, authenticators::used_at.eq(micros(Some(now)))))
                .execute(self.0.db)?,
            None => diesel::update(row).set(counted).execute(self.0.db)?,
        };
        Ok(touched == 1)
    }

    /// Ends a number for good: it is erased. `false` when somebody was faster.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn close(&mut self, line: &VoiceLine, now: Time) -> Result<bool, Halt> {
        close(self.0.db, line.id, line.version, now)
    }

    /// The call of an eID.
    ///
    /// # Errors
    /// When the database does not answer or the row is corrupt.
    pub fn call(&mut self, eid: EidId) -> Result<Option<VoiceCall>, Halt> {
        let stored = voice_calls::table
            .find(eid.bytes().to_vec())
            .first::<StoredCall>(self.0.db)
            .optional()?;
        stored.map(call).transpose()
    }

    /// Calls: in the place of `before`, if there was one. `false` when somebody was faster.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn ask(&mut self, asked: &VoiceCall, before: Option<i64>) -> Result<bool, Halt> {
        let values = (
            voice_calls::id.eq(asked.id.bytes().to_vec()),
            voice_calls::flow.eq(asked.flow.bytes().to_vec()),
            voice_calls::party.eq(&asked.party),
            voice_calls::purpose.eq(asked.purpose.as_str()),
            voice_calls::mac.eq(asked.mac.map(|mac| mac.to_vec())),
            voice_calls::expires_at.eq(asked.expires_at.micros()),
            voice_calls::since.eq(asked.calls.since.micros()),
            voice_calls::made.eq(i32::try_from(asked.calls.made).unwrap_or(i32::MAX)),
            voice_calls::rests_until.eq(micros(asked.rests_until)),
            voice_calls::version.eq(before.unwrap_or(0) + 1),
        );
        let key = asked.eid.bytes().to_vec();
        let touched = match before {
            Some(version) => diesel::update(voice_calls::table.find(key).filter(voice_calls::version.eq(version)))
                .set(values)
                .execute(self.0.db)?,
            None => diesel::insert_into(voice_calls::table)
                .values((voice_calls::eid.eq(key), values))
                .execute(self.0.db)?,
        };
        Ok(touched == 1)
    }

    /// Uses a code up; the count of calls stays. `false` when it was used before.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn use_up(&mut self, asked: &VoiceCall) -> Result<bool, Halt> {
        let row = voice_calls::table
            .find(asked.eid.bytes().to_vec())
            .filter(voice_calls::version.eq(asked.version))
            .filter(voice_calls::mac.is_not_null());
        let touched = diesel::update(row)
            .set((
                voice_calls::mac.eq(None::<Vec<u8>>),
                voice_calls::version.eq(asked.version + 1),
            ))
            .execute(self.0.db)?;
        Ok(touched == 1)
    }

    fn open(&self, row: Stored) -> Result<VoiceLine, Halt> {
        let (id, eid, state, secret, wrong, usable, version) = row;
        let id = AuthenticatorId::from_bytes(id16(&id, "authenticators", "id")?);
        let corrupt = |column| Fault::corrupt("authenticators", column, id);
        let eid = eid.ok_or_else(|| corrupt("eid"))?;
        let eid = EidId::from_bytes(id16(&eid, "authenticators", "eid")?);
        let line = secret.map(|sealed| {
            open_owned(self.0.vault, (id, eid), &sealed, |plain| {
                Line::parse(std::str::from_utf8(plain).ok()?).ok()
            })
        });
        Ok(VoiceLine {
            id,
            eid,
            state: State::parse(&state).ok_or_else(|| corrupt("state"))?,
            line: line.transpose()?,
            wrong_in_a_row: u8::try_from(wrong).map_err(|_| corrupt("wrong_in_a_row"))?,
            usable_at: time(usable),
            version,
        })
    }
}

fn call(row: StoredCall) -> Result<VoiceCall, Halt> {
    let (eid, id, flow, party, purpose, mac, expires, since, made, rests, version) = row;
    let eid = EidId::from_bytes(id16(&eid, "voice_calls", "eid")?);
    let corrupt = |column| Fault::corrupt("voice_calls", column, eid);
    let mac = mac.map(|mac| <[u8; 32]>::try_from(mac.as_slice()).map_err(|_| corrupt("mac")));
    Ok(VoiceCall {
        id: QuestionId::from_bytes(id16(&id, "voice_calls", "id")?),
        eid,
        flow: FlowId::from_bytes(id16(&flow, "voice_calls", "flow")?),
        party,
        purpose: Purpose::parse(&purpose).ok_or_else(|| corrupt("purpose"))?,
        mac: mac.transpose()?,
        expires_at: Time::from_micros(expires),
        calls: Calls {
            since: Time::from_micros(since),
            made: u32::try_from(made).map_err(|_| corrupt("made"))?,
        },
        rests_until: time(rests),
        version,
    })
}
