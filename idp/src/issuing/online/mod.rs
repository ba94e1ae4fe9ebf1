//! The online order (M32): what is typed, how it travels from page to page, how it is accepted, and what comes of it once registers were asked.
//!
//! Nobody is logged in here, so that nobody learns anything: whatever exists, an order ends with the same page, and what comes of it goes to the
//! registered address (docs/decisions/0171-an-order-without-a-log-in-tells-nothing.md). The extension of an eID (M40) shares the first pages.
//!
//! ```text
//!  details ──▶ rules, four consents ──▶ confirm ──▶ accepted: a sealed row
//!                                                      │ a job asks the registers
//!                 register down: later, up to 7 days ◀─┤
//!                                                      ├─▶ eID, card, activation password, letters
//!                                                      └─▶ a letter to the registered address: why not
//! ```

mod check;
mod form;
mod orders;
mod state;
#[cfg(test)]
mod tests;

pub use check::Proposed;
pub use form::{Details, Typed};
pub use orders::{Orders, count_check};
pub use state::{Accepted, Kind, State, Step};
