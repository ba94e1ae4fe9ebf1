//! A crowd of invented people, streamed. Owns the pipeline: people are drawn, hashed and sealed on every core and written in
//! batches; a line of JSON leaves for each as soon as its batch is committed. Memory does not grow with the number.
//!
//! ```text
//! one thread a core: draw, hash, seal ──▶ a thousand people ──▶ one transaction ──▶ lines
//! ```

use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use super::crowd::{Crowd, Drawn, MOST};
use crate::audit::{Event, record};
use crate::ctx::Ctx;
use crate::fault::Fault;
use crate::storage::{Durability, Halt, Store};
use crate::vault::Vault;
use crate::vault::password::{HashMemory, Params};

/// People in one transaction.
const BATCH: usize = 1_000;
/// People that a thread draws before it hands them over.
const HANDFUL: usize = 50;
/// With [`Hash::Shared`], so many have a password of their own.
pub const SAMPLE: usize = 10_000;
/// Times that a batch is written again because a number was taken.
const TRIES: usize = 8;

/// What a password costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hash {
    /// Everybody has a password of their own at full cost.
    Full,
    /// All but a sample, spread evenly over the crowd, share one verifier that matches nothing.
    Shared,
}

/// What is wanted.
#[derive(Debug, Clone, Copy)]
pub struct Wish {
    /// How many people.
    pub people: usize,
    /// Show the codes of the cards.
    pub codes: bool,
    /// The size of the sample of a shared crowd.
    pub sample: usize,
    /// Lines only for those who have a password of their own.
    pub sample_only: bool,
    /// What a password costs.
    pub hash: Hash,
    /// Cost of one hash.
    pub cost: Params,
    /// Threads that draw.
    pub threads: usize,
}

/// Writes the crowd into the store and lines to `out`.
///
/// # Errors
/// When the database does not answer, a hash fails or `out` takes no more.
pub fn generate(store: &Store, vault: &Vault, ctx: &Ctx, wish: Wish, out: &mut dyn Write) -> Result<(), Halt> {
    if wish.people > MOST {
        return Err(Fault::bare(format!("at most {MOST} people can be invented at once")).into());
    }
    store.transact_blocking("demo.prepare", Durability::Soft, |tx| tx.newcomers().expect_a_crowd())?;
    let crowd = Crowd::new(vault, ctx, wish);
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let threads = wish.threads.max(1);
        let (sender, drawn) = sync_channel(BATCH / HANDFUL * threads);
        for _ in 0..threads {
            let (sender, next, crowd) = (sender.clone(), &next, &crowd);
            scope.spawn(move || draw_all(crowd, wish.people, next, &sender));
        }
        drop(sender);
        // The receiver is moved in, so that an early return hangs up and the threads end.
        write_all(store, &crowd, drawn, out)
    })?;
    let (ctx, people) = (ctx.clone(), wish.people);
    store.transact_blocking("demo.generated", Durability::Full, move |tx| {
        record(tx, &ctx, &Event::DemoSeeded { people })
    })
}

type Handful = Result<Vec<Drawn>, Fault>;

/// One thread: takes the next few numbers until none is left or nobody listens.
fn draw_all(crowd: &Crowd<'_>, people: usize, next: &AtomicUsize, sender: &SyncSender<Handful>) {
    let mut memory = HashMemory::new();
    loop {
        let from = next.fetch_add(HANDFUL, Ordering::Relaxed);
        if from >= people {
            return;
        }
        let until = (from + HANDFUL).min(people);
        let drawn = (from..until).map(|nth| crowd.draw(nth, &mut memory)).collect();
        if sender.send(drawn).is_err() {
            return;
        }
    }
}

fn write_all(store: &Store, crowd: &Crowd<'_>, drawn: Receiver<Handful>, out: &mut dyn Write) -> Result<(), Halt> {
    let unprinted = |error| Fault::new("the people could not be printed", error);
    let mut scribe = Scribe {
        store,
        crowd,
        looks_first: false,
    };
    let mut batch = Vec::with_capacity(BATCH);
    let mut handfuls = drawn.into_iter();
    loop {
        let handful = handfuls.next().transpose()?;
        let is_last = handful.is_none();
        batch.extend(handful.into_iter().flatten());
        if batch.len() < BATCH && !is_last {
            continue;
        }
        batch.sort_unstable_by_key(|drawn: &Drawn| drawn.nth);
        for line in scribe.write(std::mem::take(&mut batch))? {
            writeln!(out, "{line}").map_err(unprinted)?;
        }
        if is_last {
            return Ok(out.flush().map_err(unprinted)?);
        }
    }
}

/// Writes batches. Whoever has a number that was somebody's before the crowd came is drawn again; once that has happened the scribe
/// looks before it writes.
struct Scribe<'a> {
    store: &'a Store,
    crowd: &'a Crowd<'a>,
    looks_first: bool,
}

impl Scribe<'_> {
    /// One transaction; the lines of those who were written.
    fn write(&mut self, batch: Vec<Drawn>) -> Result<Vec<String>, Halt> {
        let batch = Arc::new(Mutex::new(batch));
        for _ in 0..TRIES {
            let taken = self.attempt(&batch)?;
            let mut drawn = batch.lock().unwrap_or_else(PoisonError::into_inner);
            if taken.is_empty() {
                return Ok(drawn.iter_mut().filter_map(|one| one.line.take()).collect());
            }
            self.looks_first = true;
            for at in taken {
                if let Some(one) = drawn.get_mut(at) {
                    *one = self.crowd.redraw(one)?;
                }
            }
        }
        Err(Fault::bare("the crowd meets numbers that are taken, again and again").into())
    }

    /// Writes all, or nobody and says whose numbers are taken.
    fn attempt(&self, batch: &Arc<Mutex<Vec<Drawn>>>) -> Result<Vec<usize>, Halt> {
        let (batch, mut looks_first) = (Arc::clone(batch), self.looks_first);
        self.store
            .transact_blocking("demo.generate", Durability::Soft, move |tx| {
                let batch = batch.lock().unwrap_or_else(PoisonError::into_inner);
                // A unique key that was taken runs this act again.
                if std::mem::replace(&mut looks_first, true) {
                    let mut taken = Vec::new();
                    for (at, one) in batch.iter().enumerate() {
                        if tx.newcomers().is_taken(&one.sealed)? {
                            taken.push(at);
                        }
                    }
                    if !taken.is_empty() {
                        return Ok(taken);
                    }
                }
                let rows: Vec<_> = batch.iter().map(|one| &one.sealed).collect();
                tx.newcomers().insert(&rows)?;
                Ok(Vec::new())
            })
    }
}
