//! Ourselves as a service provider: name, addresses, keys.

use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use saml_core::key::{DecryptionKey, SigningKey};
use url::Url;

use crate::config::SamlSettings;

/// One of our service providers.
pub struct Provider {
    /// Our entity ID.
    pub entity_id: String,
    /// Where responses are posted to: the assertion consumer service.
    pub acs_url: String,
    /// Where log-outs come.
    pub slo_url: String,
    /// Signs what we send.
    pub signing: SigningKey,
    /// Opens what is encrypted for us. In a key roll-over there are two.
    pub decryption: Vec<DecryptionKey>,
}

impl Provider {
    /// Reads key and certificate; the error names the service and the file.
    pub fn load(name: &str, settings: &SamlSettings, public_url: &Url) -> Result<Self, String> {
        let fault = |file: &std::path::Path, fault: &dyn std::fmt::Display| {
            format!("services.{name}.saml: {}: {fault}", file.display())
        };
        let certificate = CertificateDer::from_pem_file(&settings.certificate);
        let certificate = certificate.map_err(|cause| fault(&settings.certificate, &cause))?;
        let key = PrivateKeyDer::from_pem_file(&settings.key).map_err(|cause| fault(&settings.key, &cause))?;
        // One key for both uses keeps the demo small; a real service has one for each.
        let signing = SigningKey::from_pkcs8(key.secret_der(), &certificate);
        let decryption = DecryptionKey::from_pkcs8(key.secret_der());
        let at = |page: &str| format!("{public_url}{name}/{page}");
        Ok(Self {
            entity_id: settings.entity_id.clone().unwrap_or_else(|| at("metadata")),
            acs_url: at("acs"),
            slo_url: at("slo"),
            signing: signing.map_err(|cause| fault(&settings.key, &cause))?,
            decryption: vec![decryption.map_err(|cause| fault(&settings.key, &cause))?],
        })
    }
}
