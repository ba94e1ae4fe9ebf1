//! When a card is followed by the next one: the holder's threshold, extra cards, the end of its time. Owns those numbers; never
//! orders anything.

use super::CardState;
use crate::domain::refusal::Code;
use crate::domain::time::{Span, Time};

/// The next card is ordered so long before the one in use ends (M22).
pub const RENEWED_BEFORE: Span = Span::days(30);
/// A card that waits at a desk is fetched within so long of its order, or expires (docs/decisions/0173).
pub const FETCHED_WITHIN: Span = Span::days(30);
/// Days before the end at which the holder is told (M22).
const NOTICES: [i64; 3] = [90, 30, 7];
/// A notice that was missed on its day is still sent so many days later.
const LATE: i64 = 3;

/// At how many codes left the next card is ordered: the holder's own choice (M20).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Threshold(u8);

impl Threshold {
    /// The fewest: a letter takes some days.
    pub const LEAST: u8 = 5;
    /// The most.
    pub const MOST: u8 = 60;

    /// `None` outside of the bounds.
    #[must_use]
    pub const fn new(codes: u8) -> Option<Self> {
        if Self::LEAST <= codes && codes <= Self::MOST {
            Some(Self(codes))
        } else {
            None
        }
    }

    /// Reads what a holder typed.
    ///
    /// # Errors
    /// `keycard.threshold` for anything but a whole number within the bounds.
    pub fn parse(text: &str) -> Result<Self, Code> {
        let codes = text.trim().parse().ok().and_then(Self::new);
        codes.ok_or(Code::KeycardThreshold)
    }

    /// The number of codes.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }

    /// Whether the act that leaves so many codes orders the next card: exactly the one that reaches the threshold, so that a card
    /// is not ordered again at each log-in after it.
    #[must_use]
    pub fn orders(self, left: u32) -> bool {
        left == u32::from(self.0)
    }

    /// Whether a card with so few codes left should have been followed already: asked when the threshold is raised.
    #[must_use]
    pub fn has_passed(self, left: u32) -> bool {
        left <= u32::from(self.0)
    }
}

impl Default for Threshold {
    /// After the 128th of 148.
    fn default() -> Self {
        Self(20)
    }
}

/// How many of an eID's cards are on their way or lie unused in a drawer.
#[must_use]
pub fn in_stock(states: impl IntoIterator<Item = CardState>) -> usize {
    let unused = |state: &CardState| matches!(state, CardState::Ordered | CardState::Printed | CardState::Posted);
    states.into_iter().filter(unused).count()
}

/// May another card be ordered, beside so many that are unused (M21)?
///
/// # Errors
/// `keycard.enough` when there are `limit` already.
pub fn may_order_extra(in_stock: usize, limit: usize) -> Result<(), Code> {
    if in_stock < limit {
        Ok(())
    } else {
        Err(Code::KeycardEnough)
    }
}

/// May a holder order a card by themselves, with what was the last to happen to their cards (M23)? Whoever has blocked their only card
/// shows who they are first: a card that was stolen with its owner's papers must not be followed by one to a letter box that is watched.
/// `cards` are those of the eID, oldest first.
///
/// # Errors
/// `keycard.proof`.
pub fn may_order_alone(cards: impl IntoIterator<Item = CardState>) -> Result<(), Code> {
    let mut last = None;
    for state in cards {
        if !state.is_closed() {
            return Ok(());
        }
        last = Some(state);
    }
    match last {
        Some(CardState::Blocked) => Err(Code::KeycardProof),
        _ => Ok(()),
    }
}

/// Which notice of a card's end is due: so many days ahead. Each is due for some days, so that none is missed when the house was
/// closed on its day; the caller sees to it that it is sent once.
#[must_use]
pub fn notice_due(expires_at: Time, now: Time) -> Option<i64> {
    let left = (expires_at - now).as_secs().saturating_add(86_399).div_euclid(86_400);
    NOTICES.into_iter().find(|days| (days - LATE..=*days).contains(&left))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn only_a_blocked_last_card_takes_a_proof() {
        use CardState::{Active, Blocked, Expired, Ordered, Posted, Replaced, UsedUp};
        let table: [(&[CardState], bool); 8] = [
            (&[], true),
            (&[Active], true),
            (&[Blocked], false),
            (&[Blocked, Ordered], true),
            (&[Posted, Blocked], true),
            (&[Blocked, Replaced, Expired], true),
            (&[Expired, Blocked], false),
            (&[Blocked, UsedUp], true),
        ];
        for (cards, may) in table {
            assert_eq!(may_order_alone(cards.iter().copied()).is_ok(), may, "{cards:?}");
        }
    }

    #[test]
    fn a_threshold_is_a_number_of_codes_within_bounds() {
        assert_eq!(Threshold::parse(" 20 ").unwrap(), Threshold::default());
        for text in ["", "4", "61", "-20", "20.5", "tyve"] {
            assert_eq!(Threshold::parse(text), Err(Code::KeycardThreshold), "{text}");
        }
        let thirty = Threshold::new(30).unwrap();
        assert!(thirty.orders(30) && !thirty.orders(29) && thirty.has_passed(29) && !thirty.has_passed(31));
    }

    #[test]
    fn cards_that_are_not_in_use_yet_are_stock() {
        assert_eq!(in_stock(CardState::ALL), 3);
        assert_eq!(may_order_extra(2, 3), Ok(()));
        assert_eq!(may_order_extra(3, 3), Err(Code::KeycardEnough));
    }

    #[test]
    fn the_end_is_told_three_times_and_late_rather_than_never() {
        let end = Time::from_secs(1_900_000_000);
        let told = |days: i64| notice_due(end, end - Span::days(days));
        assert_eq!(
            [told(91), told(90), told(88), told(86)],
            [None, Some(90), Some(90), None]
        );
        assert_eq!(
            [told(30), told(29), told(7), told(5), told(3)],
            [Some(30), Some(30), Some(7), Some(7), None]
        );
        assert_eq!(told(-1), None);
    }
}
