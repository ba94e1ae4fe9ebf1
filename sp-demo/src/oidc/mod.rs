//! OpenID Connect by the `openidconnect` crate: authorization code with PKCE, checked to the last claim.
//!
//! ```text
//!  browser        service (us)                                 identity provider
//!     │ /borger/login │                                               │
//!     │──────────────▶│ login: state, nonce, PKCE kept under `state`  │
//!     │◀──────────────│ 303 …/authorize?…                             │
//!     │──────────────────────────────────────────────────────────────▶│ user-ID, password, code
//!     │◀──────────────────────────────────────────────────────────────│ …/callback?code&state&iss
//!     │──────────────▶│ callback: state → iss → code ────────────────▶│ token endpoint
//!     │               │ signature, iss, aud, exp, nonce, at_hash, acr │
//!     │◀──────────────│ 303 /borger/me                                │
//! ```
//!
//! It never takes a claim from a token that is not verified, and never puts a token in a log or a cookie.

pub mod backchannel;
pub mod callback;
pub mod login;
pub mod logout;
pub mod provider;
pub mod refresh;
pub mod types;

use std::time::Duration;

use chrono::{DateTime, Utc};
use openidconnect::{IssuerUrl, Nonce, RefreshToken};

use crate::memory::Shelf;
use crate::session::Wish;

/// What OIDC remembers between requests.
pub struct Desk {
    /// The identity provider's published addresses and keys.
    pub provider: provider::Cache,
    /// Log-ins under way, by `state`.
    under_way: Shelf<UnderWay>,
    /// Log-outs under way, by `state`; the value is the service.
    leaving: Shelf<String>,
    /// Log-out tokens that were used, by their `jti`.
    used: Shelf<()>,
}

impl Desk {
    /// A desk for the identity provider that calls itself `issuer`.
    pub fn new(issuer: &str) -> Result<Self, url::ParseError> {
        let quarter = Duration::from_secs(20 * 60);
        Ok(Self {
            provider: provider::Cache::new(IssuerUrl::new(issuer.to_owned())?),
            under_way: Shelf::new(10_000, quarter),
            leaving: Shelf::new(10_000, quarter),
            used: Shelf::new(10_000, quarter),
        })
    }
}

/// A log-in that the browser was sent away for.
#[derive(Clone)]
struct UnderWay {
    service: String,
    browser_key: String,
    nonce: Nonce,
    /// The secret half of PKCE.
    verifier: String,
    wish: Wish,
}

/// What a service keeps of a log-in's tokens.
#[derive(Clone)]
pub struct Tokens {
    /// The verified ID token: the hint for step-up and log-out.
    pub id_token: types::IdToken,
    /// Names this session in a back-channel log-out.
    pub sid: Option<String>,
    /// With `offline_access`: fetches fresh data without the person.
    pub refresh_token: Option<RefreshToken>,
    /// When it was last used.
    pub renewed_at: Option<DateTime<Utc>>,
}
