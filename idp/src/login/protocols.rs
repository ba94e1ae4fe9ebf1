//! The table of protocols that the ceremony answers through.

use std::collections::HashMap;
use std::sync::Arc;

use super::demand::{Protocol, ResumeKind};
use crate::fault::Fault;
use crate::storage::Participant;

/// Protocols by kind; filled once, by `app`.
#[derive(Clone, Default)]
pub struct Protocols(HashMap<ResumeKind, Arc<dyn Protocol>>);

impl Protocols {
    /// Adds a protocol.
    #[must_use]
    pub fn with(mut self, kind: ResumeKind, protocol: Arc<dyn Protocol>) -> Protocols {
        self.0.insert(kind, protocol);
        self
    }

    /// The protocol of a kind.
    ///
    /// # Errors
    /// A fault when `app` registered none.
    pub fn of(&self, kind: ResumeKind) -> Result<&dyn Protocol, Fault> {
        self.0
            .get(&kind)
            .map(AsRef::as_ref)
            .ok_or_else(|| Fault::bare(format!("no protocol answers {kind:?}")))
    }

    /// Where a log-out may lead the browser while these participants are told of it, whichever protocol each speaks, for
    /// `form-action`: browsers hold the whole chain of redirects to it.
    #[must_use]
    pub fn logout_origins(&self, participants: &[Participant]) -> Vec<String> {
        let of = |participant: &Participant| {
            let spoken = self.0.iter().find(|(kind, _)| kind.as_str() == participant.protocol);
            spoken.map(|(_, protocol)| protocol.logout_origins(participant))
        };
        participants.iter().filter_map(of).flatten().collect()
    }
}
