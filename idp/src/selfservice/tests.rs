//! People on their own pages, and everybody who has no business there.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod blocking;
mod cards;
mod doors;
mod notices;
mod pages;
mod passwords;
mod place;
mod sections;
mod user_ids;
