//! Counts per caller within a window of time: in memory, per node, of a fixed size. Owns the table; who is counted, and how many are too many, is
//! for whoever counts. Never remembers beyond the window; two callers that meet in a slot forget one another.

use std::hash::{BuildHasher, Hash, RandomState};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};

use crate::domain::time::{Span, Time};

const SLOTS: usize = 1 << 16;

#[derive(Clone, Copy, Default)]
struct Slot {
    tag: u32,
    count: u32,
    since: i64,
}

/// How often each caller was counted since its first time within the window.
pub struct Tally {
    hasher: RandomState,
    slots: Mutex<Box<[Slot]>>,
    window: Span,
}

impl Tally {
    /// Forgets a caller so long after it was counted first.
    #[must_use]
    pub fn new(window: Span) -> Self {
        Self {
            hasher: RandomState::new(),
            slots: Mutex::new(vec![Slot::default(); SLOTS].into_boxed_slice()),
            window,
        }
    }

    /// By what a caller is known in the table.
    #[must_use]
    pub fn key(&self, caller: impl Hash) -> u64 {
        self.hasher.hash_one(caller)
    }

    /// How often it was counted.
    #[must_use]
    pub fn so_far(&self, key: u64, now: Time) -> u32 {
        let slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = slots[index(key)];
        let counts = slot.tag == tag(key) && now < Time::from_micros(slot.since) + self.window;
        if counts { slot.count } else { 0 }
    }

    /// Counts it once more. Another caller in the same slot is forgotten.
    pub fn count(&self, key: u64, now: Time) {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = &mut slots[index(key)];
        let lapsed = now >= Time::from_micros(slot.since) + self.window;
        if slot.tag != tag(key) || lapsed {
            *slot = Slot {
                tag: tag(key),
                count: 1,
                since: now.micros(),
            };
        } else {
            slot.count = slot.count.saturating_add(1);
        }
    }
}

/// Whom an address belongs to: itself, or of IPv6 the /56 that one household gets.
#[must_use]
pub fn network(source: IpAddr) -> IpAddr {
    match source.to_canonical() {
        IpAddr::V4(v4) => IpAddr::V4(v4),
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !((1 << 72) - 1))),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the low bits choose the slot, the high ones tell its owner"
)]
fn index(key: u64) -> usize {
    key as usize & (SLOTS - 1)
}

fn tag(key: u64) -> u32 {
    u32::try_from(key >> 32).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_is_counted_for_as_long_as_the_window_is() {
        let (tally, now) = (Tally::new(Span::hours(24)), Time::from_secs(600_000));
        let (kim, bo) = (tally.key("kim"), tally.key("bo"));
        tally.count(kim, now);
        tally.count(kim, now + Span::hours(23));
        assert_eq!(
            [tally.so_far(kim, now + Span::hours(23)), tally.so_far(bo, now)],
            [2, 0]
        );
        assert_eq!(tally.so_far(kim, now + Span::hours(24)), 0);
        tally.count(kim, now + Span::hours(24));
        assert_eq!(tally.so_far(kim, now + Span::hours(25)), 1);
    }

    #[test]
    fn a_household_is_one_caller() {
        let of = |text: &str| network(text.parse().unwrap_or(IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED)));
        assert_eq!(of("2001:db8:1:1::1"), of("2001:db8:1:ff:2::2"));
        assert_ne!(of("2001:db8:1:1::1"), of("2001:db8:2:1::1"));
        assert_eq!(of("::ffff:192.0.2.7"), of("192.0.2.7"));
        assert_ne!(of("192.0.2.7"), of("192.0.2.8"));
    }
}
