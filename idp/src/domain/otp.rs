//! One-time codes of a code token: HOTP (RFC 4226) and TOTP (RFC 6238). Owns where a typed code is looked for, and what a hit or a
//! miss does to the token. Never knows a seed: the vault makes the codes and says where the typed one stands.
//!
//! A code counts for one **moving factor**: a press of the button, or a step of time. `next` is the first one that is still good; a
//! code that is accepted moves it beyond itself, so that no code serves twice and none before it.
//!
//! ```text
//!  HOTP    used │ near: 10 presses │ wide: 90 more            next ─┐
//!         ──────┼──────────────────┼─────────────────▶ presses      │
//!  TOTP    used │ near: the step of now ± 1 │ wide: ± 20            └─ the border between used and near
//! ```
//! A code that stands in the *wide* window is not accepted: the token has run away from us, or somebody is guessing. It counts as a
//! wrong one, and the person types the code after it: if that stands right behind it, the token is in step again (RFC 4226 §7.4).

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::refusal;
use super::time::Time;

/// So many wrong answers in a row block the token.
pub const WRONG_LIMIT: u8 = 5;
/// Presses of the button that nobody saw (RFC 4226 §7.4, `s`).
const LOOK_AHEAD: u64 = 10;
/// How far a token of presses may have run away to be brought back by two codes in a row.
const FAR: u64 = 100;
/// Steps of time on either side of now: a display that is read slowly, a clock that is a little off (RFC 6238 §5.2, §6).
const AROUND: u64 = 1;
/// Steps of time that a clock may be off to be brought back by two codes in a row.
const FAR_AROUND: u64 = 20;
/// The code after the one that stood far away may come a step or two later.
const FOLLOWS: u64 = 3;
/// Codes just before `next` that are told apart from wrong ones: the same code typed twice.
const JUST_USED: u64 = 2;

/// The hash of the HMAC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Algorithm {
    /// HMAC-SHA-1, of RFC 4226 and of nearly every token.
    Sha1,
    /// HMAC-SHA-256 (RFC 6238).
    Sha256,
    /// HMAC-SHA-512 (RFC 6238).
    Sha512,
}

impl Algorithm {
    const ALL: [Self; 3] = [Self::Sha1, Self::Sha256, Self::Sha512];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
            Self::Sha512 => "sha512",
        }
    }
}

/// What moves the code on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Moves {
    /// Each press of the button.
    ByPress,
    /// Each step of time, of so many seconds since 1970.
    ByTime {
        /// Seconds; 30 or 60.
        step: u32,
    },
}

/// How a token makes its codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scheme {
    /// The hash.
    pub algorithm: Algorithm,
    /// Six to eight.
    pub digits: u8,
    /// What moves it on.
    pub moves: Moves,
}

impl Scheme {
    /// A scheme that is known to be safe: six to eight digits, a step of 15 to 120 seconds.
    #[must_use]
    pub fn is_sound(self) -> bool {
        let step = match self.moves {
            Moves::ByPress => true,
            Moves::ByTime { step } => (15..=120).contains(&step),
        };
        (6..=8).contains(&self.digits) && step
    }

    /// As the database keeps it: `hotp-sha1-6`, `totp-sha1-6-30`.
    #[must_use]
    pub fn word(self) -> String {
        let word = format!("{}-{}-{}", self.kind(), self.algorithm.as_str(), self.digits);
        match self.moves {
            Moves::ByPress => word,
            Moves::ByTime { step } => format!("{word}-{step}"),
        }
    }

    /// Back from the database; sound ones only.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        let mut parts = word.split('-');
        let kind = parts.next()?;
        let algorithm = parts.next()?;
        let algorithm = Algorithm::ALL.into_iter().find(|known| known.as_str() == algorithm)?;
        let digits = parts.next()?.parse().ok()?;
        let moves = match (kind, parts.next()) {
            ("hotp", None) => Moves::ByPress,
            ("totp", Some(step)) => Moves::ByTime {
                step: step.parse().ok()?,
            },
            _ => return None,
        };
        let scheme = Self {
            algorithm,
            digits,
            moves,
        };
        (parts.next().is_none() && scheme.is_sound()).then_some(scheme)
    }

    /// `hotp` or `totp`.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self.moves {
            Moves::ByPress => "hotp",
            Moves::ByTime { .. } => "totp",
        }
    }
}

/// A typed code: six to eight digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Code {
    digits: u8,
    number: u32,
}

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Code(…)")
    }
}

impl Code {
    /// Reads what was typed; spaces are how displays group digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
        let digits = u8::try_from(text.len())
            .ok()
            .filter(|digits| (6..=8).contains(digits))?;
        let number = text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok())??;
        Some(Self { digits, number })
    }

    /// How many digits.
    #[must_use]
    pub const fn digits(self) -> u8 {
        self.digits
    }

    /// The digits as a number.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.number
    }
}

/// How a token stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counter {
    /// The first moving factor that is still good.
    pub next: u64,
    /// Steps by which the token's clock is ahead of ours.
    pub drift: i64,
    /// A code stood far away: the one after it is expected here.
    pub expected: Option<u64>,
    /// Wrong answers since the last right one.
    pub wrong_in_a_row: u8,
}

impl Counter {
    /// A token that has never been used here.
    #[must_use]
    pub const fn new(next: u64) -> Self {
        Self {
            next,
            drift: 0,
            expected: None,
            wrong_in_a_row: 0,
        }
    }
}

/// Where a typed code is looked for, in this order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Windows {
    /// Accepted.
    pub near: Range<u64>,
    /// Right behind a code that stood far away: accepted, and in step again.
    pub expected: Range<u64>,
    /// Used just now: nothing is counted.
    pub used: Range<u64>,
    /// Far away.
    pub wide: Range<u64>,
}

/// Where the typed code stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// In the near window.
    Near(u64),
    /// Where it was expected after one that stood far away.
    Expected(u64),
    /// Among those used just now.
    Used,
    /// Far away.
    Far(u64),
    /// In no window.
    Nowhere,
}

/// What an answer does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Right.
    Accepted(Counter),
    /// The same code once more: nothing is counted.
    Used,
    /// Far away: counted as a wrong one, and the next code is asked for.
    Next(Counter),
    /// Wrong.
    Wrong(Counter),
    /// Wrong once too often: the token is blocked.
    Blocks(Counter),
}

fn step_of(now: Time, step: u32, drift: i64) -> u64 {
    let steps = now.micros().div_euclid(1_000_000).div_euclid(i64::from(step.max(1)));
    u64::try_from(steps.saturating_add(drift)).unwrap_or(0)
}

/// Where a code typed now is looked for.
#[must_use]
pub fn windows(scheme: Scheme, counter: &Counter, now: Time) -> Windows {
    let next = counter.next;
    match scheme.moves {
        Moves::ByPress => Windows {
            near: next..next.saturating_add(LOOK_AHEAD),
            expected: counter.expected.map_or(0..0, |at| at..at.saturating_add(1)),
            used: next.saturating_sub(JUST_USED)..next,
            wide: next.saturating_add(LOOK_AHEAD)..next.saturating_add(FAR),
        },
        Moves::ByTime { step } => {
            let at = step_of(now, step, counter.drift);
            let (early, late) = (at.saturating_sub(AROUND), at.saturating_add(AROUND + 1));
            let (far_early, far_late) = (at.saturating_sub(FAR_AROUND), at.saturating_add(FAR_AROUND + 1));
            // Expected only while it is still near now: what was seen long ago promises nothing.
            let expected = |from: u64| {
                let start = from.max(next).max(far_early);
                start..from.min(far_late).saturating_add(FOLLOWS).max(start)
            };
            Windows {
                near: early.max(next)..late.max(next),
                expected: counter.expected.map_or(0..0, expected),
                used: early..late.min(next).max(early),
                wide: far_early.max(next)..far_late.max(next),
            }
        }
    }
}

/// Judges a code that stands there.
#[must_use]
pub fn answer(scheme: Scheme, counter: Counter, found: Found, now: Time) -> Answer {
    match found {
        Found::Near(at) | Found::Expected(at) => Answer::Accepted(Counter {
            next: at.saturating_add(1),
            drift: match scheme.moves {
                Moves::ByPress => 0,
                Moves::ByTime { step } => drift(at, step, now),
            },
            expected: None,
            wrong_in_a_row: 0,
        }),
        Found::Used => Answer::Used,
        Found::Far(at) => wrong(counter, Some(at.saturating_add(1)), Answer::Next),
        Found::Nowhere => wrong(counter, None, Answer::Wrong),
    }
}

/// By how many steps the token's clock is ahead of ours (RFC 6238 §6). A step to either side is how people read displays.
fn drift(at: u64, step: u32, now: Time) -> i64 {
    let ours = i64::try_from(step_of(now, step, 0)).unwrap_or(i64::MAX);
    let off = i64::try_from(at).unwrap_or(i64::MAX).saturating_sub(ours);
    if off.abs() <= 1 { 0 } else { off }
}

fn wrong(counter: Counter, expected: Option<u64>, otherwise: fn(Counter) -> Answer) -> Answer {
    let counter = Counter {
        expected,
        wrong_in_a_row: counter.wrong_in_a_row.saturating_add(1),
        ..counter
    };
    if counter.wrong_in_a_row >= WRONG_LIMIT {
        Answer::Blocks(Counter {
            expected: None,
            ..counter
        })
    } else {
        otherwise(counter)
    }
}

/// How many tries are left.
#[must_use]
pub const fn tries_left(counter: &Counter) -> u8 {
    WRONG_LIMIT.saturating_sub(counter.wrong_in_a_row)
}

/// Why a token in such a state takes no answers, if it takes none.
///
/// # Errors
/// `token.blocked`, `token.state`.
pub const fn takes_answers(state: super::authenticator::State) -> Result<(), refusal::Code> {
    use super::authenticator::State;
    match state {
        State::Active => Ok(()),
        State::Blocked => Err(refusal::Code::TokenBlocked),
        State::Stock | State::Assigned | State::Closed => Err(refusal::Code::TokenState),
    }
}

#[cfg(test)]
mod tests;
