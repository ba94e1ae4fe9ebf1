//! How grants end: one, those of a participant, of a session, of an eID.

use diesel::prelude::*;

use super::Grants;
use crate::domain::id::{EidId, GrantId, SessionId};
use crate::domain::time::Time;
use crate::storage::Halt;
use crate::storage::row::{id16, micros};
use crate::storage::schema::{access_tokens, grants};

impl Grants<'_, '_> {
    /// Ends a grant and every access token it gave.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn end(&mut self, id: GrantId, cause: &str, now: Time) -> Result<bool, Halt> {
        let touched = diesel::update(
            grants::table
                .find(id.bytes().to_vec())
                .filter(grants::ended_at.is_null()),
        )
        .set((
            grants::ended_at.eq(micros(Some(now))),
            grants::ended_cause.eq(Some(cause)),
        ))
        .execute(self.0.db)?;
        diesel::update(access_tokens::table.filter(access_tokens::grant_id.eq(id.bytes().to_vec())))
            .filter(access_tokens::revoked_at.is_null())
            .set(access_tokens::revoked_at.eq(micros(Some(now))))
            .execute(self.0.db)?;
        Ok(touched == 1)
    }

    /// Ends what one party of a session was given, but what survives a log-out; `sid` is what the party calls the session.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn end_of_participant(&mut self, session: SessionId, sid: &str, cause: &str, now: Time) -> Result<(), Halt> {
        let of_party = grants::session.eq(session.bytes().to_vec()).and(grants::sid.eq(sid));
        let open = grants::table
            .filter(of_party.and(grants::ended_at.is_null()))
            .select((grants::id, grants::offline))
            .load::<(Vec<u8>, bool)>(self.0.db)?;
        self.end_each(open, false, cause, now)
    }

    /// Ends what a session gave; `also_offline` tells whether grants that survive a log-out end too.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn end_of_session(
        &mut self,
        session: SessionId,
        also_offline: bool,
        cause: &str,
        now: Time,
    ) -> Result<(), Halt> {
        let open = grants::table
            .filter(
                grants::session
                    .eq(session.bytes().to_vec())
                    .and(grants::ended_at.is_null()),
            )
            .select((grants::id, grants::offline))
            .load::<(Vec<u8>, bool)>(self.0.db)?;
        self.end_each(open, also_offline, cause, now)
    }

    /// Ends everything that an eID's log-ins gave, also from sessions that ended before.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn end_of_eid(&mut self, eid: EidId, cause: &str, now: Time) -> Result<(), Halt> {
        let open = grants::table
            .filter(grants::eid.eq(eid.bytes().to_vec()).and(grants::ended_at.is_null()))
            .select((grants::id, grants::offline))
            .load::<(Vec<u8>, bool)>(self.0.db)?;
        self.end_each(open, true, cause, now)
    }

    fn end_each(&mut self, open: Vec<(Vec<u8>, bool)>, also_offline: bool, cause: &str, now: Time) -> Result<(), Halt> {
        for (id, offline) in open {
            if also_offline || !offline {
                self.end(GrantId::from_bytes(id16(&id, "grants", "id")?), cause, now)?;
            }
        }
        Ok(())
    }
}
