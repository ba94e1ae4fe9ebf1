//! The store: named transactions and the one handle through which repositories are reached.

use std::sync::Arc;
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::dialect::{self, DatabaseKind, Durability};
use super::engine::{self, Act, Bench, Opener, Pool, Queue};
use super::{Halt, Tx};
use crate::entropy::Entropy;
use crate::fault::Fault;
use crate::shed::{self, Cause};
use crate::vault::Vault;

/// The queue, the wait for a connection and the work itself have one deadline's time each.
const ANSWER_IN_DEADLINES: u32 = 3;

/// How the store reaches its database and how long anybody waits for it.
#[derive(Debug, Clone)]
pub struct StoreSettings {
    /// `sqlite:PATH` or `postgres://…`.
    pub url: String,
    /// Connections that read (SQLite), or that read and write (PostgreSQL).
    pub connections: u32,
    /// Acts that may wait before others are sent away.
    pub queue: usize,
    /// How long an act may wait.
    pub deadline: Duration,
}

impl StoreSettings {
    /// The defaults for one address.
    pub fn new(url: impl Into<String>) -> StoreSettings {
        StoreSettings {
            url: url.into(),
            connections: 8,
            queue: 1024,
            deadline: Duration::from_secs(2),
        }
    }
}

/// What is known of a database before it is used.
#[derive(Debug)]
pub struct Inspection {
    /// Migrations it has not had.
    pub pending: Vec<String>,
    /// Migrations it has had that this program does not know.
    pub unknown: Vec<String>,
    /// Its random id, once migrated; salts every key of the vault.
    pub database_id: Option<[u8; 16]>,
    /// Whether it was made as a demo; for good.
    pub demo: Option<bool>,
}

/// The handle to the database. Cheap to clone; the last one stops the threads.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    kind: DatabaseKind,
    url: String,
    writers: Arc<Queue>,
    readers: Arc<Queue>,
    patience: Duration,
    threads: std::sync::Mutex<Vec<JoinHandle<()>>>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.writers.close();
        self.readers.close();
    }
}

impl Store {
    /// Looks at the database without changing it.
    ///
    /// # Errors
    /// A fault when it cannot be opened.
    pub fn inspect(url: &str) -> Result<Inspection, Fault> {
        let mut db = dialect::open(url)?;
        let pending = dialect::pending(&mut db)?;
        let unknown = dialect::unknown(&mut db)?;
        let (database_id, demo) = if pending.iter().any(|name| name.starts_with("0001")) {
            (None, None)
        } else {
            (super::meta::database_id(&mut db)?, super::meta::demo_mark(&mut db)?)
        };
        Ok(Inspection {
            pending,
            unknown,
            database_id,
            demo,
        })
    }

    /// Brings the schema up to date and, the first time, marks the database as demo or not and gives it its id.
    ///
    /// # Errors
    /// A fault when a migration fails.
    pub fn migrate(url: &str, demo: bool, rng: &Entropy) -> Result<Vec<String>, Fault> {
        let mut db = dialect::open(url)?;
        let done = dialect::migrate(&mut db)?;
        super::meta::mark(&mut db, demo, rng)?;
        Ok(done)
    }

    /// Opens the pools and starts the threads.
    ///
    /// # Errors
    /// A fault when the database cannot be reached.
    pub fn open(settings: &StoreSettings, vault: Vault, rng: Entropy) -> Result<Store, Fault> {
        let kind = DatabaseKind::of(&settings.url)
            .ok_or_else(|| Fault::bare("storage.url is neither sqlite:… nor postgres://…"))?;
        let writers = Arc::new(Queue::new(settings.queue));
        let readers = Arc::new(Queue::new(settings.queue));
        let shared = pool(settings, settings.connections)?;
        let demo = marked_demo(&shared)?;
        let bench = |queue: &Arc<Queue>, pool: &Pool| Bench {
            queue: Arc::clone(queue),
            pool: pool.clone(),
            vault: vault.clone(),
            rng: rng.clone(),
            deadline: settings.deadline,
            demo,
        };
        let mut threads = Vec::new();
        match kind {
            DatabaseKind::Sqlite => {
                let writer = bench(&writers, &pool(settings, 1)?);
                threads.push(spawn("db-writer", move || engine::write_in_groups(&writer))?);
            }
            DatabaseKind::Postgres => {
                for _ in 0..settings.connections.div_ceil(2).max(1) {
                    let worker = bench(&writers, &shared);
                    threads.push(spawn("db-writer", move || engine::write_one_by_one(&worker))?);
                }
            }
        }
        let readers_wanted = match kind {
            DatabaseKind::Sqlite => settings.connections,
            DatabaseKind::Postgres => settings.connections / 2,
        };
        for _ in 0..readers_wanted.max(1) {
            let reader = bench(&readers, &shared);
            threads.push(spawn("db-reader", move || engine::read(&reader))?);
        }
        let inner = Inner {
            kind,
            url: settings.url.clone(),
            writers,
            readers,
            patience: settings.deadline * ANSWER_IN_DEADLINES,
            threads: std::sync::Mutex::new(threads),
        };
        Ok(Store { inner: Arc::new(inner) })
    }

    /// Which database this is.
    pub fn kind(&self) -> DatabaseKind {
        self.inner.kind
    }

    /// Acts that wait to write and to read, now (for the metrics).
    pub fn waiting(&self) -> (usize, usize) {
        (self.inner.writers.len(), self.inner.readers.len())
    }

    /// Runs `act` in one transaction: `Ok` commits, `Err` undoes everything. It may be run several times until it wins its
    /// races, so it must be a function of what it reads.
    ///
    /// # Errors
    /// What the act answered, or `Halt::Unavailable` when the queue is full, the wait was too long or the database is gone. When
    /// the database was reached but does not answer in time, nobody knows whether the act was kept: repeats are harmless.
    pub async fn transact<T, F>(&self, name: &'static str, durability: Durability, act: F) -> Result<T, Halt>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T, Halt> + Send + 'static,
    {
        self.within(submit(&self.inner.writers, name, durability, act)?).await
    }

    /// Runs `act` outside any transaction, on a connection that is not meant to write.
    ///
    /// # Errors
    /// As [`Store::transact`].
    pub async fn read<T, F>(&self, name: &'static str, act: F) -> Result<T, Halt>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T, Halt> + Send + 'static,
    {
        self.within(submit(&self.inner.readers, name, Durability::Soft, act)?)
            .await
    }

    /// Waits, but not for ever: a database that hangs must not hold the people who ask.
    async fn within<T>(&self, answer: oneshot::Receiver<Result<T, Halt>>) -> Result<T, Halt> {
        match tokio::time::timeout(self.inner.patience, answer).await {
            Ok(answer) => answer.unwrap_or(Err(Halt::Unavailable)),
            Err(_) => {
                shed::note(Cause::StoreAnswer);
                Err(Halt::Unavailable)
            }
        }
    }

    /// [`Store::transact`] for commands, which have no executor to wait on.
    ///
    /// # Errors
    /// As [`Store::transact`].
    pub fn transact_blocking<T, F>(&self, name: &'static str, durability: Durability, act: F) -> Result<T, Halt>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T, Halt> + Send + 'static,
    {
        wait(submit(&self.inner.writers, name, durability, act)?)
    }

    /// [`Store::read`] for commands.
    ///
    /// # Errors
    /// As [`Store::transact`].
    pub fn read_blocking<T, F>(&self, name: &'static str, act: F) -> Result<T, Halt>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T, Halt> + Send + 'static,
    {
        wait(submit(&self.inner.readers, name, Durability::Soft, act)?)
    }

    /// A consistent copy of an SQLite database, written while it is in use.
    ///
    /// # Errors
    /// A fault when the copy cannot be written, or the database is not SQLite.
    pub fn copy_to(&self, path: &str) -> Result<(), Fault> {
        dialect::copy_to(&mut dialect::open(&self.inner.url)?, path)
    }

    /// Finishes what waits and stops the threads.
    pub fn close(&self) {
        self.inner.writers.close();
        self.inner.readers.close();
        let threads = std::mem::take(
            &mut *self
                .inner
                .threads
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner),
        );
        for thread in threads {
            let _panicked = thread.join();
        }
    }
}

fn pool(settings: &StoreSettings, size: u32) -> Result<Pool, Fault> {
    let pool = r2d2::Pool::builder()
        .max_size(size.max(1))
        .min_idle(Some(1))
        .test_on_check_out(false)
        .connection_timeout(settings.deadline)
        .build_unchecked(Opener(settings.url.clone()));
    let first = pool
        .get()
        .map_err(|e| Fault::new("the database cannot be reached", e))?;
    drop(first);
    Ok(pool)
}

/// Whether the database was made as a demo; one without a mark was not.
fn marked_demo(pool: &Pool) -> Result<bool, Fault> {
    let mut link = pool
        .get()
        .map_err(|e| Fault::new("the database cannot be reached", e))?;
    Ok(super::meta::demo_mark(&mut link.db)?.unwrap_or(false))
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, Fault> {
    Builder::new()
        .name(name.into())
        .spawn(run)
        .map_err(|e| Fault::new("a database thread could not be started", e))
}

#[expect(
    clippy::disallowed_methods,
    reason = "how long an act waits is measured on the machine's own clock"
)]
fn submit<T, F>(
    queue: &Queue,
    name: &'static str,
    durability: Durability,
    act: F,
) -> Result<oneshot::Receiver<Result<T, Halt>>, Halt>
where
    T: Send + 'static,
    F: FnMut(&mut Tx<'_>) -> Result<T, Halt> + Send + 'static,
{
    let (reply, receiver) = oneshot::channel();
    let queued = queue.push(Box::new(Act {
        name,
        durability,
        queued_at: Instant::now(),
        act,
        answer: None,
        reply,
    }));
    queued.map(|()| receiver).map_err(|_| {
        shed::note(Cause::StoreFull);
        Halt::Unavailable
    })
}

/// Waits for an answer on a thread of its own: where a runtime is entered (`serve`, before its doors open), its own threads
/// must not block.
fn wait<T: Send>(answer: oneshot::Receiver<Result<T, Halt>>) -> Result<T, Halt> {
    std::thread::scope(|scope| scope.spawn(|| answer.blocking_recv()).join())
        .map_or(Err(Halt::Unavailable), |received| {
            received.unwrap_or(Err(Halt::Unavailable))
        })
}
