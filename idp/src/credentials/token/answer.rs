//! What was typed against what the token shows now: one act, counted in the token's own row.

use serde::{Deserialize, Serialize};

use crate::audit::Who;
use crate::credentials::change::record_change;
use crate::ctx::Ctx;
use crate::delivery::{Notice, notice};
use crate::domain::authenticator::State;
use crate::domain::factor::Factor;
use crate::domain::id::AuthenticatorId;
use crate::domain::otp::{self, Answer, Code as TokenCode, Counter};
use crate::domain::refusal::{Code, Refusal};
use crate::storage::{CodeToken, Halt, Tx};
use crate::vault;

/// Which token is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "[u8; 16]", from = "[u8; 16]")]
pub struct Asked(pub AuthenticatorId);

impl From<Asked> for [u8; 16] {
    fn from(Asked(id): Asked) -> [u8; 16] {
        id.bytes()
    }
}

impl From<[u8; 16]> for Asked {
    fn from(id: [u8; 16]) -> Asked {
        Asked(AuthenticatorId::from_bytes(id))
    }
}

/// What came of an answer.
#[derive(Debug)]
pub enum Verdict {
    /// Right; no code up to this one serves again.
    Accepted,
    /// Not right, or not to be used.
    Refused {
        /// What the person hears.
        refusal: Refusal,
        /// Whether the token may be asked again.
        again: bool,
    },
}

/// The verdict on `typed` as a code of the token that was asked.
///
/// # Errors
/// When the database does not answer, or somebody else used the token meanwhile (the act runs again).
pub fn answer(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, Asked(id): Asked, typed: TokenCode) -> Result<Verdict, Halt> {
    let refused = |refusal, again| Ok(Verdict::Refused { refusal, again });
    let Some(token) = tx.code_tokens().find(id)?.filter(|token| token.eid == Some(who.eid)) else {
        return refused(Refusal::new(Code::TokenState), false);
    };
    if let Err(code) = otp::takes_answers(token.state) {
        return refused(Refusal::new(code), false);
    }
    match judge(&token, typed, ctx) {
        Answer::Accepted(counter) => {
            save(tx, ctx, CodeToken { counter, ..token }, true)?;
            Ok(Verdict::Accepted)
        }
        Answer::Used => refused(Refusal::new(Code::TokenUsed).at("code"), true),
        Answer::Next(counter) => {
            save(tx, ctx, CodeToken { counter, ..token }, false)?;
            refused(Refusal::new(Code::TokenNext).at("code"), true)
        }
        Answer::Wrong(counter) => {
            save(tx, ctx, CodeToken { counter, ..token }, false)?;
            let left = u32::from(otp::tries_left(&counter));
            refused(Refusal::new(Code::TokenWrong).at("code").left(left), true)
        }
        Answer::Blocks(counter) => {
            let state = State::Blocked;
            let serial = token.serial.clone();
            save(
                tx,
                ctx,
                CodeToken {
                    counter,
                    state,
                    ..token
                },
                false,
            )?;
            record_change(tx, ctx, who, (Factor::Token, serial), state, "wrong_codes")?;
            notice(tx, ctx, who, Notice::FactorBlocked)?;
            refused(Refusal::new(Code::TokenBlocked), false)
        }
    }
}

/// Where the typed code stands, and what the law makes of it. A token without a seed shows nothing.
pub(super) fn judge(token: &CodeToken, typed: TokenCode, ctx: &Ctx) -> Answer {
    let counter: Counter = token.counter;
    let windows = otp::windows(token.scheme, &counter, ctx.now);
    let found = match &token.seed {
        Some(seed) => vault::otp::find(seed, token.scheme, &windows, typed),
        None => otp::Found::Nowhere,
    };
    otp::answer(token.scheme, counter, found, ctx.now)
}

/// Over the version that was read, or not at all: a lost race runs the whole act again.
pub(super) fn save(tx: &mut Tx<'_>, ctx: &Ctx, token: CodeToken, accepted: bool) -> Result<(), Halt> {
    if tx.code_tokens().save(&token, accepted, ctx.now)? {
        Ok(())
    } else {
        Err(Halt::Again)
    }
}
