//! Officers at work, through the whole house.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod acts;
mod company;
mod desk;
mod facts;
mod orders;
mod place;
mod proofs;
mod queue;
