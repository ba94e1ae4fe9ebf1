//! A code of the key card that approves an act on our own pages: what the card asks, and what was typed as its answer.

use zeroize::Zeroizing;

use super::account::Holder;
use crate::credentials::keycard::{self, Asked, Told};
use crate::ctx::Ctx;
use crate::domain::keycard::Code as CardCode;
use crate::domain::refusal::{Code, Refusal};
use crate::storage::{Halt, Tx};

/// What a form sent: the challenge that it showed, and the answer.
#[derive(Debug)]
pub(super) struct Typed {
    pub(super) card: String,
    pub(super) index: String,
    pub(super) code: Zeroizing<String>,
}

/// What was not right, and what the card asks now.
pub(super) type Wrong = (Refusal, Option<Asked>);

/// What the holder's card asks. Writes nothing.
pub(super) fn ask(tx: &mut Tx<'_>, ctx: &Ctx, holder: &Holder) -> Result<Asked, Halt> {
    keycard::ask(tx, ctx, holder.eid.id)
}

/// Reads what was typed as the answer to what the card asks now. A challenge that was burnt meanwhile is shown afresh, and counts nothing.
pub(super) fn read(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    holder: &Holder,
    typed: &Typed,
) -> Result<Result<(Asked, CardCode), Wrong>, Halt> {
    let asked = ask(tx, ctx, holder)?;
    let wrong = |code, asked| Ok(Err((Refusal::new(code).at("code"), Some(asked))));
    if typed.card != asked.card.as_str() || typed.index != asked.index.to_string() {
        return wrong(Code::CodeUsed, asked);
    }
    match (typed.code.trim().is_empty(), CardCode::parse(&typed.code)) {
        (true, _) => wrong(Code::CodeRequired, asked),
        (_, None) => wrong(Code::CodeFormat, asked),
        (_, Some(code)) => Ok(Ok((asked, code))),
    }
}

/// What came of an act, as our pages tell it.
pub(super) fn told<T>(told: Told<T>) -> Result<T, Wrong> {
    told.map_err(|wrong| *wrong)
}
