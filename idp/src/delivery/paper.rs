//! Letters without anything secret, on their way through the outbox. Owns which there are; how they look is the letters' own.

use serde::{Deserialize, Serialize};

use crate::audit::Who;
use crate::ctx::Ctx;
use crate::domain::id::OutboxId;
use crate::domain::locale::Locale;
use crate::domain::refusal::Code;
use crate::domain::time::Time;
use crate::fault::Fault;
use crate::storage::{Halt, Letter, Tx};

/// A letter without anything secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Paper {
    /// Welcome, with the eID's number.
    Welcome,
    /// The key card in use ends.
    Renewal {
        /// When.
        on: Time,
    },
    /// An online order came to nothing.
    OrderRefused {
        /// Why.
        because: Code,
    },
    /// Somebody ordered an eID online in the name of whoever has one.
    OrderedAgain,
}

/// Somebody of the civil register who need not have an eID. Personal, so it is never printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    /// Full name.
    pub name: String,
    /// Lines of the registered address.
    pub address: String,
    /// The language that they are written to in.
    pub language: Locale,
}

/// Whom it is for.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum To {
    /// The holder of an eID, by its id.
    Eid(String),
    /// Whoever lives there.
    Address(Recipient),
}

/// As it waits in the outbox.
#[derive(Clone, Serialize, Deserialize)]
pub struct PaperLetter {
    /// Whom it is for.
    #[serde(flatten)]
    pub to: To,
    /// Which letter.
    pub paper: Paper,
    /// Its date.
    pub at: Time,
}

impl PaperLetter {
    /// Back from the outbox.
    ///
    /// # Errors
    /// In a few words, when it cannot be read.
    pub fn read(letter: &Letter) -> Result<Self, String> {
        serde_json::from_slice(&letter.payload).map_err(|_| "the letter cannot be read".to_owned())
    }
}

/// Has a letter written to the holder of an eID; under one key once.
///
/// # Errors
/// When the database does not answer.
pub fn paper(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, paper: Paper, key: &str) -> Result<(), Halt> {
    put(tx, ctx, To::Eid(who.eid.to_string()), paper, key)
}

/// Has a letter written to an address of the civil register; under one key once.
///
/// # Errors
/// When the database does not answer.
pub fn paper_to(tx: &mut Tx<'_>, ctx: &Ctx, to: Recipient, paper: Paper, key: &str) -> Result<(), Halt> {
    put(tx, ctx, To::Address(to), paper, key)
}

fn put(tx: &mut Tx<'_>, ctx: &Ctx, to: To, paper: Paper, key: &str) -> Result<(), Halt> {
    let at = ctx.now;
    let letter = PaperLetter { to, paper, at };
    let payload = serde_json::to_vec(&letter).map_err(|error| Fault::new("a letter could not be written", error))?;
    let letter = Letter {
        id: OutboxId::from_uuid(ctx.rng.uuid_v7(ctx.now)),
        kind: "letter".into(),
        dedup: format!("letter:{key}"),
        payload,
        attempts: 0,
    };
    tx.outbox().put(&letter, ctx.now)
}
