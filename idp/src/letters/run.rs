//! The print run: an officer takes what waits to be printed, and says later that it was posted. Owns that both are recorded with who
//! and why, that what was posted is never shown again, and that one eID's card and activation password are not in one day's run.

use std::collections::HashSet;
use std::fmt;

use zeroize::Zeroizing;

use crate::audit::Who;
use crate::credentials::keycard::print::Sheet;
use crate::ctx::Ctx;
use crate::delivery::OneTime;
use crate::domain::denmark;
use crate::domain::eid::EidNumber;
use crate::domain::id::{ActivationId, EidId};
use crate::domain::keycard::CardNumber;
use crate::domain::time::Time;
use crate::fault::Fault;
use crate::storage::{Activation, CardRow, Halt, Tx};

mod desk;
mod mark;

pub use desk::{hand_over, hand_over_card, is_at, waiting_at, waits_at};
pub use mark::{one_again, posted, printed, shown_again};

use super::press::{Addressee, Content, Printer};

/// Who prints, and why.
#[derive(Debug, Clone)]
pub struct Officer {
    /// Who.
    pub name: String,
    /// Why.
    pub reason: String,
}

/// What a letter of a run brings.
pub enum Secret {
    /// A card.
    Card {
        /// Its entries.
        sheet: Sheet,
        /// In large print.
        large: bool,
    },
    /// An activation password.
    Activation {
        /// Its id.
        id: ActivationId,
        /// Its digits.
        password: OneTime,
        /// It serves until then.
        until: Time,
    },
}

/// One letter of a run.
pub struct Job {
    /// Whom it is for.
    pub to: Addressee,
    /// The eID's number: for the demo's documents, never on these letters.
    pub eid: EidNumber,
    /// What it brings.
    pub secret: Secret,
}

impl Job {
    /// What the letter says.
    #[must_use]
    pub fn content(&self) -> Content<'_> {
        match &self.secret {
            Secret::Card { sheet, large: false } => Content::Card(sheet),
            Secret::Card { sheet, large: true } => Content::LargeCard(sheet),
            Secret::Activation { password, until, .. } => Content::Activation {
                password,
                until: *until,
            },
        }
    }

    /// What it brings, by name.
    #[must_use]
    pub fn item(&self) -> Item {
        match &self.secret {
            Secret::Card { sheet, .. } => Item::Card(sheet.number().clone()),
            Secret::Activation { id, .. } => Item::Activation(*id),
        }
    }
}

/// What a run prints: cards and passwords have runs of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Key cards.
    Cards,
    /// Activation passwords.
    Passwords,
}

/// A letter by the name of what it brings.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Item {
    /// A card.
    Card(CardNumber),
    /// An activation password.
    Activation(ActivationId),
}

impl Item {
    /// Back from the name in a manifest.
    #[must_use]
    pub fn parse(what: What, id: &str) -> Option<Self> {
        match what {
            What::Cards => CardNumber::parse(id).map(Self::Card),
            What::Passwords => id.parse().ok().map(Self::Activation),
        }
    }
}

impl fmt::Display for Item {
    /// By what a manifest names it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Card(number) => write!(f, "{number}"),
            Self::Activation(id) => write!(f, "{id}"),
        }
    }
}

/// What is to be read next.
#[derive(Debug, Clone)]
pub struct Ask {
    limit: i64,
    skip: HashSet<Item>,
    at: Option<String>,
}

impl Ask {
    fn most(&self) -> usize {
        usize::try_from(self.limit).unwrap_or(usize::MAX)
    }
}

/// A letter that could not be made: it stays where it waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unprintable {
    /// What it would have brought.
    pub item: Item,
    /// Why not.
    pub reason: String,
}

/// A letter that shows a secret: its bytes are wiped when nobody needs them any longer.
pub type Pdf = Zeroizing<Vec<u8>>;

/// The letters of one run on their way: read, made, and only then marked as printed, so that no letter is lost that could not be made,
/// and none is made twice that somebody else has marked meanwhile.
pub struct Run {
    limit: usize,
    skip: HashSet<Item>,
    at: Option<String>,
    letters: Vec<(Job, Pdf)>,
    unprintable: Vec<Unprintable>,
    ended: bool,
}

impl Run {
    /// A run of so many letters at most, without those that are known to be unprintable.
    #[must_use]
    pub fn new(limit: usize, skip: HashSet<Item>) -> Self {
        Self {
            limit,
            skip,
            at: None,
            letters: Vec::new(),
            unprintable: Vec::new(),
            ended: false,
        }
    }

    /// For the desk of this RA; without one for the post.
    #[must_use]
    pub fn at(mut self, ra: Option<String>) -> Self {
        self.at = ra;
        self
    }

    /// What is to be read next; nothing when the run is full, or nothing more waits.
    #[must_use]
    pub fn asks(&self) -> Option<Ask> {
        let missing = self.limit.saturating_sub(self.letters.len());
        (missing > 0 && !self.ended).then(|| Ask {
            limit: i64::try_from(missing).unwrap_or(i64::MAX),
            skip: self.skip.clone(),
            at: self.at.clone(),
        })
    }

    /// Reads and makes letters until the run is full or nothing more waits; nothing is marked yet.
    ///
    /// # Errors
    /// When it cannot be read what waits.
    pub fn fill<E>(
        &mut self,
        printer: &Printer,
        at: Time,
        mut read: impl FnMut(Ask) -> Result<Vec<Job>, E>,
    ) -> Result<(), E> {
        while let Some(ask) = self.asks() {
            self.make(printer, at, read(ask)?);
        }
        Ok(())
    }

    /// Makes letters of what was read; where that was nothing, nothing more waits.
    pub fn make(&mut self, printer: &Printer, at: Time, jobs: Vec<Job>) {
        self.ended = jobs.is_empty();
        for job in jobs {
            self.skip.insert(job.item());
            match printer.letter(&job.to, at, &job.content()) {
                Ok(pdf) => self.letters.push((job, pdf)),
                Err(fault) => self.unprintable.push(Unprintable {
                    item: job.item(),
                    reason: fault.to_string(),
                }),
            }
        }
    }

    /// What is to be marked.
    #[must_use]
    pub fn items(&self) -> Vec<Item> {
        self.letters.iter().map(|(job, _)| job.item()).collect()
    }

    /// The letters that were marked, and those that could not be made.
    #[must_use]
    pub fn marked(self, marked: &[Item]) -> (Vec<(Job, Pdf)>, Vec<Unprintable>) {
        let mut letters = self.letters;
        letters.retain(|(job, _)| marked.contains(&job.item()));
        (letters, self.unprintable)
    }
}

/// Reads what waits to be printed, oldest first, and marks nothing.
///
/// # Errors
/// When the database does not answer or a row is corrupt.
pub fn waiting(tx: &mut Tx<'_>, ctx: &Ctx, what: What, ask: &Ask) -> Result<Vec<Job>, Halt> {
    let more = i64::try_from(ask.skip.len()).unwrap_or(0);
    let limit = ask.limit.saturating_add(more);
    match what {
        What::Cards => cards(tx, ctx, ask, limit),
        What::Passwords => passwords(tx, ctx, ask, limit),
    }
}

fn cards(tx: &mut Tx<'_>, ctx: &Ctx, ask: &Ask, limit: i64) -> Result<Vec<Job>, Halt> {
    let mut rows = tx
        .cards()
        .to_print(limit, ask.at.as_deref(), denmark::midnight(ctx.now))?;
    rows.retain(|row| !ask.skip.contains(&Item::Card(row.card.number.clone())));
    rows.iter().take(ask.most()).map(|row| job_of_card(tx, row)).collect()
}

fn passwords(tx: &mut Tx<'_>, ctx: &Ctx, ask: &Ask, limit: i64) -> Result<Vec<Job>, Halt> {
    let days = (denmark::midnight(ctx.now), ctx.now);
    let mut rows = tx.activations().to_print(limit, ask.at.as_deref(), days)?;
    rows.retain(|row| !ask.skip.contains(&Item::Activation(row.id)));
    rows.iter()
        .take(ask.most())
        .map(|row| job_of_activation(tx, row))
        .collect()
}

fn job_of_card(tx: &mut Tx<'_>, row: &CardRow) -> Result<Job, Halt> {
    let sheet = Sheet::of(row).ok_or_else(|| Fault::corrupt("cards", "secret", row.card.number.as_str()))?;
    let large = tx.card_wishes().of(row.eid)?.large_print;
    let (_, to, eid) = holder(tx, row.eid)?;
    let secret = Secret::Card { sheet, large };
    Ok(Job { to, eid, secret })
}

fn job_of_activation(tx: &mut Tx<'_>, row: &Activation) -> Result<Job, Halt> {
    let digits = tx.activations().digits(row.eid)?;
    let digits = digits.ok_or_else(|| Fault::corrupt("activations", "sealed", row.eid))?;
    let (_, to, eid) = holder(tx, row.eid)?;
    let secret = Secret::Activation {
        id: row.id,
        password: OneTime::new(digits),
        until: row.expires_at,
    };
    Ok(Job { to, eid, secret })
}

fn password_of_today(tx: &mut Tx<'_>, ctx: &Ctx, eid: EidId) -> Result<bool, Halt> {
    let password = tx.activations().find(eid)?;
    Ok(password.is_some_and(|password| is_today(password.printed_at, ctx.now)))
}

fn card_of_today(tx: &mut Tx<'_>, ctx: &Ctx, eid: EidId) -> Result<bool, Halt> {
    let cards = tx.cards().of_eid(eid)?;
    Ok(cards.iter().any(|row| is_today(row.printed_at, ctx.now)))
}

fn holder(tx: &mut Tx<'_>, eid: EidId) -> Result<(Who, Addressee, EidNumber), Halt> {
    let eid = tx.eids().find(eid)?;
    let person = tx.people().find(eid.person)?;
    let who = Who {
        person: eid.person,
        eid: eid.id,
    };
    let to = Addressee {
        name: person.name,
        address: person.address,
        language: person.language,
        on_hardware: eid.on_hardware,
    };
    Ok((who, to, eid.number))
}

/// On the same day in Denmark.
fn is_today(printed: Option<Time>, now: Time) -> bool {
    printed.is_some_and(|printed| denmark::date(printed) == denmark::date(now))
}
