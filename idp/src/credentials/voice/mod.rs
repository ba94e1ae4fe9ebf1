//! Voice response: the house telephones and reads a code aloud (M11).
//!
//! Owns which number is called, that it is confirmed by a code read over it, the one call of an eID, and the verdict on what was typed. Never dials: the call is a letter in the outbox,
//! carried by the operator's gateway, and says for whom it is and that the code is nobody else's. Never keeps a code readable but there.

mod answer;
mod life;
#[cfg(test)]
mod tests;

pub use answer::{Asked, Call, Verdict, answer, ask, serves, usable};
pub use life::{awaits, block, block_by_officer, close_all, confirm, order};

use crate::domain::time::Span;

/// Voice response as the operator set it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// It can be ordered.
    pub offered: bool,
    /// What it costs, in øre; 0: free.
    pub price_oere: u32,
    /// Calls of one eID in an hour.
    pub calls_an_hour: u32,
    /// A new number serves after so long.
    pub waits: Span,
}
