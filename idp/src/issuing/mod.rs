//! Getting an eID, and letting it be used outside netbank (M30–M42). Owns the one act that makes person, eID, key card and activation
//! password together, what is written down of how it came to be, and where public use begins. The law is `domain::proofing`; a register is
//! asked before, by whoever calls. Never sees a secret in the clear, and never says whether somebody has an eID: its callers decide whom
//! they may tell (docs/decisions/0160-an-order-is-one-act.md).
//!
//! ```text
//!                          ┌─▶ refused, and why
//! application ──▶ judged ──┤
//!                          └─▶ person · eID · user-IDs · bank · card · activation password · consents · PID · letters   one transaction
//! ```

mod application;
pub mod bulk;
mod customer;
pub mod http;
mod issue;
pub mod online;
mod person;
mod public;
#[cfg(test)]
mod tests;

pub use application::{Application, Person, Rules, Where};
pub use customer::{Customer, reference};
pub use issue::{Issued, issue};
pub use person::{heard, is_free_for, look_up, pid_of, registered_now};
pub use public::{begin_by_holder, begin_public_use};
