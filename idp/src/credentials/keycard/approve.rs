//! A code of the card that approves an act, whatever the act is. Owns what the person hears of it; never knows what is approved.

use super::answer::{Asked, Verdict, answer};
use crate::audit::Who;
use crate::ctx::Ctx;
use crate::domain::keycard::Code as CardCode;
use crate::domain::refusal::Refusal;
use crate::storage::{Halt, Tx};

/// What a person hears of an act that a code of their card approves: done, or what was wrong and what the card asks next. A refused act
/// is committed all the same, since a wrong code counts.
pub type Told<T = ()> = Result<T, Box<(Refusal, Option<Asked>)>>;

/// A code of the card, and what was shown when it was typed.
pub type Approval<'a> = (&'a Asked, &'a CardCode);

/// Burns the code that approves an act.
///
/// # Errors
/// When the database does not answer, or somebody else changed the card meanwhile (the act runs again).
pub fn approve(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, (asked, typed): Approval<'_>) -> Result<Told, Halt> {
    Ok(match answer(tx, ctx, who, asked, typed)? {
        Verdict::Accepted { .. } => Ok(()),
        Verdict::Refused { refusal, next } => Err(Box::new((refusal, next))),
    })
}
