//! The identity provider as it describes itself: addresses and keys, fetched when first needed and again every ten minutes.
//! So the order of starting does not matter, and a rotated key is found in time.

use std::sync::Arc;
use std::time::Duration;

use openidconnect::core::CoreJwsSigningAlgorithm;
use openidconnect::{ClientId, ClientSecret, IssuerUrl, RedirectUrl};

use super::types::{Client, Metadata};
use crate::config::OidcSettings;
use crate::network::{IN_HASTE, Kept, Network, USUALLY, chain};
use crate::problem::Problem;
use crate::services::Service;

/// The last description.
pub struct Cache {
    issuer: IssuerUrl,
    kept: Kept<Metadata>,
}

impl Cache {
    /// Nothing fetched yet.
    pub fn new(issuer: IssuerUrl) -> Self {
        Self {
            issuer,
            kept: Kept::default(),
        }
    }

    /// The identity provider, fetched where it is not at hand.
    pub async fn current(&self, network: &Network) -> Result<Arc<Metadata>, Problem> {
        self.not_older_than(USUALLY, network).await
    }

    /// The identity provider, fetched anew: a token names a key that we do not know.
    pub async fn renewed(&self, network: &Network) -> Result<Arc<Metadata>, Problem> {
        self.not_older_than(IN_HASTE, network).await
    }

    async fn not_older_than(&self, age: Duration, network: &Network) -> Result<Arc<Metadata>, Problem> {
        // Discovery refuses a document that names another issuer than the one it was fetched from.
        let fetched = self
            .kept
            .get(age, Metadata::discover_async(self.issuer.clone(), network))
            .await;
        fetched.map_err(|fault| Problem::Unreachable(chain(&fault)))
    }
}

/// The client of one service.
pub fn client(metadata: &Metadata, settings: &OidcSettings, service: &Service) -> Client {
    Client::from_provider_metadata(
        metadata.clone(),
        ClientId::new(settings.client_id.clone()),
        Some(ClientSecret::new(settings.client_secret.clone())),
    )
    .set_redirect_uri(RedirectUrl::from_url(service.url("callback")))
}

/// The signature algorithms that we accept, whatever a document offers: public-key ones, and never `none`.
pub const ALGORITHMS: [CoreJwsSigningAlgorithm; 3] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
];
