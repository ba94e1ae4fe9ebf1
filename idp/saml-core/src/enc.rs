//! Encrypts an assertion for a service and, on the service's side, reads it. What the service's metadata lists decides;
//! without a list AES-256-GCM with rsa-oaep-mgf1p and SHA-1 digest, the one strong choice that all known services read.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bergshamra::crypto::{cipher, keytransport};

use crate::{
    key::{DecryptionKey, EncryptionKey},
    ns::{self, alg},
    xml::{Doc, El, Elem, Limits},
};

/// `md:EncryptionMethod` of a key descriptor: an algorithm the service can read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Method {
    /// `Algorithm`.
    pub algorithm: String,
    /// `ds:DigestMethod` of RSA-OAEP.
    pub digest: Option<String>,
    /// `xenc11:MGF` of RSA-OAEP.
    pub mask: Option<String>,
}

/// Why an assertion cannot be encrypted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EncryptError {
    /// The service lists only ciphers that we do not use (3DES).
    #[error("the service lists no cipher that we use (AES-GCM or AES-CBC with 128 or 256 bits)")]
    NoCipher,
    /// The service lists only key transports that we do not use (RSA 1.5).
    #[error("the service lists no key transport that we use (RSA-OAEP)")]
    NoTransport,
    /// The library refused.
    #[error("encryption failed: {0}")]
    Failed(String),
}

/// One error for whatever is wrong with a ciphertext, so that nobody can use us as an oracle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the assertion cannot be decrypted")]
pub struct DecryptError;

/// Whom to encrypt for and how.
#[derive(Debug, Clone)]
pub struct Recipient {
    key: EncryptionKey,
    cipher: &'static str,
    transport: &'static str,
    digest: &'static str,
    mask: Option<&'static str>,
}

/// Best first.
const CIPHERS: [&str; 4] = [alg::AES256_GCM, alg::AES128_GCM, alg::AES256_CBC, alg::AES128_CBC];

impl Recipient {
    /// Chooses among what the key descriptor lists.
    ///
    /// # Errors
    /// [`EncryptError::NoCipher`], [`EncryptError::NoTransport`].
    pub fn choose(key: EncryptionKey, methods: &[Method]) -> Result<Self, EncryptError> {
        let listed = |algorithm: &str| methods.iter().find(|method| method.algorithm == algorithm);
        let transports: Vec<_> = methods
            .iter()
            .filter(|method| is_transport(&method.algorithm))
            .collect();
        let cipher = if methods.len() == transports.len() {
            alg::AES256_GCM
        } else {
            CIPHERS
                .into_iter()
                .find(|cipher| listed(cipher).is_some())
                .ok_or(EncryptError::NoCipher)?
        };
        if transports.is_empty() {
            return Ok(Self {
                key,
                cipher,
                transport: alg::RSA_OAEP_MGF1P,
                digest: alg::SHA1,
                mask: None,
            });
        }
        if let Some(method) = listed(alg::RSA_OAEP_MGF1P) {
            let digest = digest_of(method, alg::SHA1)?;
            return Ok(Self {
                key,
                cipher,
                transport: alg::RSA_OAEP_MGF1P,
                digest,
                mask: None,
            });
        }
        let method = listed(alg::RSA_OAEP_11).ok_or(EncryptError::NoTransport)?;
        let digest = digest_of(method, alg::SHA256)?;
        let mask = match method.mask.as_deref() {
            None if digest == alg::SHA1 => alg::MGF1_SHA1,
            None | Some(alg::MGF1_SHA256) => alg::MGF1_SHA256,
            Some(alg::MGF1_SHA1) => alg::MGF1_SHA1,
            Some(_) => return Err(EncryptError::NoTransport),
        };
        Ok(Self {
            key,
            cipher,
            transport: alg::RSA_OAEP_11,
            digest,
            mask: Some(mask),
        })
    }

    /// The cipher that was chosen.
    pub fn cipher(&self) -> &'static str {
        self.cipher
    }

    /// The key transport that was chosen.
    pub fn transport(&self) -> &'static str {
        self.transport
    }

    /// `xenc:EncryptedData` around the text of one element.
    ///
    /// # Errors
    /// [`EncryptError::Failed`].
    pub fn encrypt(&self, element: &str) -> Result<Elem, EncryptError> {
        let failed = |error: &dyn std::fmt::Display| EncryptError::Failed(error.to_string());
        let cipher = cipher::from_uri(self.cipher).map_err(|e| failed(&e))?;
        let secret = kryptering::random_bytes(cipher.key_size()).map_err(|e| failed(&e))?;
        let data = cipher.encrypt(&secret, element.as_bytes()).map_err(|e| failed(&e))?;
        let parameters = parameters(self.digest, self.mask);
        let transport = keytransport::from_uri_with_params(self.transport, parameters).map_err(|e| failed(&e))?;
        let wrapped = transport
            .encrypt(self.key.software(), &secret)
            .map_err(|e| failed(&e))?;

        let method = Elem::new("xenc:EncryptionMethod")
            .attr("Algorithm", self.transport)
            .child(Elem::new("ds:DigestMethod").attr("Algorithm", self.digest))
            .child_opt(self.mask.map(|mask| Elem::new("xenc11:MGF").attr("Algorithm", mask)));
        let key = Elem::new("xenc:EncryptedKey")
            .child(method)
            .child(cipher_data(&wrapped));
        Ok(Elem::new("xenc:EncryptedData")
            .attr("Type", "http://www.w3.org/2001/04/xmlenc#Element")
            .child(Elem::new("xenc:EncryptionMethod").attr("Algorithm", self.cipher))
            .child(Elem::new("ds:KeyInfo").child(key))
            .child(cipher_data(&data)))
    }
}

fn is_transport(algorithm: &str) -> bool {
    algorithm.contains("rsa-")
}

fn digest_of(method: &Method, default: &'static str) -> Result<&'static str, EncryptError> {
    match method.digest.as_deref() {
        None => Ok(default),
        Some(alg::SHA1) => Ok(alg::SHA1),
        Some(alg::SHA256) => Ok(alg::SHA256),
        Some(_) => Err(EncryptError::NoTransport),
    }
}

fn parameters(digest: &str, mask: Option<&str>) -> keytransport::OaepParams {
    keytransport::OaepParams {
        digest_uri: Some(digest.to_owned()),
        mgf_uri: mask.map(str::to_owned),
        oaep_params: None,
    }
}

fn cipher_data(bytes: &[u8]) -> Elem {
    Elem::new("xenc:CipherData").child(Elem::new("xenc:CipherValue").text(STANDARD.encode(bytes)))
}

/// Reads `saml:EncryptedAssertion` into a document of its own. AES-GCM with RSA-OAEP only: a cipher without
/// authentication would make us a padding oracle.
///
/// # Errors
/// [`DecryptError`], the same for every cause.
pub fn decrypt(encrypted: El<'_>, keys: &[DecryptionKey], limits: &Limits) -> Result<Doc, DecryptError> {
    let data = encrypted
        .one(ns::XENC, "EncryptedData")
        .ok()
        .flatten()
        .ok_or(DecryptError)?;
    let cipher = algorithm_of(data)
        .filter(|uri| [alg::AES256_GCM, alg::AES128_GCM].contains(uri))
        .ok_or(DecryptError)?;
    let wrapped_key = encrypted_key(encrypted, data).ok_or(DecryptError)?;
    let method = wrapped_key
        .one(ns::XENC, "EncryptionMethod")
        .ok()
        .flatten()
        .ok_or(DecryptError)?;
    let transport = method
        .attr("Algorithm")
        .filter(|uri| [alg::RSA_OAEP_MGF1P, alg::RSA_OAEP_11].contains(uri))
        .ok_or(DecryptError)?;
    let inner = |namespace, local| {
        method
            .one(namespace, local)
            .ok()
            .flatten()
            .and_then(|el| el.attr("Algorithm"))
            .map(str::to_owned)
    };
    let parameters = keytransport::OaepParams {
        digest_uri: inner(ns::DS, "DigestMethod"),
        mgf_uri: inner(ns::XENC11, "MGF"),
        oaep_params: None,
    };
    let transport = keytransport::from_uri_with_params(transport, parameters).map_err(|_| DecryptError)?;
    let wrapped = cipher_value(wrapped_key).ok_or(DecryptError)?;
    let bytes = cipher_value(data).ok_or(DecryptError)?;
    let cipher = cipher::from_uri(cipher).map_err(|_| DecryptError)?;
    for key in keys {
        let Ok(secret) = transport.decrypt(key.software(), &wrapped) else {
            continue;
        };
        if secret.len() != cipher.key_size() {
            continue;
        }
        if let Ok(plain) = cipher.decrypt(&secret, &bytes) {
            return Doc::parse_bytes(&plain, limits).map_err(|_| DecryptError);
        }
    }
    Err(DecryptError)
}

fn algorithm_of(el: El<'_>) -> Option<&str> {
    el.one(ns::XENC, "EncryptionMethod").ok().flatten()?.attr("Algorithm")
}

/// Inside `KeyInfo`, or beside the data (how OpenSAML's PEER placement writes it). Nothing is dereferenced.
fn encrypted_key<'d>(encrypted: El<'d>, data: El<'d>) -> Option<El<'d>> {
    let inside = data
        .one(ns::DS, "KeyInfo")
        .ok()?
        .and_then(|info| info.one(ns::XENC, "EncryptedKey").ok().flatten());
    inside.or_else(|| encrypted.one(ns::XENC, "EncryptedKey").ok().flatten())
}

fn cipher_value(el: El<'_>) -> Option<Vec<u8>> {
    let data = el.one(ns::XENC, "CipherData").ok().flatten()?;
    let value = data.one(ns::XENC, "CipherValue").ok().flatten()?;
    crate::read::base64(&value.text().ok()?, "CipherValue").ok()
}
