//! The ceremony: from a [`Demand`] to an [`Outcome`], the same for every protocol.
//!
//! Owns the order of a log-in, the sealed state that travels with the browser, the one transaction that finishes it, and what
//! of a person is released. Never knows a protocol: those bring a [`Demand`], and a [`Protocol`] that finishes and answers.
//!
//! ```text
//! begin ─┬─ a session of the group suffices ───────────────────────────────┐
//!        ├─ passive, and it does not ──▶ refused                           │
//!        └─▶ credentials ─▶ accepted here? ─┬─ Low suffices ───────────────┤
//!              ▲    │            │          └─▶ code ─▶ right ─────────────┤
//!              └wrong            └─ no ─▶ notice ─▶ refused   │ ▲  │        ▼
//!                                        factor ◀─ another ───┘ └wrong   finish: one transaction
//!                                          └─▶ code                      burn · session · protocol · audit ─▶ answer
//! ```
//!
//! Where a private service asks for what a person is asked about, `consent` stands after the password, or after the session that suffices.

mod admission;
mod ceremony;
mod choice;
mod choke;
mod consent;
mod demand;
mod finish;
mod flow;
pub mod http;
mod numbers;
#[cfg(test)]
mod order_tests;
mod passkey;
mod protocols;
mod release;
mod repeat;
mod resting;
mod riding;
mod room;
mod service;
mod session;
#[cfg(test)]
mod tests;

pub use admission::admit;
pub use ceremony::Ceremony;
pub use demand::{Claim, Continue, Demand, Fresh, MustBe, Outcome, Protocol, Purpose, Released, Resume, ResumeKind};
pub use flow::{Flow, Step};
pub use http::{begin, devices, session_of, take_up, waits_for};
pub use protocols::Protocols;
pub use release::release;
pub use room::Room;
