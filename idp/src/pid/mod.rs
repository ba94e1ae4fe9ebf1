//! The person's public number: made once, found again for every later eID. Owns when it is drawn and which eID shows it, and the
//! service that tells those who may know which CPR number is behind it; never computes it from anything, and never decides which service is
//! told it at a log-in (`login::release` does).

mod certificate;
pub mod http;
mod service;
#[cfg(test)]
mod tests;
mod xml;

pub use service::{Answer, Asked, answer};

use crate::ctx::Ctx;
use crate::domain::id::PersonId;
use crate::domain::pid::{COUNT, Pid};
use crate::storage::{Eid, Halt, Tx};

/// The person's public number: the one they have, else one that is drawn now. Where two draw for one person, or draw what somebody
/// has, the act runs again, whole: the one is found, the other drawn anew.
///
/// # Errors
/// When the database does not answer or the row is corrupt.
pub fn of(tx: &mut Tx<'_>, ctx: &Ctx, person: PersonId) -> Result<Pid, Halt> {
    if let Some(pid) = tx.pids().find(person)? {
        return Ok(pid);
    }
    let pid = Pid::from_random(ctx.rng.below_u64(COUNT));
    tx.pids().insert(person, &pid, ctx.now)?;
    Ok(pid)
}

/// The holder's public number as this eID shows it: one for netbanks only shows none.
#[must_use]
pub fn shown_by(eid: &Eid, holders: Option<Pid>) -> Option<Pid> {
    holders.filter(|_| eid.public)
}
