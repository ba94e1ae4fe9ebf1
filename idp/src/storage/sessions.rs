//! Sessions. Who takes part in them: `participants.rs`.

use diesel::prelude::*;

use super::dialect::on;
use super::eids as eids_row;
use super::eids::{Eid, holder};
use super::fixed::fixed;
use super::row::{id16, micros, time};
use super::schema::{cprs, eids, issues, people, sessions};
use super::{Halt, Tx};
use crate::domain::assurance::{Level, Method};
use crate::domain::id::{EidId, PersonId, SessionId};
use crate::domain::time::Time;
use crate::fault::Fault;

/// A session to be written down.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// Our id.
    pub id: SessionId,
    /// SHA-256 of the random value in the browser's cookie (or of nothing that anybody holds, where there is no cookie).
    pub token_hash: [u8; 32],
    /// Whose it is.
    pub person: PersonId,
    /// The eID that logged in.
    pub eid: EidId,
    /// The group of parties that share it; `None` for a party that never shares.
    pub sso: Option<String>,
    /// The one party of a session that is not shared.
    pub party: Option<String>,
    /// The level that was proven.
    pub level: Level,
    /// How.
    pub methods: Vec<Method>,
    /// When.
    pub at: Time,
    /// Absolute end.
    pub expires_at: Time,
}

/// A session as stored.
#[derive(Debug, Clone)]
pub struct SessionRow {
    /// Our id.
    pub id: SessionId,
    /// Whose it is.
    pub person: PersonId,
    /// The eID that logged in.
    pub eid: EidId,
    /// The group of parties that share it.
    pub sso: Option<String>,
    /// The one party of a session that is not shared.
    pub party: Option<String>,
    /// The level that was proven.
    pub level: Level,
    /// How.
    pub methods: Vec<Method>,
    /// When the person last proved themself.
    pub authenticated_at: Time,
    /// When it was last used.
    pub seen_at: Time,
    /// Absolute end.
    pub expires_at: Time,
    /// When it was ended before its time.
    pub ended_at: Option<Time>,
}

/// Sessions.
pub struct Sessions<'t, 'c>(pub(super) &'t mut Tx<'c>);

pub(super) type Stored = (
    Vec<u8>,
    Vec<u8>,
    Vec<u8>,
    Vec<u8>,
    Option<String>,
    Option<String>,
    String,
    String,
    i64,
    i64,
    i64,
    Option<i64>,
    Option<String>,
);
fn words(methods: &[Method]) -> String {
    methods.iter().map(|m| m.as_str()).collect::<Vec<_>>().join(" ")
}

impl Sessions<'_, '_> {
    /// Writes a session down.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn insert(&mut self, session: &NewSession) -> Result<(), Halt> {
        on!(self.0.db, |db| diesel::insert_into(sessions::table)
            .values((
                sessions::id.eq(session.id.bytes().to_vec()),
                sessions::token_hash.eq(session.token_hash.to_vec()),
                sessions::person.eq(session.person.bytes().to_vec()),
                sessions::eid.eq(session.eid.bytes().to_vec()),
                sessions::sso.eq(&session.sso),
                sessions::party.eq(&session.party),
                sessions::level.eq(session.level.as_str()),
                sessions::methods.eq(words(&session.methods)),
                sessions::authenticated_at.eq(session.at.micros()),
                sessions::seen_at.eq(session.at.micros()),
                sessions::expires_at.eq(session.expires_at.micros()),
            ))
            .execute(db))?;
        Ok(())
    }

    /// One session.
    ///
    /// # Errors
    /// When the database does not answer or the row is corrupt.
    pub fn find(&mut self, id: SessionId) -> Result<Option<SessionRow>, Halt> {
        let stored = sessions::table
            .find(id.bytes().to_vec())
            .first::<Stored>(self.0.db)
            .optional()?;
        stored.map(session).transpose()
    }

    /// The session whose cookie has this hash.
    ///
    /// # Errors
    /// When the database does not answer or the row is corrupt.
    pub fn by_token(&mut self, token_hash: &[u8; 32]) -> Result<Option<SessionRow>, Halt> {
        let stored = sessions::table
            .filter(sessions::token_hash.eq(token_hash.to_vec()))
            .first::<Stored>(self.0.db)
            .optional()?;
        stored.map(session).transpose()
    }

    /// The sessions of an eID that have not ended.
    ///
    /// # Errors
    /// When the database does not answer or a row is corrupt.
    pub fn open_of_eid(&mut self, eid: EidId) -> Result<Vec<SessionRow>, Halt> {
        let stored = sessions::table
            .filter(sessions::eid.eq(eid.bytes().to_vec()).and(sessions::ended_at.is_null()))
            .load::<Stored>(self.0.db)?;
        stored.into_iter().map(session).collect()
    }

    /// Every session of an eID whose row is kept, ended ones too, oldest first.
    ///
    /// # Errors
    /// When the database does not answer or a row is corrupt.
    pub fn of_eid(&mut self, eid: EidId) -> Result<Vec<SessionRow>, Halt> {
        let stored = sessions::table
            .filter(sessions::eid.eq(eid.bytes().to_vec()))
            .order((sessions::authenticated_at, sessions::id))
            .load::<Stored>(self.0.db)?;
        stored.into_iter().map(session).collect()
    }

    /// Notes that a session was used; nothing is written more than once a minute.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn touch(&mut self, id: SessionId, now: Time) -> Result<(), Halt> {
        let minute_ago = now.micros() - 60_000_000;
        on!(self.0.db, |db| fixed(
            diesel::update(
                sessions::table
                    .find(id.bytes().to_vec())
                    .filter(sessions::seen_at.lt(minute_ago)),
            )
            .set(sessions::seen_at.eq(now.micros()))
        )
        .execute(db))?;
        Ok(())
    }

    /// Raises a session after a further factor was shown; the cookie's value changes with it.
    /// `false` when the session had ended.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn step_up(
        &mut self,
        id: SessionId,
        token: &[u8; 32],
        level: Level,
        methods: &[Method],
        at: Time,
        now: Time,
    ) -> Result<bool, Halt> {
        let touched = diesel::update(
            sessions::table
                .find(id.bytes().to_vec())
                .filter(sessions::ended_at.is_null()),
        )
        .set((
            sessions::token_hash.eq(token.to_vec()),
            sessions::level.eq(level.as_str()),
            sessions::methods.eq(words(methods)),
            sessions::authenticated_at.eq(at.micros()),
            sessions::seen_at.eq(now.micros()),
        ))
        .execute(self.0.db)?;
        Ok(touched == 1)
    }

    /// Gives a session another cookie value and nothing else. `false` when the session had ended.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn renew_token(&mut self, id: SessionId, token: &[u8; 32], now: Time) -> Result<bool, Halt> {
        let running = sessions::table
            .find(id.bytes().to_vec())
            .filter(sessions::ended_at.is_null());
        let touched = diesel::update(running)
            .set((
                sessions::token_hash.eq(token.to_vec()),
                sessions::seen_at.eq(now.micros()),
            ))
            .execute(self.0.db)?;
        Ok(touched == 1)
    }

    /// Ends a session; `false` when it had ended already.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn end(&mut self, id: SessionId, cause: &str, now: Time) -> Result<bool, Halt> {
        let touched = diesel::update(
            sessions::table
                .find(id.bytes().to_vec())
                .filter(sessions::ended_at.is_null()),
        )
        .set((
            sessions::ended_at.eq(micros(Some(now))),
            sessions::ended_cause.eq(Some(cause)),
        ))
        .execute(self.0.db)?;
        Ok(touched == 1)
    }

    /// The session that a cookie's value belongs to, live or not, with its eID, in one statement.
    ///
    /// # Errors
    /// When the database does not answer or a row is corrupt.
    pub fn with_eid(&mut self, token_hash: &[u8; 32]) -> Result<Option<(SessionRow, Eid)>, Halt> {
        let row = on!(self.0.db, |db| sessions::table
            .inner_join(eids::table.on(eids::id.eq(sessions::eid)))
            .inner_join(people::table.on(people::id.eq(eids::person)))
            .filter(sessions::token_hash.eq(token_hash.to_vec()))
            .select((sessions::all_columns, holder!()))
            .first::<(Stored, eids_row::Stored)>(db))
        .optional()?;
        row.map(|(row, held)| Ok((session(row)?, eids_row::eid(held)?)))
            .transpose()
    }
}

pub(super) fn session(row: Stored) -> Result<SessionRow, Halt> {
    let (id, _, person, eid, sso, party, level, methods, authenticated_at, seen_at, expires_at, ended_at, _) = row;
    let id = SessionId::from_bytes(id16(&id, "sessions", "id")?);
    let method = |word: &str| Method::parse(word).ok_or_else(|| Fault::corrupt("sessions", "methods", id));
    Ok(SessionRow {
        id,
        person: PersonId::from_bytes(id16(&person, "sessions", "person")?),
        eid: EidId::from_bytes(id16(&eid, "sessions", "eid")?),
        sso,
        party,
        level: Level::parse(&level).ok_or_else(|| Fault::corrupt("sessions", "level", id))?,
        methods: methods.split_whitespace().map(method).collect::<Result<_, _>>()?,
        authenticated_at: Time::from_micros(authenticated_at),
        seen_at: Time::from_micros(seen_at),
        expires_at: Time::from_micros(expires_at),
        ended_at: time(ended_at),
    })
}
