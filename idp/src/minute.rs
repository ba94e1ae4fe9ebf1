//! Counts what happens in the running minute: in memory, per node, of a fixed size. Owns the counters; who is counted, and how many are too
//! many, is for whoever counts. Never forgets within the minute and never remembers beyond it.

use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::domain::time::{Span, Time};

/// One counter. The upper half of its word says which minute the lower half counts.
#[derive(Debug, Default)]
pub struct Minute(AtomicU64);

impl Minute {
    /// One more; how many there were in this minute, with this one.
    pub fn count(&self, now: Time) -> u32 {
        let minute = u32::try_from(now.secs().div_euclid(60)).unwrap_or(0);
        let next = |old: u64| {
            let same = u32::try_from(old >> 32).is_ok_and(|counted| counted == minute);
            let so_far = if same { lower(old) } else { 0 };
            (u64::from(minute) << 32) | u64::from(so_far.saturating_add(1))
        };
        let old = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |old| Some(next(old)))
            .unwrap_or(0);
        lower(next(old))
    }
}

fn lower(word: u64) -> u32 {
    u32::try_from(word & u64::from(u32::MAX)).unwrap_or(u32::MAX)
}

/// Until the next minute.
#[must_use]
pub const fn rest(now: Time) -> Span {
    Span::secs(60 - now.secs().rem_euclid(60))
}

/// Counters for any number of callers. Two that meet in a slot share its count: with an even spread that happens only when there are
/// about as many callers as slots.
#[derive(Debug)]
pub struct Table {
    hasher: RandomState,
    slots: Box<[Minute]>,
}

impl Table {
    /// Of so many slots, one at least.
    #[must_use]
    pub fn new(slots: usize) -> Self {
        Self {
            hasher: RandomState::new(),
            slots: (0..slots.max(1)).map(|_| Minute::default()).collect(),
        }
    }

    /// One more of this caller's; how many there were in this minute, with this one.
    pub fn count(&self, caller: impl Hash, now: Time) -> u32 {
        let at = usize::try_from(self.hasher.hash_one(caller)).unwrap_or(0) % self.slots.len();
        self.slots.get(at).map_or(0, |slot| slot.count(now))
    }

    /// What it takes of memory, in bytes: the same whatever is counted.
    #[must_use]
    pub fn size(&self) -> usize {
        size_of_val(&*self.slots)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_is_counted_by_itself() {
        let (minute, now) = (Minute::default(), Time::from_secs(600));
        assert_eq!([minute.count(now), minute.count(now + Span::secs(59))], [1, 2]);
        assert_eq!(minute.count(now + Span::secs(60)), 1);
        assert_eq!(rest(now + Span::secs(20)), Span::secs(40));
    }

    #[test]
    fn callers_are_counted_apart_in_a_size_that_stays() {
        let (table, now) = (Table::new(65_536), Time::from_secs(600));
        let size = table.size();
        assert_eq!(size, 65_536 * 8, "half a megabyte");
        assert_eq!([table.count("kim", now), table.count("kim", now)], [1, 2]);
        assert_eq!(table.count("bo", now), 1);
        for caller in 0..1_000_000 {
            table.count(caller, now);
        }
        assert_eq!(table.size(), size);
    }
}
