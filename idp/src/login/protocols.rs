//! The table of protocols that the ceremony answers through.

use std::collections::HashMap;
use std::sync::Arc;

use super::demand::{Protocol, ResumeKind};
use crate::fault::Fault;

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
}
