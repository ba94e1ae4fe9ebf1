//! SAML 2.0: the identity provider's side for services that speak it.
//!
//! Owns our SAML name and addresses, what the registered services' metadata allow, the checks of a request in a visible
//! order, what an assertion says under each profile, and single log-out. Never believes anything that [`saml_core`] has not
//! verified, never sends anything to an address that is not in a service's metadata, and never knows a password or a code:
//! it hands a [`crate::login::Demand`] to the ceremony and answers its [`crate::login::Outcome`].
//!
//! ```text
//! GET/POST /saml/sso ─▶ decode ─▶ issuer's keys ─▶ verify ─▶ read ─▶ checks ─▶ Demand ─▶ ceremony ─▶ Outcome ─▶ Response
//!                          └──── page ────┴────────────┴────────┴─────┤                      └ refused ─▶ error Response
//!                                                                     └─ (address verified) ─▶ error Response
//! GET/POST /saml/slo ─▶ LogoutRequest  ─▶ our session ends ─▶ next service … ─▶ LogoutResponse
//!                       LogoutResponse ─▶ of the outstanding request only ──┘
//! ```

mod answer;
mod attributes;
mod checks;
mod context;
mod given;
mod http;
mod logout;
mod metadata;
mod name_id;
mod own;
mod sender;
mod services;
mod state;
mod status;
#[cfg(test)]
mod tests;

pub use http::{metadata_document, mount};
pub use own::Saml;
pub use sender::BackChannel;
pub use services::check;
