//! Passwords: a verifier of the vault's making, never anything from which a password could be read.

use diesel::prelude::*;

use super::dialect::on;
use super::schema::passwords;
use super::{Halt, Tx};
use crate::domain::id::EidId;
use crate::domain::time::Time;
use crate::fault::Fault;

/// Why a password is blocked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockCause {
    /// Its holder, or somebody on their behalf, blocked it.
    Holder,
    /// Too many wrong tries.
    Tries,
}

impl BlockCause {
    /// The stored word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Holder => "holder",
            Self::Tries => "tries",
        }
    }

    /// The cause that a stored word means.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Holder, Self::Tries].into_iter().find(|one| one.as_str() == word)
    }
}

/// A password as stored.
#[derive(Debug, Clone)]
pub struct StoredPassword {
    /// The vault's verifier, in its own bytes.
    pub verifier: Vec<u8>,
    /// Set in the four-digit form, which has a stricter lock-out.
    pub four_digits: bool,
    /// Blocked by the user, support or too many wrong tries.
    pub blocked: bool,
    /// Why it is blocked, or was last.
    pub cause: Option<BlockCause>,
    /// Raised at each change of the password and at a block, so that a verdict on an old one is seen.
    pub version: i64,
}

/// Passwords.
pub struct Passwords<'t, 'c>(pub(super) &'t mut Tx<'c>);

impl Passwords<'_, '_> {
    /// The password of an eID, if one was chosen.
    ///
    /// # Errors
    /// When the database does not answer or the row is corrupt.
    pub fn find(&mut self, eid: EidId) -> Result<Option<StoredPassword>, Halt> {
        let found = on!(self.0.db, |db| passwords::table
            .find(eid.bytes().to_vec())
            .select((
                passwords::verifier,
                passwords::four_digits,
                passwords::blocked,
                passwords::version,
                passwords::block_cause,
            ))
            .first::<(Vec<u8>, bool, bool, i64, Option<String>)>(db))
        .optional()?;
        let Some((verifier, four_digits, blocked, version, cause)) = found else {
            return Ok(None);
        };
        let cause =
            cause.map(|word| BlockCause::parse(&word).ok_or_else(|| Fault::corrupt("passwords", "block_cause", eid)));
        Ok(Some(StoredPassword {
            verifier,
            four_digits,
            blocked,
            cause: cause.transpose()?,
            version,
        }))
    }

    /// When the password was chosen.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn set_at(&mut self, eid: EidId) -> Result<Option<Time>, Halt> {
        let at = passwords::table
            .find(eid.bytes().to_vec())
            .select(passwords::set_at)
            .first::<i64>(self.0.db)
            .optional()?;
        Ok(at.map(Time::from_micros))
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
                passwords::block_cause.eq(None::<String>),
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
    pub fn block(&mut self, eid: EidId, cause: BlockCause) -> Result<bool, Halt> {
        let touched = diesel::update(
            passwords::table
                .find(eid.bytes().to_vec())
                .filter(passwords::blocked.eq(false)),
        )
        .set((
            passwords::blocked.eq(true),
            passwords::block_cause.eq(Some(cause.as_str())),
            passwords::version.eq(passwords::version + 1),
        ))
        .execute(self.0.db)?;
        Ok(touched == 1)
    }

    /// Opens a password that wrong tries had blocked; `false` when it is not blocked, or for another cause.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn open(&mut self, eid: EidId) -> Result<bool, Halt> {
        let by_tries = passwords::blocked
            .eq(true)
            .and(passwords::block_cause.eq(BlockCause::Tries.as_str()));
        let touched = diesel::update(passwords::table.find(eid.bytes().to_vec()).filter(by_tries))
            .set((
                passwords::blocked.eq(false),
                passwords::version.eq(passwords::version + 1),
            ))
            .execute(self.0.db)?;
        Ok(touched == 1)
    }

    /// Another verifier of the same password, at another cost; `false` when the password was changed or blocked since it was read.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn renew(&mut self, eid: EidId, read: i64, verifier: &[u8]) -> Result<bool, Halt> {
        let same = passwords::table
            .find(eid.bytes().to_vec())
            .filter(passwords::version.eq(read));
        let touched = diesel::update(same)
            .set(passwords::verifier.eq(verifier))
            .execute(self.0.db)?;
        Ok(touched == 1)
    }
}
