//! SAML 2.0 by `saml-core`.

use std::path::PathBuf;

use url::Url;

use crate::config::{SamlSettings, Settings};

/// What SAML remembers between requests.
pub struct Desk {}

impl Desk {
    /// A desk.
    pub fn new(_: &Settings) -> Result<Self, url::ParseError> {
        Ok(Self {})
    }
}

/// One of our service providers.
pub struct Provider {
    /// Our name.
    pub entity_id: String,
    /// Key.
    pub key: PathBuf,
}

impl Provider {
    /// Reads key and certificate.
    pub fn load(name: &str, settings: &SamlSettings, public_url: &Url) -> Result<Self, String> {
        let entity_id = settings
            .entity_id
            .clone()
            .unwrap_or_else(|| format!("{public_url}{name}/metadata"));
        Ok(Self {
            entity_id,
            key: settings.key.clone(),
        })
    }
}

/// What a log-out needs.
#[derive(Clone)]
pub struct Participant {}
