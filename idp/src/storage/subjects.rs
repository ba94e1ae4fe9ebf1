//! Pairwise identifiers: one random `sub` per subject and sector, the same for every eID of the person.

use diesel::prelude::*;
use uuid::Uuid;

use super::dialect::on;
use super::row::id16;
use super::schema::subjects;
use super::{Halt, Tx};
use crate::domain::id::PersonId;
use crate::domain::time::Time;

/// Pairwise identifiers.
pub struct Subjects<'t, 'c>(pub(super) &'t mut Tx<'c>);

impl Subjects<'_, '_> {
    /// The `sub` of a person in a sector, if they have been there.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn find(&mut self, person: PersonId, sector: &str) -> Result<Option<String>, Halt> {
        let found = on!(self.0.db, |db| subjects::table
            .find((person.bytes().to_vec(), sector))
            .select(subjects::sub)
            .first::<String>(db));
        Ok(found.optional()?)
    }

    /// Who is called so in a sector.
    ///
    /// # Errors
    /// When the database does not answer or the row is corrupt.
    pub fn person(&mut self, sector: &str, sub: &str) -> Result<Option<PersonId>, Halt> {
        let found = subjects::table
            .filter(subjects::sub.eq(sub).and(subjects::sector.eq(sector)))
            .select(subjects::person)
            .first::<Vec<u8>>(self.0.db)
            .optional()?;
        let person = found.map(|bytes| id16(&bytes, "subjects", "person")).transpose()?;
        Ok(person.map(PersonId::from_bytes))
    }

    /// Every name by which services know a person: sector and name.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn of_person(&mut self, person: PersonId) -> Result<Vec<(String, String)>, Halt> {
        Ok(subjects::table
            .filter(subjects::person.eq(person.bytes().to_vec()))
            .order(subjects::sector)
            .select((subjects::sector, subjects::sub))
            .load(self.0.db)?)
    }

    /// The `sub` of a person in a sector; drawn and stored the first time.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn sub(&mut self, person: PersonId, sector: &str, now: Time) -> Result<String, Halt> {
        if let Some(sub) = self.find(person, sector)? {
            return Ok(sub);
        }
        let sub = Uuid::from_bytes(uuid_v4_bytes(self.0.rng.bytes::<16>()))
            .hyphenated()
            .to_string();
        diesel::insert_into(subjects::table)
            .values((
                subjects::person.eq(person.bytes().to_vec()),
                subjects::sector.eq(sector),
                subjects::sub.eq(&sub),
                subjects::created_at.eq(now.micros()),
            ))
            .execute(self.0.db)?;
        Ok(sub)
    }
}

/// Marks random bytes as a version 4 UUID (RFC 9562 §5.4), which OIOSAML's NameID wants.
fn uuid_v4_bytes(mut bytes: [u8; 16]) -> [u8; 16] {
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    bytes
}
