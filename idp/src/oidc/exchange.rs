//! The token endpoint's code and client grants. A code is good once: a second use ends everything the first one gave.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq;

use super::client::{Proven, Stop};
use super::house::Oidc;
use super::issue::{self, Given};
use super::protocol::{ErrorCode, Params, Scope, WireError};
use super::refresh::refresh_token;
use super::resume::{Detail, sha256};
use crate::audit::{Event, Who, record};
use crate::config::parties::Grant as Kind;
use crate::ctx::Ctx;
use crate::domain::eid::EidStatus;
use crate::fault::Fault;
use crate::login::{Released, admit, release};
use crate::session::is_usable;
use crate::storage::{Basis, Durability, Grant, Halt, SessionRow, Tx};

/// What an act decided: an error in here is committed with what it wrote.
pub(super) type Verdict<T> = Result<T, WireError>;

pub(super) const VOID: WireError = WireError::grant("the code is unknown, used or expired");
const ENDED: WireError = WireError::grant("the log-in behind it has ended");

/// A code on its way to tokens.
#[derive(Clone)]
struct Presented {
    code: [u8; 32],
    redirect_uri: Option<String>,
    verifier: Option<String>,
}

impl Oidc {
    /// `grant_type=authorization_code`.
    pub(super) async fn exchange(&self, ctx: &Ctx, client: &Proven, form: &Params) -> Result<Given, Stop> {
        let code = form.get("code").ok_or(WireError::invalid("code is missing"))?;
        let presented = Presented {
            code: sha256(code),
            redirect_uri: form.get("redirect_uri").map(str::to_owned),
            verifier: form.get("code_verifier").map(str::to_owned),
        };
        let (house, ctx, client) = (self.clone(), ctx.clone(), client.clone());
        let verdict = self
            .store
            .transact("oidc.exchange", Durability::Full, move |tx| {
                house.exchange_in(tx, &ctx, &client, &presented)
            })
            .await?;
        Ok(verdict?)
    }

    fn exchange_in(
        &self,
        tx: &mut Tx<'_>,
        ctx: &Ctx,
        client: &Proven,
        presented: &Presented,
    ) -> Result<Verdict<Given>, Halt> {
        let Some(basis) = tx
            .grants()
            .by_code(&presented.code)?
            .filter(|basis| basis.grant.party == client.party.id)
        else {
            return Ok(Err(VOID));
        };
        let grant = &basis.grant;
        if grant.code_used_at.is_some() {
            return self.reused(tx, ctx, grant, "code").map(Err);
        }
        let detail = Detail::of(&basis)?;
        if grant.code_expires_at.is_none_or(|end| end <= ctx.now) {
            return Ok(Err(VOID));
        }
        if let Err(error) = proves_itself(&detail, presented) {
            return Ok(Err(error));
        }
        let released = match self.standing(tx, ctx, client, &basis, &detail)? {
            Ok(released) => released,
            Err(error) => return Ok(Err(error)),
        };
        if !tx.grants().use_code(grant.id, ctx.now)? {
            return self.reused(tx, ctx, grant, "code").map(Err);
        }
        let refresh = self.begin_family(tx, ctx, client, grant)?;
        let scope = Scope::stored(&grant.scope);
        note(tx, ctx, grant, "authorization_code")?;
        let basis = issue::Basis {
            grant,
            detail,
            released,
            scope,
            refresh,
            first: true,
        };
        self.give(tx, ctx, client, basis).map(Ok)
    }

    fn begin_family(&self, tx: &mut Tx<'_>, ctx: &Ctx, client: &Proven, grant: &Grant) -> Result<Option<String>, Halt> {
        if !client.client.grants.contains(&Kind::RefreshToken) {
            return Ok(None);
        }
        let secret = ctx.rng.bytes();
        tx.grants()
            .begin_refresh(grant.id, &secret, ctx.now + self.numbers.refresh_idle)?;
        Ok(Some(refresh_token(&self.vault, &secret, grant.id, 1)))
    }

    /// Whether what a grant rests on still stands, and what it tells.
    pub(super) fn standing(
        &self,
        tx: &mut Tx<'_>,
        ctx: &Ctx,
        client: &Proven,
        basis: &Basis,
        detail: &Detail,
    ) -> Result<Verdict<Released>, Halt> {
        if !self.stands(tx, ctx, client, basis, detail)? {
            return Ok(Err(ENDED));
        }
        // A word may mean more by now than it did when the person was asked.
        let mut asks = Scope::stored(&basis.grant.scope).asks();
        asks.retain(|claim| !claim.needs_consent(client.party.kind) || detail.agreed.contains(claim));
        release(tx, ctx, &client.party, &asks, &basis.eid).map(Ok)
    }

    /// Whether what a grant rests on still stands: the eID, its acceptance here, the session unless the grant survives it,
    /// the party's level. Asked at every issue.
    pub(super) fn stands(
        &self,
        tx: &mut Tx<'_>,
        ctx: &Ctx,
        client: &Proven,
        basis: &Basis,
        detail: &Detail,
    ) -> Result<bool, Halt> {
        let (grant, eid) = (&basis.grant, &basis.eid);
        let over = grant.ended_at.is_some() || grant.expires_at <= ctx.now || detail.level < client.party.least;
        let usable = |session: &SessionRow| is_usable(session, self.numbers.session, ctx.now);
        let session_stands = grant.offline || basis.session.as_ref().is_some_and(usable);
        if over || !session_stands || eid.status != EidStatus::Active {
            return Ok(false);
        }
        Ok(admit(tx, ctx, &client.party, eid)?.is_ok())
    }

    /// A code or refresh token came again: either the client or a thief has it twice. Nothing of the grant lives on.
    pub(super) fn reused(
        &self,
        tx: &mut Tx<'_>,
        ctx: &Ctx,
        grant: &Grant,
        what: &'static str,
    ) -> Result<WireError, Halt> {
        if tx.grants().end(grant.id, "reused", ctx.now)? {
            let (who, party) = (who(grant), grant.party.clone());
            record(
                tx,
                ctx,
                &Event::TokenReused {
                    who,
                    party,
                    grant: grant.id.to_string(),
                    what,
                },
            )?;
        }
        Ok(VOID)
    }

    /// `grant_type=client_credentials`: a service for itself; nothing of a person is behind it.
    pub(super) async fn for_itself(&self, ctx: &Ctx, client: &Proven, form: &Params) -> Result<Given, Stop> {
        let scope = Scope::for_itself(form.get("scope"), &client.client.scopes);
        let scope = scope.ok_or(WireError::new(
            ErrorCode::InvalidScope,
            "the scope is not for this service itself",
        ))?;
        let (house, ctx, client) = (self.clone(), ctx.clone(), client.clone().confidential()?);
        let given = self
            .store
            .transact("oidc.client", Durability::Soft, move |tx| {
                let given = house.give_client(tx, &ctx, &client, &scope)?;
                let (party, grant) = (client.party.id.clone(), String::new());
                record(
                    tx,
                    &ctx,
                    &Event::TokensGiven {
                        who: None,
                        party,
                        grant,
                        how: "client_credentials",
                    },
                )?;
                Ok(given)
            })
            .await?;
        Ok(given)
    }
}

impl Detail {
    /// What a grant keeps, and how sure it is now who the person is.
    pub(super) fn of(basis: &Basis) -> Result<Self, Fault> {
        let grant = &basis.grant;
        let kept: Self =
            serde_json::from_slice(&grant.detail).map_err(|_| Fault::corrupt("grants", "detail", grant.id))?;
        let level = kept.level.min(basis.eid.identity);
        Ok(Self { level, ..kept })
    }
}

fn who(grant: &Grant) -> Who {
    Who {
        person: grant.person,
        eid: grant.eid,
    }
}

pub(super) fn note(tx: &mut Tx<'_>, ctx: &Ctx, grant: &Grant, how: &'static str) -> Result<(), Halt> {
    let event = Event::TokensGiven {
        who: Some(who(grant)),
        party: grant.party.clone(),
        grant: grant.id.to_string(),
        how,
    };
    record(tx, ctx, &event)
}

/// The same redirect URI as before (RFC 6749 §4.1.3), and the verifier exactly where there was a challenge: leaving it out,
/// or bringing one to a code that was asked for without, is how PKCE was got round elsewhere.
fn proves_itself(detail: &Detail, presented: &Presented) -> Verdict<()> {
    if presented.redirect_uri.as_ref() != Some(&detail.redirect_uri) {
        return Err(WireError::grant("redirect_uri is not the one of the request"));
    }
    match (&detail.challenge, &presented.verifier) {
        (None, None) => Ok(()),
        (Some(challenge), Some(verifier)) if answers(challenge, verifier) => Ok(()),
        (Some(_), None) => Err(WireError::grant("code_verifier is missing")),
        (None, Some(_)) => Err(WireError::grant("the code was asked for without a code_challenge")),
        (Some(_), Some(_)) => Err(WireError::grant("code_verifier does not fit")),
    }
}

/// RFC 7636 §4.6.
fn answers(challenge: &str, verifier: &str) -> bool {
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let well_formed = (43..=128).contains(&verifier.len()) && verifier.bytes().all(unreserved);
    let made = URL_SAFE_NO_PAD.encode(crate::vault::sha256(verifier.as_bytes()));
    well_formed && bool::from(made.as_bytes().ct_eq(challenge.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::assurance::Level;
    use crate::domain::time::Time;

    /// RFC 7636, appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    fn check(challenge: Option<&str>, uri: Option<&str>, verifier: Option<&str>) -> bool {
        let detail = Detail {
            redirect_uri: "https://rp.example/cb".into(),
            nonce: None,
            challenge: challenge.map(str::to_owned),
            level: Level::Substantial,
            methods: Vec::new(),
            at: Time::from_secs(0),
            agreed: Vec::new(),
        };
        let presented = Presented {
            code: [0; 32],
            redirect_uri: uri.map(str::to_owned),
            verifier: verifier.map(str::to_owned),
        };
        proves_itself(&detail, &presented).is_ok()
    }

    #[test]
    fn pkce_can_neither_be_left_out_nor_brought_along() {
        let uri = Some("https://rp.example/cb");
        assert!(check(Some(CHALLENGE), uri, Some(VERIFIER)));
        assert!(check(None, uri, None));
        assert!(!check(Some(CHALLENGE), uri, None));
        assert!(!check(None, uri, Some(VERIFIER)));
        assert!(!check(Some(CHALLENGE), uri, Some(CHALLENGE)));
        assert!(!check(Some(CHALLENGE), uri, Some("short")));
        assert!(!check(Some(CHALLENGE), uri, Some(&format!("{VERIFIER}="))));
    }

    #[test]
    fn the_redirect_uri_must_be_the_same_and_there() {
        for uri in [
            None,
            Some("https://rp.example/cb/"),
            Some("https://rp.example/cb?x"),
            Some(""),
        ] {
            assert!(!check(Some(CHALLENGE), uri, Some(VERIFIER)));
        }
    }
}
