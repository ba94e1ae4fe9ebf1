//! SAML 2.0 (OIOSAML 3) by `saml-core`, the same crate that the identity provider is made with: it knows what a message is
//! and when it may be believed, and does no I/O. What is left for a service is what you read here.
//!
//! ```text
//!  browser        service (us)                                identity provider
//!     │ /skat/login   │                                              │
//!     │──────────────▶│ login: request ID kept under RelayState      │
//!     │◀──────────────│ 303 …?SAMLRequest&RelayState&Signature       │
//!     │─────────────────────────────────────────────────────────────▶│ user-ID, password, code
//!     │◀─────────────────────────────────────────────────────────────│ a form that posts itself
//!     │──────────────▶│ acs: RelayState → our request → Response     │
//!     │               │ decrypt, signature, issuer, InResponseTo, …  │
//!     │◀──────────────│ 303 /skat/me                                 │
//! ```
//!
//! It never reads a value from XML that is not verified, and never makes XML by pasting text.

pub mod acs;
pub mod idp;
pub mod login;
pub mod logout;
pub mod metadata;
mod provider;

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use saml_core::{Id, name_id::NameId, xml::Limits};

use crate::clock;
use crate::config::Settings;
use crate::memory::Shelf;
use crate::pages::LoggedOut;
use crate::problem::Problem;
use crate::session::Wish;
pub use provider::Provider;

/// No message of an identity provider is longer.
const LIMITS: Limits = Limits::message(256 * 1024);
/// How far its clock may be from ours.
const SKEW: TimeDelta = TimeDelta::minutes(3);

/// What SAML remembers between requests.
pub struct Desk {
    /// The identity provider's metadata.
    pub idp: idp::Cache,
    /// Log-ins under way, by RelayState.
    under_way: Shelf<UnderWay>,
    /// Log-outs under way, by the ID of our request; the value is the service.
    leaving: Shelf<String>,
    /// How far a log-out reached, for the page that says so.
    farewells: Shelf<LoggedOut>,
    /// Assertions and log-out requests that were used, by ID: good for one time only.
    used: Shelf<()>,
}

impl Desk {
    /// A desk for the configured identity provider.
    pub fn new(settings: &Settings) -> Result<Self, url::ParseError> {
        let a_while = Duration::from_secs(20 * 60);
        Ok(Self {
            idp: idp::Cache::new(settings)?,
            under_way: Shelf::new(10_000, a_while),
            leaving: Shelf::new(10_000, a_while),
            farewells: Shelf::new(10_000, a_while),
            used: Shelf::new(100_000, a_while),
        })
    }
}

/// A log-in that the browser was sent away for.
#[derive(Clone)]
struct UnderWay {
    service: String,
    browser_key: String,
    /// The only request that the response may answer.
    request_id: String,
    wish: Wish,
}

/// Who somebody is in the eyes of the identity provider: a log-out must name exactly this.
#[derive(Debug, Clone)]
pub struct Participant {
    /// The name, with its format and qualifiers.
    pub name_id: NameId,
    /// The session.
    pub session_index: String,
}

/// A fresh message ID.
fn id() -> Result<Id, Problem> {
    let mut bits = [0; 20];
    aws_lc_rs::rand::fill(&mut bits)?;
    Ok(Id::from_random(bits))
}

/// Whether a message's own end has come.
fn is_over(not_on_or_after: Option<DateTime<Utc>>) -> bool {
    not_on_or_after.is_some_and(|end| clock::now() >= end + SKEW)
}
