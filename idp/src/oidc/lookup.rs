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
use crate::config::parties::Party;
use crate::ctx::Ctx;
use crate::storage::{AccessToken, Durability, Grant, Halt, Tx};

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

/// A token that lives.
enum Live {
    Access(AccessToken, Option<Grant>),
    Refresh(Grant),
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
        let Some((token, Some(grant))) = self.access_in(tx, ctx, brought.hash)? else {
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
        let grant = Grant {
            scope: token.scope,
            ..grant
        };
        let detail = Detail::of(&grant)?;
        let released = self.standing(tx, ctx, &client, &grant, &detail)?;
        Ok(released.map(|released| claims::userinfo(&released)).map_err(|_| DEAD))
    }

    fn access_in(
        &self,
        tx: &mut Tx<'_>,
        ctx: &Ctx,
        hash: [u8; 32],
    ) -> Result<Option<(AccessToken, Option<Grant>)>, Halt> {
        let lives = |token: &AccessToken| token.revoked_at.is_none() && ctx.now < token.expires_at;
        let Some(token) = tx.tokens().find(&hash)?.filter(lives) else {
            return Ok(None);
        };
        let Some(id) = token.grant else {
            return Ok(Some((token, None)));
        };
        let grant = tx.grants().find(id)?.filter(|grant| grant.ended_at.is_none());
        Ok(grant.map(|grant| (token, Some(grant))))
    }

    fn refresh_live_in(&self, tx: &mut Tx<'_>, ctx: &Ctx, token: Parsed) -> Result<Option<Grant>, Halt> {
        let live = |grant: &Grant| grant.ended_at.is_none() && ctx.now < grant.expires_at;
        let Some(grant) = tx.grants().find(token.grant)?.filter(live) else {
            return Ok(None);
        };
        let good = grant.refresh.as_ref().is_some_and(|family| {
            token.is_genuine(&self.vault, family) && token.is_current(family) && ctx.now < family.idle_until
        });
        Ok(good.then_some(grant))
    }

    fn live_in(&self, tx: &mut Tx<'_>, ctx: &Ctx, brought: Brought) -> Result<Option<Live>, Halt> {
        if let Some(token) = brought.refresh
            && let Some(grant) = self.refresh_live_in(tx, ctx, token)?
        {
            return Ok(Some(Live::Refresh(grant)));
        }
        Ok(self
            .access_in(tx, ctx, brought.hash)?
            .map(|(token, grant)| Live::Access(token, grant)))
    }

    fn holder(&self, party: &str) -> Option<Proven> {
        let party = self.parties.current().get(party).cloned()?;
        let client = party.oidc.clone()?;
        Some(Proven { party, client })
    }

    /// RFC 7662. A client may ask about its own tokens; one that is registered for it, about everybody's.
    pub(super) async fn introspect(&self, ctx: &Ctx, client: &Proven, form: &Params) -> Result<Value, Stop> {
        let token = form.get("token").ok_or(WireError::invalid("token is missing"))?;
        let (house, ctx, client, brought) = (self.clone(), ctx.clone(), client.clone(), self.brought(ctx, token));
        let answer = self
            .store
            .read("oidc.introspect", move |tx| {
                let live = house.live_in(tx, &ctx, brought)?;
                match live {
                    Some(live) => house.describe(tx, &ctx, &client, live),
                    None => Ok(None),
                }
            })
            .await?;
        Ok(answer.unwrap_or_else(|| json!({"active": false})))
    }

    fn describe(&self, tx: &mut Tx<'_>, ctx: &Ctx, asker: &Proven, live: Live) -> Result<Option<Value>, Halt> {
        let (party, grant, token) = match &live {
            Live::Access(token, grant) => (&token.party, grant.as_ref(), Some(token)),
            Live::Refresh(grant) => (&grant.party, Some(grant), None),
        };
        let own = *party == asker.party.id;
        let Some(holder) = self
            .holder(party)
            .filter(|_| own || (asker.client.introspect && token.is_some()))
        else {
            return Ok(None);
        };
        let mut answer = json!({
            "active": true,
            "iss": self.issuer,
            "client_id": holder.client.client_id,
            "scope": token.map_or_else(|| grant.map(|grant| grant.scope.clone()).unwrap_or_default(), |t| t.scope.clone()),
        });
        if let Some(token) = token {
            answer["token_type"] = json!("Bearer");
            answer["aud"] = json!(self.issuer);
            answer["iat"] = json!(token.created_at.secs());
            answer["exp"] = json!(token.expires_at.secs());
        }
        if let Some(grant) = grant {
            let detail = Detail::of(grant)?;
            if self.standing(tx, ctx, &holder, grant, &detail)?.is_err() {
                return Ok(None);
            }
            answer["acr"] = json!(claims::acr(detail.level));
            answer["auth_time"] = json!(detail.at.secs());
        }
        if let Some(sub) = self.name_for(tx, asker, &holder.party, grant)? {
            answer["sub"] = json!(sub);
        }
        Ok(Some(answer))
    }

    /// `sub` is told within a sector only: a name is made for one sector and must not travel to another.
    fn name_for(
        &self,
        tx: &mut Tx<'_>,
        asker: &Proven,
        holder: &Party,
        grant: Option<&Grant>,
    ) -> Result<Option<String>, Halt> {
        match grant {
            None => Ok(holder.oidc.as_ref().map(|client| client.client_id.clone())),
            Some(grant) if holder.sector == asker.party.sector => tx.subjects().find(grant.person, &holder.sector),
            Some(_) => Ok(None),
        }
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
