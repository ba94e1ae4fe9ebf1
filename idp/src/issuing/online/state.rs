//! What was typed, on its way from page to page: sealed in a cookie of the pages' own path. The server keeps nothing of it before it is accepted.

use serde::{Deserialize, Serialize};

use super::form::Typed;
use crate::ctx::Ctx;
use crate::domain::consent::VERSION;
use crate::domain::id::EidId;
use crate::domain::time::{Span, Time};
use crate::hex::hex;
use crate::vault::{Travel, Vault};

/// How long the pages may take.
pub const LIFE: Span = Span::minutes(60);

/// What it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// An eID for whoever has none.
    Order,
    /// An eID that is opened for use outside netbank, or another beside it.
    Extension,
}

/// How far somebody has come; each page before may be seen again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Step {
    /// The form is filled in.
    Details,
    /// It was; the rules are read.
    Rules,
    /// They were accepted, with each consent.
    Accepted,
}

/// The rules were accepted, with each consent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// The version of the texts.
    pub version: String,
    /// When.
    pub at: Time,
}

/// An extension's document was confirmed for the eID with which its holder has logged in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmed {
    /// Which eID.
    pub eid: EidId,
    /// Another one is wanted.
    pub another: bool,
}

/// The state as it travels.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    id: [u8; 16],
    kind: Kind,
    /// How far.
    pub step: Step,
    /// What was typed, once it was good.
    pub typed: Typed,
    /// What was accepted.
    pub accepted: Option<Accepted>,
    /// What was chosen, once the document was confirmed.
    pub confirmed: Option<Confirmed>,
    issued: Time,
}

impl State {
    /// It begins.
    #[must_use]
    pub fn begin(ctx: &Ctx, kind: Kind) -> Self {
        Self {
            id: ctx.rng.bytes(),
            kind,
            step: Step::Details,
            typed: Typed::default(),
            accepted: None,
            confirmed: None,
            issued: ctx.now,
        }
    }

    /// The form was filled in: everything behind it is to be done anew.
    #[must_use]
    pub fn filled_in(&self, typed: Typed) -> Self {
        Self {
            step: Step::Rules,
            typed,
            accepted: None,
            confirmed: None,
            ..self.clone()
        }
    }

    /// The rules were accepted now, in the version in force.
    #[must_use]
    pub fn accepts(&self, ctx: &Ctx) -> Self {
        Self {
            step: Step::Accepted,
            accepted: Some(Accepted {
                version: VERSION.to_owned(),
                at: ctx.now,
            }),
            confirmed: None,
            ..self.clone()
        }
    }

    /// The rules were accepted in the version that is in force still; whoever read others reads again.
    #[must_use]
    pub fn stands(&self) -> Option<&Accepted> {
        self.accepted.as_ref().filter(|accepted| accepted.version == VERSION)
    }

    /// By what one run through the pages is known: what it ends in is done once.
    #[must_use]
    pub fn name(&self) -> String {
        hex(&self.id)
    }

    /// The document was confirmed.
    #[must_use]
    pub fn confirmed(&self, eid: EidId, another: bool) -> Self {
        Self {
            confirmed: Some(Confirmed { eid, another }),
            ..self.clone()
        }
    }

    /// When it lapses.
    #[must_use]
    pub fn expires_at(&self) -> Time {
        self.issued + LIFE
    }

    /// The sealed state for the cookie.
    #[must_use]
    pub fn seal(&self, vault: &Vault, ctx: &Ctx) -> Option<String> {
        let plain = postcard::to_allocvec(self).ok()?;
        Some(vault.travel_seal(Travel::Order, ctx.now, &plain, &ctx.rng))
    }

    /// What a cookie brought; nothing for what is none of ours, is for something else or has lapsed.
    #[must_use]
    pub fn open(vault: &Vault, ctx: &Ctx, kind: Kind, cookie: &str) -> Option<Self> {
        let plain = vault.travel_open(Travel::Order, ctx.now, cookie)?;
        let state: Self = postcard::from_bytes(&plain).ok()?;
        (state.kind == kind && ctx.now < state.expires_at()).then_some(state)
    }

    /// The token that the form of a page must carry: bound to this state, and to the page.
    #[must_use]
    pub fn csrf(&self, vault: &Vault, page: &str) -> String {
        vault.csrf(&self.csrf_input(page))
    }

    /// Whether a form carries it.
    #[must_use]
    pub fn csrf_ok(&self, vault: &Vault, page: &str, token: &str) -> bool {
        vault.csrf_ok(&self.csrf_input(page), token)
    }

    fn csrf_input(&self, page: &str) -> Vec<u8> {
        [b"order", &self.id[..], page.as_bytes()].concat()
    }
}
