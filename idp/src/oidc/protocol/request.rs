//! The authorization request: from parameters to a typed request, or to an error that knows whether it may be redirected.
//!
//! An error goes to the client only when client and redirect URI were found good first; before that it is a page of ours.

use std::sync::Arc;

use serde_json::Value;

use super::answer::{Answer, Mode};
use super::error::WireError;
use super::params::Params;
use super::rules::{RULES, redirect_uri};
use super::scope::Scope;
use crate::config::parties::{OidcClient, Parties, Party};
use crate::domain::assurance::Level;
use crate::domain::locale::Locale;
use crate::domain::refusal::Code;
use crate::domain::time::Span;

/// A request that keeps every rule.
#[derive(Clone, Debug)]
pub struct AuthorizationRequest {
    /// Who asks.
    pub party: Arc<Party>,
    /// Where and how to answer.
    pub answer: Answer,
    /// What was granted of what was asked.
    pub scope: Scope,
    /// Comes back in the ID token.
    pub nonce: Option<String>,
    /// PKCE, S256.
    pub challenge: Option<String>,
    /// `prompt`.
    pub prompt: Prompt,
    /// `max_age`.
    pub max_age: Option<Span>,
    /// Levels of `acr_values`, the most wanted first.
    pub levels: Vec<Level>,
    /// A user-ID to fill in.
    pub hint: Option<String>,
    /// `sub` of the ID token hint.
    pub must_be: Option<String>,
    /// The language asked for.
    pub locale: Option<Locale>,
}

/// What `prompt` says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Prompt {
    /// No page may be shown.
    pub none: bool,
    /// The person proves themself anew (`login`), and so may be somebody else (`select_account`) and sees once more who
    /// asks (`consent`).
    pub anew: bool,
    /// What needs consent is asked for again (`consent`).
    pub consent: bool,
}

/// Why a request was refused, and where that may be said.
#[derive(Clone, Debug)]
pub enum Refused {
    /// On a page of ours: nobody knows yet who asks or where the answer may go.
    Page(Code),
    /// To the client.
    Client(Answer, WireError),
}

/// What the rules need to know.
pub struct House<'a> {
    /// Who may ask.
    pub parties: &'a Parties,
    /// Our name.
    pub issuer: &'a str,
    /// The claims of an ID token of ours, expired or not.
    pub id_token: &'a dyn Fn(&str) -> Option<Value>,
}

/// A request on its way through the rules.
pub(super) struct Draft<'a> {
    pub(super) params: &'a Params,
    pub(super) house: &'a House<'a>,
    pub(super) client: &'a OidcClient,
    pub(super) request: AuthorizationRequest,
}

impl AuthorizationRequest {
    /// Reads a request.
    ///
    /// # Errors
    /// [`Refused`], which says where the error may go.
    pub fn read(params: &Params, house: &House<'_>) -> Result<Self, Refused> {
        let party = client(params, house)?;
        let Some(client) = &party.oidc else {
            return Err(Refused::Page(Code::RequestUnknownParty));
        };
        let uri = redirect_uri(params, client).map_err(Refused::Page)?;
        let answer = Answer {
            redirect_uri: uri.to_owned(),
            mode: Mode::parse(params.get("response_mode")).unwrap_or_default(),
            state: params
                .get("state")
                .filter(|_| !params.repeats("state"))
                .map(str::to_owned),
        };
        let mut draft = Draft {
            params,
            house,
            client,
            request: Self::blank(Arc::clone(&party), answer),
        };
        for (_, rule) in RULES {
            rule(&mut draft).map_err(|error| Refused::Client(draft.request.answer.clone(), error))?;
        }
        Ok(draft.request)
    }

    fn blank(party: Arc<Party>, answer: Answer) -> Self {
        Self {
            party,
            answer,
            scope: Scope::default(),
            nonce: None,
            challenge: None,
            prompt: Prompt::default(),
            max_age: None,
            levels: Vec::new(),
            hint: None,
            must_be: None,
            locale: None,
        }
    }
}

fn client(params: &Params, house: &House<'_>) -> Result<Arc<Party>, Refused> {
    if params.repeats("client_id") {
        return Err(Refused::Page(Code::RequestDuplicate));
    }
    let id = params
        .get("client_id")
        .ok_or(Refused::Page(Code::RequestUnknownParty))?;
    house
        .parties
        .by_client(id)
        .cloned()
        .ok_or(Refused::Page(Code::RequestUnknownParty))
}
