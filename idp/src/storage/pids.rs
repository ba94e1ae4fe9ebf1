//! The public number of each person: made once, found again for every later eID.

use diesel::prelude::*;

use super::row::id16;
use super::schema::pids;
use super::{Halt, Tx};
use crate::domain::id::PersonId;
use crate::domain::pid::Pid;
use crate::domain::time::Time;
use crate::fault::Fault;

/// Public numbers.
pub struct Pids<'t, 'c>(pub(super) &'t mut Tx<'c>);

impl Pids<'_, '_> {
    /// The person's public number, if they have one.
    ///
    /// # Errors
    /// When the database does not answer or the row is corrupt.
    pub fn find(&mut self, person: PersonId) -> Result<Option<Pid>, Halt> {
        let stored = pids::table
            .find(person.bytes().to_vec())
            .select(pids::pid)
            .first::<String>(self.0.db)
            .optional()?;
        let parsed = stored.map(|text| Pid::parse(&text).ok_or_else(|| Fault::corrupt("pids", "pid", person)));
        Ok(parsed.transpose()?)
    }

    /// Whose public number it is.
    ///
    /// # Errors
    /// When the database does not answer or the row is corrupt.
    pub fn person(&mut self, pid: &Pid) -> Result<Option<PersonId>, Halt> {
        let stored = pids::table
            .filter(pids::pid.eq(pid.as_str()))
            .select(pids::person)
            .first::<Vec<u8>>(self.0.db)
            .optional()?;
        let person = stored.map(|id| id16(&id, "pids", "person").map(PersonId::from_bytes));
        Ok(person.transpose()?)
    }

    /// Gives a person a public number; a number that is taken makes the whole act run again, with another draw.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn insert(&mut self, person: PersonId, pid: &Pid, now: Time) -> Result<(), Halt> {
        diesel::insert_into(pids::table)
            .values((
                pids::person.eq(person.bytes().to_vec()),
                pids::pid.eq(pid.as_str()),
                pids::created_at.eq(now.micros()),
            ))
            .execute(self.0.db)?;
        Ok(())
    }
}
