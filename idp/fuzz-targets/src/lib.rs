//! The bodies of the fuzz targets: each takes bytes of a stranger, gives them to a parser of the product, and says what must
//! hold of whatever comes out. `fuzz/` wraps each in the few lines that libFuzzer wants; `tests/corpora.rs` replays what the
//! fuzzer has collected, so that what was found once stays found. Owns no input: those lie in `fuzz/corpus/NAME`.
//!
//! A target that falls over does so by a panic: an assertion of its own, an overflow, an index out of bounds.
#![expect(
    clippy::expect_used,
    reason = "a target that cannot be set up has nothing to return to"
)]

mod browsers;
mod factors;
mod people;
mod relying;
mod saml;

/// A target: its name, which is also its folder's, and its body.
pub type Target = (&'static str, fn(&[u8]));

/// Every target.
pub const ALL: &[Target] = &[
    ("authn_request", saml::authn_request),
    ("redirect_query", saml::redirect_query),
    ("metadata", saml::metadata),
    ("soap", saml::soap),
    ("authorization_request", relying::authorization_request),
    ("token_request", relying::token_request),
    ("jwt", relying::jwt),
    ("assertion_claims", relying::assertion_claims),
    ("jwks", relying::jwks),
    ("cookies", browsers::cookies),
    ("sealed", browsers::sealed),
    ("form", browsers::form),
    ("forwarded_for", browsers::forwarded_for),
    ("languages", browsers::languages),
    ("people", people::people),
    ("passwords", people::passwords),
    ("pid_request", relying::pid_request),
    ("pskc", factors::pskc),
    ("passkey_creation", factors::passkey_creation),
    ("passkey_answer", factors::passkey_answer),
];

pub use factors::{CHALLENGE, PAGE, RELYING, passkey_seeds_are_genuine};
pub use saml::{SIGNED_QUERY, SIGNED_XML, signed_seeds_are_genuine};

/// Runs a target by its name.
///
/// # Panics
/// When there is none of that name, and whenever the target falls over: that is what it is for.
pub fn run(name: &str, data: &[u8]) {
    let (_, target) = ALL
        .iter()
        .find(|(known, _)| *known == name)
        .expect("a target of that name");
    target(data);
}

/// Text only, as a header or a form would be after its bytes were found to be UTF-8.
fn text(data: &[u8]) -> Option<&str> {
    std::str::from_utf8(data).ok()
}
