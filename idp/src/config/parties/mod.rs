//! Relying parties: who may ask for a log-in, how, and what they are told. Owns their reading from one TOML file each and
//! every rule about them; hands out an immutable set that is swapped whole. Never parses a party's SAML metadata (that is
//! the SAML slice's) and never keeps a secret readable (SHA-256 only).

mod certificate;
mod claim;
mod client;
mod common;
mod file;
mod own;
mod ra;
mod rules;
mod set;
mod types;

pub use claim::Claim;
pub use set::{Parties, SharedParties};
pub use types::{
    AccessToken, ClientAuth, Desk, Grant, IdTokenAlg, Logo, NameIdFormat, Office, OidcClient, OwnCertificate, Party,
    Pkce, Profile, Ra, SamlSp, Texts,
};

/// Every key of a party file, dotted.
#[must_use]
pub fn keys() -> Vec<String> {
    use super::reader::Section;
    let mut keys = Vec::new();
    file::PartyFile::keys("", &mut keys);
    keys
}

#[cfg(test)]
mod tests;
