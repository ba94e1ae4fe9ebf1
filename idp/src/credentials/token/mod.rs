//! The code token as a factor (M12): a small device with a display that makes the code itself.
//!
//! Owns the verdict on a code, and the life of a token: import into the stock, order, hand-out, first use, block, reopening. A person
//! has one token at a time, and everything they do to it is approved with a code of the card, which they keep; but to stop one in a hurry. Never shows a seed,
//! never takes a payment: that is the operator's, who sends a token when it is paid.

mod answer;
mod life;
pub mod pskc;
#[cfg(test)]
mod tests;

pub use answer::{Asked, Verdict, answer};
pub use life::{activate, assign, block, end_order, import, order, reopen, set_by_officer, stop, stop_all};
