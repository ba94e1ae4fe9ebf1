//! Owns the master key and HKDF (RFC 5869, SHA-256), by which every other secret key of the vault is derived. Never
//! prints or writes the key, except to the file of a fresh demo.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::hmac;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::VaultError;
use crate::entropy::Entropy;

/// 256 random bits, given by the operator; whoever holds it and the database can read everything.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct MasterKey([u8; 32]);

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MasterKey(…)")
    }
}

impl MasterKey {
    /// A new key.
    #[must_use]
    pub fn generate(rng: &Entropy) -> Self {
        Self(rng.bytes())
    }

    /// Reads 64 hexadecimal digits, or 32 bytes as base64 (either alphabet); white space around it is ignored.
    ///
    /// # Errors
    /// [`VaultError::Master`] when it is neither.
    pub fn parse(text: &str) -> Result<Self, VaultError> {
        let text = text.trim();
        if text.len() == 64 {
            Self::from_hex(text)
        } else {
            Self::from_base64(text)
        }
    }

    /// Reads 64 hexadecimal digits.
    ///
    /// # Errors
    /// [`VaultError::Master`] for anything else.
    pub fn from_hex(text: &str) -> Result<Self, VaultError> {
        let wrong = || VaultError::Master("64 hexadecimal digits are needed".into());
        let digits = text.as_bytes();
        if digits.len() != 64 || !digits.iter().all(u8::is_ascii_hexdigit) {
            return Err(wrong());
        }
        let mut key = Self([0; 32]);
        for (byte, pair) in key.0.iter_mut().zip(text.as_bytes().chunks(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| wrong())?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| wrong())?;
        }
        Ok(key)
    }

    /// Reads 32 bytes as base64, padded or not, either alphabet.
    ///
    /// # Errors
    /// [`VaultError::Master`] for anything else.
    pub fn from_base64(text: &str) -> Result<Self, VaultError> {
        let decoded = URL_SAFE_NO_PAD
            .decode(text.trim().trim_end_matches('=').replace('+', "-").replace('/', "_"))
            .map(Zeroizing::new)
            .map_err(|_| VaultError::Master("neither 64 hexadecimal digits nor base64".into()))?;
        <[u8; 32]>::try_from(decoded.as_slice())
            .map(Self)
            .map_err(|_| VaultError::Master(format!("32 bytes are needed, these are {}", decoded.len())))
    }

    /// Reads the key from a file.
    ///
    /// # Errors
    /// [`VaultError::Master`] when the file cannot be read or holds no key.
    pub fn load_file(path: &Path) -> Result<Self, VaultError> {
        let text = std::fs::read_to_string(path)
            .map(Zeroizing::new)
            .map_err(|error| VaultError::Master(format!("{}: {error}", path.display())))?;
        Self::parse(&text).map_err(|error| VaultError::Master(format!("{}: {error}", path.display())))
    }

    /// Makes a key and the file that keeps it (mode 0600); a file that is there already is left alone and an error.
    ///
    /// # Errors
    /// [`VaultError::Master`] when the file exists or cannot be written.
    pub fn create_file(path: &Path, rng: &Entropy) -> Result<Self, VaultError> {
        let failed = |error: std::io::Error| VaultError::Master(format!("{}: {error}", path.display()));
        let key = Self::generate(rng);
        let text = Zeroizing::new(format!("{}\n", STANDARD.encode(key.0)));
        let mut file = std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)
            .map_err(failed)?;
        file.write_all(text.as_bytes()).map_err(failed)?;
        file.sync_all().map_err(failed)?;
        Ok(key)
    }

    /// HKDF-Extract with the database's id as salt.
    pub(super) fn root(&self, salt: &[u8]) -> hmac::Key {
        extract(salt, &self.0)
    }
}

fn extract(salt: &[u8], secret: &[u8]) -> hmac::Key {
    let root = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, salt), secret);
    hmac::Key::new(hmac::HMAC_SHA256, root.as_ref())
}

/// HKDF-Expand to one block, which is all that a 256-bit key needs; `info` is the purpose and its generation or period.
pub(super) fn expand(root: &hmac::Key, purpose: &str, generation: u32) -> Zeroizing<[u8; 32]> {
    let mut context = hmac::Context::with_key(root);
    context.update(purpose.as_bytes());
    context.update(&[0]);
    context.update(&generation.to_be_bytes());
    context.update(&[1]);
    let mut key = Zeroizing::new([0; 32]);
    key.copy_from_slice(context.sign().as_ref());
    key
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn hkdf_agrees_with_ring() {
        struct Len;
        impl ring::hkdf::KeyType for Len {
            fn len(&self) -> usize {
                32
            }
        }
        let info = [b"nogle seal\0".as_slice(), &7u32.to_be_bytes()].concat();
        let mut theirs = [0; 32];
        ring::hkdf::Salt::new(ring::hkdf::HKDF_SHA256, b"salt of a database")
            .extract(&[9; 32])
            .expand(&[&info], Len)
            .unwrap()
            .fill(&mut theirs)
            .unwrap();
        let ours = expand(&extract(b"salt of a database", &[9; 32]), "nogle seal", 7);
        assert_eq!(*ours, theirs);
    }

    /// RFC 5869, test case 1: the first block of the output.
    #[test]
    fn hkdf_agrees_with_the_rfc() {
        let root = extract(&(0..=0x0c).collect::<Vec<u8>>(), &[0x0b; 22]);
        let info: Vec<u8> = (0xf0..=0xf9).chain([1]).collect();
        let block = hmac::sign(&root, &info);
        assert_eq!(block.as_ref()[..8], [0x3c, 0xb2, 0x5f, 0x25, 0xfa, 0xac, 0xd5, 0x7a]);
    }

    #[test]
    fn both_spellings_give_one_key() {
        let hex = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
        let bytes: Vec<u8> = (0..32).collect();
        for text in [
            hex.to_owned(),
            format!(" {hex}\n"),
            STANDARD.encode(&bytes),
            URL_SAFE_NO_PAD.encode(&bytes),
        ] {
            assert_eq!(MasterKey::parse(&text).unwrap().0.as_slice(), bytes, "{text}");
        }
        for text in ["", "abc", &hex[2..], "zz", &STANDARD.encode([1; 31]), &"é".repeat(32)] {
            assert!(MasterKey::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_fresh_key_file_is_private_and_never_overwritten() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("master.key");
        let made = MasterKey::create_file(&path, &Entropy::system()).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(MasterKey::load_file(&path).unwrap().0, made.0);
        assert!(MasterKey::create_file(&path, &Entropy::system()).is_err());
    }
}
