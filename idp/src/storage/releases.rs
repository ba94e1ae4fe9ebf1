//! What people let private services know at each log-in without being asked again. Never what was let known once: that is an event.

use diesel::prelude::*;

use super::dialect::on;
use super::schema::release_consents as rows;
use super::{Halt, Tx};
use crate::domain::id::PersonId;
use crate::domain::time::Time;

/// What a person lets a service know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// The service.
    pub party: String,
    /// Words of the data, apart by a space.
    pub claims: String,
    /// Since when.
    pub given_at: Time,
}

impl Release {
    /// The words, one by one.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.claims.split(' ').filter(|word| !word.is_empty())
    }
}

/// Consents that are remembered.
pub struct Releases<'t, 'c>(pub(super) &'t mut Tx<'c>);

type Stored = (String, String, i64);

fn read((party, claims, given_at): Stored) -> Release {
    Release {
        party,
        claims,
        given_at: Time::from_micros(given_at),
    }
}

impl Releases<'_, '_> {
    /// What a person lets a service know.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn find(&mut self, person: PersonId, party: &str) -> Result<Option<Release>, Halt> {
        let found = rows::table
            .find((person.bytes().to_vec(), party))
            .select((rows::party, rows::claims, rows::given_at))
            .first::<Stored>(self.0.db)
            .optional()?;
        Ok(found.map(read))
    }

    /// Everything that a person lets services know.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn of_person(&mut self, person: PersonId) -> Result<Vec<Release>, Halt> {
        let found = rows::table
            .filter(rows::person.eq(person.bytes().to_vec()))
            .order(rows::party)
            .select((rows::party, rows::claims, rows::given_at))
            .load::<Stored>(self.0.db)?;
        Ok(found.into_iter().map(read).collect())
    }

    /// Remembers it, in place of what was remembered before.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn remember(&mut self, person: PersonId, release: &Release) -> Result<(), Halt> {
        let values = || {
            let given_at = release.given_at.micros();
            (rows::claims.eq(&release.claims), rows::given_at.eq(given_at))
        };
        let key = (rows::person.eq(person.bytes().to_vec()), rows::party.eq(&release.party));
        on!(self.0.db, |db| diesel::insert_into(rows::table)
            .values((key, values()))
            .on_conflict((rows::person, rows::party))
            .do_update()
            .set(values())
            .execute(db))?;
        Ok(())
    }

    /// Forgets it. `false` when nothing was remembered.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn forget(&mut self, person: PersonId, party: &str) -> Result<bool, Halt> {
        let gone = diesel::delete(rows::table.find((person.bytes().to_vec(), party))).execute(self.0.db)?;
        Ok(gone == 1)
    }
}
