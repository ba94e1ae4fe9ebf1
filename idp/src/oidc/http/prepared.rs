//! The documents of a provider, which everybody reads: discovery and keys.

use crate::oidc::house::Oidc;
use crate::oidc::protocol::discovery::{document, path};
use crate::web::Document;

const JSON: &str = "application/json";

/// The documents of a provider. Clones share them.
#[derive(Clone)]
pub struct Documents {
    pub(super) discovery: [Document; 2],
    pub(super) keys: Document,
}

impl Documents {
    /// Those of this house; made once, for all workers.
    #[must_use]
    pub fn new(house: &Oidc) -> Self {
        let https = house.issuer.starts_with("https:");
        let discovery = |path| {
            let bytes = document(&house.issuer, house.certificates).to_string().into_bytes();
            Document::new(path, JSON, true, https, move |_| Ok(bytes.clone()))
        };
        let vault = house.vault.clone();
        Self {
            discovery: [discovery(path::OPENID), discovery(path::OAUTH)],
            keys: Document::new(path::JWKS, JSON, true, https, move |now| {
                Ok(vault.jwks_json(now).to_string().into_bytes())
            }),
        }
    }

    /// All of them.
    #[must_use]
    pub fn all(&self) -> Vec<Document> {
        self.discovery.iter().chain([&self.keys]).cloned().collect()
    }
}
