//! What a token is worth: for userinfo, for introspection, and its end by revocation.

use serde_json::{Value, json};

use super::client::{Proven, Stop};
use super::exchange::Verdict;
use super::house::Oidc;
use super::issue::{TYP_ACCESS, jwt_hash};
use super::protocol::{ErrorCode, Params, Scope, WireError, claims};
use super::refresh::Parsed;
use super::resume::{Detail, sha256};
use crate::audit::{Event, record};
use crate::ctx::Ctx;
use crate::storage::{AccessToken, Basis, Durability, Halt, Tx};

const DEAD: WireError = WireError::new(
    ErrorCode::InvalidToken,
    "the access token is unknown, expired or revoked",
);
const NOT_FOR_THIS: WireError = WireError::new(ErrorCode::InsufficientScope, "the access token has no scope openid");

/// A token somebody brought.
#[derive(Clone, Copy)]
struct Brought {
    hash: [u8; 32],
    refresh: Option<Parsed>,
}

/// A token that lives, with what it rests on.
struct Live {
    /// The access token; none where a refresh token was brought.
    access: Option<AccessToken>,
    /// The grant; none behind a client's own token.
    basis: Option<Basis>,
    /// The person's name in the sector that asks, where it has one.
    sub: Option<String>,
}

impl Oidc {
    /// A JWT of ours is known by its id, anything else by its own hash.
    fn brought(&self, ctx: &Ctx, token: &str) -> Brought {
        let jti = self
            .vault
            .verify_own_jwt(token, TYP_ACCESS, ctx.now)
            .and_then(|c| c["jti"].as_str().map(jwt_hash));
        Brought {
            hash: jti.unwrap_or_else(|| sha256(token)),
            refresh: Parsed::read(token),
        }
    }

    /// What the person behind an access token may be told here. Read anew: what the party was registered for, and what the
    /// person is called, may have changed since.
    pub(super) async fn userinfo(&self, ctx: &Ctx, token: &str) -> Result<Value, Stop> {
        let (house, ctx, brought) = (self.clone(), ctx.clone(), self.brought(ctx, token));
        let verdict = self
            .store
            .read("oidc.userinfo", move |tx| house.userinfo_in(tx, &ctx, brought))
            .await?;
        Ok(verdict?)
    }

    fn userinfo_in(&self, tx: &mut Tx<'_>, ctx: &Ctx, brought: Brought) -> Result<Verdict<Value>, Halt> {
        let live = self.access_in(tx, ctx, brought.hash, "")?;
        let Some((token, mut basis)) = live.and_then(|live| Some((live.access?, live.basis?))) else {
            return Ok(Err(DEAD));
        };
        let scope = Scope::stored(&token.scope);
        if !scope.has("openid") {
            return Ok(Err(NOT_FOR_THIS));
        }
        let Some(client) = self.holder(&token.party) else {
            return Ok(Err(DEAD));
        };
        // The scope of this very token, which may be narrower than the grant's.
        basis.grant.scope = token.scope;
        let detail = Detail::of(&basis)?;
        let released = self.standing(tx, ctx, &client, &basis, &detail)?;
        Ok(released.map(|released| claims::userinfo(&released)).map_err(|_| DEAD))
    }

    fn access_in(&self, tx: &mut Tx<'_>, ctx: &Ctx, hash: [u8; 32], sector: &str) -> Result<Option<Live>, Halt> {
        let Some(asked) = tx.tokens().question(&hash, sector)? else {
            return Ok(None);
        };
        let lives = asked.token.revoked_at.is_none() && ctx.now < asked.token.expires_at;
        let rests = match (asked.token.grant, &asked.basis) {
            (None, _) => true,
            (Some(_), basis) => basis.as_ref().is_some_and(|basis| basis.grant.ended_at.is_none()),
        };
        Ok((lives && rests).then_some(Live {
            access: Some(asked.token),
            basis: asked.basis,
            sub: asked.sub,
        }))
    }

    fn refresh_live_in(&self, tx: &mut Tx<'_>, ctx: &Ctx, token: Parsed, sector: &str) -> Result<Option<Live>, Halt> {
        let Some(basis) = tx.grants().basis(token.grant)? else {
            return Ok(None);
        };
        let grant = &basis.grant;
        let good = grant.refresh.as_ref().is_some_and(|family| {
            token.is_genuine(&self.vault, family) && token.is_current(family) && ctx.now < family.idle_until
        });
        if !good || grant.ended_at.is_some() || grant.expires_at <= ctx.now {
            return Ok(None);
        }
        Ok(Some(Live {
            access: None,
            sub: tx.subjects().find(grant.person, sector)?,
            basis: Some(basis),
        }))
    }

    fn live_in(&self, tx: &mut Tx<'_>, ctx: &Ctx, brought: Brought, sector: &str) -> Result<Option<Live>, Halt> {
        if let Some(token) = brought.refresh
            && let Some(live) = self.refresh_live_in(tx, ctx, token, sector)?
        {
            return Ok(Some(live));
        }
        self.access_in(tx, ctx, brought.hash, sector)
    }

    fn holder(&self, party: &str) -> Option<Proven> {
        let party = self.parties.current().get(party).cloned()?;
        let client = party.oidc.clone()?;
        Some(Proven {
            party,
            client,
            bound_to: None,
        })
    }

    /// RFC 7662. A client may ask about its own tokens; one that is registered for it, about everybody's.
    pub(super) async fn introspect(&self, ctx: &Ctx, client: &Proven, form: &Params) -> Result<Value, Stop> {
        let token = form.get("token").ok_or(WireError::invalid("token is missing"))?;
        let (house, ctx, client, brought) = (self.clone(), ctx.clone(), client.clone(), self.brought(ctx, token));
        let answer = self
            .store
            .read("oidc.introspect", move |tx| {
                let live = house.live_in(tx, &ctx, brought, &client.party.sector)?;
                match live {
                    Some(live) => house.describe(tx, &ctx, &client, live),
                    None => Ok(None),
                }
            })
            .await?;
        Ok(answer.unwrap_or_else(|| json!({"active": false})))
    }

    fn describe(&self, tx: &mut Tx<'_>, ctx: &Ctx, asker: &Proven, live: Live) -> Result<Option<Value>, Halt> {
        let Live { access, basis, sub } = live;
        let grant = basis.as_ref().map(|basis| &basis.grant);
        let Some(party) = access
            .as_ref()
            .map(|token| &token.party)
            .or(grant.map(|grant| &grant.party))
        else {
            return Ok(None);
        };
        let own = *party == asker.party.id;
        let Some(holder) = self
            .holder(party)
            .filter(|_| own || (asker.client.introspect && access.is_some()))
        else {
            return Ok(None);
        };
        let scope = access
            .as_ref()
            .map(|token| &token.scope)
            .or(grant.map(|grant| &grant.scope));
        let mut answer = json!({
            "active": true,
            "iss": self.issuer,
            "client_id": holder.client.client_id,
            "scope": scope,
        });
        if let Some(token) = &access {
            answer["token_type"] = json!("Bearer");
            answer["aud"] = json!(self.issuer);
            answer["iat"] = json!(token.created_at.secs());
            answer["exp"] = json!(token.expires_at.secs());
            if let Some(mark) = &token.bound_to {
                answer["cnf"] = claims::confirmation(mark);
            }
        }
        if let Some(basis) = &basis {
            let detail = Detail::of(basis)?;
            if !self.stands(tx, ctx, &holder, basis, &detail)? {
                return Ok(None);
            }
            answer["acr"] = json!(claims::acr(detail.level));
            answer["auth_time"] = json!(detail.at.secs());
        }
        // `sub` is told within a sector only: a name is made for one sector and must not travel to another.
        let sub = match &basis {
            None => Some(holder.client.client_id.clone()),
            Some(_) => sub.filter(|_| holder.party.sector == asker.party.sector),
        };
        if let Some(sub) = sub {
            answer["sub"] = json!(sub);
        }
        Ok(Some(answer))
    }

    /// RFC 7009: a refresh token takes its whole grant along. What is unknown or another client's is passed over in silence.
    pub(super) async fn revoke(&self, ctx: &Ctx, client: &Proven, form: &Params) -> Result<(), Stop> {
        let token = form.get("token").ok_or(WireError::invalid("token is missing"))?;
        let (house, ctx, client, brought) = (self.clone(), ctx.clone(), client.clone(), self.brought(ctx, token));
        self.store
            .transact("oidc.revoke", Durability::Full, move |tx| {
                house.revoke_in(tx, &ctx, &client, brought)
            })
            .await?;
        Ok(())
    }

    fn revoke_in(&self, tx: &mut Tx<'_>, ctx: &Ctx, client: &Proven, brought: Brought) -> Result<(), Halt> {
        let party = client.party.id.clone();
        if let Some(token) = brought.refresh
            && let Some(grant) = tx.grants().find(token.grant)?.filter(|grant| grant.party == party)
            && grant
                .refresh
                .as_ref()
                .is_some_and(|family| token.is_genuine(&self.vault, family))
        {
            if tx.grants().end(grant.id, "revoked", ctx.now)? {
                record(
                    tx,
                    ctx,
                    &Event::TokenRevoked {
                        party,
                        grant: Some(grant.id.to_string()),
                    },
                )?;
            }
            return Ok(());
        }
        let own = |token: &AccessToken| token.party == party && token.revoked_at.is_none();
        if let Some(token) = tx.tokens().find(&brought.hash)?.filter(own) {
            tx.tokens().revoke(&token.hash, ctx.now)?;
            let grant = token.grant.map(|grant| grant.to_string());
            record(tx, ctx, &Event::TokenRevoked { party, grant })?;
        }
        Ok(())
    }
}
