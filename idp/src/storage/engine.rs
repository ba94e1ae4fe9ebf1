//! The queues and threads behind the store.
//!
//! Owns when an act runs, on which connection, and when its answer may be given: after the commit, never before. SQLite has
//! one writer, which takes everything that waits into one commit (a savepoint per act); other connections only read.
//! PostgreSQL has several workers, one act per transaction. Acts that lose a race run again, whole.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use tokio::sync::oneshot;

use super::dialect::{self, Db, Durability};
use super::{Halt, Tx};
use crate::entropy::Entropy;
use crate::fault::Fault;
use crate::shed::{self, Cause};
use crate::vault::Vault;

/// How often an act that loses races is run before it is given up.
const TRIES: usize = 8;
/// Acts that one commit of SQLite takes at most.
const BATCH: usize = 64;

/// What an act wants to become of its writes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wish {
    Keep,
    Undo,
    Again,
}

/// An act that waits, with the place its answer goes to.
pub(super) trait Waiting: Send {
    fn durability(&self) -> Durability;
    fn queued_at(&self) -> Instant;
    fn nobody_waits(&self) -> bool;
    fn run(&mut self, tx: &mut Tx<'_>) -> bool;
    fn wants_again(&self) -> bool;
    /// The act found that the database can take nothing over this connection.
    fn was_turned_away(&self) -> bool;
    /// Gives the answer; `instead` replaces it where the commit failed.
    fn deliver(self: Box<Self>, instead: Option<Halt>);
}

/// An act of one type, its answer and the person who waits.
pub(super) struct Act<T, F> {
    pub name: &'static str,
    pub durability: Durability,
    pub queued_at: Instant,
    pub act: F,
    pub answer: Option<Result<T, Halt>>,
    pub reply: oneshot::Sender<Result<T, Halt>>,
}

impl<T: Send, F: FnMut(&mut Tx<'_>) -> Result<T, Halt> + Send> Waiting for Act<T, F> {
    fn durability(&self) -> Durability {
        self.durability
    }

    fn queued_at(&self) -> Instant {
        self.queued_at
    }

    fn nobody_waits(&self) -> bool {
        self.reply.is_closed()
    }

    fn run(&mut self, tx: &mut Tx<'_>) -> bool {
        let act = &mut self.act;
        let answer = catch_unwind(AssertUnwindSafe(|| act(tx)))
            .unwrap_or_else(|_| Err(Halt::Fault(Fault::bare(format!("the act {} panicked", self.name)))));
        let keep = answer.is_ok();
        self.answer = Some(answer);
        keep
    }

    fn wants_again(&self) -> bool {
        matches!(self.answer, Some(Err(Halt::Again)))
    }

    fn was_turned_away(&self) -> bool {
        matches!(self.answer, Some(Err(Halt::Unavailable)))
    }

    fn deliver(mut self: Box<Self>, instead: Option<Halt>) {
        metrics::histogram!("idp_transaction_seconds", "name" => self.name)
            .record(self.queued_at.elapsed().as_secs_f64());
        let answer = match instead {
            Some(halt) => Err(halt),
            None => match self.answer.take() {
                Some(Err(Halt::Again)) | None => Err(Halt::Unavailable),
                Some(answer) => answer,
            },
        };
        // Whoever asked may have gone away; what was committed stays.
        let _gone = self.reply.send(answer);
    }
}

/// A bounded queue that several threads take from.
pub(super) struct Queue {
    state: Mutex<QueueState>,
    filled: Condvar,
    limit: usize,
}

#[derive(Default)]
struct QueueState {
    waiting: VecDeque<Box<dyn Waiting>>,
    closed: bool,
}

impl Queue {
    pub(super) fn new(limit: usize) -> Queue {
        Queue {
            state: Mutex::default(),
            filled: Condvar::new(),
            limit,
        }
    }

    fn lock(&self) -> MutexGuard<'_, QueueState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts an act in line, or hands it back when the line is full.
    pub(super) fn push(&self, act: Box<dyn Waiting>) -> Result<(), Box<dyn Waiting>> {
        let mut state = self.lock();
        if state.waiting.len() >= self.limit {
            // Whoever went away does not keep a place.
            state.waiting.retain(|waiting| !waiting.nobody_waits());
        }
        if state.closed || state.waiting.len() >= self.limit {
            return Err(act);
        }
        state.waiting.push_back(act);
        drop(state);
        self.filled.notify_one();
        Ok(())
    }

    /// How many wait.
    pub(super) fn len(&self) -> usize {
        self.lock().waiting.len()
    }

    /// Lets the threads finish what waits and stop.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.filled.notify_all();
    }

    /// Up to `most` acts, waiting for the first; `None` once closed and empty.
    fn take(&self, most: usize) -> Option<Vec<Box<dyn Waiting>>> {
        let mut state = self.lock();
        while state.waiting.is_empty() {
            if state.closed {
                return None;
            }
            state = self.filled.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        let count = state.waiting.len().min(most);
        Some(state.waiting.drain(..count).collect())
    }
}

/// A pooled connection that knows whether it can be used again.
pub(super) struct Link {
    pub db: Db,
    broken: bool,
}

/// Opens connections for the pool.
pub(super) struct Opener(pub String);

impl r2d2::ManageConnection for Opener {
    type Connection = Link;
    type Error = Fault;

    fn connect(&self) -> Result<Link, Fault> {
        Ok(Link {
            db: dialect::open(&self.0)?,
            broken: false,
        })
    }

    fn is_valid(&self, link: &mut Link) -> Result<(), Fault> {
        link.db
            .batch_execute("SELECT 1")
            .map_err(|e| Fault::new("the connection is dead", e))
    }

    fn has_broken(&self, link: &mut Link) -> bool {
        link.broken
    }
}

pub(super) type Pool = r2d2::Pool<Opener>;

/// What every thread of the store holds.
#[derive(Clone)]
pub(super) struct Bench {
    pub queue: Arc<Queue>,
    pub pool: Pool,
    pub vault: Vault,
    pub rng: Entropy,
    pub deadline: Duration,
    pub demo: bool,
}

impl Bench {
    fn tx<'c>(&'c self, db: &'c mut Db) -> Tx<'c> {
        Tx {
            db,
            vault: &self.vault,
            rng: &self.rng,
            demo: self.demo,
        }
    }

    /// Sends away what has waited too long or is no longer waited for.
    fn fresh(&self, batch: Vec<Box<dyn Waiting>>) -> Vec<Box<dyn Waiting>> {
        let (fresh, stale): (Vec<_>, Vec<_>) = batch
            .into_iter()
            .partition(|act| act.queued_at().elapsed() < self.deadline && !act.nobody_waits());
        for act in stale {
            if !act.nobody_waits() {
                shed::note(Cause::StoreQueue);
            }
            act.deliver(Some(Halt::Unavailable));
        }
        fresh
    }
}

fn give_up(batch: Vec<Box<dyn Waiting>>) {
    batch.into_iter().for_each(|act| act.deliver(Some(Halt::Unavailable)));
}

/// The one writer of SQLite: takes all that waits into one commit.
pub(super) fn write_in_groups(bench: &Bench) {
    while let Some(batch) = bench.queue.take(BATCH) {
        let mut batch = bench.fresh(batch);
        if batch.is_empty() {
            continue;
        }
        let Ok(mut link) = bench.pool.get() else {
            give_up(batch);
            continue;
        };
        match commit_group(bench, &mut link, &mut batch) {
            Ok(()) => {
                link.broken = batch.iter().any(|act| act.was_turned_away());
                drop(link);
                batch.into_iter().for_each(|act| act.deliver(None));
            }
            Err(error) => {
                log::error!("a group of {} acts was not committed: {error}", batch.len());
                link.broken = link.db.batch_execute("ROLLBACK").is_err();
                give_up(batch);
            }
        }
    }
}

fn commit_group(bench: &Bench, link: &mut Link, batch: &mut [Box<dyn Waiting>]) -> diesel::QueryResult<()> {
    let full = batch.iter().any(|act| act.durability() == Durability::Full);
    dialect::begin(&mut link.db, if full { Durability::Full } else { Durability::Soft })?;
    for act in batch.iter_mut() {
        for _ in 0..TRIES {
            link.db.batch_execute("SAVEPOINT act")?;
            let keep = act.run(&mut bench.tx(&mut link.db));
            link.db.batch_execute(if keep {
                "RELEASE act"
            } else {
                "ROLLBACK TO act; RELEASE act"
            })?;
            if !act.wants_again() {
                break;
            }
        }
    }
    link.db.batch_execute("COMMIT")
}

/// One of the workers of PostgreSQL: one act, one transaction.
pub(super) fn write_one_by_one(bench: &Bench) {
    while let Some(batch) = bench.queue.take(1) {
        for mut act in bench.fresh(batch) {
            match bench.pool.get() {
                Ok(mut link) => {
                    let instead = commit_one(bench, &mut link, act.as_mut());
                    drop(link);
                    act.deliver(instead);
                }
                Err(_) => act.deliver(Some(Halt::Unavailable)),
            }
        }
    }
}

fn commit_one(bench: &Bench, link: &mut Link, act: &mut dyn Waiting) -> Option<Halt> {
    for _ in 0..TRIES {
        if dialect::begin(&mut link.db, act.durability()).is_err() {
            return Some(lost(link));
        }
        let keep = act.run(&mut bench.tx(&mut link.db));
        let wish = match (keep, act.wants_again()) {
            (true, _) => Wish::Keep,
            (false, true) => Wish::Again,
            (false, false) => Wish::Undo,
        };
        let ended = link
            .db
            .batch_execute(if wish == Wish::Keep { "COMMIT" } else { "ROLLBACK" });
        match (wish, ended.map_err(Halt::from)) {
            (Wish::Keep | Wish::Undo, Ok(())) => {
                // After a fail-over an old connection may lead to a server that only reads: the next one finds the new.
                link.broken = act.was_turned_away();
                return None;
            }
            (Wish::Again, Ok(())) | (Wish::Keep, Err(Halt::Again)) => {}
            (_, Err(_)) => return Some(lost(link)),
        }
    }
    // Every commit lost its race: nothing was kept, so whatever the act answered may not be given.
    Some(Halt::Unavailable)
}

/// The connection died under the act: nobody knows more than that the answer may not be given.
fn lost(link: &mut Link) -> Halt {
    link.broken = true;
    Halt::Unavailable
}

/// A reader: no transaction, each statement sees what was committed.
pub(super) fn read(bench: &Bench) {
    while let Some(batch) = bench.queue.take(1) {
        for mut act in bench.fresh(batch) {
            match bench.pool.get() {
                Ok(mut link) => {
                    let failed = !act.run(&mut bench.tx(&mut link.db));
                    link.broken = failed && link.db.batch_execute("SELECT 1").is_err();
                    let instead = link.broken.then_some(Halt::Unavailable);
                    drop(link);
                    act.deliver(instead);
                }
                Err(_) => act.deliver(Some(Halt::Unavailable)),
            }
        }
    }
}
