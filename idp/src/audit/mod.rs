//! The audit trail: typed events, written in the act's own transaction, sealed into signed segments.
//!
//! Owns what is recorded, the MAC over each row, the segments and what can be proven with them. Never decides anything and
//! never changes or removes a row: what is personal goes when the key of its person and year is erased.
//!
//! ```text
//! act ── record ──▶ row + "waits"        (same transaction)
//! sealer, each second, one node ──▶ segment { ids, Merkle root, hash of the head before } signed ──▶ heads leave the machine
//! ```

mod event;
mod heads;
mod merkle;
mod record;
mod sealer;
#[cfg(test)]
mod tests;
mod verify;

pub use event::{Event, Who};
pub use heads::{Head, export_heads};
pub use record::{Reading, personal, read_row, record};
pub use sealer::{SealerAge, seal_round, unsealed_for};
pub use verify::{Finding, Report, verify};
