//! A person's code tokens (M12): which there are, one ordered at the price that was shown, and one put into use, stopped or opened again
//! with a code of the card. Never takes a payment: an order waits until the operator sends a token.

use serde::Serialize;

use super::account::Holder;
use super::approval::{self, Typed, Wrong};
use super::shown::{maybe, moment};
use crate::credentials::keycard::Asked;
use crate::credentials::token;
use crate::ctx::Ctx;
use crate::domain::authenticator::State;
use crate::domain::factor::Factor;
use crate::domain::otp::Code as TokenCode;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::time::Time;
use crate::login::Ceremony;
use crate::storage::{Authenticator, Halt, Tx};

/// A token; never a code.
#[derive(Debug, Clone, Serialize)]
pub(super) struct TokenLine {
    /// The number printed on it.
    pub(super) serial: String,
    /// The state's word.
    pub(super) state: &'static str,
    #[serde(serialize_with = "maybe")]
    pub(super) activated_at: Option<Time>,
    #[serde(serialize_with = "maybe")]
    pub(super) used_at: Option<Time>,
}

/// An order that waits.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Ordered {
    pub(super) price_oere: u32,
    #[serde(serialize_with = "moment")]
    pub(super) at: Time,
}

/// What the page shows.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Tokens {
    /// Those whose life is not over.
    pub(super) tokens: Vec<TokenLine>,
    pub(super) order: Option<Ordered>,
    /// What one costs now.
    pub(super) price_oere: u32,
    /// Whether one may be ordered.
    pub(super) may_order: bool,
}

/// Reads it.
pub(super) fn read(tx: &mut Tx<'_>, holder: &Holder, price_oere: u32) -> Result<Tokens, Halt> {
    let held = tx.authenticators().of_eid(holder.eid.id)?;
    let is_token = |one: &&Authenticator| one.factor == Factor::Token && one.state != State::Closed;
    let in_use = |one: &Authenticator| matches!(one.state, State::Assigned | State::Active);
    let order = tx.code_tokens().open_order(holder.eid.id)?;
    Ok(Tokens {
        may_order: order.is_none() && !held.iter().filter(is_token).any(in_use),
        tokens: held.iter().filter(is_token).map(line).collect(),
        order: order.map(|order| Ordered {
            price_oere: order.price_oere,
            at: order.ordered_at,
        }),
        price_oere,
    })
}

fn line(one: &Authenticator) -> TokenLine {
    TokenLine {
        serial: one.serial.clone().unwrap_or_default(),
        state: one.state.as_str(),
        activated_at: one.active_at,
        used_at: one.used_at,
    }
}

/// Those that can be stopped: in use, or on their way.
pub(super) fn open_tokens(tx: &mut Tx<'_>, holder: &Holder) -> Result<Vec<TokenLine>, Halt> {
    let mut tokens = read(tx, holder, 0)?.tokens;
    tokens.retain(|token| token.state != State::Blocked.as_str());
    Ok(tokens)
}

/// Orders one at the price that was shown and accepted.
pub(super) fn order(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    house: &Ceremony,
    holder: &Holder,
    (price_oere, accepted): (u32, Option<u32>),
) -> Result<Result<(), Refusal>, Halt> {
    match accepted {
        None => return Ok(Err(Refusal::new(Code::TokenAccept).at("accept"))),
        Some(shown) if shown != price_oere => return Ok(Err(Refusal::new(Code::TokenPrice).at("accept"))),
        Some(_) => {}
    }
    holder.hold(tx, ctx, house)?;
    match token::order(tx, ctx, holder.who(), price_oere) {
        // Asked twice, it is ordered once and the answer is the same.
        Ok(_) => Ok(Ok(())),
        Err(Halt::Refused(refusal)) if refusal.code == Code::TokenInUse => Ok(Err(refusal)),
        Err(halt) => Err(halt),
    }
}

/// Takes an order back.
pub(super) fn take_back(tx: &mut Tx<'_>, ctx: &Ctx, house: &Ceremony, holder: &Holder) -> Result<(), Halt> {
    holder.hold(tx, ctx, house)?;
    token::end_order(tx, ctx, holder.who()).map(drop)
}

/// What is done to a token with a code of the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Act {
    Activate,
    Block,
    Reopen,
}

impl Act {
    pub(super) const ALL: [Self; 3] = [Self::Activate, Self::Block, Self::Reopen];

    /// The word in the address.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Activate => "activate",
            Self::Block => "block",
            Self::Reopen => "reopen",
        }
    }

    /// Back from the address.
    pub(super) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|act| act.as_str() == text)
    }

    /// Whether a token in that state is what it is for.
    const fn fits(self, state: State) -> bool {
        matches!(
            (self, state),
            (Self::Activate, State::Assigned) | (Self::Block, State::Active) | (Self::Reopen, State::Blocked)
        )
    }
}

/// What the card asks for this act; refused where there is no token for it.
pub(super) fn ask(tx: &mut Tx<'_>, ctx: &Ctx, holder: &Holder, act: Act) -> Result<Asked, Halt> {
    let held = tx.authenticators().of_eid(holder.eid.id)?;
    let fits = |one: &Authenticator| one.factor == Factor::Token && act.fits(one.state);
    if held.iter().any(fits) {
        approval::ask(tx, ctx, holder)
    } else {
        Err(Code::TokenState.into())
    }
}

/// What the form of an act sent.
#[derive(Debug)]
pub(super) struct Form {
    /// The number printed on the token.
    pub(super) serial: String,
    /// What the token shows; asked for when it is put into use.
    pub(super) shown: zeroize::Zeroizing<String>,
    /// The card's part.
    pub(super) card: Typed,
}

/// Does it.
pub(super) fn act(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    house: &Ceremony,
    holder: &Holder,
    (act, form): (Act, &Form),
) -> Result<Result<(), Wrong>, Halt> {
    holder.hold(tx, ctx, house)?;
    let again = |tx: &mut Tx<'_>, refusal| Ok(Err((refusal, Some(approval::ask(tx, ctx, holder)?))));
    let serial = form.serial.trim();
    let held = tx.authenticators().of_eid(holder.eid.id)?;
    let meant = held.iter().find(|one| {
        let named = act == Act::Block || one.serial.as_deref() == Some(serial);
        one.factor == Factor::Token && act.fits(one.state) && named
    });
    let Some(meant) = meant else {
        return again(tx, Refusal::new(Code::TokenNotFound).at("serial"));
    };
    let shown = match (act, form.shown.trim().is_empty(), TokenCode::parse(&form.shown)) {
        (Act::Activate, true, _) => return again(tx, Refusal::new(Code::TokenRequired).at("shown")),
        (Act::Activate, _, None) => return again(tx, Refusal::new(Code::TokenFormat).at("shown")),
        (_, _, shown) => shown,
    };
    let (asked, code) = match approval::read(tx, ctx, holder, &form.card)? {
        Ok(answer) => answer,
        Err(wrong) => return Ok(Err(wrong)),
    };
    let (who, approval) = (holder.who(), (&asked, &code));
    let told = match (act, shown) {
        (Act::Activate, Some(shown)) => token::activate(tx, ctx, who, serial, shown, approval)?,
        (Act::Reopen, _) => token::reopen(tx, ctx, who, meant.id, approval)?,
        _ => token::block(tx, ctx, who, meant.id, approval)?,
    };
    Ok(approval::told(told))
}
