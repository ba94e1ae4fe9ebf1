//! To stop the password, a card or the whole eID (M23, M60, M61): with user-ID and password, without a code, at once.

use serde::Serialize;

use super::account::Holder;
use super::overview::{CardLine, cards};
use crate::credentials::block::{self, HOLDER};
use crate::ctx::Ctx;
use crate::domain::keycard::CardNumber;
use crate::domain::refusal::{Code, Refusal};
use crate::login::Ceremony;
use crate::storage::{Halt, Tx};

/// What is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum What {
    /// The password.
    Password,
    /// One card.
    Card,
    /// The eID with all that belongs to it.
    Eid,
}

impl What {
    pub(super) const ALL: [Self; 3] = [Self::Password, Self::Card, Self::Eid];

    /// The word in the address.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Card => "card",
            Self::Eid => "eid",
        }
    }

    /// Back from the address.
    pub(super) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|what| what.as_str() == text)
    }
}

/// The cards that can still be blocked.
pub(super) fn open_cards(tx: &mut Tx<'_>, holder: &Holder) -> Result<Vec<CardLine>, Halt> {
    let mut cards = cards(tx, holder.eid.id)?;
    cards.retain(|card| !card.closed);
    Ok(cards)
}

/// Stops it; asked twice, it is stopped once and the answer is the same.
pub(super) fn stop(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    house: &Ceremony,
    holder: &Holder,
    what: What,
    card: &str,
) -> Result<Result<(), Refusal>, Halt> {
    holder.hold(tx, ctx, house)?;
    let who = holder.who();
    match what {
        What::Password => drop(block::password(tx, ctx, who)?),
        What::Eid => drop(block::eid(tx, ctx, who, HOLDER)?),
        What::Card => {
            let number = CardNumber::parse(card);
            let stopped = match &number {
                Some(number) => block::card(tx, ctx, who, number, HOLDER)?,
                None => false,
            };
            if !stopped {
                return Ok(Err(Refusal::new(Code::KeycardNotFound)));
            }
        }
    }
    Ok(Ok(()))
}
