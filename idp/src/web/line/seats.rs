//! How many connections one source has at a time. A table of fixed size: two sources that meet in a slot share its number.

use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use ipnet::IpNet;

use crate::domain::circles::Circle;
use crate::shed::{self, Cause};

const SLOTS: usize = 1 << 14;

/// The table.
#[derive(Debug)]
pub struct Seats {
    most: u32,
    trusted: Vec<IpNet>,
    hasher: RandomState,
    slots: Box<[AtomicU32]>,
}

/// A connection's place; given back when it is dropped.
#[derive(Debug)]
pub struct Seat {
    table: Arc<Seats>,
    at: Option<usize>,
}

impl Seats {
    /// `most` for one source, 0 for any number. A named proxy speaks for many and has as many as it wants.
    #[must_use]
    pub fn new(most: u32, trusted: &[IpNet]) -> Self {
        Self {
            most,
            trusted: trusted.to_vec(),
            hasher: RandomState::new(),
            slots: (0..SLOTS).map(|_| AtomicU32::new(0)).collect(),
        }
    }

    /// A seat for a connection from `peer`, or nothing when it has as many as it may.
    #[must_use]
    pub fn take(self: &Arc<Self>, peer: Option<IpAddr>) -> Option<Seat> {
        let at = peer.and_then(|peer| self.counted(peer));
        let seat = Seat {
            table: Arc::clone(self),
            at,
        };
        metrics::gauge!("idp_connections").increment(1.0);
        let taken = seat.slot().map(|slot| slot.fetch_add(1, Ordering::Relaxed) + 1);
        if taken.is_some_and(|taken| taken > self.most) {
            shed::note(Cause::ConnectionsOfSource);
            return None;
        }
        Some(seat)
    }

    /// The slot of a source that is counted.
    fn counted(&self, peer: IpAddr) -> Option<usize> {
        let peer = peer.to_canonical();
        let free = self.most == 0 || peer.is_loopback() || self.trusted.iter().any(|net| net.contains(&peer));
        let hash = || self.hasher.hash_one(Circle::Address.around(peer));
        (!free).then(|| usize::try_from(hash()).unwrap_or(0) % SLOTS)
    }
}

impl Seat {
    fn slot(&self) -> Option<&AtomicU32> {
        self.at.and_then(|at| self.table.slots.get(at))
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        metrics::gauge!("idp_connections").decrement(1.0);
        if let Some(slot) = self.slot() {
            slot.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn one_source_has_so_many_and_gets_them_back() {
        let seats = Arc::new(Seats::new(3, &["10.0.0.0/8".parse().unwrap()]));
        let from = |text: &str| Some(text.parse().unwrap());
        let mut taken: Vec<_> = (0..3).map(|_| seats.take(from("192.0.2.1")).unwrap()).collect();
        assert!(seats.take(from("192.0.2.1")).is_none());
        assert!(
            seats.take(from("::ffff:192.0.2.1")).is_none(),
            "the same address in other clothes"
        );
        assert!(seats.take(from("198.51.100.1")).is_some(), "another has its own");
        taken.pop();
        assert!(
            seats.take(from("192.0.2.1")).is_some(),
            "and the refused ones took none"
        );
        let proxies: Vec<_> = (0..100).map(|_| seats.take(from("10.1.2.3")).unwrap()).collect();
        assert_eq!(proxies.len(), 100);
        let v6: Vec<_> = (0..3)
            .map(|n| seats.take(from(&format!("2001:db8::{n}"))).unwrap())
            .collect();
        assert!(seats.take(from("2001:db8::ffff")).is_none(), "a /64 is one source");
        drop(v6);
        assert!(Arc::new(Seats::new(0, &[])).take(from("192.0.2.1")).is_some());
    }
}
