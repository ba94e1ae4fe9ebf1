//! The identity provider as it describes itself: addresses and keys, fetched when first needed and again every ten minutes.
//! So the order of starting does not matter, and a rotated key is found in time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use openidconnect::core::CoreJwsSigningAlgorithm;
use openidconnect::{ClientId, ClientSecret, IssuerUrl, RedirectUrl};
use tokio::sync::Mutex;

use super::types::{Client, Metadata};
use crate::config::OidcSettings;
use crate::network::Network;
use crate::problem::Problem;
use crate::services::Service;

/// Below the time that a new key is published before its use.
const LIFE: Duration = Duration::from_secs(600);
/// However often a token names an unknown key, the keys are not fetched more often than this.
const PAUSE: Duration = Duration::from_secs(10);

/// The last description, with its age.
pub struct Cache {
    issuer: IssuerUrl,
    held: Mutex<Option<(Instant, Arc<Metadata>)>>,
}

impl Cache {
    /// Nothing fetched yet.
    pub fn new(issuer: IssuerUrl) -> Self {
        Self {
            issuer,
            held: Mutex::default(),
        }
    }

    /// The identity provider, fetched where it is not at hand.
    pub async fn current(&self, network: &Network) -> Result<Arc<Metadata>, Problem> {
        self.not_older_than(LIFE, network).await
    }

    /// The identity provider, fetched anew: a token names a key that we do not know.
    pub async fn renewed(&self, network: &Network) -> Result<Arc<Metadata>, Problem> {
        self.not_older_than(PAUSE, network).await
    }

    async fn not_older_than(&self, age: Duration, network: &Network) -> Result<Arc<Metadata>, Problem> {
        let mut held = self.held.lock().await;
        if let Some((_, metadata)) = held.as_ref().filter(|(at, _)| at.elapsed() < age) {
            return Ok(metadata.clone());
        }
        // Discovery refuses a document that names another issuer than the one it was fetched from.
        let metadata = Metadata::discover_async(self.issuer.clone(), network).await;
        let metadata = Arc::new(metadata.map_err(|fault| Problem::Unreachable(chain(&fault)))?);
        *held = Some((Instant::now(), metadata.clone()));
        Ok(metadata)
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

/// An error with all of its causes, for the log.
pub fn chain(fault: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(fault.source(), |cause| cause.source());
    causes.fold(fault.to_string(), |text, cause| format!("{text}: {cause}"))
}
