//! What the civil register says of a person, taken over into the person's row.

use diesel::prelude::*;

use super::schema::people;
use super::{Halt, People};
use crate::domain::id::PersonId;
use crate::vault::{Place, Sealed};

impl People<'_, '_> {
    /// Writes down name, address and protection as the register has them now.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn set_registered(
        &mut self,
        id: PersonId,
        name: &str,
        address: Option<&str>,
        protected: bool,
    ) -> Result<(), Halt> {
        let row = id.bytes();
        let seal = |column, text: &str| {
            let place = Place { column, row: &row };
            self.0.vault.seal(place, text.as_bytes(), self.0.rng)
        };
        let name = seal(Sealed::PeopleName, name);
        let address = address.map(|address| seal(Sealed::PeopleAddress, address));
        diesel::update(people::table.find(row.to_vec()))
            .set((
                people::name.eq(name),
                people::address.eq(address),
                people::protected.eq(protected),
            ))
            .execute(self.0.db)?;
        Ok(())
    }
}
