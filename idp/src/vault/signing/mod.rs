//! Owns the signing keys: makes them, keeps the parsed ones in memory, publishes their public halves, signs with the
//! active one. Private keys are stored sealed and leave the vault as signatures only. Never decides what is signed.
//!
//! ```text
//! next ── published 7 days ──▶ active ── replaced ──▶ retired ── published 30 days more ──▶ gone
//! ```
//! Every stored key carries the vault's word (a MAC) for its public half, state and dates: a row that somebody else wrote into
//! the database is no key of ours.

mod audit;
mod jwt;
mod make;
pub mod provider;
mod ring;
pub mod rotation;
mod saml;
mod vouch;

use serde::Serialize;

use crate::domain::time::Time;

pub(super) use make::failed;

pub use jwt::TYP_JWT;
pub use ring::KeyRing;
pub use rotation::{Rotated, Wait};
pub use saml::SamlKey;

/// What a key signs; a key never signs for two purposes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyPurpose {
    /// ID tokens, access tokens, logout tokens.
    Jwt,
    /// SAML messages and metadata.
    Saml,
    /// Heads of the audit log.
    Audit,
}

impl KeyPurpose {
    /// The stored word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Jwt => "jwt",
            Self::Saml => "saml",
            Self::Audit => "audit",
        }
    }

    /// Reads the stored word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Jwt, Self::Saml, Self::Audit]
            .into_iter()
            .find(|one| one.as_str() == text)
    }
}

/// How a key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Alg {
    /// RSA PKCS#1 v1.5 with SHA-256.
    #[serde(rename = "RS256")]
    Rs256,
    /// ECDSA on P-256 with SHA-256.
    #[serde(rename = "ES256")]
    Es256,
}

impl Alg {
    /// The JOSE name, also the stored word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
        }
    }

    /// Reads the JOSE name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Rs256, Self::Es256].into_iter().find(|one| one.as_str() == text)
    }
}

/// Where a key is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyState {
    /// Published, not yet used.
    Next,
    /// Signs.
    Active,
    /// Signs no more, still published; its private half is erased.
    Retired,
}

impl KeyState {
    /// The stored word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Next => "next",
            Self::Active => "active",
            Self::Retired => "retired",
        }
    }

    /// Reads the stored word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Next, Self::Active, Self::Retired]
            .into_iter()
            .find(|one| one.as_str() == text)
    }
}

/// A signing key as it is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyRow {
    /// Key id, derived from the public half.
    pub kid: String,
    /// What it signs.
    pub purpose: KeyPurpose,
    /// How.
    pub alg: Alg,
    /// Where in its life.
    pub state: KeyState,
    /// PKCS#8, sealed; empty once retired.
    pub sealed: Vec<u8>,
    /// SubjectPublicKeyInfo.
    pub public_der: Vec<u8>,
    /// Self-signed certificate (SAML keys).
    pub certificate_der: Option<Vec<u8>>,
    /// When it was made.
    pub created_at: Time,
    /// From when others can see it.
    pub published_at: Time,
    /// From when it may sign (while next), or signs.
    pub activates_at: Time,
    /// When its publication ends (retired keys).
    pub retires_at: Option<Time>,
    /// The vault's word for all of this but `sealed`, which answers for itself; none in the rows of an older program.
    pub mac: Option<Vec<u8>>,
}

impl std::fmt::Debug for KeyRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "KeyRow({} {} {} {})",
            self.kid,
            self.purpose.as_str(),
            self.alg.as_str(),
            self.state.as_str()
        )
    }
}

impl KeyRow {
    /// Whether others are told of this key at `now`.
    #[must_use]
    pub fn is_published(&self, now: Time) -> bool {
        self.published_at <= now && self.retires_at.is_none_or(|end| now < end)
    }
}

#[cfg(test)]
mod tests;
