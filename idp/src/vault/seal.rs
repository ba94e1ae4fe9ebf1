//! Owns stored values: AES-256-GCM bound to table, column and row, so that a value moved to another place does not open.
//! Never used for what leaves the server (see `travel`).
//!
//! Layout: `1` version · `4` generation · `12` nonce · ciphertext and tag.

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;
use zeroize::Zeroizing;

use super::{Vault, VaultError, master};
use crate::entropy::Entropy;

const VERSION: u8 = 1;
const HEAD: usize = 1 + 4;

/// Every column whose values are sealed: one that is not here cannot be sealed, so none is forgotten when values are sealed
/// again under a new generation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each names its table and column")]
pub enum Sealed {
    PeopleName,
    PeopleAddress,
    PeopleEmail,
    PeoplePhone,
    Cprs,
    Aliases,
    CardsSecret,
    ActivationsDigits,
    AuthenticatorsSecret,
    AuthenticatorsPush,
    RegisterPeople,
    RegisterCompanies,
    IssuesShown,
    IssuingCasKey,
    CertificatesDer,
    CertificatesKey,
    GrantsDetail,
    GrantsRefreshSecret,
    FlowsDoneResult,
    OutboxPayload,
    OnlineOrdersDetails,
    AuditKeys,
    SigningKeys,
}

impl Sealed {
    /// All of them, in the order in which they are sealed again. A new one comes last: a walk that is under way knows its column by the place in here.
    pub const ALL: [Sealed; 23] = [
        Sealed::SigningKeys,
        Sealed::PeopleName,
        Sealed::PeopleAddress,
        Sealed::PeopleEmail,
        Sealed::PeoplePhone,
        Sealed::Cprs,
        Sealed::Aliases,
        Sealed::CardsSecret,
        Sealed::ActivationsDigits,
        Sealed::AuthenticatorsSecret,
        Sealed::AuthenticatorsPush,
        Sealed::RegisterPeople,
        Sealed::IssuesShown,
        Sealed::IssuingCasKey,
        Sealed::CertificatesDer,
        Sealed::CertificatesKey,
        Sealed::AuditKeys,
        Sealed::GrantsDetail,
        Sealed::GrantsRefreshSecret,
        Sealed::FlowsDoneResult,
        Sealed::OutboxPayload,
        Sealed::OnlineOrdersDetails,
        Sealed::RegisterCompanies,
    ];

    /// Table and column, as they are authenticated with each value: never to be changed.
    #[must_use]
    pub fn names(self) -> (&'static str, &'static str) {
        match self {
            Sealed::PeopleName => ("people", "name"),
            Sealed::PeopleAddress => ("people", "address"),
            Sealed::PeopleEmail => ("people", "email"),
            Sealed::PeoplePhone => ("people", "phone"),
            Sealed::Cprs => ("cprs", "sealed"),
            Sealed::Aliases => ("aliases", "sealed"),
            Sealed::CardsSecret => ("cards", "secret"),
            Sealed::ActivationsDigits => ("activations", "sealed"),
            Sealed::AuthenticatorsSecret => ("authenticators", "secret"),
            Sealed::AuthenticatorsPush => ("authenticators", "push"),
            Sealed::RegisterPeople => ("register_people", "sealed"),
            Sealed::RegisterCompanies => ("register_companies", "sealed"),
            Sealed::IssuesShown => ("issues", "shown"),
            Sealed::IssuingCasKey => ("issuing_cas", "key"),
            Sealed::CertificatesDer => ("certificates", "der"),
            Sealed::CertificatesKey => ("certificates", "key"),
            Sealed::GrantsDetail => ("grants", "detail"),
            Sealed::GrantsRefreshSecret => ("grants", "refresh_secret"),
            Sealed::FlowsDoneResult => ("flows_done", "result"),
            Sealed::OutboxPayload => ("outbox", "payload"),
            Sealed::OnlineOrdersDetails => ("online_orders", "details"),
            Sealed::AuditKeys => ("audit_keys", "sealed"),
            Sealed::SigningKeys => ("keys", "sealed"),
        }
    }
}

/// Where a sealed value lives; part of what is authenticated.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// Table and column.
    pub column: Sealed,
    /// The row's id.
    pub row: &'a [u8],
}

impl Place<'_> {
    /// Unambiguous bytes of the place: each name ends in a zero byte, the row is the rest.
    fn aad(&self) -> Vec<u8> {
        let (table, column) = self.column.names();
        [table.as_bytes(), &[0], column.as_bytes(), &[0], self.row].concat()
    }
}

/// The generations of the stored-value key that are in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Generations {
    /// The oldest under which values still open. Older ones are retired: a value copied back out of an old backup does not open.
    pub oldest: u32,
    /// New values are sealed under it.
    pub current: u32,
}

impl Generations {
    /// A new database's.
    pub const FIRST: Generations = Generations { oldest: 1, current: 1 };

    /// Whether values of older generations may still be there.
    #[must_use]
    pub fn is_moving(self) -> bool {
        self.oldest < self.current
    }
}

/// The first bytes of everything sealed under a generation and, as bytes sort, more than everything sealed under an older one.
#[must_use]
pub fn prefix(generation: u32) -> [u8; HEAD] {
    let [a, b, c, d] = generation.to_be_bytes();
    [VERSION, a, b, c, d]
}

/// The keys of the generations in use, the current one ready.
pub(super) struct StoredKeys {
    pub(super) generations: Generations,
    current: LessSafeKey,
}

impl StoredKeys {
    pub(super) fn new(root: &hmac::Key, generations: Generations) -> Self {
        Self {
            generations,
            current: cipher(&stored_key(root, generations.current)),
        }
    }
}

fn stored_key(root: &hmac::Key, generation: u32) -> Zeroizing<[u8; 32]> {
    master::expand(root, "nogle stored value", generation)
}

impl Vault {
    /// Seals `plain` for `place` under the current generation.
    #[must_use]
    pub fn seal(&self, place: Place<'_>, plain: &[u8], rng: &Entropy) -> Vec<u8> {
        let keys = self.0.stored.load();
        let mut head = Vec::with_capacity(HEAD + NONCE_LEN + plain.len() + 16);
        head.extend_from_slice(&prefix(keys.generations.current));
        encrypt_with(&keys.current, &place.aad(), head, plain, rng)
    }

    /// Opens what [`Vault::seal`] made for the same place, under whatever living generation it names (newer ones too: another
    /// node may have begun one that this node has not heard of).
    ///
    /// # Errors
    /// [`VaultError::Layout`] for bytes that were never sealed, [`VaultError::DoesNotOpen`] for another place or key,
    /// [`VaultError::Retired`] for a generation that was retired.
    pub fn open(&self, place: Place<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let generation = generation_of(sealed).ok_or(VaultError::Layout)?;
        if generation < self.generations().oldest {
            return Err(VaultError::Retired(generation));
        }
        self.open_any(place, generation, sealed)
    }

    /// What was sealed under an older generation, sealed under the current one; nothing when it is that already. Opens retired
    /// generations too, so that a straggler can be mended.
    ///
    /// # Errors
    /// As [`Vault::open`].
    pub fn reseal(&self, place: Place<'_>, sealed: &[u8], rng: &Entropy) -> Result<Option<Vec<u8>>, VaultError> {
        let generation = generation_of(sealed).ok_or(VaultError::Layout)?;
        if generation >= self.generations().current {
            return Ok(None);
        }
        let plain = self.open_any(place, generation, sealed)?;
        Ok(Some(self.seal(place, &plain, rng)))
    }

    fn open_any(&self, place: Place<'_>, generation: u32, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let (keys, body, aad) = (self.0.stored.load(), &sealed[HEAD..], place.aad());
        let opened = if generation == keys.generations.current {
            decrypt_with(&keys.current, &aad, body)
        } else {
            decrypt(&stored_key(&self.0.root, generation), &aad, body)
        };
        opened.ok_or(VaultError::DoesNotOpen)
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
    encrypt_with(&cipher(key), aad, head, plain, rng)
}

fn encrypt_with(key: &LessSafeKey, aad: &[u8], head: Vec<u8>, plain: &[u8], rng: &Entropy) -> Vec<u8> {
    let nonce = rng.bytes::<NONCE_LEN>();
    let mut out = head;
    out.extend_from_slice(&nonce);
    let from = out.len();
    out.extend_from_slice(plain);
    let sealed = key.seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(aad), &mut out[from..]);
    match sealed {
        Ok(tag) => out.extend_from_slice(tag.as_ref()),
        // Only a plaintext of more than 64 GiB fails; leaving it in the clear is not an answer.
        Err(_) => std::process::abort(),
    }
    out
}

/// Opens nonce, ciphertext and tag.
pub(super) fn decrypt(key: &[u8; 32], aad: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    decrypt_with(&cipher(key), aad, sealed)
}

fn decrypt_with(key: &LessSafeKey, aad: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, body) = sealed.split_first_chunk::<NONCE_LEN>()?;
    let mut body = Zeroizing::new(body.to_vec());
    let plain = key
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

    fn place(column: Sealed, row: &[u8]) -> Place<'_> {
        Place { column, row }
    }

    proptest! {
        #[test]
        fn what_is_sealed_opens_at_its_place_and_nowhere_else(plain: Vec<u8>, row: [u8; 16], other: [u8; 16]) {
            let (vault, rng) = (vault(1), Entropy::seeded(3));
            let sealed = vault.seal(place(Sealed::Cprs, &row), &plain, &rng);
            for column in Sealed::ALL {
                let opened = vault.open(place(column, &row), &sealed);
                prop_assert_eq!(opened.is_ok(), column == Sealed::Cprs);
            }
            prop_assert_eq!(&**vault.open(place(Sealed::Cprs, &row), &sealed).unwrap(), &plain[..]);
            prop_assert!(row == other || vault.open(place(Sealed::Cprs, &other), &sealed).is_err());
            prop_assert!(super::super::Vault::new(&MasterKey::generate(&rng), [1; 16])
                .open(place(Sealed::Cprs, &row), &sealed).is_err());
        }

        #[test]
        fn a_changed_byte_never_opens(plain: Vec<u8>, at: prop::sample::Index, flip in 1u8..) {
            let vault = vault(1);
            let mut sealed = vault.seal(place(Sealed::Cprs, b"1"), &plain, &Entropy::seeded(3));
            let at = at.index(sealed.len());
            sealed[at] ^= flip;
            prop_assert!(vault.open(place(Sealed::Cprs, b"1"), &sealed).is_err());
        }

        #[test]
        fn any_bytes_are_refused_quietly(bytes: Vec<u8>) {
            prop_assert!(vault(1).open(place(Sealed::Cprs, b"1"), &bytes).is_err());
        }
    }

    #[test]
    fn every_column_is_one_place() {
        let mut all: Vec<_> = Sealed::ALL.iter().map(|column| place(*column, b"d").aad()).collect();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), Sealed::ALL.len());
        assert!(all.iter().all(|aad| aad.iter().filter(|byte| **byte == 0).count() == 2));
    }

    #[test]
    fn older_generations_stay_readable_until_they_are_retired() {
        let (vault, rng, at) = (vault(1), Entropy::seeded(3), place(Sealed::Cprs, b"1"));
        let old = vault.seal(at, b"x", &rng);
        vault.set_generations(Generations { oldest: 1, current: 2 });
        let new = vault.seal(at, b"x", &rng);
        assert_eq!((generation_of(&old), generation_of(&new)), (Some(1), Some(2)));
        assert!(old.as_slice() < &prefix(2)[..] && new.as_slice() >= &prefix(2)[..]);
        assert_eq!(**vault.open(at, &old).unwrap(), *b"x");
        assert_eq!(**vault.open(at, &new).unwrap(), *b"x");
        assert!(vault.reseal(at, &new, &rng).unwrap().is_none());
        let moved = vault.reseal(at, &old, &rng).unwrap().unwrap();
        assert_eq!(generation_of(&moved), Some(2));
        vault.set_generations(Generations { oldest: 2, current: 2 });
        assert!(matches!(vault.open(at, &old), Err(VaultError::Retired(1))));
        assert_eq!(**vault.open(at, &moved).unwrap(), *b"x");
        let mended = vault.reseal(at, &old, &rng).unwrap().unwrap();
        assert_eq!(**vault.open(at, &mended).unwrap(), *b"x");
        assert!(vault.reseal(place(Sealed::Aliases, b"1"), &old, &rng).is_err());
    }

    #[test]
    fn a_generation_that_this_node_has_not_heard_of_opens() {
        let (here, there, rng, at) = (vault(1), vault(1), Entropy::seeded(3), place(Sealed::Cprs, b"1"));
        there.set_generations(Generations { oldest: 1, current: 2 });
        let new = there.seal(at, b"x", &rng);
        assert_eq!(**here.open(at, &new).unwrap(), *b"x");
        assert!(
            here.reseal(at, &new, &rng).unwrap().is_none(),
            "never back to an older one"
        );
    }

    /// A value sealed by an earlier build must open in every later one.
    #[test]
    fn known_answer() {
        let sealed = vault(1).seal(place(Sealed::Cprs, b"1"), b"0102901234", &Entropy::seeded(3));
        assert_eq!(sealed.len(), HEAD + NONCE_LEN + 10 + 16);
        assert_eq!(
            KNOWN,
            base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &sealed)
        );
    }

    const KNOWN: &str = "AQAAAAE7nkHXXxYQD9ayfV/UOvbRff4W2mu43N7vbcMPDqxoCLy2eMe7pQ==";
}
