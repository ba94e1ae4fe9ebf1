//! The key card as a factor: which code is asked, and the verdict on the one that was typed.
//!
//! Owns the way from a card's row to the law and back, the order of the next card, and the end of a card's time. Never shows a code (printing is `print`), never redraws a challenge: all
//! open flows of a card show the same index, showing it writes nothing, and only a right answer burns it.

mod answer;
mod approve;
mod ending;
mod order;
pub mod pdf;
pub mod print;
#[cfg(test)]
mod tests;

pub use answer::{Asked, Verdict, answer, ask, ask_new};
pub use approve::{Approval, Told, approve};
pub use ending::{Ended, ending_round};
pub use order::{new_card, order_by_officer, order_card, order_extra, order_first, wish};
