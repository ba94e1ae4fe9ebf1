//! Owns password verifiers: Argon2id (RFC 9106), then HMAC under the vault's pepper, so that a copied table without the
//! master key cannot even be guessed at. Never sees whose password it is; never decides what a wrong one means.
//!
//! Layout: `1` version (1: case counts, 2: blind to case) · `4` memory KiB · `4` passes · `4` lanes · `16` salt · `32` MAC.

use argon2::{Algorithm, Argon2, Block, Version};
use zeroize::{Zeroize, Zeroizing};

use super::{Mac, Vault, VaultError};

const CASE_COUNTS: u8 = 1;
const CASE_BLIND: u8 = 2;
const LAYOUT: usize = 1 + 12 + 16 + 32;
/// No stored verifier may make the server take more than this (KiB); a corrupt row is not a memory bomb.
const MOST_MEMORY: u32 = 1 << 20;
const MOST_PASSES: u32 = 64;
const MOST_LANES: u32 = 16;

/// The cost of one verification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Params {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
    /// Argon2's lanes (computed one after the other here).
    pub lanes: u32,
}

impl Default for Params {
    /// 19 MiB, 2 passes, 1 lane: the least that OWASP's password storage guidance accepts.
    fn default() -> Self {
        Self {
            memory_kib: 19_456,
            passes: 2,
            lanes: 1,
        }
    }
}

impl Params {
    fn check(self) -> Result<argon2::Params, VaultError> {
        if self.memory_kib > MOST_MEMORY || self.passes > MOST_PASSES || self.lanes > MOST_LANES {
            return Err(VaultError::Params(
                "beyond what this server spends on one password".into(),
            ));
        }
        argon2::Params::new(self.memory_kib, self.passes, self.lanes, Some(32))
            .map_err(|error| VaultError::Params(error.to_string()))
    }
}

/// The memory of one hash lane, kept between hashes (fresh pages cost as much as the hash). What a hash leaves in it is overwritten
/// by the next one; whoever keeps the memory wipes it when no next one waits, and it wipes itself when it goes.
#[derive(Default)]
pub struct HashMemory {
    blocks: Vec<Block>,
    used: bool,
}

impl std::fmt::Debug for HashMemory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "HashMemory({} KiB)", self.blocks.len())
    }
}

impl HashMemory {
    /// Memory that grows to what the first hash needs.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn blocks(&mut self, count: usize) -> &mut [Block] {
        if self.blocks.len() < count {
            self.blocks.resize(count, Block::default());
        }
        self.used = true;
        &mut self.blocks[..count]
    }

    /// Whether a hash has left something in it.
    #[must_use]
    pub fn is_used(&self) -> bool {
        self.used
    }

    /// Overwrites what the last hash left.
    pub fn wipe(&mut self) {
        for block in &mut self.blocks {
            block.zeroize();
        }
        self.used = false;
    }
}

impl Drop for HashMemory {
    fn drop(&mut self) {
        self.wipe();
    }
}

/// What is stored instead of a password.
#[derive(Clone, PartialEq, Eq)]
pub struct Verifier {
    /// What it cost to make and costs to check.
    pub params: Params,
    /// Made of the password in small letters: upper or lower case is the same to it.
    pub case_blind: bool,
    /// Random, one per password.
    pub salt: [u8; 16],
    /// HMAC, under the pepper, of salt and Argon2id output.
    pub mac: [u8; 32],
}

impl std::fmt::Debug for Verifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Verifier")
            .field("params", &self.params)
            .finish_non_exhaustive()
    }
}

impl Verifier {
    /// A verifier that matches nothing: checking it costs what a real one costs, so that an unknown user-ID takes as
    /// long as a known one.
    #[must_use]
    pub fn nobody(params: Params) -> Self {
        Self {
            params,
            case_blind: false,
            salt: [0; 16],
            mac: [0; 32],
        }
    }

    /// The bytes to store.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(LAYOUT);
        out.push(if self.case_blind { CASE_BLIND } else { CASE_COUNTS });
        for number in [self.params.memory_kib, self.params.passes, self.params.lanes] {
            out.extend_from_slice(&number.to_be_bytes());
        }
        out.extend_from_slice(&self.salt);
        out.extend_from_slice(&self.mac);
        out
    }

    /// Reads what [`Verifier::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`VaultError::Layout`] for anything else.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, VaultError> {
        Self::parse(bytes).ok_or(VaultError::Layout)
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let (version, rest) = bytes.split_first()?;
        let (memory, rest) = rest.split_first_chunk::<4>()?;
        let (passes, rest) = rest.split_first_chunk::<4>()?;
        let (lanes, rest) = rest.split_first_chunk::<4>()?;
        let (salt, mac) = rest.split_first_chunk::<16>()?;
        let params = Params {
            memory_kib: u32::from_be_bytes(*memory),
            passes: u32::from_be_bytes(*passes),
            lanes: u32::from_be_bytes(*lanes),
        };
        let case_blind = match *version {
            CASE_COUNTS => false,
            CASE_BLIND => true,
            _ => return None,
        };
        Some(Self {
            params,
            case_blind,
            salt: *salt,
            mac: mac.try_into().ok()?,
        })
    }
}

/// The verifier of `password`; to one that is blind to case, *Kat7* and *kat7* are the same.
///
/// # Errors
/// [`VaultError::Params`] when the cost is not usable.
pub fn make(
    vault: &Vault,
    (password, case_blind): (&[u8], bool),
    salt: [u8; 16],
    params: Params,
    memory: &mut HashMemory,
) -> Result<Verifier, VaultError> {
    Ok(Verifier {
        params,
        case_blind,
        salt,
        mac: peppered(vault, &seen(password, case_blind), &salt, params, memory)?,
    })
}

/// Whether `password` is the one the verifier was made of; an unusable verifier matches nothing.
#[must_use]
pub fn verify(vault: &Vault, verifier: &Verifier, password: &[u8], memory: &mut HashMemory) -> bool {
    let seen = seen(password, verifier.case_blind);
    match peppered(vault, &seen, &verifier.salt, verifier.params, memory) {
        Ok(mac) => super::mac::equal(&mac, &verifier.mac),
        Err(error) => {
            log::error!(error:%; "a password verifier cannot be checked");
            false
        }
    }
}

/// The password as a verifier sees it.
fn seen(password: &[u8], case_blind: bool) -> Zeroizing<Vec<u8>> {
    let text = std::str::from_utf8(password).ok().filter(|_| case_blind);
    Zeroizing::new(text.map_or_else(|| password.to_vec(), |text| text.to_lowercase().into_bytes()))
}

fn peppered(
    vault: &Vault,
    password: &[u8],
    salt: &[u8; 16],
    params: Params,
    memory: &mut HashMemory,
) -> Result<[u8; 32], VaultError> {
    let params = params.check()?;
    let mut salted = Zeroizing::new([0; 48]);
    let (front, out) = salted.split_at_mut(16);
    front.copy_from_slice(salt);
    let blocks = memory.blocks(params.block_count());
    let hashed = Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password_into_with_memory(
        password,
        salt,
        out,
        &mut *blocks,
    );
    hashed.map_err(|error| VaultError::Params(error.to_string()))?;
    Ok(vault.mac(Mac::Pepper, &*salted))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use crate::entropy::Entropy;
    use crate::vault::MasterKey;

    const QUICK: Params = Params {
        memory_kib: 64,
        passes: 1,
        lanes: 1,
    };

    fn vault(seed: u64) -> Vault {
        Vault::new(&MasterKey::generate(&Entropy::seeded(seed)), [0; 16])
    }

    #[test]
    fn the_right_password_and_only_it() {
        let (vault, mut memory) = (vault(1), HashMemory::new());
        let verifier = make(&vault, (b"mit kodeord 1", false), [3; 16], QUICK, &mut memory).unwrap();
        assert!(verify(&vault, &verifier, b"mit kodeord 1", &mut memory));
        for wrong in [b"mit kodeord 2".as_slice(), b"Mit kodeord 1", b"", b"mit kodeord 1\0"] {
            assert!(!verify(&vault, &verifier, wrong, &mut memory));
        }
    }

    #[test]
    fn one_that_is_blind_to_case() {
        let (vault, mut memory) = (vault(1), HashMemory::new());
        let verifier = make(&vault, (b"Kat7Hund", true), [3; 16], QUICK, &mut memory).unwrap();
        let verifier = Verifier::from_bytes(&verifier.to_bytes()).unwrap();
        assert!(verifier.case_blind);
        for right in [b"kat7hund", b"KAT7HUND", b"Kat7Hund"] {
            assert!(verify(&vault, &verifier, right, &mut memory));
        }
        assert!(!verify(&vault, &verifier, b"kat7hunde", &mut memory));
    }

    #[test]
    fn without_the_pepper_the_right_password_is_wrong() {
        let mut memory = HashMemory::new();
        let verifier = make(&vault(1), (b"secret", false), [3; 16], QUICK, &mut memory).unwrap();
        assert!(!verify(&vault(2), &verifier, b"secret", &mut memory));
    }

    #[test]
    fn memory_is_wiped_and_used_again_for_other_sizes() {
        let (vault, mut memory) = (vault(1), HashMemory::new());
        let large = Params {
            memory_kib: 256,
            ..QUICK
        };
        let first = make(&vault, (b"secret", false), [3; 16], large, &mut memory).unwrap();
        assert!(memory.is_used());
        memory.wipe();
        let is_empty = |block: &Block| block.as_ref().iter().all(|word| *word == 0);
        assert!(!memory.is_used() && memory.blocks.iter().all(is_empty));
        let small = make(&vault, (b"secret", false), [3; 16], QUICK, &mut memory).unwrap();
        assert_ne!(first.mac, small.mac);
        assert_eq!(memory.blocks.len(), 256);
        assert!(verify(&vault, &first, b"secret", &mut HashMemory::new()));
    }

    #[test]
    fn stored_bytes_come_back_and_noise_does_not() {
        let mut memory = HashMemory::new();
        let verifier = make(&vault(1), (b"secret", false), [3; 16], QUICK, &mut memory).unwrap();
        let bytes = verifier.to_bytes();
        assert_eq!(bytes.len(), LAYOUT);
        assert_eq!(Verifier::from_bytes(&bytes).unwrap(), verifier);
        for noise in [
            &[][..],
            &bytes[1..],
            &bytes[..bytes.len() - 1],
            &[&bytes[..], &[0]].concat(),
        ] {
            assert!(Verifier::from_bytes(noise).is_err());
        }
    }

    #[test]
    fn a_corrupt_cost_is_refused_not_paid() {
        let bomb = Verifier::nobody(Params {
            memory_kib: u32::MAX,
            passes: 1,
            lanes: 1,
        });
        assert!(!verify(&vault(1), &bomb, b"secret", &mut HashMemory::new()));
        assert!(!verify(
            &vault(1),
            &Verifier::nobody(QUICK),
            b"secret",
            &mut HashMemory::new()
        ));
    }

    /// RFC 9106's algorithm, checked against the reference command:
    /// `echo -n password | argon2 somesaltsomesalt -id -t 2 -k 64 -p 1 -l 32 -r`, then the pepper.
    #[test]
    fn known_answer() {
        let vault = vault(1);
        let mut raw = [0; 32];
        Argon2::new(
            Algorithm::Argon2id,
            Version::V0x13,
            argon2::Params::new(64, 2, 1, Some(32)).unwrap(),
        )
        .hash_password_into(b"password", b"somesaltsomesalt", &mut raw)
        .unwrap();
        let params = Params { passes: 2, ..QUICK };
        let made = make(
            &vault,
            (b"password", false),
            *b"somesaltsomesalt",
            params,
            &mut HashMemory::new(),
        )
        .unwrap();
        assert_eq!(
            made.mac,
            vault.mac(Mac::Pepper, &[b"somesaltsomesalt".as_slice(), &raw].concat())
        );
    }
}
