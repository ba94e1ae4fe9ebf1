//! The key card: a printed card of one-time codes. Owns its forms, its states, what a right or wrong answer does to it, and
//! when a new card is due. Never knows a code's value: it works on positions, a bitmap and the result of a comparison that
//! the vault made.
//!
//! ```text
//!                     hand-over at a desk
//!                  ┌───────────────────────┐
//! ordered ──▶ printed ──▶ posted ──▶ active ──▶ used up ──▶ replaced
//!    │           │           │         │
//!    └───────────┴───────────┴─────────┴──────▶ blocked | replaced | expired
//! ```
//! Before it is posted a card expires where it waits at a desk and nobody fetches it ([`FETCHED_WITHIN`]).
//!
//! The **pending** position is the one that is asked for. It is drawn when the card is made and again only in the act that
//! burns the code before; showing it changes nothing, so whoever holds k codes cannot redraw until one of them comes up.
//! A right answer burns it. An abandoned challenge is no failure; [`WRONG_LIMIT`] wrong answers in a row block the card.

mod forms;
mod life;

use serde::{Deserialize, Serialize};

pub use forms::{CardNumber, Code, Index, NUMBERS, Position};
pub use life::{FETCHED_WITHIN, RENEWED_BEFORE, Threshold, in_stock, may_order_alone, may_order_extra, notice_due};

use super::refusal;
use super::time::{Span, Time};

/// Codes on a card.
pub const ENTRIES: usize = 148;
/// Printed rows.
pub const ROWS: usize = 37;
/// Printed columns.
pub const COLUMNS: usize = 4;
/// Rows of the three panels that the card folds into.
pub const PANELS: [usize; 3] = [11, 13, 13];
/// So many wrong answers in a row block the card (docs/decisions/0012).
pub const WRONG_LIMIT: u8 = 5;
/// How long a card is valid (M22; docs/decisions/0012).
pub const VALID_FOR: Span = Span::days(3 * 365 + 1);
const BYTES: usize = ENTRIES.div_ceil(8);

/// Which codes are burnt: one bit a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Used([u8; BYTES]);

impl Default for Used {
    fn default() -> Self {
        Self::new()
    }
}

impl Used {
    /// A fresh card.
    #[must_use]
    pub const fn new() -> Self {
        Self([0; BYTES])
    }

    /// Back from the database; `None` when the length is wrong or a bit beyond the card is set.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let bytes: [u8; BYTES] = bytes.try_into().ok()?;
        (bytes[BYTES - 1] >> (ENTRIES % 8) == 0).then_some(Self(bytes))
    }

    /// As the database keeps it.
    #[must_use]
    pub const fn bytes(&self) -> [u8; BYTES] {
        self.0
    }

    /// Is that code burnt?
    #[must_use]
    pub const fn is_used(&self, at: Position) -> bool {
        self.0[(at.0 / 8) as usize] & (1 << (at.0 % 8)) != 0
    }

    /// Burns one; returns whether it was unburnt before.
    pub const fn mark(&mut self, at: Position) -> bool {
        let fresh = !self.is_used(at);
        self.0[(at.0 / 8) as usize] |= 1 << (at.0 % 8);
        fresh
    }

    /// How many are burnt.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.0.iter().map(|byte| byte.count_ones()).sum()
    }

    /// How many are left.
    #[must_use]
    pub fn left(&self) -> u32 {
        u32::try_from(ENTRIES).unwrap_or(0).saturating_sub(self.count())
    }

    /// One of those left, each as likely; `pick(n)` answers a random number below n.
    fn draw(&self, pick: &mut dyn FnMut(u32) -> u32) -> Option<Position> {
        let left = self.left();
        if left == 0 {
            return None;
        }
        let nth = usize::try_from(pick(left) % left).unwrap_or(0);
        Position::all().filter(|at| !self.is_used(*at)).nth(nth)
    }
}

/// Where a card is in its life; the diagram is at the head of this module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CardState {
    /// To be printed.
    Ordered,
    /// On paper, in our hands.
    Printed,
    /// On its way to the holder.
    Posted,
    /// Asked for at log-in.
    Active,
    /// Its last code is burnt.
    UsedUp,
    /// Stopped: lost, seen by others, or too many wrong answers.
    Blocked,
    /// Its time is over.
    Expired,
    /// Another card took its place.
    Replaced,
}

impl CardState {
    /// It is, or may be, in its holder's hands and was not put into use yet.
    #[must_use]
    pub const fn awaits_activation(self) -> bool {
        matches!(self, Self::Printed | Self::Posted)
    }

    /// Every state.
    pub const ALL: [Self; 8] = [
        Self::Ordered,
        Self::Printed,
        Self::Posted,
        Self::Active,
        Self::UsedUp,
        Self::Blocked,
        Self::Expired,
        Self::Replaced,
    ];

    /// As the database keeps it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ordered => "ordered",
            Self::Printed => "printed",
            Self::Posted => "posted",
            Self::Active => "active",
            Self::UsedUp => "used_up",
            Self::Blocked => "blocked",
            Self::Expired => "expired",
            Self::Replaced => "replaced",
        }
    }

    /// Back from the database.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// May that state follow?
    #[must_use]
    pub const fn may_become(self, next: Self) -> bool {
        use CardState::{Active, Blocked, Expired, Ordered, Posted, Printed, Replaced, UsedUp};
        matches!(
            (self, next),
            (Ordered, Printed | Blocked | Expired | Replaced)
                | (Printed, Posted | Active | Blocked | Expired | Replaced)
                | (Posted, Active | Blocked | Expired | Replaced)
                | (Active, UsedUp | Blocked | Expired | Replaced)
                | (UsedUp, Replaced)
        )
    }

    /// May its codes be shown to the printer?
    #[must_use]
    pub const fn printable(self) -> bool {
        matches!(self, Self::Ordered | Self::Printed)
    }

    /// Is its life over, so that its secret is erased?
    #[must_use]
    pub const fn is_closed(self) -> bool {
        matches!(self, Self::UsedUp | Self::Blocked | Self::Expired | Self::Replaced)
    }
}

/// What the law needs of a card's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// The printed number.
    pub number: CardNumber,
    /// Where it is in its life.
    pub state: CardState,
    /// What is burnt.
    pub used: Used,
    /// What is asked for; none when nothing is left.
    pub pending: Option<Position>,
    /// Wrong answers since the last right one.
    pub wrong_in_a_row: u8,
    /// When it ends, if it does.
    pub expires_at: Option<Time>,
}

/// What an answer does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Right: burn it.
    Accepted {
        /// The bitmap after.
        used: Used,
        /// What will be asked for next.
        next: Option<Position>,
        /// The state after.
        state: CardState,
    },
    /// Wrong: count it.
    Wrong {
        /// The count after.
        wrong_in_a_row: u8,
        /// This one blocks the card (LOCK003).
        blocks: bool,
    },
    /// The shown position was burnt meanwhile: nothing is counted, the present one is shown (`code.used`).
    AlreadyUsed,
    /// The card takes no answers.
    Unusable(refusal::Code),
}

/// The position that a new card asks for first; drawn in the act that makes the card.
#[must_use]
pub fn first_pending(pick: &mut dyn FnMut(u32) -> u32) -> Position {
    Used::new().draw(pick).unwrap_or(Position(0))
}

/// The position to ask for on a card on which these are burnt; none when nothing is left.
#[must_use]
pub fn next_pending(used: &Used, pick: &mut dyn FnMut(u32) -> u32) -> Option<Position> {
    used.draw(pick)
}

/// What to ask at a log-in. Showing it writes nothing.
///
/// # Errors
/// AUTH006 used up, LOCK003 blocked, `keycard.expired` its time is over, `keycard.state` not yet or no longer in use.
pub fn challenge(card: &Card, now: Time) -> Result<Position, refusal::Code> {
    match card.state {
        CardState::Active => pending(card, now),
        CardState::UsedUp => Err(refusal::Code::Auth006),
        CardState::Blocked => Err(refusal::Code::Lock003),
        CardState::Expired => Err(refusal::Code::KeycardExpired),
        _ => Err(refusal::Code::KeycardState),
    }
}

/// What to ask when a new card is put into use; the answer goes to [`activate`].
///
/// # Errors
/// LOCK003 blocked, `keycard.expired` its time is over, `keycard.state` when it is not on its way to the holder.
pub fn activation(card: &Card, now: Time) -> Result<Position, refusal::Code> {
    match card.state {
        CardState::Printed | CardState::Posted => pending(card, now),
        CardState::Blocked => Err(refusal::Code::Lock003),
        _ => Err(refusal::Code::KeycardState),
    }
}

/// Judges an answer to a challenge at log-in: `shown` is the position the person saw, `right` the vault's comparison.
#[must_use]
pub fn answer(card: &Card, shown: Position, right: bool, now: Time, pick: &mut dyn FnMut(u32) -> u32) -> Answer {
    settle(card, challenge(card, now), shown, right, pick)
}

/// Judges the first answer of a new card, which puts it into use and burns that code.
#[must_use]
pub fn activate(card: &Card, shown: Position, right: bool, now: Time, pick: &mut dyn FnMut(u32) -> u32) -> Answer {
    settle(card, activation(card, now), shown, right, pick)
}

fn pending(card: &Card, now: Time) -> Result<Position, refusal::Code> {
    if card.expires_at.is_some_and(|end| end <= now) {
        return Err(refusal::Code::KeycardExpired);
    }
    card.pending
        .filter(|at| !card.used.is_used(*at))
        .ok_or(refusal::Code::Auth006)
}

fn settle(
    card: &Card,
    asked: Result<Position, refusal::Code>,
    shown: Position,
    right: bool,
    pick: &mut dyn FnMut(u32) -> u32,
) -> Answer {
    match asked {
        Err(code) => Answer::Unusable(code),
        Ok(asked) if asked != shown => Answer::AlreadyUsed,
        Ok(_) if !right => {
            let wrong_in_a_row = card.wrong_in_a_row.saturating_add(1);
            Answer::Wrong {
                wrong_in_a_row,
                blocks: wrong_in_a_row >= WRONG_LIMIT,
            }
        }
        Ok(asked) => burn(card.used, asked, pick),
    }
}

fn burn(mut used: Used, at: Position, pick: &mut dyn FnMut(u32) -> u32) -> Answer {
    used.mark(at);
    let next = used.draw(pick);
    let state = if next.is_some() {
        CardState::Active
    } else {
        CardState::UsedUp
    };
    Answer::Accepted { used, next, state }
}

#[cfg(test)]
mod tests;
