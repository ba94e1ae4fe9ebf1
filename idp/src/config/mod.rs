//! What an operator may set: sections with defaults, relying parties, overrides from the environment. Owns every rule about
//! them, and refuses to start on a bad one with file, key and reason. Never reads the clock or the database.
//!
//! ```text
//! idp.toml ── parse ──┐
//! IDP__…  ────────────┴─ overlay ── sections (unknown keys refused) ── check (rules between keys) ── Settings
//! parties/*.toml ── one Party each (rules of a party) ── rules between parties ── Parties, swapped whole
//! ```

mod check;
mod delivery;
mod environment;
mod factors;
pub mod help;
mod log_in;
mod officers;
mod order;
pub mod parties;
mod proofing;
mod reader;
mod registers;
mod settings;
mod values;

use std::{collections::BTreeMap, fs, path::Path};

pub use delivery::{Activation, Calls, Delivery, Keycard, Mail, Push, Sms};
pub use environment::of_process as process_environment;
pub use factors::{Passkey, Voice};
pub use help::Help;
pub use log_in::{Flood, PasswordRules, Room};
pub use officers::Officers;
pub use order::Order;
pub use proofing::Proofing;
pub use reader::{ConfigError, Problem};
pub use registers::{Register, RegistersSection};
pub use settings::{
    Audit, Demo, Hash, Log, Login, Oidc, Organization, PartiesSection, Saml, Server, Session, Settings, Storage, Tls,
    Vault, Web,
};
pub use values::{
    Days, Hours, LogFormat, LogLevel, MailTls, Millis, Minutes, Origin, RoomMode, Seconds, Secret, is_loopback,
};

use reader::{Reader, Section};

/// Reads the file, lays the environment (`process_environment()`) over it and checks the whole.
///
/// # Errors
/// Everything that is wrong, each with file, key and reason.
pub fn load(path: &Path, environment: &BTreeMap<String, String>) -> Result<Settings, ConfigError> {
    let text = fs::read_to_string(path)
        .map_err(|error| ConfigError::one(path.display().to_string(), "", format!("cannot be read: {error}")))?;
    from_text(path, &text, environment)
}

/// As `load`, with the text of the file at hand.
///
/// # Errors
/// As `load`.
pub fn from_text(path: &Path, text: &str, environment: &BTreeMap<String, String>) -> Result<Settings, ConfigError> {
    let mut table = parse(path, text)?;
    let mut problems = Vec::new();
    let origins = environment::overlay(&mut table, environment, &mut problems);
    let mut reader = Reader::new(path, origins);
    let settings: Settings = reader.read(table);
    if reader.clean() {
        check::run(&settings, &mut reader);
    }
    problems.extend(reader.into_problems());
    if problems.is_empty() {
        Ok(settings)
    } else {
        Err(ConfigError { problems })
    }
}

/// Every key of `Settings`, dotted.
#[must_use]
pub fn keys() -> Vec<String> {
    let mut keys = Vec::new();
    Settings::keys("", &mut keys);
    keys
}

/// A syntax error says the line and column, and quotes nothing: the line may hold a secret.
fn parse(path: &Path, text: &str) -> Result<toml::Table, ConfigError> {
    text.parse().map_err(|error: toml::de::Error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let reason = format!("line {line}: {}", error.message().lines().next().unwrap_or("not TOML"));
        ConfigError::one(path.display().to_string(), "", reason)
    })
}

#[cfg(test)]
mod tests;
