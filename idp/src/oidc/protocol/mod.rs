//! What OpenID Connect and OAuth say, as values: requests parsed once into types that cannot be wrong, each rule a small
//! named check in a visible list, one table of wire errors, the shapes of tokens and documents. No database, no clock, no
//! actix here.

pub mod answer;
pub mod claims;
pub mod client;
pub mod discovery;
pub mod error;
pub mod params;
pub mod request;
mod rules;
pub mod scope;
#[cfg(test)]
mod tests;

pub use answer::{Answer, Mode};
pub use error::{ErrorCode, WireError};
pub use params::Params;
pub use request::{AuthorizationRequest, House, Refused};
pub use scope::Scope;
