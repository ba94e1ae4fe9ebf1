//! Who is logged in at a service: what the checks of a log-in leave behind.
//! A [`Session`] is made in two places only, at the end of [`crate::oidc::callback`] and of [`crate::saml::acs`].

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value};

use crate::{oidc, saml};

/// One person's log-in at one service.
#[derive(Clone)]
pub struct Session {
    /// The service, by name: a session never opens another service.
    pub service: String,
    /// Who: the same for the same person at every visit, another at other services. This is what a service stores.
    pub subject: String,
    /// The person's public number, where the service is entitled to it.
    pub pid: Option<String>,
    /// The name to greet with.
    pub name: Option<String>,
    /// How sure the identity provider is.
    pub level: Option<Level>,
    /// When the person last proved who they are (not: when this session began).
    pub authenticated_at: Option<DateTime<Utc>>,
    /// All that was released, as it came.
    pub attributes: Map<String, Value>,
    /// What came, and what was checked before it was believed.
    pub evidence: Evidence,
    /// What is needed later to refresh and to log out.
    pub link: Link,
    /// The identity provider's word on when to ask again.
    pub ends_at: Option<DateTime<Utc>>,
}

impl Session {
    /// Whether every check that this protocol asks for was passed, as those that make the checks told.
    pub fn is_verified(&self) -> bool {
        let needed: &[Check] = match &self.link {
            Link::Oidc(_) => &Check::OIDC,
            Link::Saml(_) => &Check::SAML,
        };
        self.evidence.holds(needed)
    }

    /// Whether the person proved at least `level` within the last five minutes: what a bank asks before money moves.
    pub fn is_fresh_at(&self, level: Level, now: DateTime<Utc>) -> bool {
        let recent = self.authenticated_at.is_some_and(|at| now - at < TimeDelta::minutes(5));
        recent && self.level >= Some(level)
    }
}

/// The token or assertion, kept to be shown. A real service throws it away.
#[derive(Clone)]
pub struct Evidence {
    /// As it came: a compact JWT, or the decrypted assertion.
    pub raw: String,
    /// Readable: decoded JSON, or indented XML.
    pub decoded: String,
    /// The checks it passed, in their order: each written down by the step that made it.
    pub checks: Vec<Check>,
}

impl Evidence {
    fn holds(&self, needed: &[Check]) -> bool {
        needed.iter().all(|check| self.checks.contains(check))
    }
}

/// The protocol's own memory of a session.
#[derive(Clone)]
pub enum Link {
    /// Logged in over OIDC.
    Oidc(Box<oidc::Tokens>),
    /// Logged in over SAML.
    Saml(saml::Participant),
}

/// A check that was passed before the session began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// The answer belongs to a question of ours, in this browser, once.
    Asked,
    /// It comes from the identity provider that was asked.
    Issuer,
    /// Its signature holds, by a published key.
    Signature,
    /// It was encrypted for us.
    Decrypted,
    /// It is made for us and nobody else.
    Audience,
    /// It is neither old nor from the future.
    Time,
    /// The ID token carries the nonce of this log-in.
    Nonce,
    /// The code was exchanged with the secret half of PKCE.
    Pkce,
    /// The access token belongs to the ID token.
    AccessToken,
    /// It reaches at least the level that was asked for.
    Level,
    /// It was not seen before.
    Unseen,
}

impl Check {
    /// Without these no ID token is believed (OpenID Connect Core §3.1.3.7, RFC 7636).
    pub const OIDC: [Self; 7] = [
        Self::Asked,
        Self::Issuer,
        Self::Pkce,
        Self::Signature,
        Self::Audience,
        Self::Time,
        Self::Nonce,
    ];

    /// Without these no assertion is believed (SAML Profiles §4.1.4.3, OIOSAML 3).
    pub const SAML: [Self; 7] = [
        Self::Asked,
        Self::Decrypted,
        Self::Signature,
        Self::Issuer,
        Self::Audience,
        Self::Time,
        Self::Unseen,
    ];
}

/// An NSIS assurance level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// User-ID and password.
    Low,
    /// A second factor too.
    Substantial,
    /// A second factor that cannot be copied.
    High,
}

impl Level {
    /// All levels, the lowest first.
    pub const ALL: [Self; 3] = [Self::Low, Self::Substantial, Self::High];

    /// The bare word, as OIOSAML 3 has it in its `loa` attribute.
    pub fn word(self) -> &'static str {
        match self {
            Self::Low => "Low",
            Self::Substantial => "Substantial",
            Self::High => "High",
        }
    }

    /// The URI, as OIDC has it in `acr` and SAML in an authentication context class.
    pub fn uri(self) -> String {
        format!("https://data.gov.dk/concept/core/nsis/loa/{}", self.word())
    }

    /// Reads a word in any case, or the URI.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|level| text.eq_ignore_ascii_case(level.word()) || text == level.uri())
    }
}

/// What a visitor's click asks of a log-in.
#[derive(Debug, Clone)]
pub struct Wish {
    /// At least this level; `None` leaves it to the party's own least.
    pub level: Option<Level>,
    /// The person must prove themselves anew, whatever session there is.
    pub force: bool,
    /// No page may be shown: log in only where a session allows it.
    pub passive: bool,
    /// SAML: the request travels in a form instead of the address.
    pub by_post: bool,
    /// The page to go to afterwards.
    pub then: Then,
    /// The subject it must be: nobody steps up into another person's session.
    pub must_be: Option<String>,
    /// The key of the session that this log-in replaces. (Kept here: a POST from another site brings no session cookie.)
    pub replaces: Option<String>,
    /// When the log-in began.
    pub since: DateTime<Utc>,
}

/// Where to go after a log-in. A closed list: never an address from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// "Who am I".
    Me,
    /// A bank's balance page.
    Account,
    /// A bank's transfers.
    Transfers,
}

impl Then {
    /// The last part of the path.
    pub fn path(self) -> &'static str {
        match self {
            Self::Me => "me",
            Self::Account => "account",
            Self::Transfers => "transfers",
        }
    }

    /// Reads the parameter `then`; whatever is not in the list is [`Then::Me`].
    pub fn parse(text: Option<&str>) -> Self {
        [Self::Account, Self::Transfers]
            .into_iter()
            .find(|then| text == Some(then.path()))
            .unwrap_or(Self::Me)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_ordered_and_read_in_both_forms() {
        assert!(Level::Low < Level::Substantial && Level::Substantial < Level::High);
        assert_eq!(Level::parse("substantial"), Some(Level::Substantial));
        assert_eq!(
            Level::parse("https://data.gov.dk/concept/core/nsis/loa/Low"),
            Some(Level::Low)
        );
        assert_eq!(
            Level::parse("https://data.gov.dk/concept/core/nsis/Low"),
            None,
            "the form without loa is another vocabulary"
        );
    }

    #[test]
    fn without_any_one_of_its_checks_nothing_is_verified() {
        for needed in [Check::OIDC, Check::SAML] {
            let of = |checks: &[Check]| Evidence {
                raw: String::new(),
                decoded: String::new(),
                checks: checks.to_vec(),
            };
            assert!(of(&needed).holds(&needed));
            for left_out in needed {
                let others: Vec<_> = needed.into_iter().filter(|check| *check != left_out).collect();
                assert!(!of(&others).holds(&needed), "{left_out:?}");
            }
        }
    }

    #[test]
    fn an_address_from_outside_is_no_destination() {
        assert_eq!(Then::parse(Some("transfers")), Then::Transfers);
        assert_eq!(Then::parse(Some("https://evil.example")), Then::Me);
    }
}
