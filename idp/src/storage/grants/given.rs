//! What log-ins have given to parties, as their person sees it.

use diesel::prelude::*;

use super::Grants;
use crate::domain::id::{EidId, GrantId};
use crate::domain::time::Time;
use crate::storage::Halt;
use crate::storage::row::{id16, time};
use crate::storage::schema::grants;

/// A grant as its person sees it: what a party was given and how long it holds.
#[derive(Debug, Clone)]
pub struct Given {
    /// Our id.
    pub id: GrantId,
    /// The party.
    pub party: String,
    /// Granted scope.
    pub scope: String,
    /// Survives log-out.
    pub offline: bool,
    /// When it was given.
    pub created_at: Time,
    /// When it was used last.
    pub used_at: Option<Time>,
    /// It lapses then if it is not used; nothing where no refresh family has begun.
    pub idle_until: Option<Time>,
    /// Absolute end.
    pub expires_at: Time,
    /// When it was ended before its time.
    pub ended_at: Option<Time>,
}

type StoredGiven = (
    Vec<u8>,
    String,
    String,
    bool,
    i64,
    Option<i64>,
    Option<i64>,
    i64,
    Option<i64>,
);

impl Grants<'_, '_> {
    /// What an eID's log-ins have given to parties, as far as rows are kept, oldest first.
    ///
    /// # Errors
    /// When the database does not answer or a row is corrupt.
    pub fn of_eid(&mut self, eid: EidId) -> Result<Vec<Given>, Halt> {
        let rows = grants::table
            .filter(grants::eid.eq(eid.bytes().to_vec()))
            .order((grants::created_at, grants::id))
            .select((
                grants::id,
                grants::party,
                grants::scope,
                grants::offline,
                grants::created_at,
                grants::refreshed_at,
                grants::refresh_idle_at,
                grants::expires_at,
                grants::ended_at,
            ))
            .load::<StoredGiven>(self.0.db)?;
        let given = |row: StoredGiven| {
            let (id, party, scope, offline, created_at, refreshed_at, idle_at, expires_at, ended_at) = row;
            Ok(Given {
                id: GrantId::from_bytes(id16(&id, "grants", "id")?),
                party,
                scope,
                offline,
                created_at: Time::from_micros(created_at),
                used_at: time(refreshed_at),
                idle_until: time(idle_at),
                expires_at: Time::from_micros(expires_at),
                ended_at: time(ended_at),
            })
        };
        rows.into_iter().map(given).collect()
    }
}
