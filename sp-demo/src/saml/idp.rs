//! The identity provider as its metadata describes it: addresses and keys. Trust hangs on this document alone, never on a key
//! or certificate inside a message: fetch it over https, or take it as a file from somebody you know.

use std::sync::Arc;
use std::time::Duration;

use saml_core::{key::TrustedKeys, metadata, xml::Limits};
use url::Url;

use crate::clock;
use crate::config::Settings;
use crate::network::{IN_HASTE, Kept, Network, USUALLY, chain};
use crate::problem::Problem;

/// The last metadata.
pub struct Cache {
    url: Url,
    kept: Kept<Idp>,
}

/// The identity provider.
pub struct Idp {
    /// Addresses and name.
    pub metadata: metadata::Idp,
    /// The keys that its signatures are checked with. In a key roll-over there are two.
    pub keys: TrustedKeys,
}

impl Cache {
    /// Nothing fetched yet.
    pub fn new(settings: &Settings) -> Result<Self, url::ParseError> {
        let url = match &settings.saml_metadata_url {
            Some(url) => url.clone(),
            None => format!("{}/saml/metadata", settings.issuer).parse()?,
        };
        Ok(Self {
            url,
            kept: Kept::default(),
        })
    }

    /// The identity provider, fetched where it is not at hand.
    pub async fn current(&self, network: &Network) -> Result<Arc<Idp>, Problem> {
        self.not_older_than(USUALLY, network).await
    }

    /// The identity provider, fetched anew: a signature is by a key that we do not know.
    pub async fn renewed(&self, network: &Network) -> Result<Arc<Idp>, Problem> {
        self.not_older_than(IN_HASTE, network).await
    }

    async fn not_older_than(&self, age: Duration, network: &Network) -> Result<Arc<Idp>, Problem> {
        self.kept
            .get(age, self.fetch(network))
            .await
            .map_err(Problem::Unreachable)
    }

    async fn fetch(&self, network: &Network) -> Result<Idp, String> {
        let bytes = network.get(&self.url).await.map_err(|fault| chain(&fault))?;
        let text = String::from_utf8(bytes).map_err(|fault| fault.to_string())?;
        let metadata = metadata::Idp::parse(&text, &Limits::metadata_file()).map_err(|fault| fault.to_string())?;
        // Its name is the address it is published at (Metadata §4.1.1): no document speaks for somebody else.
        if metadata.entity_id != self.url.as_str() {
            return Err(format!("{} names itself {}", self.url, metadata.entity_id));
        }
        if metadata.valid_until.is_some_and(|end| end <= clock::now()) {
            return Err(format!("{} has expired", self.url));
        }
        let keys = metadata.trusted_keys().map_err(|fault| fault.to_string())?;
        Ok(Idp { metadata, keys })
    }
}
