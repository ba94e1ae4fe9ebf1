//! Access tokens, by their SHA-256.

use diesel::prelude::*;

use super::dialect::on;
use super::eids as eids_row;
use super::eids::holder;
use super::grants as grants_row;
use super::grants::{Basis, Grants};
use super::row::{id16, micros, time};
use super::schema::{access_tokens, cprs, eids, grants, issues, people, sessions, subjects};
use super::sessions as sessions_row;
use super::{Halt, Tx};
use crate::domain::id::GrantId;
use crate::domain::time::Time;
use crate::fault::Fault;

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
    /// SHA-256 of the certificate that it is bound to.
    pub bound_to: Option<[u8; 32]>,
}

/// Access tokens.
pub struct Tokens<'t, 'c>(pub(super) &'t mut Tx<'c>);

type Stored = (
    Vec<u8>,
    Option<Vec<u8>>,
    String,
    String,
    i64,
    i64,
    Option<i64>,
    Option<Vec<u8>>,
);
type Resting = (
    Stored,
    Option<grants_row::Stored>,
    Option<eids_row::Stored>,
    Option<sessions_row::Stored>,
    Option<String>,
);

/// A token with everything that a question about it rests on.
#[derive(Debug, Clone)]
pub struct Questioned {
    /// The token.
    pub token: AccessToken,
    /// Its grant with what that rests on; none for client credentials.
    pub basis: Option<Basis>,
    /// The person's name in the sector that asks.
    pub sub: Option<String>,
}

impl Tokens<'_, '_> {
    /// Writes a token down.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn insert(&mut self, token: &AccessToken) -> Result<(), Halt> {
        on!(self.0.db, |db| diesel::insert_into(access_tokens::table)
            .values((
                access_tokens::hash.eq(token.hash.to_vec()),
                access_tokens::grant_id.eq(token.grant.map(|g| g.bytes().to_vec())),
                access_tokens::party.eq(&token.party),
                access_tokens::scope.eq(&token.scope),
                access_tokens::created_at.eq(token.created_at.micros()),
                access_tokens::expires_at.eq(token.expires_at.micros()),
                access_tokens::bound_to.eq(token.bound_to.map(|mark| mark.to_vec())),
            ))
            .execute(db))?;
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
        row.map(|row| token(*hash, row)).transpose()
    }

    /// The token with this hash, live or not, with all that a question about it rests on, in one statement. `sector` is where
    /// the answer is told.
    ///
    /// # Errors
    /// When the database does not answer or a row is corrupt.
    pub fn question(&mut self, hash: &[u8; 32], sector: &str) -> Result<Option<Questioned>, Halt> {
        let told = subjects::person
            .eq(grants::person)
            .and(subjects::sector.eq(sector.to_owned()));
        let row = on!(self.0.db, |db| access_tokens::table
            .left_join(grants::table.on(grants::id.nullable().eq(access_tokens::grant_id)))
            .left_join(eids::table.on(eids::id.eq(grants::eid)))
            .left_join(people::table.on(people::id.eq(eids::person)))
            .left_join(sessions::table.on(sessions::id.eq(grants::session)))
            .left_join(subjects::table.on(told))
            .filter(access_tokens::hash.eq(hash.to_vec()))
            .select((
                access_tokens::all_columns,
                Option::<grants_row::Stored>::as_select(),
                holder!().nullable(),
                sessions::all_columns.nullable(),
                subjects::sub.nullable(),
            ))
            .first::<Resting>(db))
        .optional()?;
        let Some((row, grant, eid, session, sub)) = row else {
            return Ok(None);
        };
        let basis = match (grant, eid) {
            (Some(grant), Some(eid)) => Some(Basis {
                grant: Grants(self.0).open(grant)?,
                eid: eids_row::eid(eid)?,
                session: session.map(sessions_row::session).transpose()?,
            }),
            _ => None,
        };
        Ok(Some(Questioned {
            token: token(*hash, row)?,
            basis,
            sub,
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

fn token(hash: [u8; 32], row: Stored) -> Result<AccessToken, Halt> {
    let (_, grant, party, scope, created_at, expires_at, revoked_at, bound_to) = row;
    let grant = grant.map(|grant| id16(&grant, "access_tokens", "grant_id").map(GrantId::from_bytes));
    Ok(AccessToken {
        hash,
        grant: grant.transpose()?,
        party,
        scope,
        created_at: Time::from_micros(created_at),
        expires_at: Time::from_micros(expires_at),
        revoked_at: time(revoked_at),
        bound_to: bound_to
            .map(|mark| {
                mark.try_into()
                    .map_err(|_| Fault::corrupt("access_tokens", "bound_to", "a token"))
            })
            .transpose()?,
    })
}
