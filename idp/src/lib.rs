//! The identity provider: the law (`domain`), the safe (`vault`), the memory (`storage`), the acts (the slices) and the
//! mouth (`web`). ARCHITECTURE.md draws which may know which; `tests/architecture.rs` holds the code to it.

pub mod app;
pub mod audit;
pub mod certificates;
pub mod cli;
pub mod clock;
pub mod config;
pub mod credentials;
pub mod ctx;
pub mod delivery;
pub mod demo;
pub mod directory;
pub mod domain;
pub mod entropy;
pub mod fault;
pub mod files;
pub mod firstuse;
#[doc(hidden)]
pub mod fuzzing;
pub mod help;
pub mod hex;
pub mod issuing;
pub mod jobs;
pub mod letters;
pub mod login;
pub mod minute;
pub mod oidc;
pub mod outbox;
pub mod pid;
pub mod ra;
pub mod registers;
pub mod saml;
pub mod selfservice;
pub mod session;
pub mod shed;
pub mod sheet;
pub mod storage;
pub mod tally;
pub mod telemetry;
#[cfg(test)]
#[expect(clippy::expect_used, reason = "tests")]
pub(crate) mod testing;
pub mod texts;
pub mod vault;
pub mod web;
pub mod work;
