//! The activation password: six digits that a machine made, by which a person shows who they are when they choose a password, the
//! first or another one. Owns its form, its states and when it serves. Never knows its value: the vault compares.
//!
//! ```text
//! ordered ──▶ printed ──▶ posted ──▶ used          sent: by text message
//!    │           │           │ ▲ ├──▶ void          (too many wrong tries, or another one was ordered, or the eID was blocked)
//!    └─ sent ────┴───────────┘ │ └──▶ over its time   (void, where it was never posted)
//!         └────────────────────┘
//! ```

use std::fmt;

use serde::{Deserialize, Serialize};

use super::time::{Span, Time};

/// Another one is ordered online after so long at the earliest.
pub const AGAIN_AFTER: Span = Span::hours(24);
/// So many wrong tries, however far apart, make it void: 20 in a million.
pub const VOID_AT: u32 = 20;

/// The six digits. Shown in its letter or message only: `Debug` keeps it to itself.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Digits(u32);

impl Digits {
    /// How many there are.
    pub const COUNT: u32 = 1_000_000;

    /// From a random number below [`Digits::COUNT`]; a larger one is taken modulo it.
    #[must_use]
    pub const fn from_random(number: u32) -> Self {
        Self(number % Self::COUNT)
    }

    /// Reads six digits, grouped by spaces or not.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > 32 {
            return None;
        }
        let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let right = digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_digit());
        right.then(|| digits.parse().ok().map(Self)).flatten()
    }

    /// The bytes that the vault compares.
    #[must_use]
    pub const fn bytes(self) -> [u8; 4] {
        self.0.to_be_bytes()
    }
}

impl fmt::Display for Digits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:06}", self.0)
    }
}

impl fmt::Debug for Digits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digits(…)")
    }
}

/// Where an activation password is in its life; the diagram is at the head of this module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// To be printed.
    Ordered,
    /// On paper, in our hands.
    Printed,
    /// On its way to the holder.
    Posted,
    /// Sent by text message.
    Sent,
    /// A password was chosen with it.
    Used,
    /// Of no use any more.
    Void,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 6] = [
        Self::Ordered,
        Self::Printed,
        Self::Posted,
        Self::Sent,
        Self::Used,
        Self::Void,
    ];

    /// As the database keeps it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ordered => "ordered",
            Self::Printed => "printed",
            Self::Posted => "posted",
            Self::Sent => "sent",
            Self::Used => "used",
            Self::Void => "void",
        }
    }

    /// Back from the database.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Whether anybody can hold it.
    #[must_use]
    pub const fn is_out(self) -> bool {
        matches!(self, Self::Printed | Self::Posted | Self::Sent)
    }
}

/// Whether it serves now.
#[must_use]
pub fn serves(state: State, expires_at: Time, now: Time) -> bool {
    state.is_out() && now < expires_at
}

/// Whether another one may be ordered online.
#[must_use]
pub fn may_order(last: Option<Time>, now: Time) -> bool {
    last.is_none_or(|last| last + AGAIN_AFTER <= now)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn six_digits_grouped_or_not() {
        assert_eq!(Digits::parse(" 004 711 ").unwrap().to_string(), "004711");
        for text in ["", "4711", "0047110", "00471a", "+04711", "٠٠٤٧١١"] {
            assert_eq!(Digits::parse(text), None, "{text}");
        }
        assert_eq!(format!("{:?}", Digits::from_random(4_711)), "Digits(…)");
    }

    #[test]
    fn it_serves_from_print_to_its_end_and_not_after_use() {
        let end = Time::from_secs(1_000);
        let before = Time::from_secs(999);
        let serving: Vec<_> = State::ALL
            .into_iter()
            .filter(|state| serves(*state, end, before))
            .collect();
        assert_eq!(serving, [State::Printed, State::Posted, State::Sent]);
        assert!(State::ALL.into_iter().all(|state| !serves(state, end, end)));
        assert!(
            State::ALL
                .into_iter()
                .all(|state| State::parse(state.as_str()) == Some(state))
        );
    }

    #[test]
    fn one_a_day_may_be_ordered() {
        let last = Time::from_secs(1_000_000);
        assert!(may_order(None, last));
        assert!(!may_order(Some(last), last + Span::hours(23)));
        assert!(may_order(Some(last), last + AGAIN_AFTER));
    }
}
