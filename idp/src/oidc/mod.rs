//! OpenID Connect and OAuth 2.0.

pub mod protocol;
