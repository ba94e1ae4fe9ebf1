//! What may be accepted once only: the id of a protocol request, the `jti` of a client's assertion.

use diesel::prelude::*;

use super::dialect::on;
use super::schema::replays;
use super::{Halt, Tx};
use crate::domain::time::Time;

/// Single-use marks.
pub struct Replays<'t, 'c>(pub(super) &'t mut Tx<'c>);

impl Replays<'_, '_> {
    /// Has acts that name one token follow one another: whoever comes second sees what the first has done. Takes nothing from anybody.
    ///
    /// # Errors
    /// When the database does not answer; `Halt::Again` when two are the first to name it.
    pub fn line_up(&mut self, issuer: &str, token: &str, expires_at: Time) -> Result<(), Halt> {
        let until = replays::expires_at.eq(expires_at.micros());
        let touched = diesel::update(replays::table.find((issuer, token)))
            .set(until)
            .execute(self.0.db)?;
        if touched == 0 {
            diesel::insert_into(replays::table)
                .values((replays::issuer.eq(issuer), replays::token.eq(token), until))
                .execute(self.0.db)?;
        }
        Ok(())
    }

    /// Takes a token; `false` when it was taken before and has not expired since.
    ///
    /// # Errors
    /// When the database does not answer; `Halt::Again` when two take it at the same moment (the loser then gets `false`).
    pub fn take(&mut self, issuer: &str, token: &str, expires_at: Time, now: Time) -> Result<bool, Halt> {
        let taken = on!(self.0.db, |db| replays::table
            .find((issuer, token))
            .select(replays::expires_at)
            .first::<i64>(db))
        .optional()?;
        match taken {
            Some(until) if until > now.micros() => Ok(false),
            Some(until) => {
                let touched = on!(self.0.db, |db| diesel::update(
                    replays::table
                        .find((issuer, token))
                        .filter(replays::expires_at.eq(until)),
                )
                .set(replays::expires_at.eq(expires_at.micros()))
                .execute(db))?;
                Ok(touched == 1)
            }
            None => {
                on!(self.0.db, |db| diesel::insert_into(replays::table)
                    .values((
                        replays::issuer.eq(issuer),
                        replays::token.eq(token),
                        replays::expires_at.eq(expires_at.micros()),
                    ))
                    .execute(db))?;
                Ok(true)
            }
        }
    }
}
