//! The circles that an address stands in, narrowest first: itself, its neighbourhood, its site. Owns how wide each is, so that
//! everything that counts by source counts alike. Never decides how much a circle may have.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// One of the circles around a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Circle {
    /// One IPv4 address; a /64 of IPv6, which one person holds whole.
    Address,
    /// IPv4 /24, IPv6 /56.
    Network,
    /// IPv4 /16, IPv6 /48.
    Site,
    /// Everybody.
    World,
}

impl Circle {
    /// Those that are told apart by address, narrowest first.
    pub const NARROWING: [Self; 3] = [Self::Address, Self::Network, Self::Site];

    /// The stable word for metrics and log lines.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Network => "network",
            Self::Site => "site",
            Self::World => "world",
        }
    }

    /// The circle of this width around `source`, named by its first address.
    #[must_use]
    pub fn around(self, source: IpAddr) -> IpAddr {
        match (source.to_canonical(), self) {
            (IpAddr::V4(_), Self::World) => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            (IpAddr::V6(_), Self::World) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
            (IpAddr::V4(v4), Self::Address) => IpAddr::V4(v4),
            (IpAddr::V4(v4), Self::Network) => IpAddr::V4(Ipv4Addr::from_bits(v4.to_bits() & (u32::MAX << 8))),
            (IpAddr::V4(v4), Self::Site) => IpAddr::V4(Ipv4Addr::from_bits(v4.to_bits() & (u32::MAX << 16))),
            (IpAddr::V6(v6), Self::Address) => IpAddr::V6(first(v6, 64)),
            (IpAddr::V6(v6), Self::Network) => IpAddr::V6(first(v6, 56)),
            (IpAddr::V6(v6), Self::Site) => IpAddr::V6(first(v6, 48)),
        }
    }
}

fn first(v6: Ipv6Addr, bits: u32) -> Ipv6Addr {
    Ipv6Addr::from_bits(v6.to_bits() & !(u128::MAX >> bits))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn circles_widen() {
        let around = |source: &str| {
            [Circle::Address, Circle::Network, Circle::Site, Circle::World]
                .map(|circle| circle.around(source.parse().unwrap()).to_string())
        };
        assert_eq!(
            around("198.51.100.7"),
            ["198.51.100.7", "198.51.100.0", "198.51.0.0", "0.0.0.0"]
        );
        assert_eq!(
            around("2001:db8:1:2ff:4:5:6:7"),
            ["2001:db8:1:2ff::", "2001:db8:1:200::", "2001:db8:1::", "::"]
        );
        assert_eq!(around("::ffff:198.51.100.7"), around("198.51.100.7"));
    }
}
