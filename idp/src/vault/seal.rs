//! Owns stored values: AES-256-GCM bound to table, column and row, so that a value moved to another place does not open.
//! Never used for what leaves the server (see `travel`).
//!
//! Layout: `1` version · `4` generation · `12` nonce · ciphertext and tag.

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use zeroize::Zeroizing;

use super::{Vault, VaultError, master};
use crate::entropy::Entropy;

const VERSION: u8 = 1;
const HEAD: usize = 1 + 4;

/// Where a sealed value lives; part of what is authenticated.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// Table.
    pub table: &'static str,
    /// Column.
    pub column: &'static str,
    /// The row's id.
    pub row: &'a [u8],
}

impl Place<'_> {
    /// Unambiguous bytes of the place: each name ends in a zero byte, the row is the rest.
    fn aad(&self) -> Vec<u8> {
        [self.table.as_bytes(), &[0], self.column.as_bytes(), &[0], self.row].concat()
    }
}

impl Vault {
    /// Seals `plain` for `place` under the current generation.
    #[must_use]
    pub fn seal(&self, place: Place<'_>, plain: &[u8], rng: &Entropy) -> Vec<u8> {
        let generation = self.generation();
        let mut head = Vec::with_capacity(HEAD + NONCE_LEN + plain.len() + 16);
        head.push(VERSION);
        head.extend_from_slice(&generation.to_be_bytes());
        encrypt(&self.stored_key(generation), &place.aad(), head, plain, rng)
    }

    /// Opens what [`Vault::seal`] made for the same place, under whatever generation it names.
    ///
    /// # Errors
    /// [`VaultError::Layout`] for bytes that were never sealed, [`VaultError::DoesNotOpen`] for another place or key.
    pub fn open(&self, place: Place<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let generation = generation_of(sealed).ok_or(VaultError::Layout)?;
        decrypt(&self.stored_key(generation), &place.aad(), &sealed[HEAD..]).ok_or(VaultError::DoesNotOpen)
    }

    /// Seals under a key of its own, which the caller keeps sealed: erasing the key erases every value under it.
    #[must_use]
    pub fn seal_under(key: &[u8; 32], aad: &[u8], plain: &[u8], rng: &Entropy) -> Vec<u8> {
        encrypt(key, aad, Vec::with_capacity(NONCE_LEN + plain.len() + 16), plain, rng)
    }

    /// Opens what [`Vault::seal_under`] made.
    ///
    /// # Errors
    /// [`VaultError::DoesNotOpen`] for another key or other `aad`.
    pub fn open_under(key: &[u8; 32], aad: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        decrypt(key, aad, sealed).ok_or(VaultError::DoesNotOpen)
    }

    fn stored_key(&self, generation: u32) -> Zeroizing<[u8; 32]> {
        master::expand(&self.0.root, "nogle stored value", generation)
    }
}

/// The generation under which a value was sealed (for re-sealing); nothing when the layout is not ours.
#[must_use]
pub fn generation_of(sealed: &[u8]) -> Option<u32> {
    let (version, rest) = sealed.split_first()?;
    if *version != VERSION {
        return None;
    }
    rest.first_chunk::<4>().map(|bytes| u32::from_be_bytes(*bytes))
}

fn cipher(key: &[u8; 32]) -> LessSafeKey {
    match UnboundKey::new(&AES_256_GCM, key) {
        Ok(key) => LessSafeKey::new(key),
        // Only a wrong key length fails, and the type fixes the length.
        Err(_) => std::process::abort(),
    }
}

/// `head`, a fresh nonce, ciphertext and tag of `plain`.
pub(super) fn encrypt(key: &[u8; 32], aad: &[u8], head: Vec<u8>, plain: &[u8], rng: &Entropy) -> Vec<u8> {
    let nonce = rng.bytes::<NONCE_LEN>();
    let mut body = plain.to_vec();
    let sealed = cipher(key).seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(aad), &mut body);
    if sealed.is_err() {
        // Only a plaintext of more than 64 GiB fails; leaving it in the clear is not an answer.
        std::process::abort();
    }
    let mut out = head;
    out.extend_from_slice(&nonce);
    out.extend_from_slice(&body);
    out
}

/// Opens nonce, ciphertext and tag.
pub(super) fn decrypt(key: &[u8; 32], aad: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, body) = sealed.split_first_chunk::<NONCE_LEN>()?;
    let mut body = Zeroizing::new(body.to_vec());
    let plain = cipher(key)
        .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(aad), &mut body)
        .ok()?
        .len();
    body.truncate(plain);
    Some(body)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use proptest::prelude::*;

    use super::*;
    use crate::vault::MasterKey;

    fn vault(database: u8) -> Vault {
        Vault::new(
            &MasterKey::from_base64("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8").unwrap(),
            [database; 16],
        )
    }

    fn place(column: &'static str, row: &'static [u8]) -> Place<'static> {
        Place {
            table: "people",
            column,
            row,
        }
    }

    proptest! {
        #[test]
        fn what_is_sealed_opens_at_its_place_and_nowhere_else(plain: Vec<u8>, row: [u8; 16], other: [u8; 16]) {
            let (vault, rng) = (vault(1), Entropy::seeded(3));
            let at = |table, column, row| Place { table, column, row };
            let sealed = vault.seal(at("people", "cpr", &row), &plain, &rng);
            prop_assert_eq!(&**vault.open(at("people", "cpr", &row), &sealed).unwrap(), &plain[..]);
            prop_assert!(vault.open(at("people", "name", &row), &sealed).is_err());
            prop_assert!(vault.open(at("eids", "cpr", &row), &sealed).is_err());
            prop_assert!(row == other || vault.open(at("people", "cpr", &other), &sealed).is_err());
            prop_assert!(super::super::Vault::new(&MasterKey::generate(&rng), [1; 16])
                .open(at("people", "cpr", &row), &sealed).is_err());
        }

        #[test]
        fn a_changed_byte_never_opens(plain: Vec<u8>, at: prop::sample::Index, flip in 1u8..) {
            let vault = vault(1);
            let mut sealed = vault.seal(place("cpr", b"1"), &plain, &Entropy::seeded(3));
            let at = at.index(sealed.len());
            sealed[at] ^= flip;
            prop_assert!(vault.open(place("cpr", b"1"), &sealed).is_err());
        }

        #[test]
        fn any_bytes_are_refused_quietly(bytes: Vec<u8>) {
            prop_assert!(vault(1).open(place("cpr", b"1"), &bytes).is_err());
        }
    }

    #[test]
    fn names_do_not_run_into_each_other() {
        let one = Place {
            table: "ab",
            column: "c",
            row: b"d",
        };
        let two = Place {
            table: "a",
            column: "bc",
            row: b"d",
        };
        assert_ne!(one.aad(), two.aad());
    }

    #[test]
    fn older_generations_stay_readable() {
        let (vault, rng) = (vault(1), Entropy::seeded(3));
        let old = vault.seal(place("cpr", b"1"), b"x", &rng);
        vault.set_generation(2);
        let new = vault.seal(place("cpr", b"1"), b"x", &rng);
        assert_eq!((generation_of(&old), generation_of(&new)), (Some(1), Some(2)));
        assert_eq!(**vault.open(place("cpr", b"1"), &old).unwrap(), *b"x");
        assert_eq!(**vault.open(place("cpr", b"1"), &new).unwrap(), *b"x");
    }

    /// A value sealed by an earlier build must open in every later one.
    #[test]
    fn known_answer() {
        let sealed = vault(1).seal(place("cpr", b"1"), b"0102901234", &Entropy::seeded(3));
        assert_eq!(sealed.len(), HEAD + NONCE_LEN + 10 + 16);
        assert_eq!(
            KNOWN,
            base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &sealed)
        );
    }

    const KNOWN: &str = "AQAAAAE7nkHXXxYQD9ayfV/UOvbRff4W2mu4tmq8GeC+v/VVc7OAY55/Sg==";
}
