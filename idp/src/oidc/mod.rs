//! OpenID Connect and OAuth 2.0: what a service asks over HTTP and what it is told.
//!
//! Owns requests, codes, tokens, userinfo, log-out asked for by a service, and telling services of a log-out. Never asks a
//! person anything (that is the ceremony's, reached through a `Demand`) and never keeps a code or token readable.
//!
//! ```text
//! authorize ─▶ rules ─▶ Demand ─▶ [ceremony] ─▶ finish: grant ─▶ answer: code
//! token ─▶ client ─┬ code, once ──▶ access token · ID token · refresh token
//!                  ├ refresh ─────▶ the same with the family's next token; an old one ends the family
//!                  └ client ──────▶ access token
//! logout ─▶ session ends ─┬─▶ letters ─▶ backchannel
//!                         └─▶ onward, by the browser, to another protocol's services
//! ```

mod backchannel;
mod client;
mod exchange;
mod house;
mod http;
mod issue;
mod logout;
mod lookup;
pub mod protocol;
mod refresh;
mod resume;
#[cfg(test)]
mod tests;

pub use backchannel::LogoutSender;
pub use house::{Numbers, Oidc};
pub use http::{Documents, mount};
