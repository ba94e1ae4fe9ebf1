//! The demo services against an identity provider that answers rightly and wrongly: only the right answer opens a session.

mod oidc;
mod saml;
mod world;
