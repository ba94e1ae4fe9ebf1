//! `[proofing]`: what the operator asks for before somebody gets an eID. Owns its keys.

use super::reader::section;
use crate::domain::proofing::{Edition, Rules};

section! {
    /// `[proofing]`
    pub struct Proofing {
        keys {
            /// Which list of documents is in force: `late` or `early`.
            edition: Edition = Edition::Late;
            /// Even with a photo, an eID is handed over on the spot only after control questions or with a witness.
            vouched_on_the_spot: bool = false;
        }
    }
}

impl Proofing {
    /// As the law takes them.
    #[must_use]
    pub const fn rules(&self) -> Rules {
        Rules {
            edition: self.edition,
            vouched_on_the_spot: self.vouched_on_the_spot,
        }
    }
}
