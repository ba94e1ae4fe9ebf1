//! The service provider's side: one function from a POSTed form to a verified identity or a named refusal.
//!
//! ```no_run
//! # use saml_core::{Kind, key::{DecryptionKey, TrustedKeys}, post, sp, xml::Limits};
//! # fn example(body: &[u8], keys: &TrustedKeys, own: &[DecryptionKey], now: chrono::DateTime<chrono::Utc>)
//! # -> Result<(), Box<dyn std::error::Error>> {
//! let incoming = post::decode(body, &Limits::message(256 * 1024))?;
//! let identity = sp::check_response(&incoming, &sp::Expect {
//!     entity_id: "https://skat.example/saml",
//!     acs_url: "https://skat.example/saml/acs",
//!     request_id: "_the-id-kept-in-the-browser-session",
//!     idp_entity_id: "https://eid.example/saml/metadata",
//!     keys,
//!     decryption: own,
//!     now,
//!     skew: chrono::TimeDelta::minutes(3),
//!     need: sp::Need::SignedAssertion,
//! })?;
//! println!("{} {:?}", identity.name_id.value, identity.attribute("https://data.gov.dk/model/core/eid/person/pid"));
//! # Ok(()) }
//! ```
//! The caller still has to remember [`Identity::assertion_id`] until it expires and refuse it a second time, and to use
//! up the request id that it expected.

mod check;

pub use check::check_response;
use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    ReadError,
    dsig::SignatureError,
    enc::DecryptError,
    key::{DecryptionKey, TrustedKeys},
    name_id::NameId,
    response::Attribute,
    status::Status,
};

/// What has to carry a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// The assertion itself (OIOSAML).
    SignedAssertion,
    /// The response around it suffices (SAML2Int).
    SignedResponse,
}

/// What a service knows about the answer that it waits for.
#[derive(Debug, Clone, Copy)]
pub struct Expect<'a> {
    /// Our own entityID.
    pub entity_id: &'a str,
    /// The address at which the form arrived.
    pub acs_url: &'a str,
    /// The ID of the request that this browser was sent away with.
    pub request_id: &'a str,
    /// The identity provider's entityID.
    pub idp_entity_id: &'a str,
    /// The signing keys of its metadata.
    pub keys: &'a TrustedKeys,
    /// Our own decryption keys.
    pub decryption: &'a [DecryptionKey],
    /// The moment of the check.
    pub now: DateTime<Utc>,
    /// How far clocks may be apart.
    pub skew: TimeDelta,
    /// What has to be signed.
    pub need: Need,
}

/// Somebody, as the identity provider vouches for them.
#[derive(Debug, Clone)]
pub struct Identity {
    /// The subject; to be kept as it is for log-out.
    pub name_id: NameId,
    /// `SessionIndex`; to be kept for log-out.
    pub session_index: String,
    /// When the user was authenticated.
    pub authn_instant: DateTime<Utc>,
    /// When the session has to end at the latest.
    pub session_not_on_or_after: Option<DateTime<Utc>>,
    /// `AuthnContextClassRef`.
    pub class: String,
    /// The attributes.
    pub attributes: Vec<Attribute>,
    /// The assertion's ID, to be refused a second time until `expires`.
    pub assertion_id: String,
    /// When the assertion ends.
    pub expires: DateTime<Utc>,
    /// Whether it came encrypted.
    pub encrypted: bool,
    /// The verified assertion as XML, for showing.
    pub xml: String,
}

impl Identity {
    /// The first value of an attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|a| a.name == name)?
            .values
            .first()
            .map(String::as_str)
    }
}

/// Why a response is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Another message.
    #[error("the message is not a response")]
    NotAResponse,
    /// The answer is no: the status says why. `signed` tells whether anybody vouches for that.
    #[error("the identity provider answered {status:?}")]
    Status {
        /// What it says.
        status: Status,
        /// Whether the response was signed.
        signed: bool,
    },
    /// A signature is missing or wrong.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// The message is not what it should be.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The assertion cannot be decrypted.
    #[error(transparent)]
    Decrypt(#[from] DecryptError),
    /// None or several assertions.
    #[error("exactly one assertion was expected")]
    NotOneAssertion,
    /// Somebody else's.
    #[error("another issuer was expected")]
    Issuer,
    /// Meant for another address.
    #[error("the response is meant for another address")]
    Destination,
    /// Not an answer to our request.
    #[error("the response does not answer our request")]
    InResponseTo,
    /// The bearer confirmation does not fit.
    #[error("the subject confirmation does not fit: {0}")]
    Confirmation(&'static str),
    /// Meant for another service.
    #[error("the assertion is meant for another service")]
    Audience,
    /// Not valid now.
    #[error("the assertion is not valid now: {0}")]
    Time(&'static str),
}
