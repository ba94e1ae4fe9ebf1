//! Gives the SAML slice its signing key and the certificates that metadata publishes.

use std::sync::Arc;

use aws_lc_rs::signature::RsaKeyPair;

use super::ring::Private;
use super::{Alg, KeyPurpose};
use crate::domain::time::Time;
use crate::vault::{Vault, VaultError};

/// The active SAML key. The pair signs but does not give its private half away.
#[derive(Clone)]
pub struct SamlKey {
    /// Key id.
    pub kid: String,
    /// Its self-signed certificate.
    pub certificate_der: Vec<u8>,
    /// RSA PKCS#1 v1.5, to be used with SHA-256.
    pub key: Arc<RsaKeyPair>,
}

impl std::fmt::Debug for SamlKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SamlKey({})", self.kid)
    }
}

impl Vault {
    /// The key that signs SAML messages and metadata.
    ///
    /// # Errors
    /// [`VaultError::NoKey`] when none is active.
    pub fn saml_signer(&self, _now: Time) -> Result<Arc<SamlKey>, VaultError> {
        let ring = self.ring();
        let loaded = ring
            .active(KeyPurpose::Saml, Alg::Rs256)
            .ok_or(VaultError::NoKey("SAML"))?;
        match (loaded.private.as_deref(), &loaded.row.certificate_der) {
            (Some(Private::Rsa(key)), Some(certificate_der)) => Ok(Arc::new(SamlKey {
                kid: loaded.row.kid.clone(),
                certificate_der: certificate_der.clone(),
                key: Arc::clone(key),
            })),
            _ => Err(VaultError::NoKey("SAML")),
        }
    }

    /// The certificates that metadata lists at `now`, the active one first.
    #[must_use]
    pub fn saml_certificates(&self, now: Time) -> Vec<Vec<u8>> {
        self.ring()
            .published(KeyPurpose::Saml, now)
            .into_iter()
            .filter_map(|key| key.row.certificate_der.clone())
            .collect()
    }
}
