//! The tickets that have served here. Of a bounded number: more cannot serve before some of them are too old to be shown again.

use std::collections::HashMap;

use crate::domain::time::Span;

/// At ten of them a millisecond a ticket's two minutes would not fill it; lanes of one machine are far slower.
const MOST: usize = 32_768;

/// Spent tickets, and when each is too old anyway (in the room's own time).
#[derive(Default)]
pub(super) struct Spent {
    until: HashMap<[u8; 16], Span>,
    swept: Span,
}

impl Spent {
    /// Spends a ticket that is good for `lasts` from now; `false` when it was spent before, or no more can be kept.
    pub(super) fn spend(&mut self, id: [u8; 16], at: Span, lasts: Span) -> bool {
        if self.until.len() >= MOST || at - self.swept > Span::secs(10) {
            self.until.retain(|_, until| *until > at);
            self.swept = at;
        }
        if self.until.len() >= MOST || self.has(id, at) {
            return false;
        }
        self.until.insert(id, at + lasts);
        true
    }

    pub(super) fn has(&self, id: [u8; 16], at: Span) -> bool {
        self.until.get(&id).is_some_and(|until| *until > at)
    }

    pub(super) fn give_back(&mut self, id: [u8; 16]) {
        self.until.remove(&id);
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.until.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u32) -> [u8; 16] {
        u128::from(number).to_be_bytes()
    }

    #[test]
    fn once_unless_it_is_given_back() {
        let mut spent = Spent::default();
        let (at, lasts) = (Span::secs(5), Span::minutes(2));
        assert!(spent.spend(id(1), at, lasts));
        assert!(!spent.spend(id(1), at + Span::secs(119), lasts));
        spent.give_back(id(1));
        assert!(spent.spend(id(1), at, lasts));
    }

    #[test]
    fn of_a_bounded_number_that_time_makes_room_in() {
        let mut spent = Spent::default();
        let lasts = Span::minutes(2);
        let served = (0..100_000).filter(|number| spent.spend(id(*number), Span::secs(1), lasts));
        assert_eq!(served.count(), MOST);
        assert_eq!(spent.len(), MOST);
        assert!(
            spent.spend(id(200_000), Span::secs(122), lasts),
            "the old ones are gone"
        );
        assert_eq!(spent.len(), 1);
    }
}
