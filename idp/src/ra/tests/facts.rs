//! What an act rests on: a register that breaks, one that is silent, and an act that comes again.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::NaiveDate;
use serde_json::json;

use super::place::{Place, support};
use crate::config::Settings;
use crate::domain::company::{Company, Cvr};
use crate::domain::cpr::Cpr;
use crate::domain::register::{Entry, NumberedDocument};
use crate::registers::{Checked, CompanyRegister, CprRegister, IdentityDocuments, Registers, Unreachable};

/// Knows every document; of people nothing, in one way or the other.
#[derive(Default)]
struct Clerk {
    breaks: bool,
    asked: AtomicUsize,
}

impl CprRegister for Clerk {
    fn entry(&self, _cpr: &Cpr) -> Result<Option<Entry>, Unreachable> {
        assert!(!self.breaks, "a mistake in a register's adapter");
        Err(Unreachable::Register)
    }
}

impl IdentityDocuments for Clerk {
    fn check(&self, _: &Cpr, _: NumberedDocument, _: &str, _: NaiveDate) -> Result<Checked, Unreachable> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        Ok(Checked::Valid)
    }
}

impl CompanyRegister for Clerk {
    fn company(&self, _: &Cvr) -> Result<Option<Company>, Unreachable> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        Err(Unreachable::Register)
    }
}

fn place(clerk: &Arc<Clerk>) -> Place {
    let registers = Registers {
        cpr: clerk.clone(),
        documents: clerk.clone(),
        companies: clerk.clone(),
    };
    Place::asking(&Settings::default(), Some(registers))
}

#[test]
fn a_register_that_breaks_is_our_fault_and_one_that_is_silent_is_not() {
    for (breaks, status, code) in [(true, 500, "fault"), (false, 503, "register.unavailable")] {
        let place = place(&Arc::new(Clerk {
            breaks,
            ..Clerk::default()
        }));
        let anna = place.house.anna();
        let told = place.does(&support(), anna.eid, "questions", json!({}));
        told.is_refused(status, code);
        let number = told.body["request"].as_str().unwrap();
        let says = told.body["detail"].as_str().unwrap().contains(number);
        assert_eq!(says, breaks, "a fault shows its number: {}", told.body);
    }
}

#[test]
fn an_act_that_comes_again_asks_nobody_again() {
    let clerk = Arc::new(Clerk::default());
    let place = place(&clerk);
    let anna = place.house.anna();
    let path = format!("/api/ra/v1/eids/{}/cards", anna.eid);
    let proof = json!({"kind": "document_number", "document": "passport", "number": "208123456"});
    let orders = || {
        let body = Some(json!({ "proof": proof }));
        place.asks_under(&support(), "POST", &path, body, "the-same-key").done()
    };
    assert_eq!(orders(), orders());
    assert_eq!(clerk.asked.load(Ordering::Relaxed), 1);
}

#[test]
fn a_register_of_companies_that_is_silent_is_told_as_that_and_a_wrong_number_asks_nobody() {
    let clerk = Arc::new(Clerk::default());
    let place = place(&clerk);
    let asks = |body| place.asks(&support(), "POST", "/api/ra/v1/companies/find", Some(body));
    asks(json!({"cvr": "00000018"})).is_refused(400, "cvr.check");
    asks(json!({"cvr": "00000019", "cpr": "1"})).is_refused(400, "cpr.format");
    assert_eq!(clerk.asked.load(Ordering::Relaxed), 0);
    asks(json!({"cvr": "00000019"})).is_refused(503, "register.unavailable");
    assert_eq!(clerk.asked.load(Ordering::Relaxed), 1);
}
