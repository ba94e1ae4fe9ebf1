//! The first dam against a flood: how many answers one source may send to the log-in in a minute, asked before any hash or
//! database counter. Per node, in memory, of a fixed size; what is turned away here counts nowhere else.

use std::{
    hash::{BuildHasher, RandomState},
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::atomic::{AtomicU64, Ordering},
};

use crate::{
    config,
    domain::time::{Span, Time},
};

/// Counters of the running minute. Two sources that meet in a slot share its count: with an even spread that happens only
/// when there are about as many sources as slots, which is a flood by itself.
#[derive(Debug)]
pub(super) struct Flood {
    limits: [u32; 3],
    total_limit: u32,
    hasher: RandomState,
    slots: Box<[AtomicU64]>,
    total: AtomicU64,
}

impl Flood {
    pub(super) fn new(settings: &config::Flood) -> Self {
        Self {
            limits: [
                settings.address_per_minute,
                settings.network_per_minute,
                settings.site_per_minute,
            ],
            total_limit: settings.total_per_minute,
            hasher: RandomState::new(),
            slots: (0..settings.table_slots.max(1)).map(|_| AtomicU64::new(0)).collect(),
            total: AtomicU64::new(0),
        }
    }

    /// Counts one answer, the narrowest circle first: who floods from one address does not use up their neighbours' share.
    ///
    /// # Errors
    /// When to try again.
    pub(super) fn admit(&self, source: IpAddr, now: Time) -> Result<(), Span> {
        // This machine's own programs, and a proxy on it that names nobody: there is nobody to tell apart.
        if source.is_loopback() {
            return Ok(());
        }
        let minute = u32::try_from(now.secs().div_euclid(60)).unwrap_or(0);
        let circles = circles(source).into_iter().enumerate().zip(self.limits);
        let fits = circles
            .map(|(circle, limit)| (self.slot(&circle), limit))
            .chain([(&self.total, self.total_limit)])
            .all(|(slot, limit)| count(slot, minute) <= limit);
        if fits {
            Ok(())
        } else {
            Err(Span::secs(60 - now.secs().rem_euclid(60)))
        }
    }

    fn slot(&self, circle: &(usize, IpAddr)) -> &AtomicU64 {
        let at = usize::try_from(self.hasher.hash_one(circle)).unwrap_or(0) % self.slots.len();
        self.slots.get(at).unwrap_or(&self.total)
    }
}

/// Address, neighbourhood, site: /32, /24, /16 of IPv4; /64, /56, /48 of IPv6, where one person holds a whole /64.
fn circles(source: IpAddr) -> [IpAddr; 3] {
    match source {
        IpAddr::V4(v4) => {
            [32, 24, 16].map(|bits| IpAddr::V4(Ipv4Addr::from_bits(v4.to_bits() & !(u32::MAX >> (bits - 1) >> 1))))
        }
        IpAddr::V6(v6) => [64, 56, 48].map(|bits| IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !(u128::MAX >> bits)))),
    }
}

/// One more in this minute; the upper half of the slot says which minute it counts.
fn count(slot: &AtomicU64, minute: u32) -> u32 {
    let next = |old: u64| {
        let same = u32::try_from(old >> 32).is_ok_and(|counted| counted == minute);
        let so_far = if same {
            u32::try_from(old & u64::from(u32::MAX)).unwrap_or(u32::MAX)
        } else {
            0
        };
        (u64::from(minute) << 32) | u64::from(so_far.saturating_add(1))
    };
    let old = slot
        .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |old| Some(next(old)))
        .unwrap_or(0);
    u32::try_from(next(old) & u64::from(u32::MAX)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn flood() -> Flood {
        Flood::new(&config::Flood {
            address_per_minute: 3,
            network_per_minute: 6,
            site_per_minute: 9,
            total_per_minute: 12,
            table_slots: 65_536,
        })
    }

    fn admitted(flood: &Flood, sources: &[&str], now: Time) -> usize {
        sources
            .iter()
            .filter(|source| flood.admit(source.parse().unwrap(), now).is_ok())
            .count()
    }

    #[test]
    fn one_address_has_its_share_and_no_more() {
        let (flood, now) = (flood(), Time::from_secs(600));
        assert_eq!(admitted(&flood, &["192.0.2.1"; 10], now), 3);
        assert_eq!(
            flood.admit("192.0.2.1".parse().unwrap(), now + Span::secs(20)),
            Err(Span::secs(40))
        );
        assert_eq!(
            admitted(&flood, &["192.0.2.2"; 2], now),
            2,
            "the neighbour's share is whole"
        );
        assert_eq!(
            admitted(&flood, &["192.0.2.1"; 3], now + Span::secs(60)),
            3,
            "a minute later"
        );
    }

    #[test]
    fn many_addresses_of_one_neighbourhood_share() {
        let (flood, now) = (flood(), Time::from_secs(600));
        let network: Vec<String> = (1..=20).map(|host| format!("2001:db8:0:1{host:02}::1")).collect();
        let network: Vec<&str> = network.iter().map(String::as_str).collect();
        assert_eq!(admitted(&flood, &network, now), 6);
        assert_eq!(
            admitted(&flood, &["2001:db8:0:1::1", "2001:db8:0:1::2"], now),
            2,
            "one /64 of another /56"
        );
    }

    #[test]
    fn everybody_together_has_a_limit_and_this_machine_none() {
        let (flood, now) = (flood(), Time::from_secs(600));
        let world: Vec<String> = (1..=40).map(|net| format!("10.{net}.0.1")).collect();
        let world: Vec<&str> = world.iter().map(String::as_str).collect();
        assert_eq!(admitted(&flood, &world, now), 12);
        assert_eq!(admitted(&flood, &["127.0.0.1"; 100], now), 100);
    }

    #[test]
    fn circles_widen() {
        let v4 = circles("198.51.100.7".parse().unwrap()).map(|circle| circle.to_string());
        assert_eq!(v4, ["198.51.100.7", "198.51.100.0", "198.51.0.0"]);
        let v6 = circles("2001:db8:1:2ff:4:5:6:7".parse().unwrap()).map(|circle| circle.to_string());
        assert_eq!(v6, ["2001:db8:1:2ff::", "2001:db8:1:200::", "2001:db8:1::"]);
    }
}
