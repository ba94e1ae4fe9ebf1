//! A person's key cards: which there are, when the next is ordered and in which print, one more, and a new one put into use (M10, M20,
//! M21). Never shows a code.

use serde::Serialize;

use super::account::Holder;
use super::overview::{CardLine, cards};
use crate::credentials::keycard::{self, Asked, Verdict};
use crate::credentials::passkey;
use crate::ctx::Ctx;
use crate::domain::keycard::{CardNumber, Code as CardCode, Threshold, in_stock, may_order_alone, may_order_extra};
use crate::domain::refusal::{Code, Refusal};
use crate::login::Ceremony;
use crate::storage::{CardWish, Halt, Tx};

/// What the page shows.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Cards {
    pub(super) cards: Vec<CardLine>,
    /// What stands in the field: as kept, or as typed.
    pub(super) reorder_at: String,
    pub(super) large_print: bool,
    /// The oldest card that can be put into use.
    pub(super) new: Option<String>,
    /// Whether one more may be ordered.
    pub(super) may_order: bool,
    /// The eID is on hardware: whoever orders a card is back on cards.
    pub(super) on_hardware: bool,
}

/// Reads it.
pub(super) fn read(tx: &mut Tx<'_>, holder: &Holder, limit: usize) -> Result<Cards, Halt> {
    let eid = holder.eid.id;
    let rows = tx.cards().of_eid(eid)?;
    let wish = tx.card_wishes().of(eid)?;
    let new = rows.iter().find(|row| row.card.state.awaits_activation());
    let states = || rows.iter().map(|row| row.card.state);
    let may_order = may_order_alone(states()).and_then(|()| may_order_extra(in_stock(states()), limit));
    Ok(Cards {
        new: new.map(|row| row.card.number.to_string()),
        may_order: may_order.is_ok(),
        on_hardware: holder.eid.on_hardware,
        cards: cards(tx, eid)?,
        reorder_at: wish.reorder_at.get().to_string(),
        large_print: wish.large_print,
    })
}

/// Notes when the next card is ordered, and in which print. The refusal of a number that is none.
pub(super) fn wish(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    house: &Ceremony,
    holder: &Holder,
    (reorder_at, large_print): (&str, bool),
) -> Result<Result<(), Refusal>, Halt> {
    let reorder_at = match Threshold::parse(reorder_at) {
        Ok(reorder_at) => reorder_at,
        Err(code) => return Ok(Err(Refusal::new(code).at("reorder_at"))),
    };
    holder.hold(tx, ctx, house)?;
    let wish = CardWish {
        reorder_at,
        large_print,
    };
    keycard::wish(tx, ctx, holder.who(), wish).map(Ok)
}

/// Whether the key alone orders one: an eID on hardware is on cards again with it, so that who has but the card, or has blocked the key,
/// would have a way round it.
pub(super) fn wants_key(tx: &mut Tx<'_>, holder: &Holder) -> Result<bool, Halt> {
    Ok(holder.eid.on_hardware && passkey::had_any(tx, holder.eid.id)?)
}

/// Orders one more.
pub(super) fn order(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    house: &Ceremony,
    holder: &Holder,
    limit: usize,
) -> Result<Result<(), Refusal>, Halt> {
    holder.hold(tx, ctx, house)?;
    let wants = wants_key(tx, holder)?;
    holder.shows_key(wants)?;
    match keycard::order_extra(tx, ctx, holder.who(), limit) {
        Ok(()) => Ok(Ok(())),
        Err(Halt::Refused(refusal)) if matches!(refusal.code, Code::KeycardEnough | Code::KeycardProof) => {
            Ok(Err(refusal))
        }
        Err(halt) => Err(halt),
    }
}

/// The challenge of a new card: of the one that is named, else of the oldest.
pub(super) fn ask(tx: &mut Tx<'_>, ctx: &Ctx, holder: &Holder, named: Option<&CardNumber>) -> Result<Asked, Halt> {
    let eid = holder.eid.id;
    if let Some(number) = named {
        return keycard::ask_new(tx, ctx, eid, number);
    }
    let rows = tx.cards().of_eid(eid)?;
    let new = rows.iter().find(|row| row.card.state.awaits_activation());
    let number = new.map(|row| row.card.number.clone()).ok_or(Code::KeycardNotFound)?;
    keycard::ask_new(tx, ctx, eid, &number)
}

/// Puts a new card into use by a code from itself; the one in use until then is closed. What was not right, and what is asked now.
pub(super) fn activate(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    house: &Ceremony,
    holder: &Holder,
    (number, typed): (&CardNumber, &str),
) -> Result<Result<(), (Refusal, Option<Asked>)>, Halt> {
    holder.hold(tx, ctx, house)?;
    let asked = keycard::ask_new(tx, ctx, holder.eid.id, number)?;
    let code = match (typed.trim().is_empty(), CardCode::parse(typed)) {
        (true, _) => return Ok(Err((Refusal::new(Code::CodeRequired).at("code"), Some(asked)))),
        (_, None) => return Ok(Err((Refusal::new(Code::CodeFormat).at("code"), Some(asked)))),
        (_, Some(code)) => code,
    };
    match keycard::answer(tx, ctx, holder.who(), &asked, &code)? {
        Verdict::Accepted { .. } => Ok(Ok(())),
        Verdict::Refused { refusal, next } => Ok(Err((refusal, next))),
    }
}
