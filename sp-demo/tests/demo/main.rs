//! The demo services against an identity provider that answers rightly and wrongly: only the right answer opens a session.

mod oidc;
mod oidc_after;
mod saml;
mod saml_logout;
mod world;
