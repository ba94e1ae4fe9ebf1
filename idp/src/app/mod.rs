//! The roof: wires everything. Owns the order in which the house is opened and closed; never a rule, never a page.
//!
//! ```text
//! Settings ─▶ House::open (schema? mark? master key? parties? keys?) ─▶ Application::build (listeners) ─▶ run
//!                                                                        jobs ┄┄┄ SIGHUP: parties ┄┄┄ SIGTERM: drain
//! ```

mod gauges;
mod health;
mod house;
mod jobs;
mod keys;
mod listen;
mod manage;
mod reseal;
mod server;
mod shelf;
#[cfg(test)]
mod tests;
mod tls;

pub use health::{Health, health};
pub use house::{House, OpenError};
pub use keys::{ensure_cas, ensure_keys, load_keys, rotate_keys, withdraw_key};
pub use reseal::{Progress, begin_generation, reseal_some};
pub use server::Application;
