//! The cryptography behind the JWT library. The library's own provider parses a private key at every signature, which
//! costs more than the signature; here a key is named by a handle and its parsed form is kept. Other people's keys
//! (and every verification) go the library's own way.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Once, PoisonError, RwLock, Weak};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::RSA_PKCS1_SHA256;
use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, aws_lc};
use jsonwebtoken::errors::{ErrorKind, Result};
use jsonwebtoken::signature::{Error as SignatureError, Signer};
use jsonwebtoken::{Algorithm, EncodingKey};

use super::ring::Private;

const HANDLE: &[u8] = b"vault handle:";

/// Parsed keys by where they lie. Weak: a key lives as long as a vault that holds it. Not by id: a set of keys that is read
/// again and found bad would take the id's key along when it is dropped, though the old set is still in use.
static KEPT: RwLock<Option<HashMap<usize, Weak<Private>>>> = RwLock::new(None);

static PROVIDER: LazyLock<CryptoProvider> = LazyLock::new(|| CryptoProvider {
    signer_factory: signer,
    ..aws_lc::DEFAULT_PROVIDER.clone()
});

/// Makes the kept keys known to the JWT library, and one TLS provider to everything that speaks TLS; once per process,
/// however often it is called.
pub fn install_crypto() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        if PROVIDER.install_default().is_err() {
            log::warn!("another JWT provider was installed first; keys are parsed at every signature");
        }
        // Somebody else may have chosen the same provider for TLS already; that serves as well.
        let _already = rustls::crypto::aws_lc_rs::default_provider().install_default();
    });
}

/// Keeps a parsed key, and gives what stands for it in an [`EncodingKey`] for as long as it lives.
pub(super) fn register(key: &Arc<Private>) -> Vec<u8> {
    install_crypto();
    let name = Arc::as_ptr(key).addr();
    let mut kept = KEPT.write().unwrap_or_else(PoisonError::into_inner);
    let kept = kept.get_or_insert_default();
    kept.retain(|_, key| key.strong_count() > 0);
    kept.insert(name, Arc::downgrade(key));
    [HANDLE, &name.to_be_bytes()].concat()
}

fn kept(name: &[u8]) -> Option<Arc<Private>> {
    let name = usize::from_be_bytes(name.try_into().ok()?);
    KEPT.read()
        .unwrap_or_else(PoisonError::into_inner)
        .as_ref()?
        .get(&name)?
        .upgrade()
}

struct KeptSigner {
    algorithm: Algorithm,
    key: Arc<Private>,
}

impl Signer<Vec<u8>> for KeptSigner {
    fn try_sign(&self, message: &[u8]) -> std::result::Result<Vec<u8>, SignatureError> {
        self.key.sign(message).ok_or_else(SignatureError::new)
    }
}

impl JwtSigner for KeptSigner {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}

fn signer(algorithm: &Algorithm, key: &EncodingKey) -> Result<Box<dyn JwtSigner>> {
    let Some(name) = key.as_bytes().strip_prefix(HANDLE) else {
        return (aws_lc::DEFAULT_PROVIDER.signer_factory)(algorithm, key);
    };
    let key = kept(name).ok_or(ErrorKind::InvalidKeyFormat)?;
    match (&*key, algorithm) {
        (Private::Rsa(_), Algorithm::RS256) | (Private::Ec(_), Algorithm::ES256) => Ok(Box::new(KeptSigner {
            algorithm: *algorithm,
            key,
        })),
        _ => Err(ErrorKind::InvalidAlgorithm.into()),
    }
}

impl Private {
    /// RS256, or ES256 in the fixed-length form.
    /// The library's own randomness blinds the RSA operation and makes the ECDSA nonce.
    pub(super) fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        let rng = SystemRandom::new();
        match self {
            Self::Rsa(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &rng, message, &mut signature).ok()?;
                Some(signature)
            }
            Self::Ec(key) => key
                .sign(&rng, message)
                .ok()
                .map(|signature| signature.as_ref().to_vec()),
        }
    }
}
