//! Round trips, the hostile corpus, and what the oracle `xmlsec1` says about what we write.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod bindings;
mod hostile;
mod keys;
mod messages;
mod properties;
mod responses;
mod wrapped;
