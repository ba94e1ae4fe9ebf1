//! The end of a session: its grants, and the letters to those who take part.

use serde::{Deserialize, Serialize};

use crate::audit::{Event, Who, record};
use crate::ctx::Ctx;
use crate::domain::id::{EidId, OutboxId, SessionId};
use crate::storage::{Halt, Letter, Participant, SessionRow, Tx};

/// Why a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The person logged out.
    Logout,
    /// The person ended it from elsewhere, on our own pages.
    Holder,
    /// The password was changed: who was logged in with the old one is so no longer.
    PasswordChanged,
    /// The same browser logged in as somebody else.
    Replaced,
    /// The eID or its password was blocked: nothing it gave lives on.
    Blocked,
}

impl Cause {
    /// The stored word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Cause::Logout => "logout",
            Cause::Holder => "holder",
            Cause::PasswordChanged => "password_changed",
            Cause::Replaced => "replaced",
            Cause::Blocked => "blocked",
        }
    }
}

/// A session that has just ended, with everybody who took part.
#[derive(Debug, Clone)]
pub struct Ended {
    /// The session.
    pub session: SessionRow,
    /// Those who had not left before.
    pub participants: Vec<Participant>,
}

/// What a sender needs to tell a party of the end.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LogoutLetter {
    /// The party.
    pub party: String,
    /// What the party calls the session.
    pub sid: String,
    /// What the party calls the person.
    pub sub: String,
    /// What the protocol kept of the participant.
    pub detail: Vec<u8>,
}

/// Ends a session: marks it, ends what it gave, and writes a letter to every participant with a back channel, except those in
/// `spared` (by `sid`), who are told in another way or asked for it themselves. `None` when it had ended before.
///
/// # Errors
/// When the database does not answer.
pub fn end(tx: &mut Tx<'_>, ctx: &Ctx, id: SessionId, cause: Cause, spared: &[String]) -> Result<Option<Ended>, Halt> {
    let Some(session) = tx.sessions().find(id)? else {
        return Ok(None);
    };
    if !tx.sessions().end(id, cause.as_str(), ctx.now)? {
        return Ok(None);
    }
    tx.grants()
        .end_of_session(id, cause == Cause::Blocked, cause.as_str(), ctx.now)?;
    let participants: Vec<_> = tx
        .sessions()
        .participants(id)?
        .into_iter()
        .filter(|p| p.ended_at.is_none())
        .collect();
    for participant in &participants {
        tx.sessions().leave(&participant.sid, ctx.now)?;
        if participant.back_channel && !spared.contains(&participant.sid) {
            tell(tx, ctx, participant)?;
        }
    }
    let who = Who {
        person: session.person,
        eid: session.eid,
    };
    record(
        tx,
        ctx,
        &Event::SessionEnded {
            who,
            session: id.to_string(),
            cause: cause.as_str().into(),
        },
    )?;
    Ok(Some(Ended { session, participants }))
}

/// One party leaves a session that goes on without it: what it was given ends, except what survives a log-out. `false` when the
/// session or the party's part in it had ended before.
///
/// # Errors
/// When the database does not answer.
pub fn leave(tx: &mut Tx<'_>, ctx: &Ctx, participant: &Participant) -> Result<bool, Halt> {
    let Some(session) = tx.sessions().find(participant.session)? else {
        return Ok(false);
    };
    if session.ended_at.is_some() || participant.ended_at.is_some() {
        return Ok(false);
    }
    tx.sessions().leave(&participant.sid, ctx.now)?;
    tx.grants()
        .end_of_participant(session.id, &participant.sid, Cause::Logout.as_str(), ctx.now)?;
    let who = Who {
        person: session.person,
        eid: session.eid,
    };
    let party = participant.party.clone();
    record(
        tx,
        ctx,
        &Event::SessionLeft {
            who,
            party,
            session: session.id.to_string(),
        },
    )?;
    Ok(true)
}

/// A person takes back a party's part in a session: the party leaves, and is told where it has a back channel. `false` when it had left
/// before.
///
/// # Errors
/// When the database does not answer.
pub fn dismiss(tx: &mut Tx<'_>, ctx: &Ctx, participant: &Participant) -> Result<bool, Halt> {
    let left = leave(tx, ctx, participant)?;
    if left && participant.back_channel {
        tell(tx, ctx, participant)?;
    }
    Ok(left)
}

/// Ends every session of an eID and everything they ever gave, offline grants of ended sessions and a hand-over that waits for its
/// code app too: the eID, its password or something else that it is proven with was blocked.
///
/// # Errors
/// When the database does not answer.
pub fn end_all_of_eid(tx: &mut Tx<'_>, ctx: &Ctx, eid: EidId) -> Result<(), Halt> {
    for session in tx.sessions().open_of_eid(eid)? {
        end(tx, ctx, session.id, Cause::Blocked, &[])?;
    }
    tx.code_apps().drop_handovers(eid)?;
    tx.voices().drop_waiting(eid)?;
    tx.grants().end_of_eid(eid, Cause::Blocked.as_str(), ctx.now)
}

fn tell(tx: &mut Tx<'_>, ctx: &Ctx, participant: &Participant) -> Result<(), Halt> {
    let letter = LogoutLetter {
        party: participant.party.clone(),
        sid: participant.sid.clone(),
        sub: participant.sub.clone(),
        detail: participant.detail.clone(),
    };
    let payload =
        serde_json::to_vec(&letter).map_err(|e| crate::fault::Fault::new("a letter could not be written", e))?;
    tx.outbox().put(
        &Letter {
            id: OutboxId::from_uuid(ctx.rng.uuid_v7(ctx.now)),
            kind: format!("logout.{}", participant.protocol),
            dedup: format!("logout:{}", participant.sid),
            payload,
            attempts: 0,
        },
        ctx.now,
    )
}
