//! `--officer` and `--reason`: who does it and why, as the audit trail has them. Owns that both are read the same way everywhere.

use clap::Args;

use crate::domain::officer::{OfficerId, Reason};

/// Who does it, and why.
#[derive(Debug, Clone, Args)]
pub struct Signed {
    /// Who does it; recorded in the audit trail.
    #[arg(long, value_parser = officer)]
    pub officer: OfficerId,
    /// Why; recorded in the audit trail.
    #[arg(long, value_parser = reason)]
    pub reason: Reason,
}

/// Reads `--officer`.
pub(super) fn officer(text: &str) -> Result<OfficerId, &'static str> {
    OfficerId::parse(text).ok_or("must be one word of 1 to 64 visible ASCII characters")
}

/// Reads `--reason`.
pub(super) fn reason(text: &str) -> Result<Reason, &'static str> {
    Reason::parse(text).map_err(|_| "must be one line of 3 to 200 characters without anything like a CPR number")
}
