//! Owns the keys of issuing CAs and of certificates: makes them, keeps the private halves sealed, signs with those of CAs. Knows
//! which CAs the house has; never knows what a certificate says, nor when one ends.
//!
//! The root's key is none of these: [`RootKey`] is made and used by commands, lies where the operator put it, and no vault holds it.

use std::sync::Arc;

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair,
    EcdsaSigningAlgorithm, KeyPair, UnparsedPublicKey,
};
use ring::digest;
use zeroize::Zeroizing;

use super::signing::failed;
use super::{Place, Sealed, Vault, VaultError};
use crate::domain::certificate::Serial;
use crate::domain::time::Time;
use crate::entropy::Entropy;
use crate::hex::hex;

/// The key of an issuing CA, as it is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct CaKey {
    /// The CA's id, derived from the public half.
    pub id: String,
    /// PKCS#8, sealed.
    pub sealed: Vec<u8>,
    /// SubjectPublicKeyInfo.
    pub public_der: Vec<u8>,
}

/// An issuing CA of the house, ready to sign.
pub struct Ca {
    /// Its id.
    pub id: String,
    /// Its certificate.
    pub certificate_der: Vec<u8>,
    /// Its name, as its certificate writes it.
    pub name_der: Vec<u8>,
    /// How questions about its certificates name it.
    pub marks: Marks,
    /// The certificate of the root that signed it.
    pub root_der: Vec<u8>,
    /// The root's id.
    pub root_id: String,
    /// Where others find what it publishes; without a slash at the end.
    pub address: String,
    /// The policy that its certificates name.
    pub policy: String,
    /// Its certificate counts until then.
    pub ends: Time,
    /// Whether it issues; else it only tells of what it has issued.
    pub issues: bool,
    signer: EcdsaKeyPair,
}

impl std::fmt::Debug for Ca {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Ca({})", self.id)
    }
}

impl Ca {
    /// Signs with ECDSA on P-256 and SHA-256, as X.509 has it.
    ///
    /// # Errors
    /// [`VaultError::Key`] when signing fails.
    pub fn sign(&self, bytes: &[u8]) -> Result<Vec<u8>, VaultError> {
        sign(&self.signer, bytes)
    }
}

/// How questions name a CA: by the digests of its name and of its key's bits (RFC 6960, 4.1.1), made once for each CA.
#[derive(Debug, Clone, Copy)]
pub struct Marks {
    /// By SHA-1, as most ask.
    pub sha1: Mark,
    /// By SHA-256.
    pub sha256: Mark,
}

/// The digests of a CA's name and of its key's bits.
#[derive(Debug, Clone, Copy)]
pub struct Mark {
    name: digest::Digest,
    key: digest::Digest,
}

impl Mark {
    fn of(algorithm: &'static digest::Algorithm, name_der: &[u8], key: &[u8]) -> Mark {
        Mark {
            name: digest::digest(algorithm, name_der),
            key: digest::digest(algorithm, key),
        }
    }

    /// Whether these are the two.
    #[must_use]
    pub fn is(&self, name: &[u8], key: &[u8]) -> bool {
        self.name.as_ref() == name && self.key.as_ref() == key
    }
}

/// What is known of an issuing CA beside its key.
#[derive(Debug, Clone)]
pub struct CaFacts {
    /// Its certificate.
    pub certificate_der: Vec<u8>,
    /// Its name, as its certificate writes it.
    pub name_der: Vec<u8>,
    /// The certificate of the root that signed it.
    pub root_der: Vec<u8>,
    /// The root's id.
    pub root_id: String,
    /// Where others find what it publishes.
    pub address: String,
    /// The policy that its certificates name.
    pub policy: String,
    /// Its certificate counts until then.
    pub ends: Time,
    /// Whether it issues.
    pub issues: bool,
}

impl Vault {
    /// Makes the key of a new issuing CA.
    ///
    /// # Errors
    /// [`VaultError::Key`] when it cannot be made.
    pub fn make_ca_key(&self, rng: &Entropy) -> Result<CaKey, VaultError> {
        let (pkcs8, public_der) = make(&ECDSA_P256_SHA256_ASN1_SIGNING)?;
        let id = id_of(&public_der);
        let sealed = self.seal(ca_place(&id), &pkcs8, rng);
        Ok(CaKey { id, sealed, public_der })
    }

    /// A CA whose certificate has come, ready to sign.
    ///
    /// # Errors
    /// When its key does not open here, or is not the one that its public half says.
    pub fn ready_ca(&self, key: &CaKey, facts: CaFacts) -> Result<Ca, VaultError> {
        let signer = self.ca_signer(key)?;
        let mark = |algorithm| Mark::of(algorithm, &facts.name_der, signer.public_key().as_ref());
        Ok(Ca {
            id: key.id.clone(),
            marks: Marks {
                sha1: mark(&digest::SHA1_FOR_LEGACY_USE_ONLY),
                sha256: mark(&digest::SHA256),
            },
            signer,
            certificate_der: facts.certificate_der,
            name_der: facts.name_der,
            root_der: facts.root_der,
            root_id: facts.root_id,
            address: facts.address,
            policy: facts.policy,
            ends: facts.ends,
            issues: facts.issues,
        })
    }

    /// Signs with the key of a CA that may have no certificate yet: the request for one.
    ///
    /// # Errors
    /// As [`Vault::ready_ca`], or when signing fails.
    pub fn sign_ca_request(&self, key: &CaKey, bytes: &[u8]) -> Result<Vec<u8>, VaultError> {
        sign(&self.ca_signer(key)?, bytes)
    }

    fn ca_signer(&self, key: &CaKey) -> Result<EcdsaKeyPair, VaultError> {
        let pkcs8 = self.open(ca_place(&key.id), &key.sealed)?;
        let pair =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &pkcs8).map_err(failed("stored CA key"))?;
        if public_der(&pair)? != key.public_der {
            return Err(VaultError::Key("a CA's public half is not of its key".into()));
        }
        Ok(pair)
    }

    /// Takes these as the house's CAs from now on.
    pub fn set_cas(&self, cas: Vec<Ca>) {
        self.0.cas.store(Arc::new(cas.into_iter().map(Arc::new).collect()));
    }

    /// Every CA of the house, those that issue no more among them.
    #[must_use]
    pub fn cas(&self) -> Arc<Vec<Arc<Ca>>> {
        self.0.cas.load_full()
    }

    /// The CA that issues now; none before its certificate has come.
    #[must_use]
    pub fn issuing_ca(&self, now: Time) -> Option<Arc<Ca>> {
        self.cas().iter().find(|ca| ca.issues && now < ca.ends).cloned()
    }

    /// Makes the key that a certificate will certify, for its holder: PKCS#8, sealed for the certificate of this serial number, and
    /// the public half. Held here as the field holds it (decision 0154).
    ///
    /// # Errors
    /// [`VaultError::Key`] when it cannot be made.
    pub fn make_certificate_key(&self, serial: Serial, rng: &Entropy) -> Result<(Vec<u8>, Vec<u8>), VaultError> {
        let (pkcs8, public_der) = make(&ECDSA_P256_SHA256_ASN1_SIGNING)?;
        let place = Place {
            column: Sealed::CertificatesKey,
            row: &serial.bytes(),
        };
        Ok((self.seal(place, &pkcs8, rng), public_der))
    }
}

/// The id of the CA whose public half (SubjectPublicKeyInfo) this is; roots have one, too.
#[must_use]
pub fn id_of(public_der: &[u8]) -> String {
    hex(&digest::digest(&digest::SHA256, public_der).as_ref()[..8])
}

fn ca_place(id: &str) -> Place<'_> {
    Place {
        column: Sealed::IssuingCasKey,
        row: id.as_bytes(),
    }
}

/// PKCS#8 and SubjectPublicKeyInfo.
type Made = (Zeroizing<Vec<u8>>, Vec<u8>);

fn make(how: &'static EcdsaSigningAlgorithm) -> Result<Made, VaultError> {
    let pair = EcdsaKeyPair::generate(how).map_err(failed("EC key"))?;
    let pkcs8 = pair.to_pkcs8v1().map_err(failed("EC key"))?;
    Ok((Zeroizing::new(pkcs8.as_ref().to_vec()), public_der(&pair)?))
}

fn public_der(pair: &EcdsaKeyPair) -> Result<Vec<u8>, VaultError> {
    let der: PublicKeyX509Der<'_> = pair.public_key().as_der().map_err(failed("EC public key"))?;
    Ok(der.as_ref().to_vec())
}

fn sign(pair: &EcdsaKeyPair, bytes: &[u8]) -> Result<Vec<u8>, VaultError> {
    let signature = pair.sign(&SystemRandom::new(), bytes).map_err(failed("EC signature"))?;
    Ok(signature.as_ref().to_vec())
}

/// Whether `signature` over `bytes` is by the P-256 key whose uncompressed point is `point`.
#[must_use]
pub fn signed_by_p256(point: &[u8], bytes: &[u8], signature: &[u8]) -> bool {
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point)
        .verify(bytes, signature)
        .is_ok()
}

/// The key of a root: P-384. No vault holds it, and `serve` never needs it.
pub struct RootKey(EcdsaKeyPair);

impl std::fmt::Debug for RootKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RootKey")
    }
}

impl RootKey {
    /// Makes one; the PKCS#8 is for the file that the operator keeps.
    ///
    /// # Errors
    /// [`VaultError::Key`] when it cannot be made.
    pub fn make() -> Result<(RootKey, Zeroizing<Vec<u8>>), VaultError> {
        let (pkcs8, _) = make(&ECDSA_P384_SHA384_ASN1_SIGNING)?;
        Ok((RootKey::read(&pkcs8)?, pkcs8))
    }

    /// Reads PKCS#8.
    ///
    /// # Errors
    /// [`VaultError::Key`] when it is no P-384 key.
    pub fn read(pkcs8: &[u8]) -> Result<RootKey, VaultError> {
        EcdsaKeyPair::from_pkcs8(&ECDSA_P384_SHA384_ASN1_SIGNING, pkcs8)
            .map(RootKey)
            .map_err(failed("root key"))
    }

    /// SubjectPublicKeyInfo.
    ///
    /// # Errors
    /// [`VaultError::Key`] when it cannot be written.
    pub fn public_der(&self) -> Result<Vec<u8>, VaultError> {
        public_der(&self.0)
    }

    /// Signs with ECDSA on P-384 and SHA-384.
    ///
    /// # Errors
    /// [`VaultError::Key`] when signing fails.
    pub fn sign(&self, bytes: &[u8]) -> Result<Vec<u8>, VaultError> {
        sign(&self.0, bytes)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::vault::MasterKey;

    fn facts() -> CaFacts {
        CaFacts {
            certificate_der: vec![1],
            name_der: vec![3],
            root_der: vec![2],
            root_id: "root".into(),
            address: "https://id.example".into(),
            policy: "1.2.3".into(),
            ends: Time::from_secs(2_000_000_000),
            issues: true,
        }
    }

    fn vault(rng: &Entropy) -> Vault {
        Vault::new(&MasterKey::generate(rng), [7; 16])
    }

    #[test]
    fn a_ca_signs_and_its_key_opens_here_alone() {
        let rng = Entropy::seeded(5);
        let safe = vault(&rng);
        let key = safe.make_ca_key(&rng).unwrap();
        let ca = safe.ready_ca(&key, facts()).unwrap();
        let signature = ca.sign(b"bytes").unwrap();
        let point = key.public_der.last_chunk::<65>().unwrap();
        assert!(signed_by_p256(point, b"bytes", &signature));
        assert!(!signed_by_p256(point, b"other", &signature));
        let sha256 = |bytes: &[u8]| digest::digest(&digest::SHA256, bytes);
        let (name, bits) = (sha256(&[3]), sha256(point));
        assert!(ca.marks.sha256.is(name.as_ref(), bits.as_ref()));
        assert!(!ca.marks.sha256.is(bits.as_ref(), name.as_ref()) && !ca.marks.sha1.is(name.as_ref(), bits.as_ref()));
        assert!(vault(&rng).ready_ca(&key, facts()).is_err(), "another master key");
        let other = safe.make_ca_key(&rng).unwrap();
        let moved = CaKey {
            sealed: other.sealed.clone(),
            ..key.clone()
        };
        assert!(safe.ready_ca(&moved, facts()).is_err(), "another CA's key");
        let claimed = CaKey {
            public_der: other.public_der,
            ..key
        };
        assert!(safe.ready_ca(&claimed, facts()).is_err(), "another public half");
    }

    #[test]
    fn what_has_ended_or_retired_issues_no_more() {
        let rng = Entropy::seeded(6);
        let safe = vault(&rng);
        let now = Time::from_secs(1_999_999_999);
        assert!(safe.issuing_ca(now).is_none());
        let key = safe.make_ca_key(&rng).unwrap();
        let retired = CaFacts {
            issues: false,
            ..facts()
        };
        safe.set_cas(vec![safe.ready_ca(&key, retired).unwrap()]);
        assert!(safe.issuing_ca(now).is_none() && safe.cas().len() == 1);
        safe.set_cas(vec![safe.ready_ca(&key, facts()).unwrap()]);
        assert!(safe.issuing_ca(now).is_some());
        assert!(safe.issuing_ca(Time::from_secs(2_000_000_000)).is_none());
    }

    #[test]
    fn a_root_key_is_read_back_and_no_other_kind_is() {
        let (root, pkcs8) = RootKey::make().unwrap();
        assert_eq!(
            RootKey::read(&pkcs8).unwrap().public_der().unwrap(),
            root.public_der().unwrap()
        );
        let (p256, _) = make(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        assert!(RootKey::read(&p256).is_err());
        assert_eq!(format!("{root:?}"), "RootKey");
    }
}
