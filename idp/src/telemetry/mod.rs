//! Logs and metrics. Owns their form: one line an event with the request's id beside it, numbers by route pattern. Never
//! writes a query, a body, a cookie, an address, a name or a number of a person; what slips into a text all the same and
//! looks like a CPR number is masked.

mod catalogue;
mod lines;
mod numbers;
mod process;
mod requests;

pub use lines::init;
pub use numbers::{began, render, start, upkeep};
pub use requests::{Quick, observe};
