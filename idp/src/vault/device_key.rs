//! Owns the check of signatures that a person's own device makes: ECDSA on P-256 with SHA-256. Never holds a private key of theirs.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};

/// A public key as the device gave it: a point of P-256, uncompressed (SEC 1 §2.3.3).
#[derive(Clone, PartialEq, Eq)]
pub struct DeviceKey([u8; 65]);

impl std::fmt::Debug for DeviceKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DeviceKey(…)")
    }
}

impl DeviceKey {
    /// 65 bytes that begin as an uncompressed point does. Whether it lies on the curve shows at the first signature: none verifies
    /// under one that does not.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let key: [u8; 65] = bytes.try_into().ok()?;
        (key[0] == 4).then_some(Self(key))
    }

    /// As it is stored.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 65] {
        &self.0
    }

    /// Whether `signature` (r and s, 32 bytes each, as WebCrypto gives them) is one of `message` by this key.
    #[must_use]
    pub fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &self.0)
            .verify(message, signature)
            .is_ok()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};

    use super::*;

    #[test]
    fn a_signature_holds_for_its_message_and_key_only() {
        let pair = || EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let (own, other) = (pair(), pair());
        let key = |pair: &EcdsaKeyPair| DeviceKey::from_bytes(pair.public_key().as_ref()).unwrap();
        let signature = own.sign(&SystemRandom::new(), b"approve").unwrap();
        assert!(key(&own).has_signed(b"approve", signature.as_ref()));
        assert!(!key(&own).has_signed(b"reject", signature.as_ref()));
        assert!(!key(&other).has_signed(b"approve", signature.as_ref()));
        assert!(!key(&own).has_signed(b"approve", &[]));
        let off_the_curve = DeviceKey::from_bytes(&[4; 65]).unwrap();
        assert!(!off_the_curve.has_signed(b"approve", signature.as_ref()));
        assert!(DeviceKey::from_bytes(&[2; 65]).is_none() && DeviceKey::from_bytes(&[4; 64]).is_none());
    }
}
