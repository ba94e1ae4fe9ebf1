//! What the civil register says of a person who is known already; and that acts on one person follow one another.

use diesel::prelude::*;

use super::People;
use crate::domain::id::PersonId;
use crate::domain::register::Entry;
use crate::storage::Halt;
use crate::storage::schema::people;
use crate::vault::Sealed;

impl People<'_, '_> {
    /// Has acts on one person follow one another: whoever comes second sees what the first has done.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn line_up(&mut self, id: PersonId) -> Result<(), Halt> {
        diesel::update(people::table.find(id.bytes().to_vec()))
            .set(people::status.eq(people::status))
            .execute(self.0.db)?;
        Ok(())
    }

    /// Writes down what the civil register says now: name, address and protection.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn set_registered(&mut self, id: PersonId, entry: &Entry) -> Result<(), Halt> {
        let name = self.seal_contact(id, Sealed::PeopleName, Some(&entry.name));
        let address = self.seal_contact(id, Sealed::PeopleAddress, entry.address.as_deref());
        diesel::update(people::table.find(id.bytes().to_vec()))
            .set((
                people::name.eq(name.unwrap_or_default()),
                people::address.eq(address),
                people::protected.eq(entry.protected),
            ))
            .execute(self.0.db)?;
        Ok(())
    }
}
