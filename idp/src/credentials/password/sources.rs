//! How often one address was wrong about one eID: at most three times in eight hours in the strangers' lane (docs/design.md §4), per node.

use std::net::IpAddr;

use crate::domain::time::{Span, Time};
use crate::storage::LaneId;
use crate::tally::{Tally, network};

const MOST: u32 = 3;

/// Wrong tries per (source, eID).
pub struct Sources(Tally);

impl Default for Sources {
    fn default() -> Sources {
        Sources(Tally::new(Span::hours(8)))
    }
}

impl Sources {
    /// The key of a source at a lane; `None` where the source is unknown. IPv6 counts by /56.
    #[must_use]
    pub fn key(&self, source: Option<IpAddr>, lane: LaneId) -> Option<u64> {
        let network = network(source?);
        Some(self.0.key((network, format!("{lane:?}"))))
    }

    /// Whether the source has no try left there.
    #[must_use]
    pub fn is_exhausted(&self, key: u64, now: Time) -> bool {
        self.0.so_far(key, now) >= MOST
    }

    /// Counts a wrong try. Another source in the same slot is forgotten: the counters in the database still stand.
    pub fn count(&self, key: u64, now: Time) {
        self.0.count(key, now);
    }
}
