//! What the ceremony works with: made once by `app`, shared by every request.

use std::sync::Arc;

use super::protocols::Protocols;
use super::room::Room;
use crate::clock::Clock;
use crate::config::parties::{Party, SharedParties};
use crate::credentials::passkey;
use crate::credentials::password::Sources;
use crate::credentials::voice;
use crate::domain::password::Law;
use crate::domain::refusal::{Code, Refusal};
use crate::entropy::Entropy;
use crate::session::Limits;
use crate::storage::Store;
use crate::vault::Vault;
use crate::vault::password::Params;
use crate::work::Work;

/// Browsers that an eID is remembered on, at most (docs/design.md §4).
pub const DEVICES: usize = 10;

/// The house as the ceremony sees it.
#[derive(Clone)]
pub struct Ceremony {
    /// The memory.
    pub store: Store,
    /// The safe.
    pub vault: Vault,
    /// Threads for password hashes.
    pub work: Work,
    /// Whose turn at them it is.
    pub room: Room,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub rng: Entropy,
    /// Who may ask; swapped whole on SIGHUP.
    pub parties: SharedParties,
    /// Who answers.
    pub protocols: Protocols,
    /// Wrong tries per source.
    pub sources: Arc<Sources>,
    /// Passkeys.
    pub passkeys: passkey::Rules,
    /// Voice response.
    pub voice: voice::Rules,
    /// Cost of a password hash.
    pub hash: Params,
    /// Which passwords may be chosen.
    pub law: Law,
    /// How long sessions live.
    pub limits: Limits,
}

impl Ceremony {
    /// A party by its id.
    ///
    /// # Errors
    /// `request.unknown_party` when it left the registry meanwhile.
    pub fn party(&self, id: &str) -> Result<Arc<Party>, Refusal> {
        self.parties
            .current()
            .get(id)
            .cloned()
            .ok_or_else(|| Refusal::new(Code::RequestUnknownParty))
    }
}
