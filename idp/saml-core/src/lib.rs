//! The SAML 2.0 core that the identity provider and the demo services share: a strict XML reader, one signature policy,
//! typed messages, bindings, encryption and metadata.
//!
//! It owns what a SAML message *is* and when it may be believed. It never does I/O, never asks a clock (every check
//! takes `now`), never makes an identifier (the caller brings ≥ 128 random bits as an [`Id`]), and never follows
//! anything a document points to: no DTD, no file, no address, no key from `KeyInfo`. The only randomness is what
//! encryption draws inside the crypto library.
//!
//! Reading has one direction, and the types hold it:
//! ```text
//!   bytes ──binding──▶ Incoming ──verify(keys)──▶ Verified ──read──▶ AuthnRequest | LogoutRequest | LogoutResponse
//!                         │ claimed_issuer(): only good for finding the keys
//! ```
//! A service provider calls [`sp::check_response`], which does all of it.
//!
//! Writing goes through [`xml::Elem`] alone: no message is ever pasted together from strings.

pub mod authn_request;
pub mod context;
pub mod dsig;
pub mod enc;
#[doc(hidden)]
pub mod fuzzing;
mod id;
pub mod incoming;
pub mod key;
pub mod logout;
pub mod metadata;
pub mod name_id;
pub mod ns;
pub mod post;
mod read;
pub mod redirect;
pub mod response;
pub mod soap;
pub mod sp;
pub mod status;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
pub mod time;
pub mod xml;

pub use id::Id;
pub use incoming::{Incoming, Kind, Verified};
pub use read::{ReadError, VersionFault};
