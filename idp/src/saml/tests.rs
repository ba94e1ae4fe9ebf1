//! A service with a known key against a whole house: what it gets, what it is refused, and where nobody is ever sent.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod attacks;
mod endings;
mod furniture;
mod logouts;
mod place;
mod profiles;
mod requests;
mod soap;
