//! Owns the opening of seeds that travel under a key agreed with the maker of tokens (RFC 6030 §6.1): AES-CBC and, over what it made,
//! HMAC. Never seals anything so itself.

use aws_lc_rs::cipher::{AES_128, AES_256, DecryptionContext, PaddedBlockDecryptingKey, UnboundCipherKey};
use aws_lc_rs::iv::FixedLength;
use ring::hmac;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// The initial vector stands before the ciphertext.
const IV: usize = 16;

/// The pre-shared key.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct TransportKey(Vec<u8>);

impl std::fmt::Debug for TransportKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TransportKey(…)")
    }
}

/// The hash of the MAC over an encrypted value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransportMac {
    /// HMAC-SHA-1, of the examples and of most makers.
    Sha1,
    /// HMAC-SHA-256.
    Sha256,
}

impl TransportKey {
    /// 128 or 256 bits; nothing for another length.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        matches!(bytes.len(), 16 | 32).then(|| Self(bytes.to_vec()))
    }

    /// Bits of the key.
    #[must_use]
    pub fn bits(&self) -> usize {
        self.0.len() * 8
    }

    /// What was encrypted with it (W3C XML Encryption §5.2: the initial vector first, padded to whole blocks); nothing when it
    /// was not.
    #[must_use]
    pub fn open(&self, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (iv, body) = sealed.split_at_checked(IV)?;
        let algorithm = if self.0.len() == 16 { &AES_128 } else { &AES_256 };
        let key = UnboundCipherKey::new(algorithm, &self.0).ok()?;
        let key = PaddedBlockDecryptingKey::cbc_iso10126(key).ok()?;
        let iv: [u8; IV] = iv.try_into().ok()?;
        let mut buffer = Zeroizing::new(body.to_vec());
        let length = key
            .decrypt(&mut buffer, DecryptionContext::Iv128(FixedLength::from(&iv)))
            .ok()?
            .len();
        buffer.truncate(length);
        Some(buffer)
    }
}

/// Whether `tag` is the MAC of the encrypted value, under the MAC key that travelled with it.
#[must_use]
pub fn is_authentic(mac: TransportMac, key: &[u8], sealed: &[u8], tag: &[u8]) -> bool {
    let algorithm = match mac {
        TransportMac::Sha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        TransportMac::Sha256 => hmac::HMAC_SHA256,
    };
    hmac::verify(&hmac::Key::new(algorithm, key), sealed, tag).is_ok()
}
