//! What is to be sent: written with the act that wants it sent, sent after the commit, at least once.

use diesel::prelude::*;

use super::row::{id16, micros, time};
use super::schema::outbox;
use super::{Halt, Tx};
use crate::domain::id::OutboxId;
use crate::domain::time::{Span, Time};
use crate::fault::Fault;
use crate::vault::{Place, Sealed};

/// Something to be sent.
#[derive(Debug, Clone)]
pub struct Letter {
    /// Our id; doubles as the receiver's idempotency key.
    pub id: OutboxId,
    /// Which sender takes it.
    pub kind: String,
    /// The same thing is never written twice.
    pub dedup: String,
    /// In the sender's own form; sealed at rest, erased when sent.
    pub payload: Vec<u8>,
    /// Tries so far.
    pub attempts: i32,
}

/// What waits in the outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backlog {
    /// How many letters, 10,000 at most.
    pub waiting: usize,
    /// When the oldest of them was written.
    pub oldest: Option<Time>,
}

/// Something that was not sent, without what it says.
#[derive(Debug, Clone)]
pub struct Unsent {
    /// Its id.
    pub id: OutboxId,
    /// Which sender takes it.
    pub kind: String,
    /// Tries so far.
    pub attempts: i32,
    /// When it was written.
    pub created_at: Time,
    /// When it was given up; none while it is tried again.
    pub given_up_at: Option<Time>,
    /// Why the last try failed.
    pub failure: Option<String>,
}

/// When what was sent is due again: never. The search for what is due walks by `due_at` and does not meet it.
const NEVER: i64 = i64::MAX;
/// More than so many that wait are not counted.
const MOST_COUNTED: i64 = 10_000;

/// The outbox.
pub struct Outbox<'t, 'c>(pub(super) &'t mut Tx<'c>);

/// What is due.
#[diesel::dsl::auto_type]
pub(super) fn due(now: i64) -> _ {
    let by_then = outbox::due_at.le(now);
    outbox::table.filter(outbox::done_at.is_null().and(by_then))
}

impl Outbox<'_, '_> {
    /// Writes something to be sent; nothing when the same was written before.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn put(&mut self, letter: &Letter, now: Time) -> Result<(), Halt> {
        let known = outbox::table
            .filter(outbox::dedup.eq(&letter.dedup))
            .select(outbox::attempts)
            .first::<i32>(self.0.db);
        if known.optional()?.is_some() {
            return Ok(());
        }
        let place = Place {
            column: Sealed::OutboxPayload,
            row: &letter.id.bytes(),
        };
        let payload = self.0.vault.seal(place, &letter.payload, self.0.rng);
        diesel::insert_into(outbox::table)
            .values((
                outbox::id.eq(letter.id.bytes().to_vec()),
                outbox::kind.eq(&letter.kind),
                outbox::dedup.eq(&letter.dedup),
                outbox::payload.eq(payload),
                outbox::attempts.eq(0),
                outbox::due_at.eq(now.micros()),
                outbox::created_at.eq(now.micros()),
            ))
            .execute(self.0.db)?;
        Ok(())
    }

    /// Takes what is due: it is not due again before `lease` has passed, so that another node does not send it too.
    ///
    /// # Errors
    /// When the database does not answer or a row is corrupt.
    pub fn claim(&mut self, limit: i64, now: Time, lease: Span) -> Result<Vec<Letter>, Halt> {
        let due = due(now.micros())
            .order(outbox::due_at)
            .limit(limit)
            .select((
                outbox::id,
                outbox::kind,
                outbox::dedup,
                outbox::payload,
                outbox::attempts,
                outbox::due_at,
            ))
            .load::<(Vec<u8>, String, String, Vec<u8>, i32, i64)>(self.0.db)?;
        let mut letters = Vec::new();
        for (id, kind, dedup, sealed, attempts, due_at) in due {
            let mine = diesel::update(outbox::table.find(&id).filter(outbox::due_at.eq(due_at)))
                .set((
                    outbox::due_at.eq((now + lease).micros()),
                    outbox::attempts.eq(attempts + 1),
                ))
                .execute(self.0.db)?;
            if mine == 1 {
                let id = OutboxId::from_bytes(id16(&id, "outbox", "id")?);
                let place = Place {
                    column: Sealed::OutboxPayload,
                    row: &id.bytes(),
                };
                let payload = self
                    .0
                    .vault
                    .open(place, &sealed)
                    .map_err(|e| Fault::new("outbox.payload does not open", e))?;
                letters.push(Letter {
                    id,
                    kind,
                    dedup,
                    payload: payload.to_vec(),
                    attempts: attempts + 1,
                });
            }
        }
        Ok(letters)
    }

    /// What is not sent yet.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn backlog(&mut self) -> Result<Backlog, Halt> {
        let waiting = outbox::table
            .filter(outbox::done_at.is_null().and(outbox::due_at.lt(NEVER)))
            .order(outbox::due_at)
            .limit(MOST_COUNTED)
            .select(outbox::created_at)
            .load::<i64>(self.0.db)?;
        Ok(Backlog {
            waiting: waiting.len(),
            oldest: waiting.into_iter().min().map(Time::from_micros),
        })
    }

    /// Notes that something was sent; its payload is erased, and it is never due again: whoever looks for what is due does not walk
    /// past it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn done(&mut self, id: OutboxId, now: Time) -> Result<(), Halt> {
        diesel::update(outbox::table.find(id.bytes().to_vec()))
            .set((
                outbox::done_at.eq(micros(Some(now))),
                outbox::due_at.eq(NEVER),
                outbox::failure.eq(None::<&str>),
                outbox::payload.eq(Vec::new()),
            ))
            .execute(self.0.db)?;
        Ok(())
    }

    /// Notes that something is not tried any more. It keeps its payload, so that an operator can have it tried again.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn give_up(&mut self, id: OutboxId, failure: &str, now: Time) -> Result<(), Halt> {
        diesel::update(outbox::table.find(id.bytes().to_vec()))
            .set((
                outbox::done_at.eq(micros(Some(now))),
                outbox::due_at.eq(NEVER),
                outbox::failure.eq(Some(failure)),
            ))
            .execute(self.0.db)?;
        Ok(())
    }

    /// What was given up and what has failed so far, oldest first.
    ///
    /// # Errors
    /// When the database does not answer or a row is corrupt.
    pub fn unsent(&mut self, limit: i64) -> Result<Vec<Unsent>, Halt> {
        type Stored = (Vec<u8>, String, i32, i64, Option<i64>, Option<String>);
        let rows = outbox::table
            .filter(outbox::failure.is_not_null())
            .order(outbox::created_at)
            .limit(limit)
            .select((
                outbox::id,
                outbox::kind,
                outbox::attempts,
                outbox::created_at,
                outbox::done_at,
                outbox::failure,
            ))
            .load::<Stored>(self.0.db)?;
        rows.into_iter()
            .map(|(id, kind, attempts, created_at, done_at, failure)| {
                Ok(Unsent {
                    id: OutboxId::from_bytes(id16(&id, "outbox", "id")?),
                    kind,
                    attempts,
                    created_at: Time::from_micros(created_at),
                    given_up_at: time(done_at),
                    failure,
                })
            })
            .collect()
    }

    /// How many were given up and lie there still.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn given_up(&mut self) -> Result<i64, Halt> {
        let given_up = outbox::done_at.is_not_null().and(outbox::failure.is_not_null());
        Ok(outbox::table.filter(given_up).count().get_result(self.0.db)?)
    }

    /// Has something that was given up tried again from the beginning; `false` when it was not given up.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn retry(&mut self, id: OutboxId, now: Time) -> Result<bool, Halt> {
        let given_up = outbox::done_at.is_not_null().and(outbox::failure.is_not_null());
        let touched = diesel::update(outbox::table.find(id.bytes().to_vec()).filter(given_up))
            .set((
                outbox::done_at.eq(None::<i64>),
                outbox::failure.eq(None::<&str>),
                outbox::attempts.eq(0),
                outbox::due_at.eq(now.micros()),
            ))
            .execute(self.0.db)?;
        Ok(touched == 1)
    }

    /// Notes that something could not be sent and is tried again at `due`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn later(&mut self, id: OutboxId, failure: &str, due: Time) -> Result<(), Halt> {
        diesel::update(outbox::table.find(id.bytes().to_vec()))
            .set((outbox::due_at.eq(due.micros()), outbox::failure.eq(Some(failure))))
            .execute(self.0.db)?;
        Ok(())
    }

    /// Puts back what was claimed and not tried.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn put_back(&mut self, id: OutboxId, attempts: i32, due: Time) -> Result<(), Halt> {
        diesel::update(outbox::table.find(id.bytes().to_vec()))
            .set((outbox::due_at.eq(due.micros()), outbox::attempts.eq(attempts)))
            .execute(self.0.db)?;
        Ok(())
    }
}
