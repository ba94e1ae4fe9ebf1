//! How many calls an RA and an officer may make in a minute: in memory, per node, of a fixed size. Owns the counters. Never counts
//! anybody who has not shown whose machine they are.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::domain::time::{Span, Time};

const SLOTS: usize = 8_192;

/// Counters of the running minute. Two officers who meet in a slot share its count.
#[derive(Debug)]
pub(super) struct Limits {
    ra: u32,
    officer: u32,
    hasher: RandomState,
    slots: Box<[AtomicU64]>,
}

impl Limits {
    pub(super) fn new(ra: u32, officer: u32) -> Self {
        Self {
            ra,
            officer,
            hasher: RandomState::new(),
            slots: (0..SLOTS).map(|_| AtomicU64::new(0)).collect(),
        }
    }

    /// Counts a call of an RA, or of one of its officers.
    ///
    /// # Errors
    /// When to try again.
    pub(super) fn admit(&self, ra: &str, officer: Option<&str>, now: Time) -> Result<(), Span> {
        let limit = if officer.is_some() { self.officer } else { self.ra };
        let at = usize::try_from(self.hasher.hash_one((ra, officer))).unwrap_or(0) % SLOTS;
        let minute = u64::try_from(now.secs().div_euclid(60)).unwrap_or(0) & u64::from(u32::MAX);
        let next = |old: u64| {
            let so_far = if old >> 32 == minute {
                old & u64::from(u32::MAX)
            } else {
                0
            };
            (minute << 32) | (so_far + 1).min(u64::from(u32::MAX))
        };
        let Some(slot) = self.slots.get(at) else { return Ok(()) };
        let old = slot.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |old| Some(next(old)));
        let count = next(old.unwrap_or(0)) & u64::from(u32::MAX);
        if count > u64::from(limit) {
            Err(Span::secs(60 - now.secs().rem_euclid(60)))
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_officer_and_an_ra_have_shares_of_their_own_each_minute() {
        let (limits, now) = (Limits::new(5, 2), Time::from_secs(600));
        let officer = |name: &str, now| limits.admit("bank", Some(name), now);
        assert!(officer("kim", now).is_ok() && officer("kim", now).is_ok());
        assert_eq!(officer("kim", now + Span::secs(20)), Err(Span::secs(40)));
        assert!(officer("bo", now).is_ok(), "another officer's share is whole");
        assert!(officer("kim", now + Span::secs(60)).is_ok(), "a minute later");
        let whole = (0..7).filter(|_| limits.admit("bank", None, now).is_ok());
        assert_eq!(whole.count(), 5);
    }
}
