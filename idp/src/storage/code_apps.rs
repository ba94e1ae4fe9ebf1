//! Code apps: the public key of each, and the one question that an eID's apps are asked. The key is sealed in its place: whoever writes
//! the database cannot put another in.

mod questions;

use diesel::prelude::*;

use super::authenticators::{close, forget_begun, open_secret, place};
use super::row::{id16, micros, time};
use super::schema::authenticators;
use super::{Halt, Tx};
use crate::domain::authenticator::State;
use crate::domain::code_app::Question;
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

/// What an app sends for its hand-over.
#[derive(Debug, Clone, Copy)]
pub struct NewDevice<'a> {
    /// Its key.
    pub key: &'a DeviceKey,
    /// What its holder calls it.
    pub name: &'a str,
    /// Where it is woken, if it wants to be.
    pub push: Option<&'a str>,
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

impl CodeApps<'_, '_> {
    /// Begins a hand-over; those of the eID that were not finished end.
    ///
    /// # Errors
    /// When the database does not answer; a hand-over that is taken makes the act run again, with another draw.
    pub fn begin(&mut self, id: AuthenticatorId, eid: EidId, handover: [u8; 32], now: Time) -> Result<(), Halt> {
        self.drop_handovers(eid)?;
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

    /// Ends the hand-overs of an eID that no app has answered yet.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn drop_handovers(&mut self, eid: EidId) -> Result<(), Halt> {
        forget_begun(self.0.db, eid, KIND)
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
    pub fn receive(&mut self, app: &CodeApp, device: NewDevice<'_>, usable_at: Time, now: Time) -> Result<bool, Halt> {
        let id = app.id.bytes();
        let sealed = self.0.vault.seal(place(&id), device.key.bytes(), self.0.rng);
        let push = device.push.map(|push| {
            let push = push.as_bytes();
            self.0.vault.seal(push_place(&id), push, self.0.rng)
        });
        let waiting = authenticators::table
            .find(id.to_vec())
            .filter(authenticators::version.eq(app.version))
            .filter(authenticators::state.eq(State::Assigned.as_str()));
        let touched = diesel::update(waiting)
            .set((
                authenticators::state.eq(State::Active.as_str()),
                authenticators::name.eq(device.name),
                authenticators::secret.eq(Some(sealed)),
                authenticators::push.eq(push),
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
        close(self.0.db, app.id, app.version, now)
    }

    /// Notes where a device that is in use is woken. `false` when it is not in use.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn wake_at(&mut self, id: AuthenticatorId, push: Option<&str>) -> Result<bool, Halt> {
        let key = id.bytes();
        let sealed = push.map(|push| self.0.vault.seal(push_place(&key), push.as_bytes(), self.0.rng));
        let in_use = authenticators::table
            .find(key.to_vec())
            .filter(authenticators::kind.eq(KIND.as_str()))
            .filter(authenticators::state.eq(State::Active.as_str()));
        let touched = diesel::update(in_use)
            .set(authenticators::push.eq(sealed))
            .execute(self.0.db)?;
        Ok(touched == 1)
    }

    /// Where the apps of an eID that may answer now are woken.
    ///
    /// # Errors
    /// When the database does not answer or a row is corrupt.
    pub fn wakeable(&mut self, eid: EidId, now: Time) -> Result<Vec<(AuthenticatorId, String)>, Halt> {
        let rows = authenticators::table
            .filter(authenticators::eid.eq(eid.bytes().to_vec()))
            .filter(authenticators::kind.eq(KIND.as_str()))
            .filter(authenticators::state.eq(State::Active.as_str()))
            .filter(authenticators::usable_at.le(now.micros()))
            .filter(authenticators::push.is_not_null())
            .select((authenticators::id, authenticators::push.assume_not_null()))
            .load::<(Vec<u8>, Vec<u8>)>(self.0.db)?;
        let open = |(id, sealed): (Vec<u8>, Vec<u8>)| {
            let id = AuthenticatorId::from_bytes(id16(&id, "authenticators", "id")?);
            let plain = self.0.vault.open(push_place(&id.bytes()), &sealed);
            let plain = plain.map_err(|error| Fault::new("authenticators.push does not open", error))?;
            let push = String::from_utf8(plain.to_vec()).map_err(|_| Fault::corrupt("authenticators", "push", id))?;
            Ok((id, push))
        };
        rows.into_iter().map(open).collect()
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

    fn open(&self, row: Stored) -> Result<CodeApp, Halt> {
        let (id, eid, name, state, secret, made, usable, version) = row;
        let id = AuthenticatorId::from_bytes(id16(&id, "authenticators", "id")?);
        let corrupt = |column| Fault::corrupt("authenticators", column, id);
        let open = |sealed: Vec<u8>| {
            let plain = open_secret(self.0.vault, id, &sealed)?;
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

fn push_place(id: &[u8; 16]) -> Place<'_> {
    Place {
        column: Sealed::AuthenticatorsPush,
        row: id,
    }
}
