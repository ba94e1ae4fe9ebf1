//! Certificates of public eIDs (M50, M52, M53): issued when an eID becomes public, renewed when the register has another name or the end
//! is near, revoked when they are no longer to count; the CAs that issue them, and what these tell the world. Owns the acts on a
//! certificate and everything in X.509. Never decides who may ask for an act, and never signs with a certificate's key.
//!
//! ```text
//! eID becomes public ─▶ issue ─▶ renew … ─▶ revoke ─▶ list (at most seconds later), OCSP (at once)
//! a root's operator lists the issuing CAs that no longer count ─▶ the house gives that list out, too
//! eID is blocked or closed ─▶ revoke      eID is opened, still public ─▶ another is issued
//! ```

mod act;
pub mod http;
mod keep;
mod key_ceremony;
mod list;
mod ocsp;
pub mod pem;
mod read;
mod root_list;
#[cfg(test)]
mod tests;
mod x509;

pub use act::{ending_round, follow, issue, issue_quietly, issuing_ca, renew, revoke, revoke_quietly, subject_of};
pub use keep::{POLICY, Wanted, ensure, install, load, request, take};
pub use key_ceremony::{Root, root, sign};
pub use list::{Lists, round};
pub use read::{issuer, subject};
pub use root_list::{CaReason, Published, make_root_list, publish_root_list};
pub use x509::CaName;
