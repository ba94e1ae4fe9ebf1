//! A new generation of the stored-value key: begun by the operator, carried out by whichever process holds the lease, a running
//! server or the command. Owns when a generation is over; which row comes next is the storage's, sealing the vault's.
//!
//! ```text
//!  begin ─▶ new values under the new generation, old ones still open
//!    └─▶ rounds over every sealed value, page by page ─▶ a whole round that found nothing old,
//!        begun after every node must have heard of the generation ─▶ older generations retired
//! ```

use crate::audit::{Event, record};
use crate::ctx::Ctx;
use crate::domain::time::{Span, Time};
use crate::storage::{Durability, Halt, Store, Tx, Walk};
use crate::vault::{Generations, Vault};

const LEASE: &str = "keys.reseal";
/// Longer than any call of [`reseal_some`] takes.
const LEASE_FOR: Span = Span::secs(60);
/// Rows of a page: one short transaction.
const PAGE: i64 = 200;
/// Pages of one call.
const PAGES: usize = 40;
/// Every node seals under a new generation within 30 seconds; a round that is to prove that nothing old is left begins later.
const SETTLED: Span = Span::secs(120);
/// A round that found nothing but what does not open is tried again after this.
const BROKEN: Span = Span::hours(1);

/// How far the move to the newest generation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Everything is sealed under this generation, and the older ones are retired.
    Done(u32),
    /// There is more to do; so many values have been sealed again.
    Moving(u64),
    /// Another process does it.
    Elsewhere,
    /// The round that proves that nothing is left may not begin before this.
    Settling(Time),
    /// So many values do not open: the log names them. They keep the older generations from being retired.
    Broken(u64),
}

/// Begins a new generation of the stored-value key; nothing while the one before is still being carried out.
///
/// # Errors
/// When the database does not answer.
pub fn begin_generation(store: &Store, vault: &Vault, ctx: &Ctx) -> Result<Option<u32>, Halt> {
    let act_ctx = ctx.clone();
    let begun = store.transact_blocking("keys.begin_generation", Durability::Full, move |tx| {
        let before = tx.meta().generations()?;
        if before.is_moving() {
            return Ok(None);
        }
        let generation = tx.meta().begin_generation(before.current, act_ctx.now)?;
        tx.reseal().save(&Walk::begin(generation, act_ctx.now, 0))?;
        record(tx, &act_ctx, &Event::DataKeyBegun { generation })?;
        Ok(Some(tx.meta().generations()?))
    })?;
    if let Some(generations) = begun {
        vault.set_generations(generations);
    }
    Ok(begun.map(|generations| generations.current))
}

/// Seals some stored values again, if this process holds the lease; to be called until it is done.
///
/// # Errors
/// When the database does not answer.
pub async fn reseal_some(store: &Store, vault: &Vault, ctx: &Ctx, node: [u8; 16]) -> Result<Progress, Halt> {
    let act_ctx = ctx.clone();
    let taken = store
        .transact("keys.reseal.lease", Durability::Soft, move |tx| {
            take_up(tx, &act_ctx, node)
        })
        .await?;
    let (generations, mut walk) = match taken {
        TakenUp::Walk(generations, walk) => (generations, walk),
        TakenUp::Nothing(generations, progress) => {
            vault.set_generations(generations);
            return Ok(progress);
        }
    };
    vault.set_generations(generations);
    for _ in 0..PAGES {
        if walk.at().is_none() {
            return end_of_round(store, vault, ctx, walk, node).await;
        }
        walk = next_page(store, walk).await?;
    }
    Ok(Progress::Moving(walk.total))
}

enum TakenUp {
    Walk(Generations, Walk),
    Nothing(Generations, Progress),
}

fn take_up(tx: &mut Tx<'_>, ctx: &Ctx, node: [u8; 16]) -> Result<TakenUp, Halt> {
    let generations = tx.meta().generations()?;
    let nothing = |progress| Ok(TakenUp::Nothing(generations, progress));
    if !generations.is_moving() {
        return nothing(Progress::Done(generations.current));
    }
    if !tx.leases().take(LEASE, &node, ctx.now, ctx.now + LEASE_FOR)? {
        return nothing(Progress::Elsewhere);
    }
    let known = tx
        .reseal()
        .walk()?
        .filter(|walk| walk.generation == generations.current);
    let mut walk = known.unwrap_or_else(|| Walk::begin(generations.current, ctx.now, 0));
    let begun = Time::from_micros(walk.begun_at);
    if walk.column == 0 && walk.after.is_empty() {
        if ctx.now < begun {
            // This round is to prove something and may not begin yet.
            return nothing(match walk.broken {
                0 => Progress::Settling(begun),
                broken => Progress::Broken(broken),
            });
        }
        walk.broken = 0;
    }
    Ok(TakenUp::Walk(generations, walk))
}

async fn next_page(store: &Store, walk: Walk) -> Result<Walk, Halt> {
    let from = walk.clone();
    let page = store
        .read("keys.reseal.page", move |tx| tx.reseal().page(&from, PAGE))
        .await?;
    let before = walk.total;
    let walk = store
        .transact("keys.reseal", Durability::Soft, move |tx| {
            tx.reseal().take(&walk, &page)
        })
        .await?;
    metrics::counter!("idp_resealed_values_total").increment(walk.total - before);
    Ok(walk)
}

/// A round that found something is followed by another; one that found nothing, and began late enough, ends it all.
async fn end_of_round(store: &Store, vault: &Vault, ctx: &Ctx, walk: Walk, node: [u8; 16]) -> Result<Progress, Halt> {
    let ctx = ctx.clone();
    let (generations, progress) = store
        .transact("keys.reseal.round", Durability::Full, move |tx| {
            let settled = tx.meta().generation_since()?.unwrap_or(ctx.now) + SETTLED;
            let begun = Time::from_micros(walk.begun_at);
            if walk.found == 0 && walk.broken == 0 && begun >= settled {
                let (generation, values) = (walk.generation, walk.total);
                tx.meta().retire_before(generation)?;
                tx.reseal().end()?;
                // Given back: the next generation need not wait for it.
                tx.leases().take(LEASE, &node, ctx.now, Time::from_secs(0))?;
                record(tx, &ctx, &Event::DataKeyMoved { generation, values })?;
                return Ok((tx.meta().generations()?, Progress::Done(generation)));
            }
            let mut from = ctx.now.max(settled);
            if walk.found == 0 && walk.broken > 0 {
                from += BROKEN;
            }
            let next = Walk {
                broken: if walk.found == 0 { walk.broken } else { 0 },
                ..Walk::begin(walk.generation, from, walk.total)
            };
            tx.reseal().save(&next)?;
            Ok((tx.meta().generations()?, Progress::Moving(walk.total)))
        })
        .await?;
    vault.set_generations(generations);
    if let Progress::Done(generation) = progress {
        log::info!(generation; "every stored value is sealed under the newest generation; older ones are retired");
    }
    Ok(progress)
}
