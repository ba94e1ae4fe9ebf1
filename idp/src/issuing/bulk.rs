//! A bank has eIDs issued to its customers from a delivery of many lines (M31), JSON or the rows of a sheet. Owns the shape of a line, that each is done once and what came of
//! it is kept with it, in one transaction for some hundred lines. Never reads the delivery: whoever does hands in some lines at a time.

mod sheet;

use serde::{Deserialize, Serialize};

pub use sheet::Sheet;

use super::application::{Application, Person, Rules, Where};
use super::customer::{Customer, reference};
use super::issue::issue;
use super::person::heard;
use crate::audit::{Event, record};
use crate::credentials::activation;
use crate::ctx::Ctx;
use crate::domain::consent::{Consent, all_given};
use crate::domain::contact::{Email, Phone};
use crate::domain::cpr::Cpr;
use crate::domain::locale::Locale;
use crate::domain::proofing::{Channel, Evidence};
use crate::domain::refusal::{Code, Refusal};
use crate::domain::register::Entry;
use crate::storage::{Bank, BulkLine, Halt, Outcome, Tx};
use crate::vault::Mac;

/// Whose delivery it is, and who answers for it.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// The RA.
    pub ra: String,
    /// Its bank.
    pub bank: String,
    /// Its lowest age.
    pub from_age: u8,
    /// What the bank calls the delivery.
    pub batch: String,
    /// The officer.
    pub officer: String,
    /// Why.
    pub reason: String,
}

/// A customer, as a line has them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    cpr: Option<String>,
    customer: Option<Customer>,
    customer_ref: String,
    #[serde(default)]
    public: bool,
    rules: Option<Accepted>,
    email: Option<String>,
    phone: Option<String>,
    language: Option<Locale>,
    #[serde(default)]
    password_by_text_message: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Accepted {
    version: String,
    consents: Vec<Consent>,
}

/// A line that was read.
#[derive(Debug, Clone)]
pub struct Wanted {
    number: i64,
    text: Vec<u8>,
    read: Result<Customers, Code>,
    /// What the civil register says of the customer: to be filled in before the line is done.
    pub entry: Option<Entry>,
}

#[derive(Debug, Clone)]
struct Customers {
    line: Line,
    customer_ref: String,
    cpr: Option<Cpr>,
    email: Option<Email>,
    phone: Option<Phone>,
}

impl Wanted {
    /// Reads a line; one that cannot be read is refused when it is done, as any other.
    #[must_use]
    pub fn read(number: i64, text: &[u8]) -> Self {
        Self {
            number,
            text: text.to_vec(),
            read: customers(text),
            entry: None,
        }
    }

    /// Reads a row of a sheet: as the line that says the same.
    #[must_use]
    pub fn row(number: i64, sheet: &Sheet, text: &[u8]) -> Self {
        match sheet.line(text) {
            Some(line) => Self::read(number, &line),
            None => Self {
                number,
                text: text.to_vec(),
                read: Err(Code::RequestMalformed),
                entry: None,
            },
        }
    }

    /// Its number.
    #[must_use]
    pub const fn number(&self) -> i64 {
        self.number
    }

    /// Whom the civil register is asked about.
    #[must_use]
    pub fn asks(&self) -> Option<&Cpr> {
        self.read.as_ref().ok().and_then(|read| read.cpr.as_ref())
    }
}

fn customers(text: &[u8]) -> Result<Customers, Code> {
    let line: Line = serde_json::from_slice(text).map_err(|_| Code::RequestMalformed)?;
    let sound = line.customer.as_ref().is_none_or(Customer::is_sound);
    let customer_ref = reference(&line.customer_ref);
    if line.cpr.is_some() == line.customer.is_some() || !sound {
        return Err(Code::RequestMalformed);
    }
    Ok(Customers {
        customer_ref: customer_ref.ok_or(Code::RequestMalformed)?,
        cpr: line.cpr.as_deref().map(Cpr::parse).transpose()?,
        email: line.email.as_deref().map(Email::parse).transpose()?,
        phone: line.phone.as_deref().map(Phone::parse).transpose()?,
        line,
    })
}

/// Which of these lines are done already: their customers are asked about no more.
///
/// # Errors
/// When the database does not answer or a row is corrupt.
pub fn done(tx: &mut Tx<'_>, delivery: &Delivery, lines: &[Wanted]) -> Result<Vec<BulkLine>, Halt> {
    let (Some(first), Some(last)) = (lines.first(), lines.last()) else {
        return Ok(Vec::new());
    };
    let of = (delivery.ra.as_str(), delivery.batch.as_str());
    tx.bulk_lines().from(of, first.number, last.number - first.number + 1)
}

/// Does some lines, in one act: those of them that are not done yet. How many were done.
///
/// # Errors
/// `ra.key_reused` when a line that is done said something else; `OCES005` while no CA issues and something was to become public; when the database does not answer.
pub fn take(tx: &mut Tx<'_>, ctx: &Ctx, delivery: &Delivery, lines: &[Wanted], rules: &Rules) -> Result<usize, Halt> {
    let of = (delivery.ra.as_str(), delivery.batch.as_str());
    let done = done(tx, delivery, lines)?;
    let mut kept = Vec::with_capacity(lines.len());
    for line in lines {
        let request = tx.vault().mac(Mac::RaRequest, &line.text);
        if let Some(before) = done.iter().find(|before| before.line == line.number) {
            if before.request != request {
                return Err(Refusal::new(Code::RaKeyReused).into());
            }
            continue;
        }
        if let (Some(cpr), Some(entry)) = (line.asks(), &line.entry) {
            heard(tx, ctx, cpr, entry)?;
        }
        let done = tx.attempt(|tx| one(tx, ctx, delivery, line, rules))?;
        let outcome = match done {
            Ok(outcome) => outcome,
            // That no CA issues is no word about this customer: nothing of these lines is kept, and they are done when one does.
            Err(refusal) if refusal.code == Code::Oces005 => return Err(refusal.into()),
            Err(refusal) => Outcome::Refused(refusal.code),
        };
        kept.push(BulkLine {
            line: line.number,
            request,
            outcome,
        });
    }
    if !kept.is_empty() {
        tx.bulk_lines().keep(of, &kept, ctx.now)?;
        let event = Event::BulkIssued {
            ra: delivery.ra.clone(),
            officer: delivery.officer.clone(),
            reason: delivery.reason.clone(),
            batch: delivery.batch.clone(),
            lines: kept.len(),
        };
        record(tx, ctx, &event)?;
    }
    Ok(kept.len())
}

/// One line.
fn one(tx: &mut Tx<'_>, ctx: &Ctx, delivery: &Delivery, line: &Wanted, rules: &Rules) -> Result<Outcome, Halt> {
    let read = line.read.as_ref().map_err(|code| *code)?;
    let person = match (&read.cpr, &read.line.customer) {
        (Some(cpr), _) => Person::Registered {
            cpr,
            entry: line.entry.as_ref().ok_or(Code::ProofingUnknownPerson)?,
        },
        (None, Some(customer)) => customer.person(),
        (None, None) => return Err(Code::RequestMalformed.into()),
    };
    let by = if read.line.password_by_text_message {
        activation::By::TextMessage
    } else {
        activation::By::Letter
    };
    let application = Application {
        channel: Channel::Bank,
        by: (&delivery.ra, &delivery.officer),
        person,
        evidence: Evidence::Agreement {
            public: read.line.public,
            from_age: delivery.from_age,
        },
        questions: false,
        witness: None,
        consents: read
            .line
            .rules
            .as_ref()
            .is_some_and(|rules| all_given(&rules.version, &rules.consents))
            .then_some(ctx.now),
        another: false,
        hardware: false,
        bank: Some(Bank {
            bank: delivery.bank.clone(),
            customer_ref: Some(read.customer_ref.clone()),
        }),
        contact: (read.email.clone(), read.phone.clone()),
        language: read.line.language.unwrap_or_default(),
        at: Where::Post,
        shown: serde_json::json!({ "batch": delivery.batch, "line": line.number }).to_string(),
    };
    let rules = Rules {
        activation: activation::Rules { by, ..rules.activation },
        ..*rules
    };
    Ok(Outcome::Issued(issue(tx, ctx, &application, &rules)?.who.eid))
}

/// What came of a line, as the bank reads it.
#[derive(Debug, Clone, Serialize)]
pub struct Told {
    /// Its number.
    pub line: i64,
    /// `issued` or `refused`.
    pub outcome: &'static str,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<&'static str>,
    /// What the bank calls its customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_ref: Option<String>,
    /// The eID's number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub eid_number: Option<String>,
    /// May be used outside netbank.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public: Option<bool>,
    /// What the person is called at the bank's log-ins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub: Option<String>,
}

/// What came of the lines from `first` on, at most so many.
///
/// # Errors
/// When the database does not answer or a row is corrupt.
pub fn told(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    delivery: &Delivery,
    sector: Option<&str>,
    (first, limit): (i64, i64),
) -> Result<Vec<Told>, Halt> {
    let of = (delivery.ra.as_str(), delivery.batch.as_str());
    let mut all = Vec::new();
    for line in tx.bulk_lines().from(of, first, limit)? {
        all.push(match line.outcome {
            Outcome::Refused(code) => Told {
                line: line.line,
                outcome: "refused",
                code: Some(code.as_str()),
                customer_ref: None,
                eid_number: None,
                public: None,
                sub: None,
            },
            Outcome::Issued(id) => {
                let eid = tx.eids().find(id)?;
                let banks = tx.eids().banks(id)?;
                let linked = banks.into_iter().find(|bank| bank.bank == delivery.bank);
                let sub = sector.map(|sector| tx.subjects().sub(eid.person, sector, ctx.now));
                Told {
                    line: line.line,
                    outcome: "issued",
                    code: None,
                    customer_ref: linked.and_then(|bank| bank.customer_ref),
                    eid_number: Some(eid.number.to_string()),
                    public: Some(eid.public),
                    sub: sub.transpose()?,
                }
            }
        });
    }
    Ok(all)
}
