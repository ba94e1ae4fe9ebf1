//! What the house sends on paper. Owns the letters (welcome, key card, activation password, renewal), their look and their tags, and
//! the print run: who sees a card's codes or a password, and when. Never decides that a card or a password is due, and never sends:
//! a print shop takes the files that a run made.
//!
//! ```text
//! ordered ── print batch (officer, reason; recorded) ──▶ files + manifest.json ── paper, post ── print posted ──▶ posted
//! ```
//! A card and an activation password of one eID are never in one letter, nor in the print run of one day. What is not secret goes by
//! the outbox.

mod paper;
mod post;
mod press;
pub mod run;
pub mod shop;
#[cfg(test)]
mod tests;

pub use post::LetterSender;
pub use press::{Addressee, Content, Printer};
