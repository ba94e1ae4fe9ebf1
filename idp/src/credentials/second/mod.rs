//! The second factors behind one form: what an eID can be asked now, the challenge, the verdict.
//!
//! Owns that each factor counts in its own place and that the block of one leaves the others. Never decides which of them a place takes,
//! nor which is asked first: that is `domain::factor`.

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use super::{code_app, keycard, passkey, token, voice};
use crate::audit::{Event, Who, record};
use crate::ctx::Ctx;
use crate::domain::authenticator::State;
use crate::domain::contact::Sent as SpokenCode;
use crate::domain::factor::{Factor, Factors};
use crate::domain::id::EidId;
use crate::domain::keycard::Code as CardCode;
use crate::domain::otp::Code as TokenCode;
use crate::domain::refusal::{Code, Refusal};
use crate::storage::{Halt, Tx};

pub use super::passkey::For;

/// What is asked of a person. It travels in the flow's cookie, so it is small.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Asked {
    /// A code of the card.
    Card(keycard::Asked),
    /// What the token shows.
    Token(token::Asked),
    /// The approval of an app.
    App(code_app::Asked),
    /// A signature of a passkey.
    Passkey(passkey::Asked),
    /// A code that is read aloud.
    Voice(voice::Asked),
}

impl Asked {
    /// Which factor it asks.
    #[must_use]
    pub const fn factor(&self) -> Factor {
        match self {
            Self::Card(_) => Factor::Keycard,
            Self::Token(_) => Factor::Token,
            Self::App(_) => Factor::App,
            Self::Passkey(_) => Factor::Passkey,
            Self::Voice(_) => Factor::Voice,
        }
    }
}

/// What was typed, in the form of the factor that was asked.
#[derive(Debug, Clone)]
pub enum Typed {
    /// As a code of the card.
    Card(CardCode),
    /// As a code of a token.
    Token(TokenCode),
    /// Nothing is typed: the app has answered, or it has not.
    App,
    /// A signature that was found good (`passkey::Check`).
    Passkey(Box<passkey::Proof>),
    /// As a code that was read aloud.
    Voice(SpokenCode),
}

impl Typed {
    /// Reads what was typed as an answer to what was asked.
    ///
    /// # Errors
    /// That nothing was typed, or nothing that could be a code.
    pub fn parse(asked: &Asked, text: &str) -> Result<Self, Refusal> {
        if matches!(asked, Asked::App(_)) {
            return Ok(Self::App);
        }
        let empty = text.trim().is_empty();
        let (typed, code) = match asked {
            Asked::Card(_) | Asked::Voice(_) if empty => (None, Code::CodeRequired),
            Asked::Token(_) if empty => (None, Code::TokenRequired),
            Asked::Voice(_) => (SpokenCode::parse(text).map(Self::Voice), Code::CodeFormat),
            Asked::Card(_) => (CardCode::parse(text).map(Self::Card), Code::CodeFormat),
            // A signature is no text: the log-in has it checked first.
            Asked::Passkey(_) => (None, Code::PasskeyRequired),
            Asked::Token(_) | Asked::App(_) => (TokenCode::parse(text).map(Self::Token), Code::TokenFormat),
        };
        typed.ok_or(Refusal::new(code).at("code"))
    }
}

/// What came of an answer.
#[derive(Debug)]
pub enum Verdict {
    /// Right, and used up by it.
    Accepted {
        /// The maker of the key vouches that it cannot leave its device.
        in_hardware: bool,
    },
    /// Not right, or not to be used.
    Refused {
        /// What the person hears.
        refusal: Refusal,
        /// What this factor asks next; nothing when it cannot be asked any more.
        next: Option<Asked>,
    },
}

/// What an eID could be asked at this moment.
#[derive(Debug)]
pub struct Held {
    card: Result<keycard::Asked, Code>,
    token: Option<token::Asked>,
    app: bool,
    passkey: Option<passkey::Asked>,
    passkey_waits: bool,
    voice: bool,
    usual: Option<Factor>,
}

impl Held {
    /// The factors that can be asked.
    #[must_use]
    pub fn factors(&self) -> Factors {
        let card = self.card.is_ok().then_some(Factor::Keycard);
        let token = self.token.map(|_| Factor::Token);
        let app = self.app.then_some(Factor::App);
        let passkey = self.passkey.map(|_| Factor::Passkey);
        let voice = self.voice.then_some(Factor::Voice);
        let others = token.into_iter().chain(app).chain(passkey).chain(voice);
        card.into_iter().chain(others).collect()
    }

    /// The one that its holder wants to be asked for first; the card where they never chose.
    #[must_use]
    pub const fn usual(&self) -> Option<Factor> {
        self.usual
    }

    /// The challenge of a factor that shows one without anything being written; nothing where it cannot be asked so: an app is asked
    /// by a question of its own (`code_app::ask`), a number by a call (`voice::ask`).
    #[must_use]
    pub fn ask(&self, factor: Factor) -> Option<Asked> {
        match factor {
            Factor::Keycard => self.card.clone().ok().map(Asked::Card),
            Factor::Token => self.token.map(Asked::Token),
            Factor::Passkey => self.passkey.map(Asked::Passkey),
            Factor::App | Factor::Voice => None,
        }
    }

    /// Why no passkey can be asked of an eID that is asked for nothing else.
    #[must_use]
    pub const fn why_no_key(&self) -> Code {
        if self.passkey_waits {
            Code::PasskeyTooEarly
        } else {
            Code::HardwareUnbound
        }
    }

    /// Why nothing can be asked: in the words of the card, which everybody has.
    #[must_use]
    pub fn why_nothing(&self) -> Code {
        self.card.as_ref().err().copied().unwrap_or(Code::KeycardState)
    }
}

/// What an eID can be asked; `calls` is voice response as the operator set it. Writes nothing.
///
/// # Errors
/// When the database does not answer or a row is corrupt.
pub fn held(tx: &mut Tx<'_>, ctx: &Ctx, eid: EidId, calls: voice::Rules) -> Result<Held, Halt> {
    let card = match keycard::ask(tx, ctx, eid) {
        Ok(asked) => Ok(asked),
        Err(Halt::Refused(refusal)) => Err(refusal.code),
        Err(halt) => return Err(halt),
    };
    let others = tx.authenticators().of_eid(eid)?;
    let voice = voice::usable(tx, ctx, eid, &others, calls)?;
    let app = code_app::usable(tx, ctx, eid, &others)?;
    let active = || others.iter().filter(|other| other.state == State::Active);
    Ok(Held {
        card,
        token: active()
            .find(|other| other.factor == Factor::Token)
            .map(|token| token::Asked(token.id)),
        app,
        voice,
        passkey: passkey::usable(ctx, &others).then(|| passkey::Asked::new(ctx)),
        passkey_waits: passkey::waits(ctx, &others),
        usual: active().find(|other| other.usual).map(|other| other.factor),
    })
}

fn passkey_again(tx: &mut Tx<'_>, ctx: &Ctx, eid: EidId) -> Result<Option<Asked>, Halt> {
    let held = tx.authenticators().of_eid(eid)?;
    Ok(passkey::usable(ctx, &held).then(|| Asked::Passkey(passkey::Asked::new(ctx))))
}

/// The verdict on an answer to what a log-in asked. A right one uses it up, in this transaction.
///
/// # Errors
/// When the database does not answer, or somebody else used the factor meanwhile (the act runs again).
pub fn answer(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    who: Who,
    wanted: For<'_>,
    asked: &Asked,
    typed: &Typed,
) -> Result<Verdict, Halt> {
    const ACCEPTED: Verdict = Verdict::Accepted { in_hardware: false };
    Ok(match (asked, typed) {
        (Asked::Card(shown), Typed::Card(code)) => match keycard::answer(tx, ctx, who, shown, code)? {
            keycard::Verdict::Accepted { .. } => ACCEPTED,
            keycard::Verdict::Refused { refusal, next } => Verdict::Refused {
                refusal,
                next: next.map(Asked::Card),
            },
        },
        (Asked::Token(which), Typed::Token(code)) => match token::answer(tx, ctx, who, *which, *code)? {
            token::Verdict::Accepted => ACCEPTED,
            token::Verdict::Refused { refusal, again } => Verdict::Refused {
                refusal,
                next: again.then_some(Asked::Token(*which)),
            },
        },
        (Asked::App(question), Typed::App) => match code_app::answer(tx, ctx, who, wanted.flow, question)? {
            code_app::Verdict::Accepted => ACCEPTED,
            code_app::Verdict::Refused(code) => Verdict::Refused {
                refusal: Refusal::new(code),
                next: (code == Code::AppWaiting).then_some(Asked::App(*question)),
            },
        },
        (Asked::Passkey(question), Typed::Passkey(proof)) => {
            match passkey::settle(tx, ctx, who, (*question, wanted), proof)? {
                passkey::Settled::Accepted { in_hardware } => Verdict::Accepted { in_hardware },
                passkey::Settled::Refused(code) => Verdict::Refused {
                    refusal: Refusal::new(code),
                    next: passkey_again(tx, ctx, who.eid)?,
                },
            }
        }
        (Asked::Voice(call), Typed::Voice(code)) => match voice::answer(tx, ctx, who, wanted.flow, (call, *code))? {
            voice::Verdict::Accepted => ACCEPTED,
            voice::Verdict::Refused { refusal, again } => Verdict::Refused {
                refusal,
                next: again.then_some(Asked::Voice(*call)),
            },
        },
        // An answer in another factor's form answers nothing.
        _ => Verdict::Refused {
            refusal: Refusal::new(Code::CodeFormat).at("code"),
            next: Some(asked.clone()),
        },
    })
}

/// Lets the eID be asked for this factor first from now on.
///
/// # Errors
/// When the database does not answer.
pub fn make_usual(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, factor: Factor) -> Result<(), Halt> {
    tx.authenticators().make_usual(who.eid, factor)?;
    record(tx, ctx, &Event::FactorUsual { who, factor })
}
