//! A verifier made at another cost than the configured one is made anew when its password is there to make it of: right after it
//! was right. The log-in does not depend on it.

use zeroize::Zeroizing;

use super::Proof;
use crate::domain::id::EidId;
use crate::entropy::Entropy;
use crate::storage::{Halt, Tx};
use crate::vault::Vault;
use crate::vault::password::{HashMemory, Params, make};

/// A right password whose verifier costs something else than it should.
pub struct Renewal {
    eid: EidId,
    version: i64,
    params: Params,
    case_blind: bool,
    password: Zeroizing<Vec<u8>>,
}

/// A verifier at the right cost.
pub struct Renewed {
    eid: EidId,
    version: i64,
    verifier: Vec<u8>,
}

impl Proof {
    /// Whether the verifier is to be made anew; only for a right password.
    #[must_use]
    pub fn renewal(&self, params: Params) -> Option<Renewal> {
        let check = &self.check;
        let (Some(eid), Some(stored), true) = (&check.eid, &check.stored, self.right) else {
            return None;
        };
        (check.verifier.params != params).then(|| Renewal {
            eid: eid.id,
            version: stored.version,
            params,
            case_blind: check.verifier.case_blind,
            password: check.password.clone(),
        })
    }
}

impl Renewal {
    /// The slow part: one password hash. Needs no connection.
    #[must_use]
    pub fn run(self, vault: &Vault, rng: &Entropy, memory: &mut HashMemory) -> Option<Renewed> {
        let made = make(
            vault,
            (&self.password, self.case_blind),
            rng.bytes(),
            self.params,
            memory,
        );
        match made {
            Ok(verifier) => Some(Renewed {
                eid: self.eid,
                version: self.version,
                verifier: verifier.to_bytes(),
            }),
            Err(error) => {
                log::error!(error:%; "a password verifier could not be made anew");
                None
            }
        }
    }
}

impl Renewed {
    /// Stores it, unless the password was changed or blocked meanwhile.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn store(&self, tx: &mut Tx<'_>) -> Result<bool, Halt> {
        tx.passwords().renew(self.eid, self.version, &self.verifier)
    }
}
