//! When a session still counts.

use crate::domain::time::{Span, Time};
use crate::storage::SessionRow;

/// How long sessions live (docs/configuration.md: 30 minutes unused, 8 hours in all).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Void when unused for so long.
    pub idle: Span,
    /// Void so long after the log-in.
    pub absolute: Span,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            idle: Span::minutes(30),
            absolute: Span::hours(8),
        }
    }
}

/// Whether the session may be ridden on now. Level, scope and the eID's state are judged apart, at every issue.
#[must_use]
pub fn is_usable(session: &SessionRow, limits: Limits, now: Time) -> bool {
    session.ended_at.is_none() && now < session.expires_at && now < session.seen_at + limits.idle
}
