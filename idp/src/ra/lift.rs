//! An officer opens something again, or orders an activation password, for somebody who has shown who they are (M60, M62). Owns what
//! counts as shown; the acts are the credentials' own.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::{Case, Done, Officer};
use super::desk::Desk;
use super::people::{EidView, eid_view};
use crate::credentials::activation::{By, Rules, order_by_officer};
use crate::credentials::{open, password, token};
use crate::ctx::Ctx;
use crate::domain::authenticator::State;
use crate::domain::id::AuthenticatorId;
use crate::domain::proof::{Document, seen_by};
use crate::domain::refusal::{Code, Refusal};
use crate::storage::{Halt, Tx};

/// What shows who the person is.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Proof {
    /// The officer saw a document with a photo of the person who stood there.
    DocumentSeen {
        /// Which.
        document: Document,
    },
}

/// What is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Closed {
    /// A blocked eID; a new card is ordered where none is left.
    Eid,
    /// A password that wrong tries have blocked.
    Password,
    /// The strangers' lane.
    Lane,
    /// A code token, by its id.
    Token,
}

/// What is to be opened.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OpenWish {
    what: Closed,
    /// The id of the token.
    which: Option<String>,
    proof: Proof,
}

/// How an activation password travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Way {
    /// A letter to the registered address.
    Letter,
    /// A text message, where a mobile number is known; else a letter.
    TextMessage,
}

/// An activation password is wanted.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ActivationWish {
    by: Way,
    proof: Proof,
}

impl Proof {
    /// Whether this officer may take it; what it was, for the audit trail.
    fn taken_by(&self, officer: &Officer) -> Result<&'static str, Code> {
        match self {
            Self::DocumentSeen { document } => {
                seen_by(officer.role)?;
                Ok(document.as_str())
            }
        }
    }
}

impl Closed {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Eid => "eid",
            Self::Password => "password",
            Self::Lane => "lane",
            Self::Token => "token",
        }
    }
}

/// Opens it.
pub(super) fn lift(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    officer: &Officer,
    case: Option<&Case>,
    wish: &OpenWish,
) -> Result<Done<EidView>, Halt> {
    let Case { who, eid } = case.ok_or(Code::RaNotFound)?;
    let (who, shown) = (*who, wish.proof.taken_by(officer)?);
    let name = format!("{}/{}", officer.ra.id, officer.id);
    let by = open::By {
        officer: &name,
        reason: officer.reason.as_str(),
    };
    match wish.what {
        Closed::Eid => drop(open::eid(tx, ctx, who, by)?),
        Closed::Password => open::password(tx, ctx, who, by)?,
        Closed::Lane => drop(password::open_strangers(tx, ctx, who, by.officer, by.reason)?),
        Closed::Token => {
            let which = wish.which.as_deref().unwrap_or_default();
            let id: AuthenticatorId = which.parse().map_err(|_| Refusal::new(Code::RaNotFound).at("which"))?;
            token::set_by_officer(tx, ctx, who, id, State::Active)?;
        }
    }
    let now = tx.eids().find(eid.id)?;
    Ok(Done {
        body: eid_view(tx, ctx, &now)?,
        about: None,
        detail: format!("{}: {shown}", wish.what.as_str()),
    })
}

/// Orders an activation password: until it is used, the eID serves for nothing.
pub(super) fn activation(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    (officer, case): (&Officer, Option<&Case>),
    wish: &ActivationWish,
    rules: Rules,
) -> Result<Done<EidView>, Halt> {
    let Case { who, eid } = case.ok_or(Code::RaNotFound)?;
    let shown = wish.proof.taken_by(officer)?;
    let (by, word) = match wish.by {
        Way::Letter => (By::Letter, "letter"),
        Way::TextMessage => (By::TextMessage, "text_message"),
    };
    order_by_officer(tx, ctx, *who, Rules { by, ..rules })?;
    let now = tx.eids().find(eid.id)?;
    Ok(Done {
        body: eid_view(tx, ctx, &now)?,
        about: None,
        detail: format!("{word}: {shown}"),
    })
}

impl Desk {
    /// How activation passwords are made here.
    pub(super) const fn rules(&self) -> Rules {
        self.activation
    }
}
