//! Passwords: a verifier of the vault's making, never anything from which a password could be read.

use diesel::prelude::*;

use super::dialect::on;
use super::schema::passwords;
use super::{Halt, Tx};
use crate::domain::id::EidId;
use crate::domain::time::Time;

/// A password as stored.
#[derive(Debug, Clone)]
pub struct StoredPassword {
    /// The vault's verifier, in its own bytes.
    pub verifier: Vec<u8>,
    /// Set in the four-digit form, which has a stricter lock-out.
    pub four_digits: bool,
    /// Blocked by the user, support or too many wrong tries.
    pub blocked: bool,
    /// Raised at each change, so that a verdict on an old one is seen.
    pub version: i64,
}

/// Passwords.
pub struct Passwords<'t, 'c>(pub(super) &'t mut Tx<'c>);

impl Passwords<'_, '_> {
    /// The password of an eID, if one was chosen.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn find(&mut self, eid: EidId) -> Result<Option<StoredPassword>, Halt> {
        let found = on!(self.0.db, |db| passwords::table
            .find(eid.bytes().to_vec())
            .select((
                passwords::verifier,
                passwords::four_digits,
                passwords::blocked,
                passwords::version,
            ))
            .first::<(Vec<u8>, bool, bool, i64)>(db))
        .optional()?;
        Ok(found.map(|(verifier, four_digits, blocked, version)| StoredPassword {
            verifier,
            four_digits,
            blocked,
            version,
        }))
    }

    /// Sets a password, the first or another one; it is not blocked after.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn set(&mut self, eid: EidId, verifier: &[u8], four_digits: bool, now: Time) -> Result<(), Halt> {
        let touched = diesel::update(passwords::table.find(eid.bytes().to_vec()))
            .set((
                passwords::verifier.eq(verifier),
                passwords::four_digits.eq(four_digits),
                passwords::blocked.eq(false),
                passwords::set_at.eq(now.micros()),
                passwords::version.eq(passwords::version + 1),
            ))
            .execute(self.0.db)?;
        if touched == 0 {
            diesel::insert_into(passwords::table)
                .values((
                    passwords::eid.eq(eid.bytes().to_vec()),
                    passwords::verifier.eq(verifier),
                    passwords::four_digits.eq(four_digits),
                    passwords::blocked.eq(false),
                    passwords::set_at.eq(now.micros()),
                    passwords::version.eq(1),
                ))
                .execute(self.0.db)?;
        }
        Ok(())
    }

    /// Blocks a password; `false` when it was blocked already.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn block(&mut self, eid: EidId) -> Result<bool, Halt> {
        let touched = diesel::update(
            passwords::table
                .find(eid.bytes().to_vec())
                .filter(passwords::blocked.eq(false)),
        )
        .set((
            passwords::blocked.eq(true),
            passwords::version.eq(passwords::version + 1),
        ))
        .execute(self.0.db)?;
        Ok(touched == 1)
    }
}
