//! Who stands at the back door: a client that has proven itself in the one way it is registered for.

use std::sync::Arc;

use super::house::Oidc;
use super::protocol::client::{Once, Presented, verify_assertion};
use super::protocol::{ErrorCode, Params, WireError};
use super::resume::sha256;
use crate::config::parties::{ClientAuth, OidcClient, Party};
use crate::ctx::Ctx;
use crate::storage::{Durability, Halt};
use crate::vault::client::{is_theirs, thumbprint};
use subtle::ConstantTimeEq;

/// Why a request at the back door was not answered as asked.
#[derive(Debug)]
pub(super) enum Stop {
    /// The client reads this.
    Wire(WireError),
    /// The store said no.
    Halt(Halt),
}

impl From<WireError> for Stop {
    fn from(error: WireError) -> Self {
        Self::Wire(error)
    }
}

impl From<Halt> for Stop {
    fn from(halt: Halt) -> Self {
        Self::Halt(halt)
    }
}

/// A client that has proven itself.
#[derive(Clone)]
pub(super) struct Proven {
    pub party: Arc<Party>,
    pub client: OidcClient,
    /// The certificate that it proved itself by, which its tokens are bound to (RFC 8705 §3).
    pub bound_to: Option<[u8; 32]>,
}

const UNKNOWN: WireError = WireError::new(ErrorCode::InvalidClient, "the client did not prove itself");

impl Oidc {
    /// The client behind a request. An unknown client, another way than registered and a wrong secret read alike.
    pub(super) async fn client(&self, ctx: &Ctx, authorization: Option<&str>, form: &Params) -> Result<Proven, Stop> {
        let presented = Presented::read(authorization, form)?;
        let found = self.parties.current().by_client(presented.id()).cloned();
        let party = found.ok_or(UNKNOWN)?;
        let client = party
            .oidc
            .clone()
            .filter(|client| client.auth == presented.method() || shows_itself(client, &presented))
            .ok_or(UNKNOWN)?;
        match &presented {
            Presented::Basic { secrets, .. } => self.secret(&client, secrets)?,
            Presented::Post { secret, .. } => self.secret(&client, std::slice::from_ref(secret))?,
            Presented::Assertion { token, .. } => self.assertion(ctx, &client, token).await?,
            Presented::Name { .. } => {}
        }
        let bound_to = if client.auth.by_certificate() {
            Some(certificate(ctx, &client)?)
        } else {
            None
        };
        Ok(Proven {
            party,
            client,
            bound_to,
        })
    }

    fn secret(&self, client: &OidcClient, secrets: &[String]) -> Result<(), WireError> {
        let Some(known) = client.secret_sha256 else {
            return Err(UNKNOWN);
        };
        let right = secrets.iter().any(|secret| bool::from(sha256(secret).ct_eq(&known)));
        if right { Ok(()) } else { Err(UNKNOWN) }
    }

    /// An assertion proves once: its id is burnt durably before anything is given for it, whatever comes of the request.
    async fn assertion(&self, ctx: &Ctx, client: &OidcClient, token: &str) -> Result<(), Stop> {
        let keys = client.jwks.as_ref().ok_or(UNKNOWN)?;
        let skew = self.numbers.skew;
        let Once { jti, until } = verify_assertion(token, &client.client_id, keys, self.audience(), skew, ctx.now)?;
        let (issuer, now) = (format!("client:{}", client.client_id), ctx.now);
        let fresh = self
            .store
            .transact("oidc.assertion", Durability::Full, move |tx| {
                tx.replays().take(&issuer, &jti, until, now)
            })
            .await?;
        if fresh { Ok(()) } else { Err(UNKNOWN.into()) }
    }
}

/// A client that proves itself by a certificate says nothing but its name.
fn shows_itself(client: &OidcClient, presented: &Presented) -> bool {
    client.auth.by_certificate() && matches!(presented, Presented::Name { .. })
}

/// The mark of the certificate that was shown, where it is the client's own.
fn certificate(ctx: &Ctx, client: &OidcClient) -> Result<[u8; 32], WireError> {
    let (shown, theirs) = ctx
        .caller
        .certificate
        .as_ref()
        .zip(client.certificate.as_ref())
        .ok_or(UNKNOWN)?;
    let mark = thumbprint(shown).filter(|_| is_theirs(shown, theirs, ctx.now));
    mark.ok_or(UNKNOWN)
}

impl Proven {
    /// A client that has proven more than its name.
    pub(super) fn confidential(self) -> Result<Self, WireError> {
        if self.client.auth == ClientAuth::None {
            Err(UNKNOWN)
        } else {
            Ok(self)
        }
    }
}
