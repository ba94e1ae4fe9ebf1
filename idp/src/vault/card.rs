//! Owns the derivation of a key card from its 256-bit secret: 148 indices of four digits, unique and ascending, and a
//! six-digit code for each. Codes are stored nowhere; only printing asks for all of them.
//!
//! Scheme 1, all HMAC-SHA-256 under the secret:
//! * indices: blocks of `"nogle card index" ‖ scheme ‖ u32 counter`, read as big-endian u16; values from 60,000 up are
//!   thrown away (they would favour small indices), the rest is taken modulo 10,000, repeats are skipped, the first
//!   148 are sorted.
//! * code at position p: blocks of `"nogle card code" ‖ scheme ‖ p ‖ u8 attempt`, the first big-endian u32 below
//!   4,294,000,000, modulo 1,000,000.

use ring::hmac;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::mac;
use crate::domain::keycard::{Code, ENTRIES, Index, Position};
use crate::entropy::Entropy;

/// The scheme that new cards get.
pub const SCHEME: u8 = 1;

const INDEX_ZONE: u16 = 60_000;
const INDICES: u16 = Index::COUNT;
const CODE_ZONE: u32 = 4_294_000_000;
const CODES: u32 = Code::COUNT;

/// What a whole card is derived from; sealed in the card's row and erased when the card closes.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct CardSecret([u8; 32]);

impl std::fmt::Debug for CardSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CardSecret(…)")
    }
}

impl CardSecret {
    /// A new card's secret.
    #[must_use]
    pub fn generate(rng: &Entropy) -> Self {
        Self(rng.bytes())
    }

    /// A stored secret; nothing for another length than 32 bytes.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The bytes to seal.
    #[must_use]
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    fn key(&self) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, &self.0)
    }
}

/// Everything that is printed on a card, by position.
#[derive(Clone)]
pub struct Entries {
    /// The indices, ascending.
    pub index: [Index; ENTRIES],
    /// The code beside each.
    pub code: [Code; ENTRIES],
}

/// All entries of a card; for printing.
#[must_use]
pub fn entries(secret: &CardSecret, scheme: u8) -> Entries {
    let key = secret.key();
    let numbers = indices(&key, scheme);
    Entries {
        index: numbers.map(index),
        code: std::array::from_fn(|position| as_code(code(&key, scheme, position as u8))),
    }
}

/// The index printed at `position`.
#[must_use]
pub fn index_at(secret: &CardSecret, scheme: u8, position: Position) -> Index {
    index(indices(&secret.key(), scheme)[usize::from(position.get())])
}

/// Where `index` is printed, if it is on the card.
#[must_use]
pub fn position_of(secret: &CardSecret, scheme: u8, index: Index) -> Option<Position> {
    let found = indices(&secret.key(), scheme).binary_search(&index.get()).ok()?;
    u8::try_from(found).ok().and_then(Position::new)
}

/// Whether `typed` is the code at `position`, in constant time.
#[must_use]
pub fn matches(secret: &CardSecret, scheme: u8, position: Position, typed: &Code) -> bool {
    let right = code(&secret.key(), scheme, position.get());
    mac::equal(&right.to_be_bytes(), &typed.get().to_be_bytes())
}

/// Every number here was taken modulo the type's own bound.
fn index(number: u16) -> Index {
    Index::new(number).unwrap_or_else(|| std::process::abort())
}

fn as_code(number: u32) -> Code {
    Code::new(number).unwrap_or_else(|| std::process::abort())
}

fn indices(key: &hmac::Key, scheme: u8) -> [u16; ENTRIES] {
    let mut seen = [false; INDICES as usize];
    let mut drawn = [0; ENTRIES];
    let mut count = 0;
    for counter in 0u32.. {
        let block = block(key, b"nogle card index", &[&[scheme], &counter.to_be_bytes()]);
        for pair in block.as_ref().chunks_exact(2) {
            let number = u16::from_be_bytes([pair[0], pair[1]]);
            let index = number % INDICES;
            if number >= INDEX_ZONE || std::mem::replace(&mut seen[usize::from(index)], true) {
                continue;
            }
            drawn[count] = index;
            count += 1;
            if count == ENTRIES {
                drawn.sort_unstable();
                return drawn;
            }
        }
    }
    drawn
}

fn code(key: &hmac::Key, scheme: u8, position: u8) -> u32 {
    for attempt in 0u8..=u8::MAX {
        let block = block(key, b"nogle card code", &[&[scheme, position, attempt]]);
        for four in block.as_ref().chunks_exact(4) {
            let number = u32::from_be_bytes([four[0], four[1], four[2], four[3]]);
            if number < CODE_ZONE {
                return number % CODES;
            }
        }
    }
    // 2,048 rejections in a row happen once in 10^7500 cards.
    0
}

fn block(key: &hmac::Key, domain: &[u8], parts: &[&[u8]]) -> hmac::Tag {
    let mut context = hmac::Context::with_key(key);
    context.update(domain);
    for part in parts {
        context.update(part);
    }
    context.sign()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn indices_are_unique_and_ascending_and_found_again(secret: [u8; 32], wrong in 1u32..1_000_000) {
            let secret = CardSecret(secret);
            let card = entries(&secret, SCHEME);
            for pair in card.index.windows(2) {
                prop_assert!(pair[0].get() < pair[1].get());
            }
            prop_assert!(card.index[ENTRIES - 1].get() < 10_000);
            for place in [0u8, 1, 77, 147] {
                let position = Position::new(place).unwrap();
                let at = usize::from(place);
                prop_assert_eq!(index_at(&secret, SCHEME, position), card.index[at]);
                prop_assert_eq!(position_of(&secret, SCHEME, card.index[at]), Some(position));
                prop_assert!(matches(&secret, SCHEME, position, &card.code[at]));
                let other = as_code((card.code[at].get() + wrong) % 1_000_000);
                prop_assert!(!matches(&secret, SCHEME, position, &other));
            }
        }

        #[test]
        fn another_secret_or_scheme_is_another_card(one: [u8; 32], two: [u8; 32]) {
            prop_assume!(one != two);
            let codes = |secret, scheme| entries(&CardSecret(secret), scheme).code.map(|code| code.get());
            prop_assert_ne!(codes(one, 1), codes(two, 1));
            prop_assert_ne!(codes(one, 1), codes(one, 2));
        }
    }

    #[test]
    fn an_index_that_is_not_printed_is_nowhere() {
        let secret = CardSecret([7; 32]);
        let printed = entries(&secret, SCHEME).index.map(|index| index.get());
        for number in 0..10_000 {
            let found = position_of(&secret, SCHEME, index(number));
            assert_eq!(found.is_some(), printed.contains(&number));
        }
    }

    /// Printed cards live for years: the derivation must never change. Computed apart, with Python's hmac.
    #[test]
    fn known_answers() {
        let secret = CardSecret(std::array::from_fn(|at| at as u8));
        let card = entries(&secret, SCHEME);
        assert_eq!(
            card.index[..4].iter().map(|index| index.get()).collect::<Vec<_>>(),
            KNOWN_INDEX
        );
        assert_eq!(
            card.code[..4].iter().map(|code| code.get()).collect::<Vec<_>>(),
            KNOWN_CODE
        );
    }

    const KNOWN_INDEX: [u16; 4] = [22, 116, 157, 246];
    const KNOWN_CODE: [u32; 4] = [89989, 716881, 690995, 210648];
}
