//! The state of a first use, sealed in a cookie of its own path; the server keeps nothing of it.

use serde::{Deserialize, Serialize};

use crate::audit::Who;
use crate::credentials::activation::Attempted;
use crate::credentials::keycard::Asked;
use crate::ctx::Ctx;
use crate::domain::id::{ActivationId, EidId, PersonId};
use crate::domain::time::{Span, Time};
use crate::vault::{Travel, Vault};

/// How long a first use may take. Whoever takes longer begins again; nothing is lost.
pub const LIFE: Span = Span::minutes(60);

/// Where a first use stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    /// User-ID and activation password are asked.
    Start,
    /// The rules are shown.
    Terms(Right),
    /// A password is chosen.
    Choose(Right),
    /// The first code of a card is asked, where there is a card.
    Code(Chosen),
}

/// A right activation password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Right {
    person: PersonId,
    eid: EidId,
    activation: ActivationId,
    epoch: i32,
}

impl From<Attempted> for Right {
    fn from(right: Attempted) -> Self {
        Self {
            person: right.who.person,
            eid: right.who.eid,
            activation: right.activation,
            epoch: right.epoch,
        }
    }
}

impl From<Right> for Attempted {
    fn from(right: Right) -> Self {
        Self {
            who: Who {
                person: right.person,
                eid: right.eid,
            },
            activation: right.activation,
            epoch: right.epoch,
        }
    }
}

/// A password was chosen; what its owner is asked for now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chosen {
    /// Whose.
    pub person: PersonId,
    /// Of which eID.
    pub eid: EidId,
    /// In which credential epoch.
    pub epoch: i32,
    /// The challenge that was shown last.
    pub asked: Option<Asked>,
}

/// The state as it travels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    id: [u8; 16],
    /// Where it stands.
    pub step: Step,
    issued: Time,
}

impl State {
    /// A first use begins.
    #[must_use]
    pub fn begin(ctx: &Ctx) -> Self {
        Self {
            id: ctx.rng.bytes(),
            step: Step::Start,
            issued: ctx.now,
        }
    }

    /// The same first use, at another step.
    #[must_use]
    pub fn at(&self, step: Step) -> Self {
        Self { step, ..self.clone() }
    }

    /// When it lapses.
    #[must_use]
    pub fn expires_at(&self) -> Time {
        self.issued + LIFE
    }

    /// The stable word of the step (`data-step`).
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self.step {
            Step::Start => "activate",
            Step::Terms(_) => "terms",
            Step::Choose(_) => "choose",
            Step::Code(_) => "code",
        }
    }

    /// The sealed state for the cookie.
    #[must_use]
    pub fn seal(&self, vault: &Vault, ctx: &Ctx) -> Option<String> {
        let plain = postcard::to_allocvec(self).ok()?;
        Some(vault.travel_seal(Travel::FirstUse, ctx.now, &plain, &ctx.rng))
    }

    /// What a cookie brought; nothing for what is none of ours or has lapsed.
    #[must_use]
    pub fn open(vault: &Vault, ctx: &Ctx, cookie: &str) -> Option<Self> {
        let plain = vault.travel_open(Travel::FirstUse, ctx.now, cookie)?;
        let state: Self = postcard::from_bytes(&plain).ok()?;
        (ctx.now < state.expires_at()).then_some(state)
    }

    /// The token that a form of this step must carry: bound to this first use and step.
    #[must_use]
    pub fn csrf(&self, vault: &Vault) -> String {
        vault.csrf(&self.csrf_input())
    }

    /// Whether a form carries it.
    #[must_use]
    pub fn csrf_ok(&self, vault: &Vault, token: &str) -> bool {
        vault.csrf_ok(&self.csrf_input(), token)
    }

    fn csrf_input(&self) -> Vec<u8> {
        [b"first use", &self.id[..], self.word().as_bytes()].concat()
    }
}
