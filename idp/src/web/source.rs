//! Where a request comes from. Owns whom to believe about it; the Host and X-Forwarded-* headers never make an address of
//! ours, and only the configured proxies are believed about anything.

use std::net::{IpAddr, Ipv6Addr};

use ipnet::IpNet;

/// A request came over plain HTTP from somewhere that is neither this machine nor a named proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlainFromOutside;

/// The address behind the chain of proxies: `X-Forwarded-For` is read from right to left for as long as the one who wrote it
/// is trusted. A trusted peer that sends none is itself the source.
#[must_use]
pub fn of(peer: IpAddr, forwarded: &[&str], trusted: &[IpNet]) -> IpAddr {
    let mut source = canonical(peer);
    let mut chain = forwarded
        .iter()
        .rev()
        .flat_map(|header| header.rsplit(','))
        .map(str::trim);
    while is_trusted(source, trusted) {
        // What cannot be read was not written by a proxy of ours: the last one that we trust is the source.
        let Some(Some(address)) = chain.next().map(read) else {
            break;
        };
        source = canonical(address);
    }
    source
}

/// Passwords come in the clear only from this machine or from a named proxy.
///
/// # Errors
/// When the peer is neither.
pub fn plain_is_fine(peer: IpAddr, trusted: &[IpNet]) -> Result<(), PlainFromOutside> {
    let peer = canonical(peer);
    if peer.is_loopback() || is_trusted(peer, trusted) {
        Ok(())
    } else {
        Err(PlainFromOutside)
    }
}

/// Whether a peer is one of the named proxies.
pub(super) fn is_proxy(peer: IpAddr, trusted: &[IpNet]) -> bool {
    is_trusted(canonical(peer), trusted)
}

fn is_trusted(address: IpAddr, trusted: &[IpNet]) -> bool {
    trusted.iter().any(|network| network.contains(&address))
}

/// `::ffff:192.0.2.1` is 192.0.2.1.
fn canonical(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

/// With or without a port, IPv6 in brackets or not.
fn read(text: &str) -> Option<IpAddr> {
    let bracketed = || {
        text.strip_prefix('[')?
            .split(']')
            .next()?
            .parse::<Ipv6Addr>()
            .ok()
            .map(IpAddr::from)
    };
    let with_port = || text.parse::<std::net::SocketAddr>().ok().map(|socket| socket.ip());
    text.parse().ok().or_else(with_port).or_else(bracketed)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn right_to_left_as_long_as_the_writer_is_trusted() {
        let trusted: Vec<IpNet> = ["10.0.0.0/8", "fd00::/8"]
            .iter()
            .map(|net| net.parse().unwrap())
            .collect();
        let table: &[(&str, &[&str], &str)] = &[
            ("192.0.2.7", &[], "192.0.2.7"),
            ("192.0.2.7", &["198.51.100.1"], "192.0.2.7"),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("10.0.0.1", &["198.51.100.1"], "198.51.100.1"),
            ("10.0.0.1", &["6.6.6.6, 198.51.100.1"], "198.51.100.1"),
            ("10.0.0.1", &["6.6.6.6", "198.51.100.1, 10.0.0.2"], "198.51.100.1"),
            ("10.0.0.1", &["nonsense"], "10.0.0.1"),
            ("10.0.0.1", &["198.51.100.1, nonsense"], "10.0.0.1"),
            ("10.0.0.1", &["198.51.100.1:4711"], "198.51.100.1"),
            ("10.0.0.1", &["[2001:db8::1]:4711"], "2001:db8::1"),
            ("fd00::1", &["2001:db8::1"], "2001:db8::1"),
            ("::ffff:10.0.0.1", &["::ffff:198.51.100.1"], "198.51.100.1"),
        ];
        for (peer, forwarded, expected) in table {
            let source = of(peer.parse().unwrap(), forwarded, &trusted);
            assert_eq!(source, expected.parse::<IpAddr>().unwrap(), "{peer} {forwarded:?}");
        }
    }

    #[test]
    fn plain_http_is_for_this_machine_and_named_proxies() {
        let trusted: Vec<IpNet> = vec!["10.0.0.0/8".parse().unwrap()];
        for (peer, fine) in [
            ("127.0.0.1", true),
            ("::1", true),
            ("10.1.2.3", true),
            ("192.0.2.1", false),
        ] {
            assert_eq!(plain_is_fine(peer.parse().unwrap(), &trusted).is_ok(), fine, "{peer}");
        }
    }
}
