//! The certificate that a caller showed: in the TLS that ends in this process or, behind a named proxy, in the header that the operator named.
//! Owns whom to believe about it. Never says whose it is, nor whether it counts.

use actix_web::dev::ServiceRequest;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

use super::{Site, once, source};
use crate::ctx::Shown;

/// No certificate of a machine is larger, with those that come along: it is kept as long as the connection.
const MOST: usize = 16_384;

const BEGIN: &[u8] = b"-----BEGIN ";

/// What was shown when a connection was made.
#[derive(Clone, Debug)]
pub struct OfConnection(Shown);

impl OfConnection {
    /// What came in the handshake, own certificate first; nothing of what is larger than any machine's.
    #[must_use]
    pub fn new(chain: Vec<Vec<u8>>) -> Option<Self> {
        let small = chain.iter().map(Vec::len).sum::<usize>() <= MOST;
        small.then(|| Self(Shown::new(chain)))
    }
}

/// A proxy speaks for those behind it, and its own certificate is nobody's; from anybody else the header is text like any other.
pub(super) fn shown(site: &Site, request: &ServiceRequest) -> Option<Shown> {
    let peer = request.peer_addr().map(|peer| peer.ip());
    if peer.is_some_and(|peer| source::is_proxy(peer, site.trusted())) {
        return read(once(request.headers(), site.certificate_header()?)?);
    }
    request.conn_data::<OfConnection>().map(|found| found.0.clone())
}

/// `:base64:` (RFC 9440), or PEM with its line ends and signs escaped, as in an address; one alone: of two that a hop has joined the first may
/// be the stranger's.
fn read(text: &str) -> Option<Shown> {
    let text = text.trim();
    let der = match text.strip_prefix(':') {
        Some(rest) => STANDARD.decode(rest.strip_suffix(':')?).ok()?,
        None => {
            let pem = unescaped(text)?;
            let begins = pem.windows(BEGIN.len()).filter(|part| *part == BEGIN).count();
            if begins != 1 || pem.contains(&b',') {
                return None;
            }
            CertificateDer::from_pem_slice(&pem).ok()?.to_vec()
        }
    };
    (!der.is_empty() && der.len() <= MOST).then(|| Shown::new(vec![der]))
}

/// RFC 3986 §2.1; a plus is a plus.
fn unescaped(text: &str) -> Option<Vec<u8>> {
    let (mut bytes, mut rest) = (Vec::with_capacity(text.len()), text.as_bytes());
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let (pair, after) = rest.split_at_checked(2)?;
        bytes.push(u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?);
        rest = after;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn a_connection_keeps_no_more_than_a_machine_shows() {
        assert!(OfConnection::new(vec![vec![7; MOST / 2], vec![7; MOST / 2]]).is_some());
        assert!(OfConnection::new(vec![vec![7; MOST / 2], vec![7; MOST / 2 + 1]]).is_none());
    }

    #[test]
    fn two_forms_are_read_and_nothing_else() {
        let der = vec![0x30, 0x82, 0x01, 0xfb, 0xef, 0xbe, 0x01];
        let base64 = STANDARD.encode(&der);
        assert!(base64.contains('+'), "{base64}");
        let pem = format!("-----BEGIN CERTIFICATE-----\n{base64}\n-----END CERTIFICATE-----\n");
        let escaped = pem.replace('\n', "%0A").replace(' ', "%20");
        let all = escaped.replace('+', "%2B").replace('=', "%3d");
        for text in [format!(":{base64}:"), escaped, all] {
            assert_eq!(read(&text).unwrap().chain().unwrap().0, der, "{text}");
        }
        let large = format!(":{}:", STANDARD.encode(vec![7; MOST + 1]));
        let one = pem.replace('\n', "%0A").replace(' ', "%20");
        for joined in [
            format!("{one}, {one}"),
            format!("{one},{one}"),
            format!("{one}%2C{one}"),
            format!("{one}{one}"),
            format!("{one},"),
            format!("x,{one}"),
            format!(":{base64}:, :{base64}:"),
            format!("{one}, :{base64}:"),
        ] {
            assert!(read(&joined).is_none(), "{joined}");
        }
        for text in [
            "",
            ":",
            "::",
            &format!(":{base64}"),
            &base64,
            "%",
            "%zz",
            "%4",
            "-----BEGIN%20CERTIFICATE-----",
            &large,
        ] {
            assert!(read(text).is_none(), "{text}");
        }
    }
}
