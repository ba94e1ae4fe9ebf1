//! Who stands at the back door: a client that has proven itself in the one way it is registered for.

use std::sync::Arc;

use super::house::Oidc;
use super::protocol::client::{Once, Presented, verify_assertion};
use super::protocol::{ErrorCode, Params, WireError};
use super::resume::sha256;
use crate::config::parties::{ClientAuth, OidcClient, Party};
use crate::ctx::Ctx;
use crate::storage::{Durability, Halt};
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
            .filter(|client| client.auth == presented.method())
            .ok_or(UNKNOWN)?;
        match &presented {
            Presented::Basic { secrets, .. } => self.secret(&client, secrets)?,
            Presented::Post { secret, .. } => self.secret(&client, std::slice::from_ref(secret))?,
            Presented::Assertion { token, .. } => self.assertion(ctx, &client, token).await?,
            Presented::Name { .. } => {}
        }
        Ok(Proven { party, client })
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
