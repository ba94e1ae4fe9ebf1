//! The challenge of a card, and the verdict on an answer: one act, no slow work.

use serde::{Deserialize, Serialize};

use crate::audit::{Event, Who, record};
use crate::ctx::Ctx;
use crate::delivery::{Notice, notice};
use crate::domain::id::EidId;
use crate::domain::keycard::{self, Answer, CardNumber, CardState, Code as CardCode, Index, Position, Threshold};
use crate::domain::refusal::{Code, Refusal};
use crate::fault::Fault;
use crate::storage::{CardRow, Halt, Tx};
use crate::vault::card;

use super::order::order_by_itself;

/// What a card asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "(String, u8, u16)", try_from = "(String, u8, u16)")]
pub struct Asked {
    /// The card.
    pub card: CardNumber,
    /// The entry, by its place on the card.
    pub position: Position,
    /// The entry, by the number printed beside it.
    pub index: Index,
}

impl From<Asked> for (String, u8, u16) {
    fn from(asked: Asked) -> (String, u8, u16) {
        (asked.card.to_string(), asked.position.get(), asked.index.get())
    }
}

impl TryFrom<(String, u8, u16)> for Asked {
    type Error = &'static str;

    fn try_from((card, position, index): (String, u8, u16)) -> Result<Asked, &'static str> {
        Ok(Asked {
            card: CardNumber::parse(&card).ok_or("no card number")?,
            position: Position::new(position).ok_or("no position on a card")?,
            index: Index::new(index).ok_or("no key number")?,
        })
    }
}

/// What came of an answer.
#[derive(Debug)]
pub enum Verdict {
    /// Right; the code is burnt. `left` codes remain.
    Accepted {
        /// Codes that remain.
        left: u32,
    },
    /// Not right, or not to be used: what the person hears, and what is asked next, if anything.
    Refused {
        /// What they hear.
        refusal: Refusal,
        /// The challenge that stands now.
        next: Option<Asked>,
    },
}

/// The challenge of the eID's active card or, where none can be used, of the oldest that was printed for its holder: the right
/// answer puts that one into use. Writes nothing.
///
/// # Errors
/// A refusal where no card can be asked (used up, blocked, expired, none yet); a fault when the row is corrupt.
pub fn ask(tx: &mut Tx<'_>, ctx: &Ctx, eid: EidId) -> Result<Asked, Halt> {
    let cards = tx.cards().of_eid(eid)?;
    let usable = |row: &&CardRow| challenge(row, ctx).is_ok();
    let in_use = cards
        .iter()
        .filter(|row| row.card.state == CardState::Active)
        .find(usable);
    let handed_out = |row: &&CardRow| row.card.state.awaits_activation();
    match in_use.or_else(|| cards.iter().filter(handed_out).find(usable)) {
        Some(row) => asked(row, ctx),
        None => Err(why_none(&cards).into()),
    }
}

/// The challenge of one card of the eID that was printed for its holder and is not in use yet. Writes nothing.
///
/// # Errors
/// `keycard.not_found` for a card that is not theirs; else as [`ask`].
pub fn ask_new(tx: &mut Tx<'_>, ctx: &Ctx, eid: EidId, number: &CardNumber) -> Result<Asked, Halt> {
    let row = tx.cards().find(number)?.filter(|row| row.eid == eid);
    let row = row.ok_or(Code::KeycardNotFound)?;
    keycard::activation(&row.card, ctx.now)?;
    asked(&row, ctx)
}

/// What a person without a card that can be asked is told: how the last one ended, else that one is on its way.
fn why_none(cards: &[CardRow]) -> Code {
    let ended = |row: &&CardRow| row.card.state.is_closed() || row.card.state == CardState::Active;
    match cards.iter().rev().find(ended).map(|row| row.card.state) {
        Some(CardState::UsedUp) => Code::Auth006,
        Some(CardState::Blocked) => Code::Lock003,
        // What is in use and cannot be asked has come to its end.
        Some(CardState::Expired | CardState::Active) => Code::KeycardExpired,
        _ if cards.iter().any(|row| !row.card.state.is_closed()) => Code::KeycardOnItsWay,
        _ => Code::KeycardState,
    }
}

/// What the law lets be asked of a card, in use or to be put into use.
fn challenge(row: &CardRow, ctx: &Ctx) -> Result<Position, Code> {
    match row.card.state {
        state if state.awaits_activation() => keycard::activation(&row.card, ctx.now),
        _ => keycard::challenge(&row.card, ctx.now),
    }
}

fn asked(row: &CardRow, ctx: &Ctx) -> Result<Asked, Halt> {
    let position = challenge(row, ctx)?;
    let secret = row
        .secret
        .as_ref()
        .ok_or_else(|| Fault::corrupt("cards", "secret", row.card.number.as_str()))?;
    Ok(Asked {
        card: row.card.number.clone(),
        position,
        index: card::index_at(secret, row.scheme, position),
    })
}

/// The verdict on `typed` as the answer to what was `shown`. A right answer burns the code, in this transaction, and puts a new card
/// into use; the law says what else follows: another challenge, the next card, a block.
///
/// # Errors
/// When the database does not answer, or somebody else changed the card meanwhile (the act runs again).
pub fn answer(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, shown: &Asked, typed: &CardCode) -> Result<Verdict, Halt> {
    let Some(mut row) = tx.cards().find(&shown.card)?.filter(|row| row.eid == who.eid) else {
        return Ok(Verdict::Refused {
            refusal: Refusal::new(Code::KeycardState),
            next: None,
        });
    };
    let right = match &row.secret {
        Some(secret) => card::matches(secret, row.scheme, shown.position, typed),
        None => false,
    };
    let number = row.card.number.to_string();
    let is_new = row.card.state.awaits_activation();
    let judge = if is_new { keycard::activate } else { keycard::answer };
    let law = judge(&row.card, shown.position, right, ctx.now, &mut |bound| {
        ctx.rng.below(bound)
    });
    match law {
        Answer::Accepted { used, next, state } => {
            let left = used.left();
            row.card.used = used;
            row.card.pending = next;
            row.card.state = state;
            row.card.wrong_in_a_row = 0;
            save(tx, ctx, &row)?;
            if state == CardState::UsedUp {
                record(tx, ctx, &Event::CardUsedUp { who, card: number })?;
            }
            if is_new {
                put_in_use(tx, ctx, who, &row)?;
            }
            if orders_next(tx, who, left)? {
                order_by_itself(tx, ctx, who)?;
            }
            Ok(Verdict::Accepted { left })
        }
        Answer::Wrong { wrong_in_a_row, blocks } => {
            row.card.wrong_in_a_row = wrong_in_a_row;
            if blocks {
                row.card.state = CardState::Blocked;
                save(tx, ctx, &row)?;
                let event = Event::CardBlocked {
                    who,
                    card: number,
                    cause: "tries",
                };
                record(tx, ctx, &event)?;
                notice(tx, ctx, who, Notice::CardBlocked)?;
                return Ok(Verdict::Refused {
                    refusal: Refusal::new(Code::Lock003),
                    next: None,
                });
            }
            save(tx, ctx, &row)?;
            row.version += 1;
            let left = keycard::WRONG_LIMIT.saturating_sub(wrong_in_a_row);
            let refusal = Refusal::new(Code::CodeWrong).at("code").left(u32::from(left));
            Ok(Verdict::Refused {
                refusal,
                next: Some(asked(&row, ctx)?),
            })
        }
        Answer::AlreadyUsed => Ok(Verdict::Refused {
            refusal: Refusal::new(Code::CodeUsed).at("code"),
            next: Some(asked(&row, ctx)?),
        }),
        Answer::Unusable(code) => Ok(Verdict::Refused {
            refusal: Refusal::new(code),
            next: None,
        }),
    }
}

/// Whether the code that left so many orders the next card. Only near the end of a card is its holder's wish looked for.
fn orders_next(tx: &mut Tx<'_>, who: Who, left: u32) -> Result<bool, Halt> {
    Ok(left <= u32::from(Threshold::MOST) && tx.card_wishes().of(who.eid)?.reorder_at.orders(left))
}

/// A new card has shown that it is in its holder's hands: the one that was in use until then is closed.
fn put_in_use(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, new: &CardRow) -> Result<(), Halt> {
    let mut replaced = None;
    for mut old in tx.cards().of_eid(who.eid)? {
        if old.card.state == CardState::Active && old.card.number != new.card.number {
            old.card.state = CardState::Replaced;
            save(tx, ctx, &old)?;
            replaced = Some(old.card.number.to_string());
        }
    }
    let card = new.card.number.to_string();
    record(tx, ctx, &Event::CardActivated { who, card, replaced })?;
    notice(tx, ctx, who, Notice::CardActivated)
}

/// Over the version that was read, or not at all: a lost race runs the whole act again.
fn save(tx: &mut Tx<'_>, ctx: &Ctx, row: &CardRow) -> Result<(), Halt> {
    if tx.cards().save(row, ctx.now)? {
        Ok(())
    } else {
        Err(Halt::Again)
    }
}
