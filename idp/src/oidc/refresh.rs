//! Refresh tokens: a family of a grant, each token derived from the family's secret and its generation, so that a repeated
//! refresh gets the same successor and nothing is stored but the secret (sealed) and a number.
//!
//! ```text
//! generation in force ─────────────▶ the next one
//! the one before, within the grace ─▶ the one in force again (the answer was lost on the way)
//! any older one ────────────────────▶ the family ends: somebody holds a copy
//! ```

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq;

use super::client::{Proven, Stop};
use super::exchange::{Verdict, note};
use super::house::Oidc;
use super::issue::{self, Given};
use super::protocol::{ErrorCode, Params, Scope, WireError};
use super::resume::Detail;
use crate::config::parties::Grant as Kind;
use crate::ctx::Ctx;
use crate::domain::id::GrantId;
use crate::storage::{Basis, Durability, Grant, Halt, Refresh, Tx};
use crate::vault::{Mac, Vault};

const VOID: WireError = WireError::grant("the refresh token is unknown, used or expired");

/// The token of `generation`.
pub(super) fn refresh_token(vault: &Vault, secret: &[u8; 32], grant: GrantId, generation: i64) -> String {
    let tag = tag(vault, secret, grant, generation);
    URL_SAFE_NO_PAD.encode([grant.bytes().as_slice(), &generation.to_be_bytes(), &tag].concat())
}

fn tag(vault: &Vault, secret: &[u8; 32], grant: GrantId, generation: i64) -> [u8; 32] {
    vault.mac(
        Mac::Refresh,
        &[secret.as_slice(), &grant.bytes(), &generation.to_be_bytes()].concat(),
    )
}

/// A refresh token's parts; only the tag proves anything.
#[derive(Clone, Copy)]
pub(super) struct Parsed {
    pub grant: GrantId,
    generation: i64,
    tag: [u8; 32],
}

impl Parsed {
    /// Reads a token; nothing for any other text.
    pub(super) fn read(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (grant, rest) = bytes.split_first_chunk::<16>()?;
        let (generation, tag) = rest.split_first_chunk::<8>()?;
        let generation = i64::from_be_bytes(*generation);
        Some(Self {
            grant: GrantId::from_bytes(*grant),
            generation,
            tag: tag.try_into().ok()?,
        })
    }

    /// Whether we made it for this family.
    pub(super) fn is_genuine(&self, vault: &Vault, refresh: &Refresh) -> bool {
        tag(vault, &refresh.secret, self.grant, self.generation)
            .ct_eq(&self.tag)
            .into()
    }

    /// Whether it is the one in force.
    pub(super) fn is_current(&self, refresh: &Refresh) -> bool {
        self.generation == refresh.generation
    }
}

impl Oidc {
    /// `grant_type=refresh_token`.
    pub(super) async fn refresh(&self, ctx: &Ctx, client: &Proven, form: &Params) -> Result<Given, Stop> {
        let text = form
            .get("refresh_token")
            .ok_or(WireError::invalid("refresh_token is missing"))?;
        let token = Parsed::read(text).ok_or(VOID)?;
        let asked = form.get("scope").map(str::to_owned);
        let (house, ctx, client) = (self.clone(), ctx.clone(), client.clone());
        let verdict = self
            .store
            .transact("oidc.refresh", Durability::Full, move |tx| {
                house.refresh_in(tx, &ctx, &client, token, asked.as_deref())
            })
            .await?;
        Ok(verdict?)
    }

    fn refresh_in(
        &self,
        tx: &mut Tx<'_>,
        ctx: &Ctx,
        client: &Proven,
        token: Parsed,
        asked: Option<&str>,
    ) -> Result<Verdict<Given>, Halt> {
        let Some((basis, family)) = self.family(tx, client, token)? else {
            return Ok(Err(VOID));
        };
        let grant = &basis.grant;
        if family.idle_until <= ctx.now {
            return Ok(Err(VOID));
        }
        // Before anything else is judged: whatever else is wrong with the request, somebody holds a copy.
        if self.is_used_up(ctx, &family, token) {
            return self.reused(tx, ctx, grant, "refresh_token").map(|_| Err(VOID));
        }
        let detail = Detail::of(&basis)?;
        let released = match self.standing(tx, ctx, client, &basis, &detail)? {
            Ok(released) => released,
            Err(error) => return Ok(Err(error)),
        };
        let granted = Scope::stored(&grant.scope);
        let Some(scope) = asked.map_or(Some(granted.clone()), |asked| granted.narrowed(asked)) else {
            return Ok(Err(WireError::new(
                ErrorCode::InvalidScope,
                "more is asked for than was granted",
            )));
        };
        // A narrower scope now is a narrower answer now (RFC 6749 §6), in the ID token as at userinfo.
        let released = released.only(&scope.asks());
        let generation = self.next(tx, ctx, grant, &family, token)?;
        note(tx, ctx, grant, "refresh_token")?;
        let refresh = Some(refresh_token(&self.vault, &family.secret, grant.id, generation));
        self.give(
            tx,
            ctx,
            client,
            issue::Basis {
                grant,
                detail,
                released,
                scope,
                refresh,
                first: false,
            },
        )
        .map(Ok)
    }

    /// The family of a genuine token of this client.
    fn family(&self, tx: &mut Tx<'_>, client: &Proven, token: Parsed) -> Result<Option<(Basis, Refresh)>, Halt> {
        let ours = |grant: &Grant| grant.party == client.party.id && client.client.grants.contains(&Kind::RefreshToken);
        let Some(basis) = tx.grants().basis(token.grant)?.filter(|basis| ours(&basis.grant)) else {
            return Ok(None);
        };
        let Some(family) = basis.grant.refresh.clone() else {
            return Ok(None);
        };
        Ok(token.is_genuine(&self.vault, &family).then_some((basis, family)))
    }

    /// Whether the token was used before, and longer ago than an answer may have been lost.
    fn is_used_up(&self, ctx: &Ctx, family: &Refresh, token: Parsed) -> bool {
        let just_used = token.generation + 1 == family.generation
            && family.refreshed_at.is_some_and(|at| ctx.now < at + self.numbers.grace);
        !token.is_current(family) && !just_used
    }

    /// The generation that is given out for a token that is not used up: the next one, or once more the one in force.
    fn next(&self, tx: &mut Tx<'_>, ctx: &Ctx, grant: &Grant, family: &Refresh, token: Parsed) -> Result<i64, Halt> {
        if !token.is_current(family) {
            return Ok(family.generation);
        }
        let idle_until = ctx.now + self.numbers.refresh_idle;
        if tx.grants().rotate(grant.id, family.generation, ctx.now, idle_until)? {
            Ok(family.generation + 1)
        } else {
            // Somebody was faster: run again, and find that the token has just been used.
            Err(Halt::Again)
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use proptest::prelude::*;

    use super::*;
    use crate::domain::time::Time;
    use crate::entropy::Entropy;
    use crate::vault::MasterKey;

    fn vault() -> Vault {
        Vault::new(&MasterKey::generate(&Entropy::seeded(9)), [0; 16])
    }

    fn family(secret: [u8; 32], generation: i64) -> Refresh {
        Refresh {
            secret,
            generation,
            refreshed_at: None,
            idle_until: Time::from_secs(0),
        }
    }

    proptest! {
        #[test]
        fn a_token_proves_its_family_and_generation_only(secret: [u8; 32], other: [u8; 32], grant: [u8; 16], n in 1i64..9) {
            prop_assume!(secret != other);
            let (vault, grant) = (vault(), GrantId::from_bytes(grant));
            let text = refresh_token(&vault, &secret, grant, n);
            prop_assert_eq!(&text, &refresh_token(&vault, &secret, grant, n), "a repeat gets the same");
            let parsed = Parsed::read(&text).unwrap();
            prop_assert!(parsed.is_genuine(&vault, &family(secret, n)));
            prop_assert!(!parsed.is_genuine(&vault, &family(other, n)));
            let forged = Parsed { generation: n + 1, ..parsed };
            prop_assert!(!forged.is_genuine(&vault, &family(secret, n + 1)));
        }

        #[test]
        fn noise_is_no_token(text: String) {
            prop_assert!(Parsed::read(&text).is_none());
        }
    }
}
