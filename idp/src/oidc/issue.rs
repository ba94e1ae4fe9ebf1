//! What a grant gives: an access token written down in the transaction, and, after the commit, signatures and the answer.

use serde::Serialize;

use super::client::Proven;
use super::house::Oidc;
use super::protocol::Scope;
use super::protocol::claims::{AccessClaims, IdToken, acr, amr, at_hash, confirmation};
use super::resume::{Detail, sha256};
use crate::config::parties::{AccessToken as Form, IdTokenAlg, OidcClient};
use crate::ctx::Ctx;
use crate::domain::id::GrantId;
use crate::domain::time::Span;
use crate::fault::Fault;
use crate::login::Released;
use crate::storage::{AccessToken, Grant, Halt, Tx};
use crate::vault::VaultError;
use crate::vault::signing::{Alg, TYP_JWT};

/// The type of our JWT access tokens (RFC 9068 §2.1).
pub(super) const TYP_ACCESS: &str = "at+jwt";

/// What was given, before it is signed.
pub(super) struct Given {
    access: Access,
    lives: Span,
    scope: String,
    refresh: Option<String>,
    id: Option<Box<IdFacts>>,
}

enum Access {
    Opaque(String),
    Jwt(Box<AccessClaims>),
}

struct IdFacts {
    detail: Detail,
    sid: String,
    released: Released,
    nonce: Option<String>,
}

/// What tokens are given on.
pub(super) struct Basis<'a> {
    pub grant: &'a Grant,
    pub detail: Detail,
    pub released: Released,
    /// The scope of this access token; a refresh may narrow it.
    pub scope: Scope,
    /// The refresh token, where one is given.
    pub refresh: Option<String>,
    /// The nonce goes into the first ID token only.
    pub first: bool,
}

/// The token endpoint's answer (RFC 6749 §5.1).
#[derive(Serialize)]
pub(super) struct TokenAnswer {
    access_token: String,
    token_type: &'static str,
    expires_in: i64,
    scope: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
}

/// How a client's tokens are signed.
pub(super) fn alg_of(client: &OidcClient) -> Alg {
    match client.id_token_alg {
        IdTokenAlg::Rs256 => Alg::Rs256,
        IdTokenAlg::Es256 => Alg::Es256,
    }
}

/// A JWT's name in the memory: its id, which must never pass for a token itself. What somebody brings is text, so nothing that is
/// brought is hashed with a byte that no text has.
pub(super) fn jwt_hash(jti: &str) -> [u8; 32] {
    const NO_TEXT: &[u8] = &[0xff];
    crate::vault::sha256(&[NO_TEXT, jti.as_bytes()].concat())
}

impl Oidc {
    /// Gives tokens on a grant, inside the transaction.
    pub(super) fn give(&self, tx: &mut Tx<'_>, ctx: &Ctx, client: &Proven, basis: Basis<'_>) -> Result<Given, Halt> {
        let Basis {
            grant,
            detail,
            released,
            scope,
            refresh,
            first,
        } = basis;
        let sub = released.sub.clone();
        let about = About {
            grant: Some(grant.id),
            sub,
            detail: Some(&detail),
        };
        let (access, lives) = self.access(tx, ctx, client, &scope, about)?;
        let nonce = detail.nonce.clone().filter(|_| first);
        let id = scope.has("openid").then(|| {
            Box::new(IdFacts {
                detail,
                sid: grant.sid.clone(),
                released,
                nonce,
            })
        });
        Ok(Given {
            access,
            lives,
            scope: scope.text(),
            refresh,
            id,
        })
    }

    /// Gives a client an access token for itself.
    pub(super) fn give_client(
        &self,
        tx: &mut Tx<'_>,
        ctx: &Ctx,
        client: &Proven,
        scope: &Scope,
    ) -> Result<Given, Halt> {
        let about = About {
            grant: None,
            sub: client.client.client_id.clone(),
            detail: None,
        };
        let (access, lives) = self.access(tx, ctx, client, scope, about)?;
        Ok(Given {
            access,
            lives,
            scope: scope.text(),
            refresh: None,
            id: None,
        })
    }

    fn access(
        &self,
        tx: &mut Tx<'_>,
        ctx: &Ctx,
        client: &Proven,
        scope: &Scope,
        about: About<'_>,
    ) -> Result<(Access, Span), Halt> {
        let token = ctx.rng.token();
        let (hash, lives) = match client.client.access_token {
            Form::Opaque => (sha256(&token), self.numbers.access),
            Form::Jwt => (jwt_hash(&token), self.numbers.jwt_access),
        };
        tx.tokens().insert(&AccessToken {
            hash,
            grant: about.grant,
            party: client.party.id.clone(),
            scope: scope.text(),
            created_at: ctx.now,
            expires_at: ctx.now + lives,
            revoked_at: None,
            bound_to: client.bound_to,
        })?;
        let access = match client.client.access_token {
            Form::Opaque => Access::Opaque(token),
            Form::Jwt => Access::Jwt(Box::new(AccessClaims {
                iss: self.issuer.clone(),
                sub: about.sub,
                aud: self.issuer.clone(),
                exp: (ctx.now + lives).secs(),
                iat: ctx.now.secs(),
                jti: token,
                client_id: client.client.client_id.clone(),
                scope: scope.text(),
                auth_time: about.detail.map(|detail| detail.at.secs()),
                acr: about.detail.map(|detail| acr(detail.level)),
                cnf: client.bound_to.as_ref().map(confirmation),
            })),
        };
        Ok((access, lives))
    }

    /// Signs what was given and makes the answer; after the commit.
    pub(super) fn answer_tokens(&self, ctx: &Ctx, client: &Proven, given: Given) -> Result<TokenAnswer, Fault> {
        let alg = alg_of(&client.client);
        let unsigned = |error: VaultError| Fault::new("a token could not be signed", error);
        let access_token = match given.access {
            Access::Opaque(token) => token,
            Access::Jwt(claims) => self
                .vault
                .sign_jwt(alg, TYP_ACCESS, &claims, ctx.now)
                .map_err(unsigned)?,
        };
        let id_token = match given.id {
            None => None,
            Some(facts) => {
                let claims = self.id_token(ctx, &client.client.client_id, *facts, &access_token);
                Some(self.vault.sign_jwt(alg, TYP_JWT, &claims, ctx.now).map_err(unsigned)?)
            }
        };
        Ok(TokenAnswer {
            access_token,
            token_type: "Bearer",
            expires_in: given.lives.as_secs(),
            scope: given.scope,
            id_token,
            refresh_token: given.refresh,
        })
    }

    fn id_token(&self, ctx: &Ctx, client_id: &str, facts: IdFacts, access_token: &str) -> IdToken {
        let IdFacts {
            detail,
            sid,
            released,
            nonce,
        } = facts;
        IdToken {
            iss: self.issuer.clone(),
            sub: released.sub,
            aud: client_id.to_owned(),
            exp: (ctx.now + self.numbers.id_token).secs(),
            iat: ctx.now.secs(),
            auth_time: detail.at.secs(),
            nonce,
            acr: acr(detail.level),
            amr: amr(&detail.methods),
            at_hash: at_hash(access_token),
            sid,
            pid: released.pid.map(|pid| pid.as_str().to_owned()),
            customer_ref: released.customer_ref,
        }
    }
}

struct About<'a> {
    grant: Option<GrantId>,
    sub: String,
    detail: Option<&'a Detail>,
}
