//! The first dam against a flood: how many answers one source may send to the log-in in a minute, asked before any hash or
//! database counter. Per node, in memory, of a fixed size; what is turned away here counts nowhere else. Never decides whose
//! turn it is: that is the waiting room's.

use std::net::IpAddr;

use crate::{
    config,
    domain::{
        circles::Circle,
        time::{Span, Time},
    },
    minute::{Minute, Table, rest},
    shed::{self, Cause},
};

/// Counters of the running minute. Two sources that meet in a slot share its count: with an even spread that happens only
/// when there are about as many sources as slots, which is a flood by itself.
#[derive(Debug)]
pub(super) struct Flood {
    limits: [u32; 3],
    total_limit: u32,
    table: Table,
    total: Minute,
}

/// Whose answers are counted how far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// By address alone: whoever shows something of a known device is not held to account for their neighbours.
    Address,
    /// The wider circles alone, for whoever turned out to be a stranger after all.
    Beyond,
    /// All of them.
    All,
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
            table: Table::new(settings.table_slots),
            total: Minute::default(),
        }
    }

    /// Counts one answer, the narrowest circle first: who floods from one address does not use up their neighbours' share.
    ///
    /// # Errors
    /// When to try again.
    pub(super) fn admit(&self, source: IpAddr, reach: Reach, now: Time) -> Result<(), Span> {
        // This machine's own programs, and a proxy on it that names nobody: there is nobody to tell apart.
        if source.is_loopback() {
            return Ok(());
        }
        let narrow = Circle::NARROWING.into_iter().zip(self.limits);
        for (circle, limit) in narrow.chain([(Circle::World, self.total_limit)]) {
            if reach.covers(circle) && self.count(circle, source, now) > limit {
                shed::note(cause(circle));
                return Err(rest(now));
            }
        }
        Ok(())
    }

    fn count(&self, circle: Circle, source: IpAddr, now: Time) -> u32 {
        match circle {
            Circle::World => self.total.count(now),
            Circle::Address | Circle::Network | Circle::Site => self.table.count((circle, circle.around(source)), now),
        }
    }
}

impl Reach {
    fn covers(self, circle: Circle) -> bool {
        match self {
            Self::All => true,
            Self::Address => circle == Circle::Address,
            Self::Beyond => circle != Circle::Address,
        }
    }
}

fn cause(circle: Circle) -> Cause {
    match circle {
        Circle::Address => Cause::FloodAddress,
        Circle::Network => Cause::FloodNetwork,
        Circle::Site => Cause::FloodSite,
        Circle::World => Cause::FloodWorld,
    }
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
            .filter(|source| flood.admit(source.parse().unwrap(), Reach::All, now).is_ok())
            .count()
    }

    #[test]
    fn one_address_has_its_share_and_no_more() {
        let (flood, now) = (flood(), Time::from_secs(600));
        assert_eq!(admitted(&flood, &["192.0.2.1"; 10], now), 3);
        assert_eq!(
            flood.admit("192.0.2.1".parse().unwrap(), Reach::All, now + Span::secs(20)),
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
    fn who_shows_a_device_is_not_held_to_account_for_their_neighbours() {
        let (flood, now) = (flood(), Time::from_secs(600));
        let world: Vec<String> = (1..=40).map(|net| format!("10.{net}.0.1")).collect();
        let world: Vec<&str> = world.iter().map(String::as_str).collect();
        assert_eq!(admitted(&flood, &world, now), 12, "everybody's share is used up");
        let known = "203.0.113.5".parse().unwrap();
        let heard = [(); 5].map(|()| flood.admit(known, Reach::Address, now).is_ok());
        assert_eq!(
            heard,
            [true, true, true, false, false],
            "its own share holds all the same"
        );
        assert!(
            flood.admit(known, Reach::Beyond, now).is_err(),
            "and one that turns out to be a stranger is counted as one"
        );
    }

    #[test]
    fn a_million_addresses_take_no_more_memory_than_ten_and_leave_the_honest_their_share() {
        let flood = Flood::new(&config::Flood::default());
        let (now, size) = (Time::from_secs(600), flood.table.size());
        let mut turned_away = 0_u32;
        for number in 0..1_000_000_u32 {
            // A walk through all of IPv4: neighbours are never asked one after the other.
            let source = std::net::Ipv4Addr::from_bits(number.wrapping_mul(2_654_435_761));
            turned_away += u32::from(flood.admit(source.into(), Reach::All, now).is_err());
        }
        assert_eq!(flood.table.size(), size);
        assert_eq!(size, 65_536 * 8, "half a megabyte");
        // 127.0.0.0/8 is among them, and is not counted.
        assert!(
            turned_away >= 390_000,
            "everybody together has 600,000 a minute: {turned_away}"
        );
        let honest = (0..200_u32).filter(|number| {
            let known = std::net::Ipv4Addr::from_bits(0xCB00_7100 | number);
            flood.admit(known.into(), Reach::Address, now).is_ok()
        });
        assert_eq!(
            honest.count(),
            200,
            "whoever shows a device still gets in from every address"
        );
    }
}
