//! The configuration: one small TOML file, each key of which the environment may override.
//! It never holds a default of its own for a secret, and it refuses keys that it does not know.

use std::{collections::BTreeMap, net::SocketAddr, path::Path, path::PathBuf};

use serde::Deserialize;
use toml::{Table, Value};
use url::Url;

/// Prefix of the environment variables: `SP_DEMO__SERVICES__BORGER__CLIENT_SECRET`; `_FILE` at the end reads the value from a file.
const PREFIX: &str = "SP_DEMO__";

/// Everything that is configured.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Where this process listens.
    pub listen: SocketAddr,
    /// The address that browsers use; a service may have its own.
    pub public_url: Url,
    /// The identity provider: its OIDC issuer, exactly as it names itself.
    pub issuer: String,
    /// The identity provider's SAML metadata; without it, `{issuer}/saml/metadata`.
    pub saml_metadata_url: Option<Url>,
    /// A file with further certification authorities (PEM) to trust towards the identity provider.
    pub extra_ca: Option<PathBuf>,
    /// Certificate and key, where this process ends TLS itself.
    pub tls: Option<Tls>,
    /// The demo services by name; the name is the first part of their paths.
    pub services: BTreeMap<String, ServiceSettings>,
}

/// Certificate chain and private key (PEM) for https.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// The chain, the server's own certificate first.
    pub certificate: PathBuf,
    /// The private key (PKCS#8).
    pub key: PathBuf,
}

/// One demo service.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceSettings {
    /// Public authority, bank or private company: decides the pages it has.
    pub kind: Kind,
    /// Danish name.
    pub name_da: String,
    /// English name.
    pub name_en: String,
    /// The address that browsers use, where it is not [`Settings::public_url`].
    pub public_url: Option<Url>,
    /// How it is known to the identity provider over OIDC.
    pub oidc: Option<OidcSettings>,
    /// How it is known to the identity provider over SAML. One of the two, never both.
    pub saml: Option<SamlSettings>,
}

/// What kind of service it plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A public authority.
    Public,
    /// A bank.
    Bank,
    /// A private company.
    Private,
}

/// An OIDC client.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OidcSettings {
    /// The client id of its party file.
    pub client_id: String,
    /// The secret of its party file.
    pub client_secret: String,
    /// The scopes to ask for, with spaces between; `openid` is always asked for.
    pub scope: String,
    /// How the answer comes back: in the address (`query`) or in a form that posts itself (`form_post`).
    #[serde(default)]
    pub response_mode: ResponseMode,
}

/// How an OIDC answer comes back to us.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResponseMode {
    /// In the address.
    #[default]
    Query,
    /// In a form that posts itself, so that the code stands in no log and no history.
    FormPost,
}

/// A SAML service provider.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SamlSettings {
    /// Our entity id; without it, the address of our metadata.
    pub entity_id: Option<String>,
    /// The private key (PKCS#8 PEM) that signs our requests and opens what is encrypted for us.
    pub key: PathBuf,
    /// Its certificate (PEM), as it stands in our metadata.
    pub certificate: PathBuf,
}

/// What is wrong with the configuration, and where.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {reason}")]
pub struct ConfigError {
    /// The file, or the environment variable.
    pub file: String,
    /// What is wrong.
    pub reason: String,
}

impl ConfigError {
    fn new(file: impl AsRef<Path>, reason: impl ToString) -> Self {
        Self {
            file: file.as_ref().display().to_string(),
            reason: reason.to_string(),
        }
    }
}

impl Settings {
    /// Reads `file`, lets `environment` override it, and checks the whole.
    pub fn load(file: &Path, environment: impl Iterator<Item = (String, String)>) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(file).map_err(|fault| ConfigError::new(file, fault))?;
        let mut table: Table = text.parse().map_err(|fault| ConfigError::new(file, fault))?;
        for (name, value) in environment {
            if let Some(path) = name.strip_prefix(PREFIX) {
                let (path, value) = resolve(path, value).map_err(|fault| ConfigError::new(&name, fault))?;
                set(&mut table, &path, value).map_err(|fault| ConfigError::new(&name, fault))?;
            }
        }
        let mut settings: Self = Value::Table(table)
            .try_into()
            .map_err(|fault| ConfigError::new(file, fault))?;
        settings.resolve_paths(file.parent().unwrap_or(Path::new(".")));
        settings.check().map_err(|reason| ConfigError::new(file, reason))?;
        Ok(settings)
    }

    fn resolve_paths(&mut self, folder: &Path) {
        let tls = self.tls.iter_mut().flat_map(|tls| [&mut tls.certificate, &mut tls.key]);
        let saml = self.services.values_mut().flat_map(|service| service.saml.as_mut());
        let saml = saml.flat_map(|saml| [&mut saml.key, &mut saml.certificate]);
        for path in tls.chain(saml).chain(self.extra_ca.as_mut()) {
            *path = folder.join(&path);
        }
    }

    fn check(&self) -> Result<(), String> {
        for (name, service) in &self.services {
            if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-') {
                return Err(format!("services.{name}: a name has small letters and hyphens only"));
            }
            if service.oidc.is_some() == service.saml.is_some() {
                return Err(format!("services.{name}: exactly one of oidc and saml is needed"));
            }
        }
        Ok(())
    }
}

/// `A__B_FILE` names a file that holds the value of `A__B`.
fn resolve(path: &str, value: String) -> std::io::Result<(String, String)> {
    match path.strip_suffix("_FILE") {
        Some(path) => Ok((path.to_owned(), std::fs::read_to_string(value)?.trim_end().to_owned())),
        None => Ok((path.to_owned(), value)),
    }
}

/// Puts `value` at `path` (`SERVICES__NETBANK_B__PUBLIC_URL`), making the tables on the way.
fn set(table: &mut Table, path: &str, value: String) -> Result<(), String> {
    let (part, rest) = path
        .split_once("__")
        .map_or((path, None), |(part, rest)| (part, Some(rest)));
    let wanted = part.to_lowercase();
    // A shell's names know no hyphen: NETBANK_B is netbank-b where the file has such a key.
    let known = table.keys().find(|key| key.replace('-', "_") == wanted).cloned();
    let key = known.unwrap_or(wanted);
    let Some(rest) = rest else {
        table.insert(key, Value::String(value));
        return Ok(());
    };
    match table.entry(key.clone()).or_insert_with(|| Value::Table(Table::new())) {
        Value::Table(inner) => set(inner, rest, value),
        _ => Err(format!("{key} is a value, not a section")),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn demo_file() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../config/demo/sp-demo.toml")
    }

    fn load(environment: &[(&str, &str)]) -> Result<Settings, ConfigError> {
        let owned = environment
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Settings::load(&demo_file(), owned.collect::<Vec<_>>().into_iter())
    }

    #[test]
    fn the_demo_file_is_read_whole() {
        let settings = load(&[]).unwrap();
        assert_eq!(settings.issuer, "http://localhost:8080");
        for service in ["borger", "kommune", "netbank", "netbank-b", "shop", "skat"] {
            assert!(settings.services.contains_key(service), "{service}");
        }
        assert!(settings.services["skat"].saml.as_ref().unwrap().key.exists());
    }

    #[test]
    fn the_environment_overrides_a_service_with_a_hyphen() {
        let settings = load(&[
            ("SP_DEMO__SERVICES__NETBANK_B__PUBLIC_URL", "https://bank.test/"),
            ("OTHER", "x"),
        ])
        .unwrap();
        assert_eq!(
            settings.services["netbank-b"].public_url.as_ref().unwrap().as_str(),
            "https://bank.test/"
        );
        assert_eq!(settings.services.len(), 6);
    }

    #[test]
    fn an_unknown_key_is_refused_by_name() {
        let refused = load(&[("SP_DEMO__LISTEM", "127.0.0.1:1")]).unwrap_err();
        assert!(refused.to_string().contains("listem"), "{refused}");
    }

    #[test]
    fn a_service_has_one_protocol() {
        let refused = load(&[
            ("SP_DEMO__SERVICES__BORGER__SAML__KEY", "k"),
            ("SP_DEMO__SERVICES__BORGER__SAML__CERTIFICATE", "c"),
        ]);
        assert!(refused.unwrap_err().to_string().contains("services.borger"));
    }
}
