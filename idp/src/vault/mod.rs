//! Owns the keys: seals and opens stored values, makes keyed look-ups and MACs, seals what travels with a browser,
//! derives key-card codes, checks password verifiers, signs. Never lets a key out, never touches the database, never
//! knows what a value means.
//!
//! ```text
//! master key ──HKDF-SHA-256(salt = database id)──▶ stored-value key per generation
//!                                               ├▶ look-up key per kind
//!                                               ├▶ travelling-value key per purpose and period
//!                                               └▶ MAC key per purpose
//! signing keys: random, each with an id, kept sealed under the stored-value key
//! keys of issuing CAs and certificates: the same
//! ```

mod error;
mod mac;
mod master;
mod seal;
mod travel;

pub mod ca;
pub mod card;
pub mod client;
pub mod device_key;
pub mod jws;
pub mod otp;
pub mod passkey;
pub mod password;
pub mod signing;
pub mod transport;

use std::sync::Arc;

use arc_swap::ArcSwap;
use ring::digest::{SHA256, digest};
use ring::hmac;

pub use error::VaultError;
pub use mac::{Lookup, Mac};
pub use master::MasterKey;
pub use seal::{Generations, Place, Sealed, generation_of, prefix};
pub use signing::provider::install_crypto;
pub use travel::Travel;

/// SHA-256: of what holds 256 bits of chance by itself, or is no secret. What somebody could guess is looked up by a key instead.
#[must_use]
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, bytes).as_ref());
    hash
}

/// The safe of one database. Clones share it.
#[derive(Clone)]
pub struct Vault(Arc<Safe>);

struct Safe {
    root: hmac::Key,
    stored: ArcSwap<seal::StoredKeys>,
    lookups: mac::Keys<{ Lookup::COUNT }>,
    macs: mac::Keys<{ Mac::COUNT }>,
    ring: ArcSwap<signing::KeyRing>,
    cas: ArcSwap<Vec<Arc<ca::Ca>>>,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault")
    }
}

impl Vault {
    /// The safe for the database `database_id` under `master`: another database, or another master key, shares no key
    /// with it.
    #[must_use]
    pub fn new(master: &MasterKey, database_id: [u8; 16]) -> Self {
        let root = master.root(&database_id);
        let lookups = Lookup::keys(&root);
        let macs = Mac::keys(&root);
        let ring = ArcSwap::from_pointee(signing::KeyRing::default());
        let cas = ArcSwap::from_pointee(Vec::new());
        let stored = ArcSwap::from_pointee(seal::StoredKeys::new(&root, Generations::FIRST));
        Self(Arc::new(Safe {
            root,
            stored,
            lookups,
            macs,
            ring,
            cas,
        }))
    }

    /// The generations of the stored-value key in use.
    #[must_use]
    pub fn generations(&self) -> Generations {
        self.0.stored.load().generations
    }

    /// Seals new values under the current one from now on (a key seals at most 2³² values) and opens none before the oldest.
    pub fn set_generations(&self, generations: Generations) {
        if self.generations() != generations {
            let keys = seal::StoredKeys::new(&self.0.root, generations);
            self.0.stored.store(Arc::new(keys));
        }
    }
}
