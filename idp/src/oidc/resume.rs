//! The provider as the ceremony sees it: turns a request into a Demand, writes the grant in the finishing transaction, and
//! answers the client with a code or an error.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::house::Oidc;
use super::protocol::{Answer, AuthorizationRequest, Mode, Scope, WireError};
use crate::config::parties::Claim;
use crate::ctx::Ctx;
use crate::domain::assurance::{Level, Method};
use crate::domain::id::GrantId;
use crate::domain::refusal::Refusal;
use crate::domain::time::{Span, Time};
use crate::fault::Fault;
use crate::login::{Continue, Demand, Fresh, MustBe, Outcome, Protocol, Resume, ResumeKind};
use crate::storage::{Halt, NewGrant, Tx};
use crate::vault::{Mac, Vault};

/// A request, reduced to what its answer needs; travels sealed with the browser, so it is written without names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Reduced {
    /// The party.
    pub party: String,
    /// Where and how to answer.
    pub answer: Answer,
    /// Granted words.
    pub scope: String,
    pub nonce: Option<String>,
    /// PKCE.
    pub challenge: Option<String>,
}

/// What a grant keeps beyond its columns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Detail {
    pub redirect_uri: String,
    pub nonce: Option<String>,
    pub challenge: Option<String>,
    pub level: Level,
    pub methods: Vec<Method>,
    pub at: Time,
    /// What the person was asked about and let the client know.
    #[serde(default)]
    pub agreed: Vec<Claim>,
}

impl AuthorizationRequest {
    /// What the ceremony is asked for.
    ///
    /// # Errors
    /// A fault when the request cannot be written down.
    pub(super) fn demand(self) -> Result<Demand, Fault> {
        let fresh = match self.max_age {
            _ if self.prompt.anew => Fresh::Force,
            Some(age) if age == Span::ZERO => Fresh::Force,
            Some(age) => Fresh::MaxAge(age),
            None => Fresh::No,
        };
        let asks = self.scope.asks();
        let reduced = Reduced {
            party: self.party.id.clone(),
            answer: self.answer,
            scope: self.scope.text(),
            nonce: self.nonce,
            challenge: self.challenge,
        };
        Ok(Demand {
            party: self.party.id.clone(),
            least: self.party.least,
            wanted: self.levels,
            fresh,
            passive: self.prompt.none,
            confirm: self.prompt.consent,
            waited_since: None,
            hint: self.hint,
            must_be: self.must_be.map(MustBe::Sub),
            asks,
            locale: self.locale,
            purpose: self.party.purpose,
            factors: None,
            resume: Resume {
                kind: ResumeKind::Oidc,
                request_id: None,
                state: reduced.write()?,
            },
        })
    }
}

fn json(value: &impl Serialize) -> Result<Vec<u8>, Fault> {
    serde_json::to_vec(value).map_err(|error| Fault::new("an OIDC request could not be written down", error))
}

impl Reduced {
    pub(super) fn write(&self) -> Result<Vec<u8>, Fault> {
        postcard::to_allocvec(self).map_err(|error| Fault::new("an OIDC request could not be written down", error))
    }

    fn of(resume: &Resume) -> Result<Self, Fault> {
        postcard::from_bytes(&resume.state).map_err(|error| Fault::new("a sealed OIDC request cannot be read", error))
    }
}

/// The code of a grant: known to whoever holds the vault, stored nowhere.
pub(super) fn code(vault: &Vault, grant: GrantId) -> String {
    URL_SAFE_NO_PAD.encode(vault.mac(Mac::Code, &grant.bytes()))
}

/// All that is kept of codes and tokens, which hold 256 bits.
pub(super) fn sha256(text: &str) -> [u8; 32] {
    crate::vault::sha256(text.as_bytes())
}

/// Sends the parameters the way that was asked for.
pub(super) fn go_on(answer: &Answer, pairs: Vec<(String, String)>) -> Continue {
    match answer.mode {
        Mode::Query => Continue::Redirect {
            url: answer.url(&pairs),
        },
        Mode::FormPost => Continue::Post {
            url: answer.redirect_uri.clone(),
            fields: pairs,
        },
    }
}

impl Protocol for Oidc {
    fn finish(
        &self,
        tx: &mut Tx<'_>,
        ctx: &Ctx,
        resume: &Resume,
        outcome: &Outcome,
        previous: Option<&[u8]>,
    ) -> Result<Vec<u8>, Halt> {
        let reduced = Reduced::of(resume)?;
        if let Some(previous) = previous
            .and_then(|bytes| <[u8; 16]>::try_from(bytes).ok())
            .map(GrantId::from_bytes)
            && tx
                .grants()
                .find(previous)?
                .is_some_and(|grant| grant.code_used_at.is_none())
        {
            tx.grants().end(previous, "repeated", ctx.now)?;
        }
        let scope = Scope::stored(&reduced.scope).without(&outcome.withheld);
        let id = GrantId::from_uuid(ctx.rng.uuid_v7(ctx.now));
        let offline = scope.has("offline_access");
        let detail = Detail {
            redirect_uri: reduced.answer.redirect_uri,
            nonce: reduced.nonce,
            challenge: reduced.challenge,
            level: outcome.level,
            methods: outcome.methods.clone(),
            at: outcome.at,
            agreed: outcome.agreed.clone(),
        };
        tx.grants().insert(&NewGrant {
            id,
            party: reduced.party.clone(),
            person: outcome.subject,
            eid: outcome.eid,
            session: outcome.session,
            sid: outcome.sid.clone(),
            scope: scope.text(),
            detail: json(&detail)?,
            code_hash: Some(sha256(&code(&self.vault, id))),
            code_expires_at: Some(ctx.now + self.numbers.code),
            offline,
            expires_at: if offline {
                ctx.now + self.numbers.refresh
            } else {
                outcome.session_ends
            },
            created_at: ctx.now,
        })?;
        let told = self
            .parties
            .current()
            .get(&reduced.party)
            .and_then(|party| party.oidc.as_ref())
            .is_some_and(|client| client.backchannel_logout_uri.is_some());
        tx.sessions()
            .set_detail(&outcome.sid, &outcome.released.sub, &[], told)?;
        Ok(id.bytes().to_vec())
    }

    fn answer(&self, _ctx: &Ctx, resume: &Resume, _outcome: &Outcome, finished: &[u8]) -> Result<Continue, Fault> {
        let answer = Reduced::of(resume)?.answer;
        let grant = <[u8; 16]>::try_from(finished).map_err(|_| Fault::bare("a finished log-in names no grant"))?;
        let code = code(&self.vault, GrantId::from_bytes(grant));
        let pairs = answer.code(&self.issuer, &code);
        Ok(go_on(&answer, pairs))
    }

    fn refuse(&self, _ctx: &Ctx, resume: &Resume, refusal: &Refusal) -> Result<Continue, Fault> {
        let answer = Reduced::of(resume)?.answer;
        let pairs = answer.error(&self.issuer, &WireError::of(refusal));
        Ok(go_on(&answer, pairs))
    }

    fn form_origins(&self, resume: &Resume) -> Vec<String> {
        let uri = Reduced::of(resume)
            .ok()
            .and_then(|reduced| url::Url::parse(&reduced.answer.redirect_uri).ok());
        uri.map(|uri| uri.origin())
            .filter(url::Origin::is_tuple)
            .map(|origin| origin.ascii_serialization())
            .into_iter()
            .collect()
    }
}
