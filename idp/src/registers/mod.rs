//! The registers of others: the civil register (CPR) and the registers of passports and driving licences.
//!
//! Owns the ports and the adapter that the house brings itself: tables of its own, filled by `idp register import`. A port is asked outside
//! of any transaction, on a thread that may wait, since another adapter asks over the network. Never decides what an entry means.

mod embedded;
pub mod import;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use chrono::NaiveDate;

use crate::domain::cpr::Cpr;
use crate::domain::refusal::Code;
use crate::domain::register::{Entry, NumberedDocument};
use crate::storage::{Halt, Store};

pub use embedded::Embedded;

/// A register does not answer now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the register does not answer")]
pub struct Unreachable;

impl From<Unreachable> for Halt {
    fn from(_: Unreachable) -> Halt {
        Code::RegisterUnavailable.into()
    }
}

/// What a register of documents says of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checked {
    /// It is this person's, and valid on that day.
    Valid,
    /// There is none such, or it is somebody else's: the two look alike.
    NotTheirs,
    /// It is this person's, and its time is over.
    Expired,
    /// It is this person's, and was reported lost or drawn in.
    Void,
}

/// The civil register.
pub trait CprRegister: Send + Sync {
    /// A person's entry; none for a number that is nobody's.
    ///
    /// # Errors
    /// When it does not answer.
    fn entry(&self, cpr: &Cpr) -> Result<Option<Entry>, Unreachable>;
}

/// The registers of passports and driving licences.
pub trait IdentityDocuments: Send + Sync {
    /// Whether a document of this number belongs to the person and is valid on that day.
    ///
    /// # Errors
    /// When it does not answer.
    fn check(&self, cpr: &Cpr, kind: NumberedDocument, number: &str, on: NaiveDate) -> Result<Checked, Unreachable>;
}

/// Both, as the operator has set them up.
#[derive(Clone)]
pub struct Registers {
    /// The civil register.
    pub cpr: Arc<dyn CprRegister>,
    /// Documents.
    pub documents: Arc<dyn IdentityDocuments>,
}

impl Registers {
    /// The house's own.
    #[must_use]
    pub fn embedded(store: Store) -> Self {
        let own = Arc::new(Embedded::new(store));
        Self {
            cpr: own.clone(),
            documents: own,
        }
    }
}
