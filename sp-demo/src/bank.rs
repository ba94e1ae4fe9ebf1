//! How a bank finds its customer behind a log-in, and what each level opens.
//!
//! A bank knows customer numbers; the identity provider knows people. Two threads tie them, neither of them the CPR number:
//! * `customer_ref`: when the bank issued or linked the eID it told the identity provider its own customer number;
//!   the identity provider gives it back at each log-in, to this bank alone.
//! * `sub`: the person's id at this bank, the same at every visit; the bank stores it beside the customer at the first visit
//!   (in real life: when the netbank agreement is signed).

use std::time::Duration;

use actix_web::HttpResponse;

use crate::clock;
use crate::config::Kind;
use crate::memory::Shelf;
use crate::pages;
use crate::problem::Problem;
use crate::session::{Level, Session};
use crate::visit::{Visit, see_other};

/// The bank's customer register, as far as a demo needs one: `sub` at a bank → customer number.
pub struct Customers(Shelf<String>);

/// A customer of the bank.
pub struct Customer {
    /// The bank's own number.
    pub number: String,
    /// How it was found.
    pub found: Found,
}

/// How a customer was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// By the number that the identity provider gave back.
    ByReference,
    /// By the stored `sub`.
    BySubject,
    /// Not at all: stored now.
    New,
}

impl Default for Customers {
    fn default() -> Self {
        Self(Shelf::new(10_000, Duration::from_secs(365 * 24 * 3600)))
    }
}

impl Customers {
    /// The customer behind a session.
    pub fn of(&self, session: &Session) -> Customer {
        if let Some(number) = session.attributes.get("customer_ref").and_then(|value| value.as_str()) {
            return Customer {
                number: number.to_owned(),
                found: Found::ByReference,
            };
        }
        // The same sub at another bank would be another person's: the register is per bank.
        let key = format!("{} {}", session.service, session.subject);
        if let Some(number) = self.0.look(&key) {
            return Customer {
                number,
                found: Found::BySubject,
            };
        }
        let number = format!("K{:08}", checksum(&key) % 100_000_000);
        self.0.put(&key, number.clone());
        Customer {
            number,
            found: Found::New,
        }
    }
}

impl Customer {
    /// An amount for show, the same at every visit.
    pub fn balance(&self) -> String {
        let amount = checksum(&self.number) % 9_000_000 + 100_000;
        format!(
            "{}.{:03},{:02} kr.",
            amount / 100_000,
            amount / 100 % 1000,
            amount % 100
        )
    }
}

fn checksum(text: &str) -> u64 {
    text.bytes()
        .fold(17, |sum: u64, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte)))
}

/// `/netbank/account`: level Low is enough to look.
pub async fn account(visit: Visit) -> HttpResponse {
    let outcome = bank_session(&visit).map(|session| match session {
        Some(session) => {
            let customer = visit.app.customers.of(&session);
            pages::account(&visit.service, visit.locale, &session, &customer)
        }
        None => see_other(&format!("{}?then=account", visit.service.path("login"))),
    });
    visit.show(outcome)
}

/// `/netbank/transfers`: a whole log-in at Substantial, made just now by the same person (`id_token_hint`). A session is never enough.
pub async fn transfers(visit: Visit) -> HttpResponse {
    let outcome = bank_session(&visit).map(|session| match session {
        Some(session) => {
            let open = session.is_fresh_at(Level::Substantial, clock::now());
            pages::transfers(&visit.service, visit.locale, open)
        }
        None => see_other(&format!(
            "{}?level=substantial&then=transfers",
            visit.service.path("login")
        )),
    });
    visit.show(outcome)
}

fn bank_session(visit: &Visit) -> Result<Option<Session>, Problem> {
    if visit.service.kind != Kind::Bank {
        return Err(Problem::NotFound);
    }
    Ok(visit.session())
}
