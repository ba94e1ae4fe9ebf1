//! What factors bring: files of makers of tokens, and what a browser sends of a passkey.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use idp::credentials::token::pskc::read;
use idp::vault::passkey::{Challenge, Key, Relying};
use idp::vault::transport::TransportKey;
use url::Url;

use crate::text;

/// What a browser brings of a new key, for [`CHALLENGE`] on [`PAGE`].
const CREATED: &str = include_str!("../../../fuzz/corpus/passkey_creation/good");
/// What it brings of that key's signature.
const SIGNED_ANSWER: &str = include_str!("../../../fuzz/corpus/passkey_answer/good");
/// What was asked.
pub const CHALLENGE: Challenge = [7; 32];
/// Where.
pub const PAGE: &str = "https://log-in.example.dk";

/// Who asks.
pub static RELYING: LazyLock<Relying> = LazyLock::new(|| {
    let page = Url::parse(PAGE).expect("an address");
    Relying::new("example.dk", "Nøgle", vec![page], None).expect("a relying party")
});
static KEYS: LazyLock<Vec<Key>> = LazyLock::new(|| {
    let came = RELYING.register(CHALLENGE, CREATED).expect("it is judged");
    vec![came.expect("the seed comes in").key]
});
/// RFC 6030 §6.1.
static PRE_SHARED: LazyLock<TransportKey> = LazyLock::new(|| {
    let key = [
        0x12, 0x34, 0x56, 0x78, 0x90, 0x12, 0x34, 0x56, 0x78, 0x90, 0x12, 0x34, 0x56, 0x78, 0x90, 0x12,
    ];
    TransportKey::from_bytes(&key).expect("128 bits")
});

/// A delivery of tokens, in the clear or under a key: each has a number of its own.
pub fn pskc(data: &[u8]) {
    for key in [None, Some(&*PRE_SHARED)] {
        if let Ok(delivered) = read(data, key) {
            let serials: BTreeSet<_> = delivered.iter().map(|token| token.serial.as_str()).collect();
            assert!(!delivered.is_empty() && serials.len() == delivered.len());
            assert!(serials.iter().all(|serial| (1..=40).contains(&serial.chars().count())));
        }
    }
}

/// A new key: what comes in is read again as it was, and never as known for hardware, since no maker is trusted here.
pub fn passkey_creation(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let Ok(Ok(came)) = RELYING.register(CHALLENGE, text) else {
        return;
    };
    assert!(!came.in_hardware);
    let bytes = came.key.bytes().expect("it is written");
    assert!(Key::from_bytes(&bytes).is_some_and(|again| again.mark() == came.key.mark()));
}

/// A signature: whatever holds was made by the one key that is known.
pub fn passkey_answer(data: &[u8]) {
    let Some(text) = text(data) else { return };
    if let Ok(Ok(shown)) = RELYING.verify(CHALLENGE, &KEYS, text) {
        assert_eq!(shown.which, 0);
    }
    let other = RELYING.verify([8; 32], &KEYS, text);
    assert!(!matches!(other, Ok(Ok(_))), "a signature for another question");
}

/// Whether the seeds hold: without them nothing deep is reached.
#[must_use]
pub fn passkey_seeds_are_genuine() -> bool {
    matches!(RELYING.verify(CHALLENGE, &KEYS, SIGNED_ANSWER), Ok(Ok(_)))
}
