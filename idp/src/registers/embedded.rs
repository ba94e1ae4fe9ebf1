//! The registers as tables of the house's own.

use chrono::NaiveDate;

use super::{Checked, CompanyRegister, CprRegister, IdentityDocuments, Unreachable};
use crate::domain::company::{Company, Cvr};
use crate::domain::cpr::Cpr;
use crate::domain::register::{Entry, NumberedDocument};
use crate::storage::{Halt, Store};

/// Asks the tables that `idp register import` fills.
pub struct Embedded {
    store: Store,
}

impl Embedded {
    /// In this database.
    #[must_use]
    pub const fn new(store: Store) -> Self {
        Self { store }
    }
}

/// A fault is logged here: whoever asks a register only hears that it does not answer.
fn silent(halt: Halt) -> Unreachable {
    if let Halt::Fault(fault) = halt {
        log::error!("the house's own register: {fault}");
    }
    Unreachable::Register
}

impl CprRegister for Embedded {
    fn entry(&self, cpr: &Cpr) -> Result<Option<Entry>, Unreachable> {
        let cpr = cpr.clone();
        let read = self
            .store
            .read_blocking("register.entry", move |tx| tx.registers().entry(&cpr));
        read.map_err(silent)
    }
}

impl IdentityDocuments for Embedded {
    fn check(&self, cpr: &Cpr, kind: NumberedDocument, number: &str, on: NaiveDate) -> Result<Checked, Unreachable> {
        let (cpr, number) = (cpr.clone(), number.to_owned());
        let read = self.store.read_blocking("register.document", move |tx| {
            tx.registers().find_document(&cpr, kind, &number)
        });
        let found = read.map_err(silent)?.filter(|document| document.theirs);
        Ok(match found {
            None => Checked::NotTheirs,
            Some(document) if document.void => Checked::Void,
            Some(document) if document.valid_to.is_some_and(|last| last < on) => Checked::Expired,
            Some(_) => Checked::Valid,
        })
    }
}

impl CompanyRegister for Embedded {
    fn company(&self, cvr: &Cvr) -> Result<Option<Company>, Unreachable> {
        let cvr = cvr.clone();
        let read = self
            .store
            .read_blocking("register.company", move |tx| tx.companies().find(&cvr));
        read.map_err(silent)
    }
}
