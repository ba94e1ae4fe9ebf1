//! What a call asks for, as a type: the act, what must be known before anything is held, the answer. Owns the shape that every call has;
//! who may make it, and that it is recorded, is the desk's (`call`).

use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::call::{Case, Officer};
use super::desk::Rules;
use super::order::{Asked, Found};
use crate::audit::Who;
use crate::ctx::Ctx;
use crate::domain::company::{Company, Cvr};
use crate::domain::cpr::Cpr;
use crate::domain::id::EidId;
use crate::domain::officer::Act;
use crate::domain::refusal::Code;
use crate::domain::register::{Entry, NumberedDocument};
use crate::letters::run::{Item, Pdf, Unprintable, What};
use crate::registers::Checked;
use crate::storage::{Halt, Tx};

/// The body of a call, and what is done for it. A call by GET has none, which reads as an empty one.
pub(super) trait Wanted: DeserializeOwned + Send + 'static {
    /// The act that the officer's role must allow, and that stands in the audit trail.
    const ACT: Act;
    /// It is done once under a key of the RA's; a question changes nothing and takes no key.
    const ONCE: bool = true;
    /// What the caller is told.
    type View: Serialize;

    /// What must be asked of a register, or made, before anything is held.
    fn needs(&self) -> Need {
        Need::Nothing
    }

    /// Does it, in one transaction with its event.
    ///
    /// # Errors
    /// The refusal that the caller reads, or a fault.
    fn answer(&self, tx: &mut Tx<'_>, ctx: &Ctx, hearing: &Hearing<'_>) -> Result<Done<Self::View>, Halt>;
}

/// What an act is judged by, besides the body.
#[derive(Clone, Copy)]
pub(super) struct Hearing<'a> {
    /// Who asks.
    pub officer: &'a Officer,
    /// The eID that the address names.
    pub case: Option<&'a Case>,
    /// What was asked for beforehand.
    pub facts: &'a Facts,
    /// How things are done in this house.
    pub rules: Rules,
}

impl<'a> Hearing<'a> {
    /// The eID that the call is about.
    pub(super) fn case(&self) -> Result<&'a Case, Code> {
        self.case.ok_or(Code::RaNotFound)
    }
}

/// A key under which an act is done once, and the hash of what was asked under it.
#[derive(Debug, Clone)]
pub(super) struct Once {
    pub key: String,
    pub request: [u8; 32],
}

/// What is asked.
#[derive(Debug, Clone)]
pub(super) struct Wish<W> {
    /// The eID that it is about.
    pub target: Option<EidId>,
    /// The key of an act; a question has none.
    pub once: Option<Once>,
    /// The body.
    pub body: W,
}

/// What an act must have asked of a register, before anything is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Need {
    /// Nothing.
    Nothing,
    /// The person's entry in the civil register.
    Entry,
    /// The entry of somebody who may have no eID yet.
    EntryOf(Cpr),
    /// A company's entry in its register.
    Company(Cvr),
    /// What an order rests on.
    Order(Box<Asked>),
    /// In which sector the RA's bank knows people.
    Sector,
    /// Whether this document is theirs.
    Document(NumberedDocument, String),
    /// Letters of a print run, made.
    Batch(What, usize),
    /// One letter that was printed.
    Letter(Item),
}

/// What registers said, and what was made, before anything is held.
#[derive(Clone, Default)]
pub(super) struct Facts {
    /// The person's entry.
    pub entry: Option<Entry>,
    /// The company's entry.
    pub company: Option<Company>,
    /// What an order rests on.
    pub order: Option<Found>,
    /// In which sector the RA's bank knows people, where a link is made or an eID is issued for it.
    pub sector: Option<String>,
    /// The document that was asked about.
    pub document: Option<Checked>,
    /// Letters that were made.
    pub made: Vec<Item>,
    /// Letters that could not be made.
    pub unprintable: Vec<Unprintable>,
    /// One letter; wiped when it was sent.
    pub letter: Option<Arc<Pdf>>,
}

/// What an act did: the answer, whom it was about where the call did not name it, and a word for the audit trail.
pub(super) struct Done<T> {
    pub body: T,
    pub about: Option<Who>,
    pub detail: String,
}
