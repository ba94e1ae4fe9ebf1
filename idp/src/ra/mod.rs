//! Officers' work (M23, M24, M36, M60–M62): the JSON API that registration authorities (RAs) and the support desk call.
//!
//! Owns who calls (the RA's machine by its access token; the officer by an assertion that the RA signs for one call), limits, answers
//! that are given once, and that every call stands in the audit trail with RA, officer, role and reason. Never believes a header that
//! nobody signed, never shows a password, a code or a seed, and never lets anybody act in their own case.
//!
//! ```text
//! access token ─▶ RA ─▶ limits ─▶ officer's assertion, burnt ─▶ role ─┬─▶ [ act · event · answer kept ] one transaction
//!                                                                     └─▶ refused: [ event ]
//! ```

mod ask;
mod ask_person;
mod assertion;
mod call;
mod collect;
mod company;
mod desk;
mod facts;
mod given;
pub mod http;
mod lift;
mod limits;
mod myself;
mod order;
mod people;
mod pid;
mod queue;
mod stop;
#[cfg(test)]
mod tests;
mod wanted;
mod widen;

pub use desk::Desk;
