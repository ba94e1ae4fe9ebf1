//! The demo: invented people with known secrets. Owns who they are, how they are written down and how they are shown. Never
//! runs against a database that was not made as a demo, and never invents a number that could be a living person's.

pub mod cards;
pub mod cast;
pub mod crowd;
mod device;
pub mod generate;
pub mod identity;
pub mod officer_keys;
pub mod officers;
pub mod plan;
mod register;
pub mod seed;
pub mod show;
