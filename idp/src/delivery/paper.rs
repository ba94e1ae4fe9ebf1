//! Letters without anything secret, on their way through the outbox. Owns which there are; how they look is the letters' own.

use serde::{Deserialize, Serialize};

use crate::audit::Who;
use crate::ctx::Ctx;
use crate::domain::id::OutboxId;
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
}

/// As it waits in the outbox.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PaperLetter {
    /// The eID's id.
    pub eid: String,
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
    let letter = PaperLetter {
        eid: who.eid.to_string(),
        paper,
        at: ctx.now,
    };
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
