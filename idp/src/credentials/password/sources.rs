//! How often one address was wrong about one eID: at most three times in eight hours in the strangers' lane (docs/design.md §4). A table
//! of fixed size in memory, per node: a million addresses cost no more than ten.

use std::hash::{BuildHasher, Hash, Hasher, RandomState};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};

use crate::domain::time::{Span, Time};
use crate::storage::LaneId;

const SLOTS: usize = 1 << 16;
const MOST: u8 = 3;

#[derive(Clone, Copy, Default)]
struct Slot {
    tag: u32,
    wrong: u8,
    since: i64,
}

/// Wrong tries per (source, eID).
pub struct Sources {
    hasher: RandomState,
    slots: Mutex<Box<[Slot]>>,
    window: Span,
}

impl Default for Sources {
    fn default() -> Sources {
        let slots = vec![Slot::default(); SLOTS].into_boxed_slice();
        Sources {
            hasher: RandomState::new(),
            slots: Mutex::new(slots),
            window: Span::hours(8),
        }
    }
}

impl Sources {
    /// The key of a source at a lane; `None` where the source is unknown. IPv6 counts by /56.
    #[must_use]
    pub fn key(&self, source: Option<IpAddr>, lane: LaneId) -> Option<u64> {
        let network = match source?.to_canonical() {
            IpAddr::V4(v4) => IpAddr::V4(v4),
            IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !((1 << 72) - 1))),
        };
        let mut hasher = self.hasher.build_hasher();
        network.hash(&mut hasher);
        format!("{lane:?}").hash(&mut hasher);
        Some(hasher.finish())
    }

    /// Whether the source has no try left there.
    #[must_use]
    pub fn is_exhausted(&self, key: u64, now: Time) -> bool {
        let slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = slots[index(key)];
        slot.tag == tag(key) && slot.wrong >= MOST && now < Time::from_micros(slot.since) + self.window
    }

    /// Counts a wrong try. Another source in the same slot is forgotten: the counters in the database still stand.
    pub fn count(&self, key: u64, now: Time) {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = &mut slots[index(key)];
        let lapsed = now >= Time::from_micros(slot.since) + self.window;
        if slot.tag != tag(key) || lapsed {
            *slot = Slot {
                tag: tag(key),
                wrong: 1,
                since: now.micros(),
            };
        } else {
            slot.wrong = slot.wrong.saturating_add(1);
        }
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
