//! Owns the codes of code tokens: HOTP (RFC 4226 §5.3) and TOTP (RFC 6238 §4) from a seed. Never says what a code is worth: it tells in
//! which window a typed one stands.

use std::ops::Range;

use ring::hmac;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::mac;
use crate::domain::otp::{Algorithm, Code, Found, Scheme, Windows};

/// The shortest seed: 128 bits (RFC 4226 §4, R6).
const SHORTEST: usize = 16;
/// The longest: a block of SHA-512.
const LONGEST: usize = 128;

/// What a token's codes are made from; sealed in its row and erased when its life is over.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Seed(Vec<u8>);

impl std::fmt::Debug for Seed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seed(…)")
    }
}

impl Seed {
    /// A seed of 128 to 1,024 bits; nothing for another length.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        (SHORTEST..=LONGEST)
            .contains(&bytes.len())
            .then(|| Self(bytes.to_vec()))
    }

    /// The bytes to seal.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

/// The digits that a token shows for one moving factor; for demo tokens and tests.
#[must_use]
pub fn shown(seed: &Seed, scheme: Scheme, at: u64) -> String {
    let digits = usize::from(scheme.digits);
    format!("{:0digits$}", number(&key(seed, scheme.algorithm), scheme.digits, at))
}

/// In which window the typed code stands. Every place of every window is looked at, whether it was found before or not.
#[must_use]
pub fn find(seed: &Seed, scheme: Scheme, windows: &Windows, typed: Code) -> Found {
    if typed.digits() != scheme.digits {
        return Found::Nowhere;
    }
    let key = key(seed, scheme.algorithm);
    let first = |window: &Range<u64>| {
        window.clone().fold(None, |found, at| {
            let here = number(&key, scheme.digits, at);
            let hit = mac::equal(&here.to_be_bytes(), &typed.number().to_be_bytes());
            found.or(hit.then_some(at))
        })
    };
    let (near, expected) = (first(&windows.near), first(&windows.expected));
    let (used, far) = (first(&windows.used), first(&windows.wide));
    near.map(Found::Near)
        .or(expected.map(Found::Expected))
        .or(used.map(|_| Found::Used))
        .or(far.map(Found::Far))
        .unwrap_or(Found::Nowhere)
}

fn key(seed: &Seed, algorithm: Algorithm) -> hmac::Key {
    let algorithm = match algorithm {
        Algorithm::Sha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        Algorithm::Sha256 => hmac::HMAC_SHA256,
        Algorithm::Sha512 => hmac::HMAC_SHA512,
    };
    hmac::Key::new(algorithm, &seed.0)
}

/// Dynamic truncation, then the last digits (RFC 4226 §5.3).
fn number(key: &hmac::Key, digits: u8, at: u64) -> u32 {
    let tag = hmac::sign(key, &at.to_be_bytes());
    let tag = tag.as_ref();
    let offset = usize::from(tag.last().copied().unwrap_or(0) & 0x0f);
    let four = tag.iter().skip(offset).take(4);
    let number = four.fold(0_u32, |number, byte| number << 8 | u32::from(*byte)) & 0x7fff_ffff;
    number % 10_u32.pow(u32::from(digits.min(9)))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::domain::otp::{Counter, Moves, windows};
    use crate::domain::time::Time;

    fn seed(text: &str, length: usize) -> Seed {
        let bytes: Vec<u8> = text.bytes().cycle().take(length).collect();
        Seed::from_bytes(&bytes).unwrap()
    }

    fn hotp() -> Scheme {
        Scheme {
            algorithm: Algorithm::Sha1,
            digits: 6,
            moves: Moves::ByPress,
        }
    }

    /// RFC 4226, appendix D.
    #[test]
    fn the_codes_of_rfc_4226() {
        let seed = seed("12345678901234567890", 20);
        let codes = [
            "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489",
        ];
        for (at, code) in (0..).zip(codes) {
            assert_eq!(shown(&seed, hotp(), at), code);
        }
    }

    /// RFC 6238, appendix B.
    #[test]
    fn the_codes_of_rfc_6238() {
        let text = "1234567890";
        let table = [
            (59, "94287082", "46119246", "90693936"),
            (1_111_111_109, "07081804", "68084774", "25091201"),
            (1_111_111_111, "14050471", "67062674", "99943326"),
            (1_234_567_890, "89005924", "91819424", "93441116"),
            (2_000_000_000, "69279037", "90698825", "38618901"),
            (20_000_000_000, "65353130", "77737706", "47863826"),
        ];
        let scheme = |algorithm| Scheme {
            algorithm,
            digits: 8,
            moves: Moves::ByTime { step: 30 },
        };
        for (second, sha1, sha256, sha512) in table {
            let at = second / 30;
            assert_eq!(shown(&seed(text, 20), scheme(Algorithm::Sha1), at), sha1);
            assert_eq!(shown(&seed(text, 32), scheme(Algorithm::Sha256), at), sha256);
            assert_eq!(shown(&seed(text, 64), scheme(Algorithm::Sha512), at), sha512);
        }
    }

    #[test]
    fn a_typed_code_is_found_where_it_stands() {
        let seed = seed("12345678901234567890", 20);
        let at = |next, shows| {
            let typed = Code::parse(&shown(&seed, hotp(), shows)).unwrap();
            let windows = windows(hotp(), &Counter::new(next), Time::from_secs(0));
            find(&seed, hotp(), &windows, typed)
        };
        assert_eq!(at(0, 3), Found::Near(3));
        assert_eq!(at(4, 3), Found::Used);
        assert_eq!(at(0, 50), Found::Far(50));
        assert_eq!(at(0, 200), Found::Nowhere);
        let eight = Code::parse("00755224").unwrap();
        let all = windows(hotp(), &Counter::new(0), Time::from_secs(0));
        assert_eq!(
            find(&seed, hotp(), &all, eight),
            Found::Nowhere,
            "another number of digits"
        );
    }

    #[test]
    fn short_seeds_are_refused_and_none_prints() {
        assert!(Seed::from_bytes(&[1; 15]).is_none() && Seed::from_bytes(&[1; 129]).is_none());
        assert_eq!(format!("{:?}", seed("x", 16)), "Seed(…)");
    }
}
