//! eIDs: one person's log-ins, their banks, their credential epoch.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::dialect::on;
use super::fixed::fixed;
use super::row::{id16, micros, time};
use super::schema::{cprs, eids, issues, people};
use super::{Halt, PersonStatus, Tx};
use crate::domain::assurance::Level;
use crate::domain::eid::{EidNumber, EidStatus};
use crate::domain::id::{EidId, PersonId};
use crate::domain::time::Time;
use crate::fault::Fault;

/// An eID to be written down.
#[derive(Debug, Clone)]
pub struct NewEid {
    /// Our id.
    pub id: EidId,
    /// Nine digits, printed in the welcome letter.
    pub number: EidNumber,
    /// Whose it is.
    pub person: PersonId,
    /// State.
    pub status: EidStatus,
    /// May be used outside the linked banks.
    pub public: bool,
    /// The registration authority that issued it.
    pub issuer: String,
    /// Now.
    pub created_at: Time,
}

/// An eID as stored, with what the law asks of its person at every issue.
#[derive(Debug, Clone)]
pub struct Eid {
    /// Our id.
    pub id: EidId,
    /// Nine digits.
    pub number: EidNumber,
    /// Whose it is.
    pub person: PersonId,
    /// State.
    pub status: EidStatus,
    /// May be used outside the linked banks.
    pub public: bool,
    /// The registration authority that issued it.
    pub issuer: String,
    /// Raised whenever a password is changed or something is blocked: proofs made before are void.
    pub epoch: i32,
    /// When it was made.
    pub created_at: Time,
    /// The last full log-in.
    pub last_login_at: Option<Time>,
    /// What a blocked eID was before; nothing for one that is not blocked, or was blocked before this was noted.
    pub blocked_from: Option<EidStatus>,
    /// Its second factor is a key in its holder's own device: cards serve for adding that key alone.
    pub on_hardware: bool,
    /// When the person was born.
    pub birth_date: Option<NaiveDate>,
    /// Whether the person has a CPR number in force.
    pub has_cpr: bool,
    /// Whether the person is alive and reachable.
    pub person_status: PersonStatus,
    /// How sure it was who they are when the eID was issued.
    pub identity: Level,
}

/// eIDs.
pub struct Eids<'t, 'c>(pub(super) &'t mut Tx<'c>);

pub(super) type Stored = (
    (
        Vec<u8>,
        String,
        Vec<u8>,
        String,
        bool,
        String,
        i32,
        i64,
        Option<i64>,
        Option<String>,
        bool,
    ),
    Option<String>,
    bool,
    String,
    Option<String>,
);

/// What [`Stored`] is read from: one statement for the eID and for what the law asks of its person.
macro_rules! holder {
    () => {
        (
            eids::all_columns,
            people::birth_date,
            diesel::dsl::exists(cprs::table.filter(cprs::person.eq(eids::person).and(cprs::current.eq(true)))),
            people::status,
            issues::table
                .filter(issues::eid.eq(eids::id))
                .select(issues::level)
                .single_value(),
        )
    };
}
pub(super) use holder;

macro_rules! held {
    () => {
        eids::table
            .inner_join(people::table.on(people::id.eq(eids::person)))
            .select(holder!())
    };
}

impl Eids<'_, '_> {
    /// Writes an eID down; a number that is taken makes the whole act run again, with another draw.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn insert(&mut self, eid: &NewEid) -> Result<(), Halt> {
        diesel::insert_into(eids::table)
            .values((
                eids::id.eq(eid.id.bytes().to_vec()),
                eids::number.eq(eid.number.as_str()),
                eids::person.eq(eid.person.bytes().to_vec()),
                eids::status.eq(eid.status.as_str()),
                eids::is_public.eq(eid.public),
                eids::issuer.eq(&eid.issuer),
                eids::epoch.eq(1),
                eids::created_at.eq(eid.created_at.micros()),
            ))
            .execute(self.0.db)?;
        Ok(())
    }

    /// One eID.
    ///
    /// # Errors
    /// When the database does not answer, the row is corrupt, or there is none (a fault: ids come from us).
    pub fn find(&mut self, id: EidId) -> Result<Eid, Halt> {
        let stored = on!(self.0.db, |db| held!()
            .filter(eids::id.eq(id.bytes().to_vec()))
            .first::<Stored>(db))
        .optional()?;
        eid(stored.ok_or_else(|| Fault::bare(format!("no eID {id}")))?)
    }

    /// One eID, where there is one: asked for an id that may be nobody's, so that nobody costs as much as somebody.
    ///
    /// # Errors
    /// When the database does not answer or the row is corrupt.
    pub fn look(&mut self, id: EidId) -> Result<Option<Eid>, Halt> {
        let stored = on!(self.0.db, |db| held!()
            .filter(eids::id.eq(id.bytes().to_vec()))
            .first::<Stored>(db))
        .optional()?;
        stored.map(eid).transpose()
    }

    /// The eID with this number.
    ///
    /// # Errors
    /// When the database does not answer or the row is corrupt.
    pub fn by_number(&mut self, number: &EidNumber) -> Result<Option<Eid>, Halt> {
        let stored = held!()
            .filter(eids::number.eq(number.as_str()))
            .first::<Stored>(self.0.db)
            .optional()?;
        stored.map(eid).transpose()
    }

    /// Every eID of a person, oldest first.
    ///
    /// # Errors
    /// When the database does not answer or a row is corrupt.
    pub fn of_person(&mut self, person: PersonId) -> Result<Vec<Eid>, Halt> {
        let stored = held!()
            .filter(eids::person.eq(person.bytes().to_vec()))
            .order(eids::created_at)
            .load::<Stored>(self.0.db)?;
        stored.into_iter().map(eid).collect()
    }

    /// The eIDs after `after` in the order of their ids; for commands that walk all.
    ///
    /// # Errors
    /// When the database does not answer or a row is corrupt.
    pub fn page(&mut self, after: Option<EidId>, limit: i64) -> Result<Vec<Eid>, Halt> {
        let after = after.map_or_else(Vec::new, |id| id.bytes().to_vec());
        let stored = held!()
            .filter(eids::id.gt(after))
            .order(eids::id)
            .limit(limit)
            .load::<Stored>(self.0.db)?;
        stored.into_iter().map(eid).collect()
    }

    /// Moves an eID from one state to another; `false` when it was no longer in the first. Every earlier proof is void after.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn set_status(&mut self, id: EidId, from: EidStatus, to: EidStatus) -> Result<bool, Halt> {
        let blocked_from = (to == EidStatus::Blocked).then(|| from.as_str());
        let touched = diesel::update(
            eids::table
                .find(id.bytes().to_vec())
                .filter(eids::status.eq(from.as_str())),
        )
        .set((
            eids::status.eq(to.as_str()),
            eids::epoch.eq(eids::epoch + 1),
            eids::blocked_from.eq(blocked_from),
        ))
        .execute(self.0.db)?;
        Ok(touched == 1)
    }

    /// Makes an eID public, or netbank-only.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn set_public(&mut self, id: EidId, public: bool) -> Result<(), Halt> {
        diesel::update(eids::table.find(id.bytes().to_vec()))
            .set(eids::is_public.eq(public))
            .execute(self.0.db)?;
        Ok(())
    }

    /// Puts an eID on hardware, or back on cards; exactly one caller gets `true`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn put_on_hardware(&mut self, id: EidId, on: bool) -> Result<bool, Halt> {
        let other = eids::table.find(id.bytes().to_vec()).filter(eids::on_hardware.eq(!on));
        let touched = diesel::update(other).set(eids::on_hardware.eq(on)).execute(self.0.db)?;
        Ok(touched == 1)
    }

    /// Makes every earlier proof and device of the eID void.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn raise_epoch(&mut self, id: EidId) -> Result<(), Halt> {
        diesel::update(eids::table.find(id.bytes().to_vec()))
            .set(eids::epoch.eq(eids::epoch + 1))
            .execute(self.0.db)?;
        Ok(())
    }

    /// Holds an active eID as it was read until this transaction ends, and notes a full log-in where there was one. `false` when
    /// it is not as it was read: somebody blocked it, or changed its password.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn hold(&mut self, id: EidId, epoch: i32, logged_in: Option<Time>) -> Result<bool, Halt> {
        let as_read = eids::table
            .find(id.bytes().to_vec())
            .filter(eids::epoch.eq(epoch).and(eids::status.eq(EidStatus::Active.as_str())));
        let touched = match logged_in {
            Some(at) => on!(self.0.db, |db| fixed(
                diesel::update(as_read).set(eids::last_login_at.eq(micros(Some(at))))
            )
            .execute(db))?,
            None => on!(self.0.db, |db| fixed(
                diesel::update(as_read).set(eids::epoch.eq(eids::epoch))
            )
            .execute(db))?,
        };
        Ok(touched == 1)
    }

    /// Holds an eID that waits for its first use, as it was read; `false` when it is not as it was.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn hold_ordered(&mut self, id: EidId, epoch: i32) -> Result<bool, Halt> {
        let as_read = eids::table
            .find(id.bytes().to_vec())
            .filter(eids::epoch.eq(epoch).and(eids::status.eq(EidStatus::Ordered.as_str())));
        let touched = diesel::update(as_read)
            .set(eids::epoch.eq(eids::epoch))
            .execute(self.0.db)?;
        Ok(touched == 1)
    }

    /// Has acts on one eID follow one another, whatever its state: whoever comes second sees what the first has done.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn line_up(&mut self, id: EidId) -> Result<(), Halt> {
        diesel::update(eids::table.find(id.bytes().to_vec()))
            .set(eids::epoch.eq(eids::epoch))
            .execute(self.0.db)?;
        Ok(())
    }

    /// Lets an eID be used outside netbank; exactly one caller gets `true`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn make_public(&mut self, id: EidId) -> Result<bool, Halt> {
        let netbank_only = eids::table.find(id.bytes().to_vec()).filter(eids::is_public.eq(false));
        let touched = diesel::update(netbank_only)
            .set(eids::is_public.eq(true))
            .execute(self.0.db)?;
        Ok(touched == 1)
    }
}

pub(super) fn eid((row, birth_date, has_cpr, person_status, identity): Stored) -> Result<Eid, Halt> {
    let (id, number, person, status, public, issuer, epoch, created_at, last_login_at, blocked_from, on_hardware) = row;
    let id = EidId::from_bytes(id16(&id, "eids", "id")?);
    Ok(Eid {
        id,
        number: EidNumber::parse(&number).ok_or_else(|| Fault::corrupt("eids", "number", id))?,
        person: PersonId::from_bytes(id16(&person, "eids", "person")?),
        status: EidStatus::parse(&status).ok_or_else(|| Fault::corrupt("eids", "status", id))?,
        public,
        issuer,
        epoch,
        created_at: Time::from_micros(created_at),
        last_login_at: time(last_login_at),
        blocked_from: blocked_from
            .map(|text| EidStatus::parse(&text).ok_or_else(|| Fault::corrupt("eids", "blocked_from", id)))
            .transpose()?,
        on_hardware,
        birth_date: birth_date
            .map(|date| date.parse().map_err(|_| Fault::corrupt("people", "birth_date", id)))
            .transpose()?,
        has_cpr,
        person_status: PersonStatus::parse(&person_status).ok_or_else(|| Fault::corrupt("people", "status", id))?,
        identity: match identity {
            None => Level::NOT_NOTED,
            Some(text) => Level::parse(&text).ok_or_else(|| Fault::corrupt("issues", "level", id))?,
        },
    })
}
