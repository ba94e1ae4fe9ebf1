//! The registers of others: the civil register (CPR), the registers of passports and driving licences, and that of companies (CVR).
//!
//! Owns the ports and their two adapters: tables of the house's own, filled by `idp register import`, and others' registers over the network.
//! A port is asked outside of any transaction, on a thread that may wait. Never decides what an entry means.

mod breaker;
pub mod companies;
mod embedded;
mod http;
pub mod import;
mod line;
mod memory;
pub mod sheet;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use chrono::NaiveDate;

use crate::config::RegistersSection;
use crate::domain::company::{Company, Cvr};
use crate::domain::cpr::Cpr;
use crate::domain::refusal::Code;
use crate::domain::register::{Entry, NumberedDocument};
use crate::fault::Fault;
use crate::storage::{Halt, Store};

pub use embedded::Embedded;

/// Why a register does not answer now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreachable {
    /// It is down, slow, not where it should be, or left alone: nobody is answered.
    #[error("the register does not answer")]
    Register,
    /// It says nothing that can be read to this question. Others may be answered.
    #[error("the register has no answer to this question")]
    Question,
}

impl From<Unreachable> for Halt {
    fn from(_: Unreachable) -> Halt {
        Code::RegisterUnavailable.into()
    }
}

/// What a register of documents says of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
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

/// The register of companies.
pub trait CompanyRegister: Send + Sync {
    /// A company's entry; none for a number that is no company's.
    ///
    /// # Errors
    /// When it does not answer.
    fn company(&self, cvr: &Cvr) -> Result<Option<Company>, Unreachable>;
}

/// All of them, as the operator has set them up.
#[derive(Clone)]
pub struct Registers {
    /// The civil register.
    pub cpr: Arc<dyn CprRegister>,
    /// Documents.
    pub documents: Arc<dyn IdentityDocuments>,
    /// Companies.
    pub companies: Arc<dyn CompanyRegister>,
}

impl Registers {
    /// Each where the operator says it is; the house's own where nothing is said.
    ///
    /// # Errors
    /// A fault when what another's register needs cannot be set up.
    pub fn open(set: &RegistersSection, store: Store) -> Result<Self, Fault> {
        let own = Arc::new(Embedded::new(store));
        let http::Lines {
            cpr,
            documents,
            companies,
        } = http::lines(set)?;
        Ok(Self {
            cpr: match cpr {
                Some(line) => Arc::new(line),
                None => own.clone(),
            },
            documents: match documents {
                Some(line) => Arc::new(line),
                None => own.clone(),
            },
            companies: match companies {
                Some(line) => Arc::new(line),
                None => own,
            },
        })
    }
}
