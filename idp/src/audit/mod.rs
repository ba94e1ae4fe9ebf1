//! The audit trail: typed events, written in the act's own transaction, sealed into signed segments.
