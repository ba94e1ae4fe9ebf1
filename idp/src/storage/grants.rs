//! What was given to OIDC clients: the code, the refresh family; the tokens themselves are never stored.

mod ending;
mod given;

pub use given::Given;

use diesel::prelude::*;

use super::dialect::on;
use super::eids as eids_row;
use super::eids::{Eid, holder};
use super::fixed::fixed;
use super::row::{id16, micros, time};
use super::schema::{cprs, eids, grants, issues, people, sessions};
use super::sessions as sessions_row;
use super::sessions::SessionRow;
use super::{Halt, Tx};
use crate::domain::id::{EidId, GrantId, PersonId, SessionId};
use crate::domain::time::Time;
use crate::fault::Fault;
use crate::vault::{Place, Sealed};

/// A grant to be written down.
#[derive(Debug, Clone)]
pub struct NewGrant {
    /// Our id.
    pub id: GrantId,
    /// The party it is given to.
    pub party: String,
    /// The person who logged in.
    pub person: PersonId,
    /// The eID that logged in.
    pub eid: EidId,
    /// The session it came from.
    pub session: SessionId,
    /// What the party calls that session.
    pub sid: String,
    /// Granted scope, words apart by a space.
    pub scope: String,
    /// The rest, in the protocol's own form; sealed at rest.
    pub detail: Vec<u8>,
    /// SHA-256 of the authorization code.
    pub code_hash: Option<[u8; 32]>,
    /// The code is void after.
    pub code_expires_at: Option<Time>,
    /// Survives log-out.
    pub offline: bool,
    /// Absolute end of the grant.
    pub expires_at: Time,
    /// Now.
    pub created_at: Time,
}

/// The refresh family of a grant.
#[derive(Debug, Clone)]
pub struct Refresh {
    /// What each token of the family derives from.
    pub secret: [u8; 32],
    /// The generation in force.
    pub generation: i64,
    /// When the last rotation was.
    pub refreshed_at: Option<Time>,
    /// The family lapses then if it is not used.
    pub idle_until: Time,
}

/// A grant as stored.
#[derive(Debug, Clone)]
pub struct Grant {
    /// Our id.
    pub id: GrantId,
    /// The party it was given to.
    pub party: String,
    /// The person who logged in.
    pub person: PersonId,
    /// The eID that logged in.
    pub eid: EidId,
    /// The session it came from.
    pub session: SessionId,
    /// What the party calls that session.
    pub sid: String,
    /// Granted scope.
    pub scope: String,
    /// The rest, in the protocol's own form.
    pub detail: Vec<u8>,
    /// The code is void after.
    pub code_expires_at: Option<Time>,
    /// When the code was exchanged.
    pub code_used_at: Option<Time>,
    /// Survives log-out.
    pub offline: bool,
    /// The refresh family, once begun.
    pub refresh: Option<Refresh>,
    /// Absolute end.
    pub expires_at: Time,
    /// When it was ended before its time.
    pub ended_at: Option<Time>,
}

/// A grant with what it rests on.
#[derive(Debug, Clone)]
pub struct Basis {
    /// The grant.
    pub grant: Grant,
    /// The eID that logged in.
    pub eid: Eid,
    /// The session it came from, while its row is kept.
    pub session: Option<SessionRow>,
}

/// Grants.
pub struct Grants<'t, 'c>(pub(super) &'t mut Tx<'c>);

#[derive(Queryable, Selectable)]
#[diesel(table_name = grants)]
pub(super) struct Stored {
    id: Vec<u8>,
    party: String,
    person: Vec<u8>,
    eid: Vec<u8>,
    session: Vec<u8>,
    sid: String,
    scope: String,
    detail: Vec<u8>,
    code_expires_at: Option<i64>,
    code_used_at: Option<i64>,
    offline: bool,
    refresh_secret: Option<Vec<u8>>,
    refresh_generation: i64,
    refreshed_at: Option<i64>,
    refresh_idle_at: Option<i64>,
    expires_at: i64,
    ended_at: Option<i64>,
}

/// A grant, its eID and its session, from one statement.
type Resting = (Stored, eids_row::Stored, Option<sessions_row::Stored>);

macro_rules! resting {
    () => {
        grants::table
            .inner_join(eids::table.on(eids::id.eq(grants::eid)))
            .inner_join(people::table.on(people::id.eq(eids::person)))
            .left_join(sessions::table.on(sessions::id.eq(grants::session)))
            .select((Stored::as_select(), holder!(), sessions::all_columns.nullable()))
    };
}

impl Grants<'_, '_> {
    /// Writes a grant down.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn insert(&mut self, grant: &NewGrant) -> Result<(), Halt> {
        let id = grant.id.bytes();
        let detail = self.0.vault.seal(
            Place {
                column: Sealed::GrantsDetail,
                row: &id,
            },
            &grant.detail,
            self.0.rng,
        );
        on!(self.0.db, |db| diesel::insert_into(grants::table)
            .values((
                grants::id.eq(id.to_vec()),
                grants::party.eq(&grant.party),
                grants::person.eq(grant.person.bytes().to_vec()),
                grants::eid.eq(grant.eid.bytes().to_vec()),
                grants::session.eq(grant.session.bytes().to_vec()),
                grants::sid.eq(&grant.sid),
                grants::scope.eq(&grant.scope),
                grants::detail.eq(detail),
                grants::code_hash.eq(grant.code_hash.map(|h| h.to_vec())),
                grants::code_expires_at.eq(micros(grant.code_expires_at)),
                grants::offline.eq(grant.offline),
                grants::refresh_generation.eq(0),
                grants::expires_at.eq(grant.expires_at.micros()),
                grants::created_at.eq(grant.created_at.micros()),
            ))
            .execute(db))?;
        Ok(())
    }

    /// One grant.
    ///
    /// # Errors
    /// When the database does not answer or the row is corrupt.
    pub fn find(&mut self, id: GrantId) -> Result<Option<Grant>, Halt> {
        let row = grants::table
            .find(id.bytes().to_vec())
            .select(Stored::as_select())
            .first(self.0.db)
            .optional()?;
        row.map(|row| self.open(row)).transpose()
    }

    /// One grant with what it rests on, in one statement.
    ///
    /// # Errors
    /// When the database does not answer or a row is corrupt.
    pub fn basis(&mut self, id: GrantId) -> Result<Option<Basis>, Halt> {
        let row = on!(self.0.db, |db| resting!()
            .filter(grants::id.eq(id.bytes().to_vec()))
            .first::<Resting>(db))
        .optional()?;
        row.map(|row| self.rests(row)).transpose()
    }

    /// The grant that a code belongs to, used or not, with what it rests on, in one statement.
    ///
    /// # Errors
    /// When the database does not answer or a row is corrupt.
    pub fn by_code(&mut self, code_hash: &[u8; 32]) -> Result<Option<Basis>, Halt> {
        let row = on!(self.0.db, |db| resting!()
            .filter(grants::code_hash.eq(code_hash.to_vec()))
            .first::<Resting>(db))
        .optional()?;
        row.map(|row| self.rests(row)).transpose()
    }

    /// Exchanges the code: once. `false` when it had been exchanged.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn use_code(&mut self, id: GrantId, now: Time) -> Result<bool, Halt> {
        let unused = grants::code_used_at.is_null().and(grants::ended_at.is_null());
        let touched = on!(self.0.db, |db| fixed(
            diesel::update(grants::table.find(id.bytes().to_vec()).filter(unused))
                .set(grants::code_used_at.eq(micros(Some(now))))
        )
        .execute(db))?;
        Ok(touched == 1)
    }

    /// Begins the refresh family at generation 1.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn begin_refresh(&mut self, id: GrantId, secret: &[u8; 32], idle_until: Time) -> Result<(), Halt> {
        let sealed = self.0.vault.seal(
            Place {
                column: Sealed::GrantsRefreshSecret,
                row: &id.bytes(),
            },
            secret,
            self.0.rng,
        );
        on!(self.0.db, |db| fixed(
            diesel::update(grants::table.find(id.bytes().to_vec())).set((
                grants::refresh_secret.eq(Some(sealed)),
                grants::refresh_generation.eq(1),
                grants::refresh_idle_at.eq(micros(Some(idle_until))),
            ))
        )
        .execute(db))?;
        Ok(())
    }

    /// Moves the family from one generation to the next; `false` when somebody was faster or the grant has ended.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn rotate(&mut self, id: GrantId, from: i64, now: Time, idle_until: Time) -> Result<bool, Halt> {
        let still = grants::refresh_generation.eq(from).and(grants::ended_at.is_null());
        let touched = on!(self.0.db, |db| fixed(
            diesel::update(grants::table.find(id.bytes().to_vec()).filter(still)).set((
                grants::refresh_generation.eq(from + 1),
                grants::refreshed_at.eq(micros(Some(now))),
                grants::refresh_idle_at.eq(micros(Some(idle_until))),
            ))
        )
        .execute(db))?;
        Ok(touched == 1)
    }

    fn rests(&self, (grant, held, session): Resting) -> Result<Basis, Halt> {
        Ok(Basis {
            grant: self.open(grant)?,
            eid: eids_row::eid(held)?,
            session: session.map(sessions_row::session).transpose()?,
        })
    }

    pub(super) fn open(&self, row: Stored) -> Result<Grant, Halt> {
        let id = GrantId::from_bytes(id16(&row.id, "grants", "id")?);
        let bytes = id.bytes();
        let detail = self.0.vault.open(
            Place {
                column: Sealed::GrantsDetail,
                row: &bytes,
            },
            &row.detail,
        );
        let detail = detail
            .map_err(|e| Fault::new(format!("grants.detail of {id} does not open"), e))?
            .to_vec();
        let refresh = match row.refresh_secret {
            None => None,
            Some(sealed) => {
                let secret = self.0.vault.open(
                    Place {
                        column: Sealed::GrantsRefreshSecret,
                        row: &bytes,
                    },
                    &sealed,
                );
                let secret =
                    secret.map_err(|e| Fault::new(format!("grants.refresh_secret of {id} does not open"), e))?;
                Some(Refresh {
                    secret: secret
                        .as_slice()
                        .try_into()
                        .map_err(|_| Fault::corrupt("grants", "refresh_secret", id))?,
                    generation: row.refresh_generation,
                    refreshed_at: time(row.refreshed_at),
                    idle_until: Time::from_micros(row.refresh_idle_at.unwrap_or(row.expires_at)),
                })
            }
        };
        Ok(Grant {
            id,
            party: row.party,
            person: PersonId::from_bytes(id16(&row.person, "grants", "person")?),
            eid: EidId::from_bytes(id16(&row.eid, "grants", "eid")?),
            session: SessionId::from_bytes(id16(&row.session, "grants", "session")?),
            sid: row.sid,
            scope: row.scope,
            detail,
            code_expires_at: time(row.code_expires_at),
            code_used_at: time(row.code_used_at),
            offline: row.offline,
            refresh,
            expires_at: Time::from_micros(row.expires_at),
            ended_at: time(row.ended_at),
        })
    }
}
