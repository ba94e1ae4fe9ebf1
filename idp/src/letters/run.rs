//! The print run: an officer takes what waits to be printed, and says later that it was posted. Owns that both are recorded with who
//! and why, that what was posted is never shown again, and that one eID's card and activation password are not in one day's run.

use crate::audit::{Event, Who, record};
use crate::credentials::keycard::print::Sheet;
use crate::ctx::Ctx;
use crate::delivery::OneTime;
use crate::domain::denmark;
use crate::domain::eid::EidNumber;
use crate::domain::id::ActivationId;
use crate::domain::keycard::CardNumber;
use crate::domain::time::Time;
use crate::fault::Fault;
use crate::storage::{Halt, Tx};

use super::press::{Addressee, Content};

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

    /// By what a manifest names it.
    #[must_use]
    pub fn id(&self) -> String {
        match &self.secret {
            Secret::Card { sheet, .. } => sheet.number().to_string(),
            Secret::Activation { id, .. } => id.to_string(),
        }
    }
}

/// Takes cards that wait, oldest first: they are printed from now on.
///
/// # Errors
/// When the database does not answer or a row is corrupt.
pub fn take_cards(tx: &mut Tx<'_>, ctx: &Ctx, officer: &Officer, limit: i64) -> Result<Vec<Job>, Halt> {
    let mut jobs = Vec::new();
    for row in tx.cards().to_print(limit)? {
        let password = tx.activations().find(row.eid)?;
        if password.is_some_and(|password| is_today(password.printed_at, ctx.now)) {
            continue;
        }
        let sheet = Sheet::of(&row).ok_or_else(|| Fault::corrupt("cards", "secret", row.card.number.as_str()))?;
        let (who, to, eid) = holder(tx, row.eid)?;
        tx.cards().printed(&row.card.number, ctx.now)?;
        let event = Event::CardPrinted {
            who,
            card: row.card.number.to_string(),
            officer: officer.name.clone(),
            reason: officer.reason.clone(),
        };
        record(tx, ctx, &event)?;
        let large = tx.card_wishes().of(row.eid)?.large_print;
        let secret = Secret::Card { sheet, large };
        jobs.push(Job { to, eid, secret });
    }
    Ok(jobs)
}

/// Takes activation passwords that wait, oldest first: they are printed from now on.
///
/// # Errors
/// When the database does not answer or a row is corrupt.
pub fn take_passwords(tx: &mut Tx<'_>, ctx: &Ctx, officer: &Officer, limit: i64) -> Result<Vec<Job>, Halt> {
    let mut jobs = Vec::new();
    for waiting in tx.activations().to_print(limit)? {
        let cards = tx.cards().of_eid(waiting.eid)?;
        if cards.iter().any(|row| is_today(row.printed_at, ctx.now)) {
            continue;
        }
        let digits = tx.activations().digits(waiting.eid)?;
        let digits = digits.ok_or_else(|| Fault::corrupt("activations", "sealed", waiting.eid))?;
        if !tx.activations().printed(waiting.id, ctx.now)? {
            return Err(Halt::Again);
        }
        let (who, to, eid) = holder(tx, waiting.eid)?;
        let event = Event::ActivationPrinted {
            who,
            officer: officer.name.clone(),
            reason: officer.reason.clone(),
        };
        record(tx, ctx, &event)?;
        let secret = Secret::Activation {
            id: waiting.id,
            password: OneTime::new(digits),
            until: waiting.expires_at,
        };
        jobs.push(Job { to, eid, secret });
    }
    Ok(jobs)
}

/// Notes that a printed card was handed to the post; `false` when it was not printed, or posted already.
///
/// # Errors
/// When the database does not answer.
pub fn card_posted(tx: &mut Tx<'_>, ctx: &Ctx, officer: &str, number: &CardNumber) -> Result<bool, Halt> {
    if !tx.cards().posted(number, ctx.now)? {
        return Ok(false);
    }
    let Some(row) = tx.cards().find(number)? else {
        return Ok(false);
    };
    let who = Who {
        person: tx.eids().find(row.eid)?.person,
        eid: row.eid,
    };
    let (card, officer) = (number.to_string(), officer.to_owned());
    record(tx, ctx, &Event::CardPosted { who, card, officer })?;
    Ok(true)
}

/// Notes that a printed activation password was handed to the post, and erases it; `false` when it was not printed, or posted
/// already.
///
/// # Errors
/// When the database does not answer.
pub fn password_posted(tx: &mut Tx<'_>, ctx: &Ctx, officer: &str, id: ActivationId) -> Result<bool, Halt> {
    let Some(eid) = tx.activations().posted(id, ctx.now)? else {
        return Ok(false);
    };
    let who = Who {
        person: tx.eids().find(eid)?.person,
        eid,
    };
    let officer = officer.to_owned();
    record(tx, ctx, &Event::ActivationPosted { who, officer })?;
    Ok(true)
}

fn holder(tx: &mut Tx<'_>, eid: crate::domain::id::EidId) -> Result<(Who, Addressee, EidNumber), Halt> {
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
    };
    Ok((who, to, eid.number))
}

/// On the same day in Denmark.
fn is_today(printed: Option<Time>, now: Time) -> bool {
    printed.is_some_and(|printed| denmark::date(printed) == denmark::date(now))
}
