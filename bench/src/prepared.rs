//! What the scenarios work with: where the server is, who its clients are, people with their cards, sessions with their
//! tokens. Made by `load prepare`; the same form describes a peer, so that one driver asks both the same.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

/// A server that is ready to be measured.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Prepared {
    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub origin: String,
    /// Its addresses.
    pub paths: Paths,
    /// Clients by the name that scenarios call them by.
    pub clients: BTreeMap<String, Client>,
    /// The SAML service that asks, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<Service>,
    /// People who can log in.
    #[serde(default)]
    pub people: Vec<Person>,
    /// Browsers that are logged in.
    #[serde(default)]
    pub sessions: Vec<Session>,
}

/// Paths below the origin.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Paths {
    /// Authorization endpoint.
    #[serde(default)]
    pub authorize: String,
    /// Token endpoint.
    #[serde(default)]
    pub token: String,
    /// Introspection endpoint.
    #[serde(default)]
    pub introspect: String,
    /// Userinfo endpoint.
    #[serde(default)]
    pub userinfo: String,
    /// SAML single sign-on.
    #[serde(default)]
    pub sso: String,
    /// Discovery document.
    #[serde(default)]
    pub discovery: String,
    /// Key set.
    #[serde(default)]
    pub jwks: String,
    /// SAML metadata.
    #[serde(default)]
    pub metadata: String,
}

/// An OIDC client with a secret.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Client {
    /// `client_id`.
    pub id: String,
    /// `client_secret`.
    pub secret: String,
    /// Where its codes are sent; nobody listens there.
    pub redirect_uri: String,
    /// What it asks for.
    pub scope: String,
    /// Whether it sends a code challenge.
    #[serde(default = "yes")]
    pub pkce: bool,
    /// What it asks for where it asks for itself; some servers insist on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_scope: Option<String>,
}

fn yes() -> bool {
    true
}

/// A SAML service.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Service {
    /// Its name.
    pub entity_id: String,
    /// Where Responses are posted.
    pub acs: String,
    /// PKCS#8, base64.
    pub key: String,
    /// Certificate, base64.
    pub certificate: String,
}

/// A person as `idp demo generate --codes` prints it, reduced to what a log-in needs.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Person {
    /// Name or number that is typed.
    pub eid_number: String,
    /// Password.
    pub password: Option<String>,
    /// Where the eID is good.
    #[serde(default)]
    pub scope: Vec<String>,
    /// Cards with their codes.
    #[serde(default)]
    pub keycards: Vec<Card>,
}

/// A key card.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Card {
    /// Its number.
    pub number: String,
    /// Codes by index.
    #[serde(default)]
    pub codes: BTreeMap<String, String>,
}

/// A browser that is logged in, and what a client holds of it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Session {
    /// The value of its `Cookie` header.
    pub cookie: String,
    /// An access token.
    #[serde(default)]
    pub access: String,
    /// A refresh token by the client's name.
    #[serde(default)]
    pub refresh: BTreeMap<String, String>,
}

impl Prepared {
    /// Reads it.
    ///
    /// # Errors
    /// When there is no such file or it is something else.
    pub fn load(path: &Path) -> Result<Self> {
        let bytes = std::fs::read(path).with_context(|| path.display().to_string())?;
        serde_json::from_slice(&bytes).with_context(|| path.display().to_string())
    }

    /// Writes it.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn save(&self, path: &Path) -> Result<()> {
        std::fs::write(path, serde_json::to_vec_pretty(self)?).with_context(|| path.display().to_string())
    }

    /// A client by its name here.
    ///
    /// # Errors
    /// When there is none.
    pub fn client(&self, name: &str) -> Result<&Client> {
        self.clients.get(name).with_context(|| format!("no client {name}"))
    }
}

impl Client {
    /// The form of a question for itself.
    #[must_use]
    pub fn for_itself(&self) -> String {
        let scope = self.own_scope.as_ref().map(|scope| format!("&scope={scope}"));
        format!("grant_type=client_credentials{}", scope.unwrap_or_default())
    }

    /// The value of its `Authorization` header.
    #[must_use]
    pub fn basic(&self) -> String {
        use base64::prelude::{BASE64_STANDARD, Engine};
        format!(
            "Basic {}",
            BASE64_STANDARD.encode(format!("{}:{}", self.id, self.secret))
        )
    }
}

/// The people of a file of JSON lines; those who can log in at a public service with a card.
///
/// # Errors
/// When the file cannot be read.
pub fn people(path: &Path) -> Result<Vec<Person>> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let mut people = Vec::new();
    for line in text.lines() {
        let person: Person = serde_json::from_str(line).with_context(|| path.display().to_string())?;
        let usable = person.password.is_some()
            && person.scope.iter().any(|scope| scope == "public")
            && person.keycards.iter().any(|card| !card.codes.is_empty());
        if usable {
            people.push(person);
        }
    }
    Ok(people)
}
