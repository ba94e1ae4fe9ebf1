//! The passkey: a key of the person's own that answers to our address alone (M06, M15).
//!
//! Owns how it comes in and ends, what a log-in asks of it, and the three parts of an answer: what it rests on is read, the signature is
//! checked without a connection, the verdict is given on what is true then. Never counts a wrong answer: there is nothing to guess; what
//! counts is the passkey's own counter, which must not go back. Never knows a browser: the log-in and our own pages ask.

mod alone;
mod ask;
mod life;
#[cfg(test)]
pub(crate) mod tests;

use std::sync::Arc;

pub use alone::{Others, alone, others};
pub use ask::{Asked, Check, For, Proof, Settled, reserve, settle, usable, waits};
pub use life::{AddAsked, Adds, asks_to_add, block, block_by_officer, close_all, had_any, receive, rename};

use crate::domain::time::Span;
use crate::vault::passkey::Relying;

/// Passkeys as the operator set them.
#[derive(Debug, Clone)]
pub struct Rules {
    /// Who we are to browsers.
    pub relying: Arc<Relying>,
    /// So many an eID may have; 0: none is added.
    pub most: usize,
    /// A new one may be used after so long.
    pub waits: Span,
}
