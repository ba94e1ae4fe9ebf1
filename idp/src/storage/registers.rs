//! The register that the house keeps itself: people by the keyed hash of their CPR number, their entries sealed; documents by the keyed
//! hash of their numbers.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::schema::{register_documents, register_people};
use super::{Halt, Tx};
use crate::domain::cpr::Cpr;
use crate::domain::register::{Entry, NumberedDocument};
use crate::domain::time::Time;
use crate::fault::Fault;
use crate::vault::{Lookup, Place, Sealed};

/// A document as the register knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisteredDocument {
    /// It belongs to the person who was asked about.
    pub theirs: bool,
    /// Its last day; none for one without an end.
    pub valid_to: Option<NaiveDate>,
    /// It was reported lost, or drawn in.
    pub void: bool,
}

/// The register.
pub struct Registers<'t, 'c>(pub(super) &'t mut Tx<'c>);

/// What a person has beside the documents with these numbers.
#[diesel::dsl::auto_type]
pub(super) fn others(cpr: Vec<u8>, kept: Vec<Vec<u8>>) -> _ {
    let beside = register_documents::number.ne_all(kept);
    register_documents::table.filter(register_documents::cpr.eq(cpr).and(beside))
}

impl Registers<'_, '_> {
    /// Writes a person's entry, in the place of the one before. `false` when it is the same as before.
    ///
    /// # Errors
    /// When the database does not answer, or the number is for a demo in production or the other way round.
    pub fn put(&mut self, cpr: &Cpr, entry: &Entry, now: Time) -> Result<bool, Halt> {
        let cpr = cpr.for_mode(self.0.demo)?;
        if self.entry(cpr)?.as_ref() == Some(entry) {
            return Ok(false);
        }
        let hash = self.hash(cpr);
        let text = serde_json::to_vec(entry).map_err(|error| Fault::new("an entry of the register", error))?;
        let sealed = self.0.vault.seal(place(&hash), &text, self.0.rng);
        let touched = diesel::update(register_people::table.find(hash.to_vec()))
            .set((
                register_people::sealed.eq(&sealed),
                register_people::imported_at.eq(now.micros()),
            ))
            .execute(self.0.db)?;
        if touched == 0 {
            diesel::insert_into(register_people::table)
                .values((
                    register_people::cpr.eq(hash.to_vec()),
                    register_people::sealed.eq(&sealed),
                    register_people::imported_at.eq(now.micros()),
                ))
                .execute(self.0.db)?;
        }
        Ok(true)
    }

    /// A person's entry.
    ///
    /// # Errors
    /// When the database does not answer or the row is corrupt.
    pub fn entry(&mut self, cpr: &Cpr) -> Result<Option<Entry>, Halt> {
        let hash = self.hash(cpr);
        let sealed = register_people::table
            .find(hash.to_vec())
            .select(register_people::sealed)
            .first::<Vec<u8>>(self.0.db)
            .optional()?;
        let Some(sealed) = sealed else { return Ok(None) };
        let plain = self.0.vault.open(place(&hash), &sealed);
        let plain = plain.map_err(|error| Fault::new("register_people.sealed does not open", error))?;
        let entry = serde_json::from_slice(&plain);
        Ok(Some(
            entry.map_err(|_| Fault::bare("an entry of the register is corrupt"))?,
        ))
    }

    /// Writes a document down, in the place of what was known of its number. `false` when it is the same as before.
    ///
    /// # Errors
    /// When the database does not answer or the row is corrupt.
    pub fn put_document(
        &mut self,
        cpr: &Cpr,
        (kind, number): (NumberedDocument, &str),
        valid_to: Option<NaiveDate>,
        void: bool,
    ) -> Result<bool, Halt> {
        let same = RegisteredDocument {
            theirs: true,
            valid_to,
            void,
        };
        if self.find_document(cpr, kind, number)? == Some(same) {
            return Ok(false);
        }
        let (owner, hash) = (self.hash(cpr), self.document(kind, number));
        diesel::delete(register_documents::table.find(hash.to_vec())).execute(self.0.db)?;
        diesel::insert_into(register_documents::table)
            .values((
                register_documents::number.eq(hash.to_vec()),
                register_documents::cpr.eq(owner.to_vec()),
                register_documents::kind.eq(kind.as_str()),
                register_documents::valid_to.eq(valid_to.map(|day| day.to_string())),
                register_documents::void.eq(void),
            ))
            .execute(self.0.db)?;
        Ok(true)
    }

    /// Forgets a person's documents but these; how many.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn lapse_others(&mut self, cpr: &Cpr, but: &[(NumberedDocument, &str)]) -> Result<usize, Halt> {
        let hashes = but.iter().map(|(kind, number)| self.document(*kind, number).to_vec());
        let kept: Vec<Vec<u8>> = hashes.collect();
        Ok(diesel::delete(others(self.hash(cpr).to_vec(), kept)).execute(self.0.db)?)
    }

    /// What is known of a document, asked for a person.
    ///
    /// # Errors
    /// When the database does not answer or the row is corrupt.
    pub fn find_document(
        &mut self,
        cpr: &Cpr,
        kind: NumberedDocument,
        number: &str,
    ) -> Result<Option<RegisteredDocument>, Halt> {
        let (owner, hash) = (self.hash(cpr), self.document(kind, number));
        let row = register_documents::table
            .find(hash.to_vec())
            .select((
                register_documents::cpr,
                register_documents::valid_to,
                register_documents::void,
            ))
            .first::<(Vec<u8>, Option<String>, bool)>(self.0.db)
            .optional()?;
        let Some((of, valid_to, void)) = row else {
            return Ok(None);
        };
        let day = valid_to.map(|text| {
            text.parse()
                .map_err(|_| Fault::bare("a day in register_documents is corrupt"))
        });
        Ok(Some(RegisteredDocument {
            theirs: of == owner,
            valid_to: day.transpose()?,
            void,
        }))
    }

    fn hash(&self, cpr: &Cpr) -> [u8; 32] {
        self.0.vault.lookup(Lookup::Cpr, cpr.digits().as_bytes())
    }

    fn document(&self, kind: NumberedDocument, number: &str) -> [u8; 32] {
        let text = format!("{}:{number}", kind.as_str());
        self.0.vault.lookup(Lookup::Document, text.as_bytes())
    }
}

fn place(hash: &[u8; 32]) -> Place<'_> {
    Place {
        column: Sealed::RegisterPeople,
        row: hash,
    }
}
