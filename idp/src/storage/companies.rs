//! The register of companies that the house keeps itself: by CVR number, the entry sealed, since it names people by their CPR numbers.

use diesel::prelude::*;

use super::schema::register_companies;
use super::{Halt, Tx};
use crate::domain::company::{Company, Cvr};
use crate::domain::time::Time;
use crate::fault::Fault;
use crate::vault::{Place, Sealed};

/// Companies.
pub struct Companies<'t, 'c>(pub(super) &'t mut Tx<'c>);

impl Companies<'_, '_> {
    /// Writes a company's entry, in the place of the one before. `false` when it is the same as before.
    ///
    /// # Errors
    /// When the database does not answer, or a number, the company's or a signer's, is for a demo in production or the other way round.
    pub fn put(&mut self, cvr: &Cvr, company: &Company, now: Time) -> Result<bool, Halt> {
        let cvr = cvr.for_mode(self.0.demo)?;
        for signer in &company.signers {
            signer.cpr.for_mode(self.0.demo)?;
        }
        if self.find(cvr)?.as_ref() == Some(company) {
            return Ok(false);
        }
        let text = serde_json::to_vec(company).map_err(|error| Fault::new("a company's entry", error))?;
        let text = zeroize::Zeroizing::new(text);
        let sealed = self.0.vault.seal(place(cvr), &text, self.0.rng);
        let touched = diesel::update(register_companies::table.find(cvr.digits()))
            .set((
                register_companies::sealed.eq(&sealed),
                register_companies::imported_at.eq(now.micros()),
            ))
            .execute(self.0.db)?;
        if touched == 0 {
            diesel::insert_into(register_companies::table)
                .values((
                    register_companies::cvr.eq(cvr.digits()),
                    register_companies::sealed.eq(&sealed),
                    register_companies::imported_at.eq(now.micros()),
                ))
                .execute(self.0.db)?;
        }
        Ok(true)
    }

    /// A company's entry.
    ///
    /// # Errors
    /// When the database does not answer or the row is corrupt.
    pub fn find(&mut self, cvr: &Cvr) -> Result<Option<Company>, Halt> {
        let sealed = register_companies::table
            .find(cvr.digits())
            .select(register_companies::sealed)
            .first::<Vec<u8>>(self.0.db)
            .optional()?;
        let Some(sealed) = sealed else { return Ok(None) };
        let plain = self.0.vault.open(place(cvr), &sealed);
        let plain = plain.map_err(|error| Fault::new("register_companies.sealed does not open", error))?;
        let company = serde_json::from_slice(&plain);
        Ok(Some(company.map_err(|_| {
            Fault::bare("an entry of the register of companies is corrupt")
        })?))
    }
}

fn place(cvr: &Cvr) -> Place<'_> {
    Place {
        column: Sealed::RegisterCompanies,
        row: cvr.digits().as_bytes(),
    }
}
