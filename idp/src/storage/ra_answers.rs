//! What acts of RAs were answered, by the key that the RA gave the act: what came twice is done once.

use diesel::prelude::*;

use super::schema::ra_answers;
use super::{Halt, Tx};
use crate::domain::time::Time;
use crate::fault::Fault;

/// An answer as it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RaAnswer {
    /// Keyed MAC of what was asked (`Mac::RaRequest`): another request under the same key is a mistake of the RA's, and whoever copies the
    /// database learns nothing of what a person answered.
    pub request: [u8; 32],
    /// JSON.
    pub body: String,
}

/// Answers to RAs.
pub struct RaAnswers<'t, 'c>(pub(super) &'t mut Tx<'c>);

impl RaAnswers<'_, '_> {
    /// What the act under this key was answered.
    ///
    /// # Errors
    /// When the database does not answer or the row is corrupt.
    pub fn find(&mut self, ra: &str, key: &str) -> Result<Option<RaAnswer>, Halt> {
        let row = ra_answers::table
            .find((ra, key))
            .select((ra_answers::request, ra_answers::body))
            .first::<(Vec<u8>, String)>(self.0.db)
            .optional()?;
        let Some((request, body)) = row else {
            return Ok(None);
        };
        Ok(Some(RaAnswer {
            request: request
                .try_into()
                .map_err(|_| Fault::corrupt("ra_answers", "request", key))?,
            body,
        }))
    }

    /// Keeps an answer under its key.
    ///
    /// # Errors
    /// When the database does not answer; `Halt::Again` when the key was taken at the same moment (the loser then finds the answer).
    pub fn keep(&mut self, ra: &str, key: &str, answer: &RaAnswer, expires_at: Time) -> Result<(), Halt> {
        diesel::insert_into(ra_answers::table)
            .values((
                ra_answers::ra.eq(ra),
                ra_answers::key.eq(key),
                ra_answers::request.eq(answer.request.to_vec()),
                ra_answers::body.eq(&answer.body),
                ra_answers::expires_at.eq(expires_at.micros()),
            ))
            .execute(self.0.db)?;
        Ok(())
    }
}
