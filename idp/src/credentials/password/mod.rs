//! The password: one choke point through which every typed password goes (docs/design.md, rule 12 and §4).
//!
//! Owns lanes in the database, the per-source limit in memory, and what a stranger is told. Never shows anybody whether a
//! user-ID exists: an unknown one meets a decoy counter and the same work.
//!
//! ```text
//! reserve (soft commit)            run (no connection)         settle (soft; durable where it closes or blocks)
//! user-ID ─▶ eID or decoy          Argon2id + pepper           right: reservation back, own lane at zero
//! lane: known device or strangers  always exactly once         wrong: counted ─▶ closed 8 h │ blocked │ shut
//! ```

mod renew;
mod reopen;
mod reserve;
mod settle;
mod sources;
#[cfg(test)]
mod tests;
mod wish;

pub use renew::{Renewal, Renewed};
pub use reopen::{Reopened, open_strangers, reopen};
pub use reserve::{Attempt, Check, DeviceClaim, Place, Proof, give_back, known_device, reserve};
pub use settle::{Accepted, Settled, Verdict, settle};
pub use sources::Sources;
pub use wish::{Beside, Wished};
