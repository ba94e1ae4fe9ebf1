//! The stories: what people, services and attackers do to the running programs, and what must come of it.
//! One test binary, so that it is linked once and shares one PostgreSQL.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod accessible;
mod apps;
mod asked;
mod both;
mod bulk;
mod cards;
mod certificates;
mod compose;
mod configuration;
mod consent;
mod crash;
mod database_gone;
mod delivery;
mod demo;
mod described;
mod directory;
mod factors;
mod faults;
mod first_use;
mod foreign;
mod hardware;
mod harness;
mod headless;
mod issuing;
mod log_in;
mod log_lines;
mod log_out;
mod machines;
mod metrics;
mod officers;
mod online_order;
mod oracle;
mod overload;
mod own_factors;
mod passkeys;
mod pictures;
mod pid_service;
mod print_run;
mod races;
mod real_browser;
mod reload;
#[cfg(feature = "samael")]
mod samael_provider;
mod self_service;
mod sessions;
mod sites;
mod stranger;
mod supply;
mod timing;
mod tokens;
mod told;
mod two_nodes;
mod voice;
