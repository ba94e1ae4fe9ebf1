//! Officers at work, through the whole house.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod acts;
mod place;
mod proofs;
