//! The parties that take part in sessions, each by a protocol.

use diesel::prelude::*;

use super::dialect::on;
use super::fixed::fixed;
use super::row::{id16, micros, time};
use super::schema::{participants, sessions};
use super::{Halt, Sessions};
use crate::domain::id::{EidId, SessionId};
use crate::domain::time::Time;

/// A party that takes part in a session by one protocol; a party that speaks two takes part twice.
#[derive(Debug, Clone)]
pub struct Participant {
    /// What the party calls the session: `sid`, SessionIndex.
    pub sid: String,
    /// The session.
    pub session: SessionId,
    /// The party.
    pub party: String,
    /// `oidc` or `saml`.
    pub protocol: String,
    /// What the party calls the person: `sub`, NameID.
    pub sub: String,
    /// What the protocol needs to reach the party again, in its own form.
    pub detail: Vec<u8>,
    /// Whether the party can be told of the end without a browser.
    pub back_channel: bool,
    /// When it joined.
    pub joined_at: Time,
    /// When the person last came to it having shown who they are since they came before.
    pub entered_at: Time,
    /// When it left or was told to.
    pub ended_at: Option<Time>,
}

/// That somebody has logged in somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entered {
    /// What the party calls the session.
    pub sid: String,
    /// By which eID.
    pub eid: EidId,
    /// When.
    pub at: Time,
}

type StoredParticipant = (
    String,
    Vec<u8>,
    String,
    String,
    String,
    Vec<u8>,
    bool,
    i64,
    Option<i64>,
    Option<String>,
    i64,
);

impl Sessions<'_, '_> {
    /// Lets a party take part by one protocol, where the person has shown who they are at `shown_at`. Whoever took part by it before keeps
    /// its `sid` and, unless it had left, what the protocol kept of it; a person who has shown nothing since is where they were.
    ///
    /// # Errors
    /// When the database does not answer or the row is corrupt.
    pub fn join(&mut self, participant: &Participant, shown_at: Time) -> Result<Participant, Halt> {
        let before = on!(self.0.db, |db| participants::table
            .filter(participants::session.eq(participant.session.bytes().to_vec()))
            .filter(participants::party.eq(&participant.party))
            .filter(participants::protocol.eq(&participant.protocol))
            .first::<StoredParticipant>(db))
        .optional()?;
        if let Some(before) = before.map(self::participant).transpose()? {
            let entered_at = if shown_at > before.entered_at {
                participant.entered_at
            } else {
                before.entered_at
            };
            if before.ended_at.is_none() {
                return self.still_in(before, &participant.sub, entered_at);
            }
            let anew = Participant {
                sid: before.sid,
                entered_at,
                ..participant.clone()
            };
            diesel::update(participants::table.find(&anew.sid))
                .set((
                    participants::sub.eq(&anew.sub),
                    participants::detail.eq(&anew.detail),
                    participants::back_channel.eq(anew.back_channel),
                    participants::ended_at.eq(None::<i64>),
                    participants::handle.eq(None::<String>),
                    participants::entered_at.eq(anew.entered_at.micros()),
                ))
                .execute(self.0.db)?;
            return Ok(anew);
        }
        on!(self.0.db, |db| diesel::insert_into(participants::table)
            .values((
                participants::sid.eq(&participant.sid),
                participants::session.eq(participant.session.bytes().to_vec()),
                participants::party.eq(&participant.party),
                participants::protocol.eq(&participant.protocol),
                participants::sub.eq(&participant.sub),
                participants::detail.eq(&participant.detail),
                participants::back_channel.eq(participant.back_channel),
                participants::joined_at.eq(participant.joined_at.micros()),
                participants::entered_at.eq(participant.entered_at.micros()),
            ))
            .execute(db))?;
        Ok(participant.clone())
    }

    fn still_in(&mut self, before: Participant, sub: &str, entered_at: Time) -> Result<Participant, Halt> {
        // The party was moved to another sector meanwhile, or the person has shown who they are.
        if before.sub != sub || before.entered_at != entered_at {
            diesel::update(participants::table.find(&before.sid))
                .set((
                    participants::sub.eq(sub),
                    participants::entered_at.eq(entered_at.micros()),
                ))
                .execute(self.0.db)?;
        }
        Ok(Participant {
            sub: sub.to_owned(),
            entered_at,
            ..before
        })
    }

    /// Renews what a protocol keeps of a participant (its NameID, its ACS).
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn set_detail(&mut self, sid: &str, sub: &str, detail: &[u8], back_channel: bool) -> Result<(), Halt> {
        // Whoever comes back on the same session brings nothing new: then nothing is written.
        let changes = participants::sub
            .ne(sub)
            .or(participants::detail.ne(detail))
            .or(participants::back_channel.ne(back_channel));
        on!(self.0.db, |db| fixed(
            diesel::update(participants::table.find(sid).filter(changes)).set((
                participants::sub.eq(sub),
                participants::detail.eq(detail),
                participants::back_channel.eq(back_channel),
            ))
        )
        .execute(db))?;
        Ok(())
    }

    /// Notes a name of the person that holds for this participant alone (a transient NameID), so that it can be found by it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn set_handle(&mut self, sid: &str, handle: &str) -> Result<(), Halt> {
        diesel::update(participants::table.find(sid))
            .set(participants::handle.eq(handle))
            .execute(self.0.db)?;
        Ok(())
    }

    /// The participants that call the person by such a name; names are random, so there is one or none.
    ///
    /// # Errors
    /// When the database does not answer or a row is corrupt.
    pub fn by_handle(&mut self, handle: &str) -> Result<Vec<Participant>, Halt> {
        let rows = participants::table
            .filter(participants::handle.eq(handle))
            .load::<StoredParticipant>(self.0.db)?;
        rows.into_iter().map(participant).collect()
    }

    /// Everybody who takes part in a session, in the order in which they joined.
    ///
    /// # Errors
    /// When the database does not answer or a row is corrupt.
    pub fn participants(&mut self, session: SessionId) -> Result<Vec<Participant>, Halt> {
        let rows = participants::table
            .filter(participants::session.eq(session.bytes().to_vec()))
            .order((participants::joined_at, participants::sid))
            .load::<StoredParticipant>(self.0.db)?;
        rows.into_iter().map(participant).collect()
    }

    /// The participant that a `sid` or SessionIndex names.
    ///
    /// # Errors
    /// When the database does not answer or the row is corrupt.
    pub fn participant(&mut self, sid: &str) -> Result<Option<Participant>, Halt> {
        let row = participants::table
            .find(sid)
            .first::<StoredParticipant>(self.0.db)
            .optional()?;
        row.map(participant).transpose()
    }

    /// The newest entry of any of these eIDs at a party since then, where it has not ended.
    ///
    /// # Errors
    /// When the database does not answer or the row is corrupt.
    pub fn last_entered(&mut self, eids: &[EidId], party: &str, since: Time) -> Result<Option<Entered>, Halt> {
        let ids: Vec<Vec<u8>> = eids.iter().map(|eid| eid.bytes().to_vec()).collect();
        let row = sessions::table
            .inner_join(participants::table.on(participants::session.eq(sessions::id)))
            .filter(sessions::eid.eq_any(ids).and(sessions::ended_at.is_null()))
            .filter(participants::party.eq(party).and(participants::ended_at.is_null()))
            .filter(participants::entered_at.ge(since.micros()))
            .order(participants::entered_at.desc())
            .select((participants::sid, sessions::eid, participants::entered_at))
            .first::<(String, Vec<u8>, i64)>(self.0.db)
            .optional()?;
        let entered = row.map(|(sid, eid, at)| {
            Ok::<_, Halt>(Entered {
                sid,
                eid: EidId::from_bytes(id16(&eid, "sessions", "eid")?),
                at: Time::from_micros(at),
            })
        });
        entered.transpose()
    }

    /// Notes that a party has left.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn leave(&mut self, sid: &str, now: Time) -> Result<(), Halt> {
        diesel::update(participants::table.find(sid).filter(participants::ended_at.is_null()))
            .set(participants::ended_at.eq(micros(Some(now))))
            .execute(self.0.db)?;
        Ok(())
    }
}

fn participant(row: StoredParticipant) -> Result<Participant, Halt> {
    let (sid, session, party, protocol, sub, detail, back_channel, joined_at, ended_at, _, entered_at) = row;
    Ok(Participant {
        session: SessionId::from_bytes(id16(&session, "participants", "session")?),
        sid,
        party,
        protocol,
        sub,
        detail,
        back_channel,
        joined_at: Time::from_micros(joined_at),
        entered_at: Time::from_micros(entered_at),
        ended_at: time(ended_at),
    })
}
