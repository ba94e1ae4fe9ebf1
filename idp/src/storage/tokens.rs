//! Access tokens, by their SHA-256.

use diesel::prelude::*;

use super::row::{id16, micros, time};
use super::schema::access_tokens;
use super::{Halt, Tx};
use crate::domain::id::GrantId;
use crate::domain::time::Time;

/// An access token as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessToken {
    /// SHA-256 of the token.
    pub hash: [u8; 32],
    /// The grant it came from; none for client credentials.
    pub grant: Option<GrantId>,
    /// The party it was given to.
    pub party: String,
    /// Its scope.
    pub scope: String,
    /// When it was given.
    pub created_at: Time,
    /// Void after.
    pub expires_at: Time,
    /// Revoked.
    pub revoked_at: Option<Time>,
}

/// Access tokens.
pub struct Tokens<'t, 'c>(pub(super) &'t mut Tx<'c>);

type Stored = (Vec<u8>, Option<Vec<u8>>, String, String, i64, i64, Option<i64>);

impl Tokens<'_, '_> {
    /// Writes a token down.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn insert(&mut self, token: &AccessToken) -> Result<(), Halt> {
        diesel::insert_into(access_tokens::table)
            .values((
                access_tokens::hash.eq(token.hash.to_vec()),
                access_tokens::grant_id.eq(token.grant.map(|g| g.bytes().to_vec())),
                access_tokens::party.eq(&token.party),
                access_tokens::scope.eq(&token.scope),
                access_tokens::created_at.eq(token.created_at.micros()),
                access_tokens::expires_at.eq(token.expires_at.micros()),
            ))
            .execute(self.0.db)?;
        Ok(())
    }

    /// The token with this hash, live or not.
    ///
    /// # Errors
    /// When the database does not answer or the row is corrupt.
    pub fn find(&mut self, hash: &[u8; 32]) -> Result<Option<AccessToken>, Halt> {
        let row = access_tokens::table
            .find(hash.to_vec())
            .first::<Stored>(self.0.db)
            .optional()?;
        let Some((_, grant, party, scope, created_at, expires_at, revoked_at)) = row else {
            return Ok(None);
        };
        Ok(Some(AccessToken {
            hash: *hash,
            grant: grant
                .map(|g| id16(&g, "access_tokens", "grant_id").map(GrantId::from_bytes))
                .transpose()?,
            party,
            scope,
            created_at: Time::from_micros(created_at),
            expires_at: Time::from_micros(expires_at),
            revoked_at: time(revoked_at),
        }))
    }

    /// Revokes one token.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn revoke(&mut self, hash: &[u8; 32], now: Time) -> Result<(), Halt> {
        diesel::update(
            access_tokens::table
                .find(hash.to_vec())
                .filter(access_tokens::revoked_at.is_null()),
        )
        .set(access_tokens::revoked_at.eq(micros(Some(now))))
        .execute(self.0.db)?;
        Ok(())
    }
}
