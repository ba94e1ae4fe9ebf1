//! What is asked for, as the act reads it: who, on what proof, where it is handed over.

use chrono::NaiveDate;

use crate::credentials::activation;
use crate::domain::contact::{Email, Phone};
use crate::domain::cpr::Cpr;
use crate::domain::locale::Locale;
use crate::domain::proofing::{self, Applicant, Channel, Evidence, Witness};
use crate::domain::register::Entry;
use crate::domain::time::Time;
use crate::storage::Bank;

/// Who gets an eID.
#[derive(Debug, Clone, Copy)]
pub enum Person<'a> {
    /// Somebody of the civil register.
    Registered {
        /// The CPR number.
        cpr: &'a Cpr,
        /// What the register says.
        entry: &'a Entry,
    },
    /// A bank's customer without a CPR number, as the bank knows them.
    Customer {
        /// Full name.
        name: &'a str,
        /// Lines of the address.
        address: &'a str,
        /// Born on.
        born: NaiveDate,
    },
}

impl<'a> Person<'a> {
    /// As the law sees them.
    #[must_use]
    pub fn applicant(&self, today: NaiveDate) -> Applicant {
        match self {
            Self::Registered { cpr, entry } => Applicant::registered(cpr, entry, today),
            Self::Customer { born, .. } => Applicant::unregistered(*born, today),
        }
    }

    /// The CPR number, of whoever has one.
    #[must_use]
    pub const fn cpr(&self) -> Option<&'a Cpr> {
        match self {
            Self::Registered { cpr, .. } => Some(cpr),
            Self::Customer { .. } => None,
        }
    }

    pub(super) fn address(&self) -> Option<&'a str> {
        match self {
            Self::Registered { entry, .. } => entry.address.as_deref(),
            Self::Customer { address, .. } => Some(address),
        }
    }
}

/// Where what may go over a counter goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Where<'a> {
    /// All by post.
    Post,
    /// Over the counter of this RA, as far as the law allows.
    Desk(&'a str),
    /// All of it is fetched at this RA, against a document with a photo.
    PickUp(&'a str),
}

/// An application.
#[derive(Debug, Clone)]
pub struct Application<'a> {
    /// Through which channel.
    pub channel: Channel,
    /// The RA and its officer; who orders online has none.
    pub by: (&'a str, &'a str),
    /// Who.
    pub person: Person<'a>,
    /// What they show.
    pub evidence: Evidence<'a>,
    /// They passed control questions.
    pub questions: bool,
    /// Who declares for them.
    pub witness: Option<Witness<'a>>,
    /// When they accepted the rules of public use with its four consents, in the version in force.
    pub consents: Option<Time>,
    /// They have an eID and want another.
    pub another: bool,
    /// It is to be on hardware: a key in the person's own device is its second factor, and a card serves for adding that key alone.
    pub hardware: bool,
    /// The bank that it is for.
    pub bank: Option<Bank>,
    /// E-mail address and mobile number, as they told them.
    pub contact: (Option<Email>, Option<Phone>),
    /// The language that they are written to in.
    pub language: Locale,
    /// Where it is handed over.
    pub at: Where<'a>,
    /// What was shown, as it is written down.
    pub shown: String,
}

/// The operator's rules.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    /// Of proofing.
    pub proofing: proofing::Rules,
    /// Of activation passwords.
    pub activation: activation::Rules,
}
