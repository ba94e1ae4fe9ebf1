//! The stories: what people, services and attackers do to the running programs, and what must come of it.
//! One test binary, so that it is linked once and shares one PostgreSQL.
#![expect(clippy::unwrap_used, reason = "tests")]

mod harness;
mod supply;
