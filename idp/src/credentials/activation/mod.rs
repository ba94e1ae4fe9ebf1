//! The activation password: how one is ordered, how it is tried, how a password is chosen with it, and when that password counts.
//!
//! Owns the one choke point where its six digits are compared, with counters of its own. Never keeps the digits but sealed, until
//! they are posted, and never tells a stranger whether there is one.
//!
//! ```text
//! order ─▶ letter or text message      attempt ─▶ right: nothing is written but a counter at zero
//!                                          │      wrong: counted ─▶ closed for 8 h │ void at 20
//!                                          ▼
//!                          choose (burns it, in one act with the new password)
//!                                          ▼
//!                          the first right code of a card: the eID is in use
//! ```
//! Until `choose` nothing is burnt: whoever gives up half-way begins again with the same activation password.

mod attempt;
mod choose;
mod order;
#[cfg(test)]
mod tests;

pub use attempt::{Attempted, attempt};
pub use choose::{Choice, choose, complete};
pub use order::{By, Rules, known, make, order_anew, order_by_officer, order_online};
