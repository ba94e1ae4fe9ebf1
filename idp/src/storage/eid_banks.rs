//! Which banks an eID is linked to, and what each calls its customer.

use diesel::prelude::*;

use super::Halt;
use super::eids::Eids;
use super::row::id16;
use super::schema::{eid_banks, eids};
use crate::domain::id::{EidId, PersonId};
use crate::domain::time::Time;

/// A bank that an eID is linked to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bank {
    /// The bank's name in the party file.
    pub bank: String,
    /// What the bank calls its customer; released to that bank alone.
    pub customer_ref: Option<String>,
}

impl Eids<'_, '_> {
    /// The banks that an eID is linked to.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn banks(&mut self, id: EidId) -> Result<Vec<Bank>, Halt> {
        let rows = eid_banks::table
            .filter(eid_banks::eid.eq(id.bytes().to_vec()))
            .order(eid_banks::bank)
            .select((eid_banks::bank, eid_banks::customer_ref))
            .load::<(String, Option<String>)>(self.0.db)?;
        Ok(rows
            .into_iter()
            .map(|(bank, customer_ref)| Bank { bank, customer_ref })
            .collect())
    }

    /// Who has an eID that is linked to a bank under what it calls one of its customers.
    ///
    /// # Errors
    /// When the database does not answer or the row is corrupt.
    pub fn customer(&mut self, bank: &str, customer_ref: &str) -> Result<Option<PersonId>, Halt> {
        let person = eids::table
            .inner_join(eid_banks::table.on(eid_banks::eid.eq(eids::id)))
            .filter(eid_banks::bank.eq(bank))
            .filter(eid_banks::customer_ref.eq(customer_ref))
            .order((eid_banks::linked_at, eids::id))
            .select(eids::person)
            .first::<Vec<u8>>(self.0.db)
            .optional()?;
        person
            .map(|id| id16(&id, "eids", "person").map(PersonId::from_bytes))
            .transpose()
            .map_err(Halt::from)
    }

    /// Links an eID to a bank, with what the bank calls its customer.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn link_bank(&mut self, id: EidId, bank: &Bank, now: Time) -> Result<(), Halt> {
        let row = (id.bytes().to_vec(), bank.bank.as_str());
        let touched = diesel::update(eid_banks::table.find(row))
            .set(eid_banks::customer_ref.eq(bank.customer_ref.as_deref()))
            .execute(self.0.db)?;
        if touched == 0 {
            diesel::insert_into(eid_banks::table)
                .values((
                    eid_banks::eid.eq(id.bytes().to_vec()),
                    eid_banks::bank.eq(&bank.bank),
                    eid_banks::customer_ref.eq(&bank.customer_ref),
                    eid_banks::linked_at.eq(now.micros()),
                ))
                .execute(self.0.db)?;
        }
        Ok(())
    }
}
