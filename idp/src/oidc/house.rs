//! What the slice works with: made once by `app`, shared by every request.

use crate::config::Settings;
use crate::config::parties::SharedParties;
use crate::domain::time::Span;
use crate::session::Limits;
use crate::storage::Store;
use crate::vault::Vault;

use super::protocol::client::Audience;
use super::protocol::discovery::path;

/// How long things live.
#[derive(Debug, Clone, Copy)]
pub struct Numbers {
    /// An authorization code.
    pub code: Span,
    /// An ID token.
    pub id_token: Span,
    /// An opaque access token.
    pub access: Span,
    /// A JWT access token.
    pub jwt_access: Span,
    /// A refresh family without use.
    pub refresh_idle: Span,
    /// A refresh family.
    pub refresh: Span,
    /// A repeated refresh gets the same answer within this time.
    pub grace: Span,
    /// Clients' clocks may differ by this much.
    pub skew: Span,
    /// Sessions, whose end ends what they gave.
    pub session: Limits,
}

impl Numbers {
    /// As configured.
    #[must_use]
    pub fn of(settings: &Settings) -> Self {
        let (oidc, session) = (&settings.oidc, &settings.session);
        Self {
            code: oidc.code_seconds.span(),
            id_token: oidc.id_token_minutes.span(),
            access: oidc.access_token_minutes.span(),
            jwt_access: oidc.jwt_access_token_minutes.span(),
            refresh_idle: oidc.refresh_idle_days.span(),
            refresh: oidc.refresh_days.span(),
            grace: oidc.refresh_grace_seconds.span(),
            skew: oidc.skew_minutes.span(),
            session: Limits {
                idle: session.idle_minutes.span(),
                absolute: session.absolute_hours.span(),
            },
        }
    }
}

/// The provider.
#[derive(Clone)]
pub struct Oidc {
    /// The memory.
    pub store: Store,
    /// The safe.
    pub vault: Vault,
    /// Who may ask.
    pub parties: SharedParties,
    /// Our name: the configured public address and nothing that a request says.
    pub issuer: String,
    /// How long things live.
    pub numbers: Numbers,
    /// Clients can show certificates: TLS here asks for them, or the proxy passes them on.
    pub certificates: bool,
    token_endpoint: String,
}

impl Oidc {
    /// A provider under the configured address.
    #[must_use]
    pub fn new(store: Store, vault: Vault, parties: SharedParties, settings: &Settings) -> Self {
        let issuer = settings.server.public_url.as_str().to_owned();
        let token_endpoint = format!("{issuer}{}", path::TOKEN);
        // TLS in the process asks for one only where a party's file did at the start.
        let server = &settings.server;
        let asked = parties.current().iter().any(|party| party.shows_certificates());
        let certificates = server.client_certificate_header.is_some() || (server.tls.certificate.is_some() && asked);
        Self {
            store,
            vault,
            parties,
            issuer,
            numbers: Numbers::of(settings),
            certificates,
            token_endpoint,
        }
    }

    /// Whom clients address their assertions to.
    #[must_use]
    pub fn audience(&self) -> Audience<'_> {
        Audience {
            issuer: &self.issuer,
            token_endpoint: &self.token_endpoint,
        }
    }
}
