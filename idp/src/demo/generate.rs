//! A crowd of invented people, streamed. Owns the pipeline: passwords are hashed on every core, people are written in batches,
//! one line of JSON leaves for each as soon as its batch is committed. Memory does not grow with the number.
//!
//! ```text
//! drafts ──▶ hash threads (one a core) ──▶ batches ──▶ one transaction each ──▶ lines
//! ```

use std::io::Write;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use super::identity::Anybody;
use super::plan::{self, Plan};
use super::show::{self, Secrets};
use crate::ctx::Ctx;
use crate::domain::eid::EidStatus;
use crate::fault::Fault;
use crate::storage::{Bank, Durability, Halt, Store};
use crate::vault::Vault;
use crate::vault::password::{self, HashMemory, Params, Verifier};

/// People in one transaction.
const BATCH: usize = 250;
/// With [`Hash::Shared`], so many have a password of their own.
pub const SAMPLE: usize = 10_000;

/// What a password costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hash {
    /// Everybody has a password of their own at full cost.
    Full,
    /// Everybody after the first [`SAMPLE`] shares one verifier that matches nothing.
    Shared,
}

/// What is wanted.
#[derive(Debug, Clone, Copy)]
pub struct Wish {
    /// How many people.
    pub people: usize,
    /// Show the codes of the cards.
    pub codes: bool,
    /// What a password costs.
    pub hash: Hash,
    /// Cost of one hash.
    pub cost: Params,
    /// Hash threads.
    pub threads: usize,
}

struct Draft {
    password: Option<String>,
    verifier: Verifier,
}

/// Writes the crowd into the store and a line for each to `out`.
///
/// # Errors
/// When the database does not answer, a hash fails or `out` takes no more.
pub fn generate(store: &Store, vault: &Vault, ctx: &Ctx, wish: Wish, out: &mut dyn Write) -> Result<(), Halt> {
    let threads = wish.threads.max(1);
    let next = Mutex::new(0_usize);
    std::thread::scope(|scope| {
        let (sender, drafts) = sync_channel::<Result<Vec<Draft>, Fault>>(threads);
        for _ in 0..threads {
            let (sender, next) = (sender.clone(), &next);
            scope.spawn(move || hash_batches(vault, ctx, wish, next, &sender));
        }
        drop(sender);
        // The receiver is moved in, so that an early return hangs up and the threads end.
        write_batches(store, ctx, wish, drafts, out)
    })
}

/// One thread: takes the next batch of numbers until none is left or nobody listens.
fn hash_batches(
    vault: &Vault,
    ctx: &Ctx,
    wish: Wish,
    next: &Mutex<usize>,
    sender: &SyncSender<Result<Vec<Draft>, Fault>>,
) {
    let mut memory = HashMemory::new();
    loop {
        let from = {
            let mut next = next.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            let from = *next;
            *next = (from + BATCH).min(wish.people);
            from
        };
        if from >= wish.people {
            return;
        }
        let drafts: Result<Vec<Draft>, Fault> = (from..(from + BATCH).min(wish.people))
            .map(|nth| draft(vault, ctx, wish, nth, &mut memory))
            .collect();
        if sender.send(drafts).is_err() {
            return;
        }
    }
}

fn draft(vault: &Vault, ctx: &Ctx, wish: Wish, nth: usize, memory: &mut HashMemory) -> Result<Draft, Fault> {
    if wish.hash == Hash::Shared && nth >= SAMPLE {
        return Ok(Draft {
            password: None,
            verifier: Verifier::nobody(wish.cost),
        });
    }
    let password = format!("demo-{:08}", ctx.rng.below(100_000_000));
    let verifier = password::make(vault, password.as_bytes(), ctx.rng.bytes(), wish.cost, memory)
        .map_err(|error| Fault::new("a demo password could not be hashed", error))?;
    Ok(Draft {
        password: Some(password),
        verifier,
    })
}

fn write_batches(
    store: &Store,
    ctx: &Ctx,
    wish: Wish,
    drafts: Receiver<Result<Vec<Draft>, Fault>>,
    out: &mut dyn Write,
) -> Result<(), Halt> {
    for batch in drafts {
        let batch = batch?;
        let ctx = ctx.clone();
        let lines = store.transact_blocking("demo.generate", Durability::Soft, move |tx| {
            let mut lines = Vec::with_capacity(batch.len());
            for draft in &batch {
                let written = plan::write(tx, &ctx, &anybody(&ctx, &draft.verifier))?;
                let secrets = Secrets {
                    user_id: None,
                    password: draft.password.clone(),
                    codes: wish.codes,
                };
                lines.push(show::person(tx, &ctx, written.eid, secrets)?);
            }
            Ok(lines)
        })?;
        for line in lines {
            writeln!(out, "{line}").map_err(|error| Fault::new("the people could not be printed", error))?;
        }
    }
    out.flush()
        .map_err(|error| Fault::new("the people could not be printed", error))?;
    Ok(())
}

/// Somebody like most people: public, most of them with a bank.
fn anybody(ctx: &Ctx, verifier: &Verifier) -> Plan {
    let drawn = Anybody::draw(ctx.now, &ctx.rng);
    let customer = Some(format!("K{:08}", 20_000_000 + ctx.rng.below(79_999_999)));
    let banks = match ctx.rng.below(10) {
        0 => Vec::new(),
        1..=7 => vec![Bank {
            bank: "netbank".into(),
            customer_ref: customer,
        }],
        _ => vec![Bank {
            bank: "netbank-b".into(),
            customer_ref: customer,
        }],
    };
    Plan {
        name: drawn.name,
        address: drawn.address,
        protected: ctx.rng.below(50) == 0,
        email: None,
        mobile: None,
        birth: drawn.birth,
        cpr: Some(drawn.sex),
        public: banks.is_empty() || ctx.rng.below(10) > 0,
        issuer: banks
            .first()
            .map_or_else(|| "borgerservice".to_owned(), |bank| bank.bank.clone()),
        banks,
        chosen: None,
        status: EidStatus::Active,
        verifier: verifier.to_bytes(),
        codes_left: 148,
    }
}
