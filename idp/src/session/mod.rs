//! Sessions, whatever protocol opened them: participants, end, log-out.
//!
//! Owns when a session still counts, and what its end takes with it; when a machine's token counts. Never knows how a party is told: it leaves a letter in the
//! outbox for the sender of the party's protocol (kind `logout.oidc`, `logout.saml`).
//!
//! ```text
//! open ──(30 min unused)──▶ idle    ─┐
//!      ──(8 h)────────────▶ expired ─┤ grants end, except those that survive log-out
//!      ──(log-out)────────▶ ended   ─┘ and every other participant with a back channel is told
//!      ──(eID blocked)────▶ ended      every grant ends, offline ones too
//! ```

mod end;
mod machine;
mod onward;
#[cfg(test)]
mod tests;
mod usable;

pub use end::{Cause, Ended, LogoutLetter, dismiss, end, end_all_of_eid, leave};
pub use machine::{NotIn, machine};
pub use onward::Onward;
pub use usable::{Limits, is_usable};
