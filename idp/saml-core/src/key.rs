//! Keys of others ([`TrustedKeys`], [`EncryptionKey`]: out of their metadata, never out of a message) and of our own
//! ([`SigningKey`], [`DecryptionKey`]). Certificates are envelopes only: SAML trusts the key because the metadata names
//! it, so neither expiry nor issuer is looked at (Kantara IIP-MD12), but weak keys are refused.

use std::sync::Arc;

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{self, KeyPair as _, RsaKeyPair, UnparsedPublicKey, VerificationAlgorithm},
};
use bergshamra::{DsigContext, KeysManager};
use kryptering::{HashAlgorithm, SignatureAlgorithm};
use x509_parser::prelude::{FromDer as _, X509Certificate};

use crate::ns::alg;

/// Why a key cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not an X.509 certificate.
    #[error("the certificate cannot be read")]
    Certificate,
    /// Neither RSA nor an elliptic curve that we know.
    #[error("the kind of key is not supported (RSA, P-256 and P-384 are)")]
    Kind,
    /// An RSA key below 2048 bits.
    #[error("the RSA key has fewer than 2048 bits")]
    Weak,
    /// An RSA key with an exponent that no sound key has (FIPS 186-5 §5.4: odd, above 2¹⁶).
    #[error("the RSA key has an unusual exponent (an odd number between 2^16 and 2^33 is expected)")]
    Exponent,
    /// A private key that cannot be read.
    #[error("the private key cannot be read")]
    Private,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum KeyKind {
    Rsa,
    P256,
    P384,
}

/// A public key out of a certificate: subject public key info and what kind it is.
struct PublicKey {
    kind: KeyKind,
    /// `SubjectPublicKeyInfo`, DER.
    spki: Vec<u8>,
    /// The bit string alone: what signature verification takes.
    raw: Vec<u8>,
}

fn public_key(certificate_der: &[u8]) -> Result<PublicKey, KeyError> {
    use x509_parser::public_key::PublicKey as Parsed;
    let (rest, certificate) = X509Certificate::from_der(certificate_der).map_err(|_| KeyError::Certificate)?;
    if !rest.is_empty() {
        return Err(KeyError::Certificate);
    }
    let spki = certificate.public_key();
    let kind = match spki.parsed().map_err(|_| KeyError::Kind)? {
        Parsed::RSA(rsa) if bits(rsa.modulus) < 2_048 => return Err(KeyError::Weak),
        Parsed::RSA(rsa) if !rsa.try_exponent().is_ok_and(is_usual) => return Err(KeyError::Exponent),
        Parsed::RSA(_) => KeyKind::Rsa,
        Parsed::EC(point) => match point.key_size() {
            256 => KeyKind::P256,
            384 => KeyKind::P384,
            _ => return Err(KeyError::Kind),
        },
        _ => return Err(KeyError::Kind),
    };
    Ok(PublicKey {
        kind,
        spki: spki.raw.to_vec(),
        raw: spki.subject_public_key.data.to_vec(),
    })
}

/// The length of a number, whatever zeros are written before it.
fn bits(number: &[u8]) -> usize {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    let first = number.get(zeros).map_or(0, |byte| byte.leading_zeros() as usize);
    (number.len() - zeros) * 8 - first
}

/// Even and tiny exponents make forgeries cheap; the upper bound is that of the library which verifies.
fn is_usual(exponent: u64) -> bool {
    exponent % 2 == 1 && (65_537..1 << 33).contains(&exponent)
}

/// Every signing key that one party's metadata names; all of them are tried (Kantara IIP-MD07).
#[derive(Clone)]
pub struct TrustedKeys(Arc<Trusted>);

struct Trusted {
    keys: Vec<PublicKey>,
    context: DsigContext,
}

impl std::fmt::Debug for TrustedKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TrustedKeys({})", self.0.keys.len())
    }
}

impl TrustedKeys {
    /// From the certificates of one party, DER.
    ///
    /// # Errors
    /// [`KeyError`] when one of them cannot be used.
    pub fn from_certificates<'a>(certificates: impl IntoIterator<Item = &'a [u8]>) -> Result<Self, KeyError> {
        let mut keys = Vec::new();
        let mut manager = KeysManager::new();
        for certificate in certificates {
            let key = public_key(certificate)?;
            manager.add_key(bergshamra::keys::loader::load_spki_der(&key.spki).map_err(|_| KeyError::Kind)?);
            keys.push(key);
        }
        Ok(Self(Arc::new(Trusted {
            keys,
            // Said here although the library means the same by default: no key out of a document, ever, and no reference to a
            // place that the signature does not stand in.
            context: DsigContext::new(manager)
                .with_trusted_keys_only(true)
                .with_strict_verification(true),
        })))
    }

    /// Whether there is no key at all, so that nothing of this party can be believed.
    pub fn is_empty(&self) -> bool {
        self.0.keys.is_empty()
    }

    pub(crate) fn context(&self) -> &DsigContext {
        &self.0.context
    }

    /// Whether one of the keys made this signature over these octets.
    pub(crate) fn made(&self, algorithm: &str, octets: &[u8], signature: &[u8]) -> bool {
        self.0.keys.iter().any(|key| {
            let verification: &'static dyn VerificationAlgorithm = match (key.kind, algorithm) {
                (KeyKind::Rsa, alg::RSA_SHA256) => &signature::RSA_PKCS1_2048_8192_SHA256,
                (KeyKind::Rsa, alg::RSA_SHA384) => &signature::RSA_PKCS1_2048_8192_SHA384,
                (KeyKind::Rsa, alg::RSA_SHA512) => &signature::RSA_PKCS1_2048_8192_SHA512,
                (KeyKind::P256, alg::ECDSA_SHA256) => &signature::ECDSA_P256_SHA256_FIXED,
                (KeyKind::P384, alg::ECDSA_SHA384) => &signature::ECDSA_P384_SHA384_FIXED,
                _ => return false,
            };
            UnparsedPublicKey::new(verification, &key.raw)
                .verify(octets, signature)
                .is_ok()
        })
    }
}

/// Our RSA key with its certificate; parsed once, shared by reference.
#[derive(Clone)]
pub struct SigningKey {
    key: Arc<RsaKeyPair>,
    certificate_der: Arc<[u8]>,
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SigningKey")
    }
}

impl SigningKey {
    /// From a parsed key and the certificate that carries its public half.
    pub fn new(key: Arc<RsaKeyPair>, certificate_der: &[u8]) -> Self {
        Self {
            key,
            certificate_der: certificate_der.into(),
        }
    }

    /// From PKCS#8.
    ///
    /// # Errors
    /// [`KeyError::Private`] when it is no RSA key, [`KeyError::Weak`] below 2048 bits.
    pub fn from_pkcs8(pkcs8_der: &[u8], certificate_der: &[u8]) -> Result<Self, KeyError> {
        let key = RsaKeyPair::from_pkcs8(pkcs8_der).map_err(|_| KeyError::Private)?;
        if key.public_modulus_len() < 256 {
            return Err(KeyError::Weak);
        }
        Ok(Self::new(Arc::new(key), certificate_der))
    }

    /// The certificate, DER.
    pub fn certificate_der(&self) -> &[u8] {
        &self.certificate_der
    }

    /// The public key, PKCS#1 DER.
    pub fn public_key(&self) -> &[u8] {
        self.key.public_key().as_ref()
    }

    /// RSA-SHA256 over octets (the query signature of HTTP-Redirect).
    pub(crate) fn sign_octets(&self, octets: &[u8]) -> Result<Vec<u8>, kryptering::Error> {
        let mut signature = vec![0; self.key.public_modulus_len()];
        self.key
            .sign(
                &signature::RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                octets,
                &mut signature,
            )
            .map_err(|_| kryptering::Error::Crypto("RSA signature failed".into()))?;
        Ok(signature)
    }
}

impl kryptering::Signer for SigningKey {
    fn algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::RsaPkcs1v15(HashAlgorithm::Sha256)
    }

    fn sign(&self, data: &[u8]) -> kryptering::Result<Vec<u8>> {
        self.sign_octets(data)
    }
}

/// The key for which an assertion is encrypted: RSA, out of the service's metadata.
#[derive(Clone)]
pub struct EncryptionKey(Arc<kryptering::SoftwareKey>);

impl std::fmt::Debug for EncryptionKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EncryptionKey")
    }
}

impl EncryptionKey {
    /// From a certificate, DER.
    ///
    /// # Errors
    /// [`KeyError`]; only RSA can be used.
    pub fn from_certificate(certificate_der: &[u8]) -> Result<Self, KeyError> {
        let key = public_key(certificate_der)?;
        if key.kind != KeyKind::Rsa {
            return Err(KeyError::Kind);
        }
        let key = kryptering::SoftwareKey::from_spki_der(kryptering::KeyAlgorithm::Rsa, &key.spki);
        Ok(Self(Arc::new(key.map_err(|_| KeyError::Kind)?)))
    }

    pub(crate) fn software(&self) -> &kryptering::SoftwareKey {
        &self.0
    }
}

/// A service's own RSA key for reading encrypted assertions.
#[derive(Clone)]
pub struct DecryptionKey(Arc<kryptering::SoftwareKey>);

impl std::fmt::Debug for DecryptionKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DecryptionKey")
    }
}

impl DecryptionKey {
    /// From PKCS#8.
    ///
    /// # Errors
    /// [`KeyError::Private`].
    pub fn from_pkcs8(pkcs8_der: &[u8]) -> Result<Self, KeyError> {
        let key = kryptering::SoftwareKey::from_pkcs8_der(kryptering::KeyAlgorithm::Rsa, pkcs8_der);
        Ok(Self(Arc::new(key.map_err(|_| KeyError::Private)?)))
    }

    pub(crate) fn software(&self) -> &kryptering::SoftwareKey {
        &self.0
    }
}
