//! The provider over HTTP, attack by attack: browsers, clients and thieves against a whole house.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod addresses;
mod assertions;
mod backchannel;
mod browser;
mod chain;
mod clients;
mod codes;
mod hosts;
mod log_out;
mod machines;
mod parties;
mod place;
mod refresh;
mod requests;
mod tax;
mod tokens;
mod unwritten;
