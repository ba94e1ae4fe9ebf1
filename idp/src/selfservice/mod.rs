//! Our own pages for the person whose eID it is: what is stored, what has happened, where they are logged in, and what they may
//! change or stop (M02, M12, M13, M55, M60–M62).
//!
//! Owns who may stand before these pages and which proof each act asks for, and the acts themselves: one module a section, one page
//! module of the same name in `http`. Never asks for user-ID, password or code by itself: the log-in does, for the built-in party
//! `own` ([`Own`] is how it answers here). Never speaks to a service: what ends is told by the session slice.
//!
//! ```text
//! page ─▶ account: session of group "own", re-read ─┬─ good enough ─▶ section ─▶ act: one transaction, eID held as it was read
//!                                                    └─ none, too low, too old ─▶ login::begin ─▶ (user-ID, password, code) ─▶ page
//! ```

mod account;
mod approval;
mod apps;
mod block;
mod cards;
mod certificate;
mod close;
mod consents;
mod contact;
mod data;
mod extend;
mod history;
pub mod http;
mod overview;
mod own;
mod passkeys;
mod password;
mod public;
mod sessions;
mod shown;
#[cfg(test)]
mod tests;
mod tokens;
mod user_id;
mod voice;

pub use own::Own;
