//! What a person holds beside the card: where such a thing is in its life. Owns the states and which may follow which; what each kind
//! does with an answer is its own law (`otp`).
//!
//! ```text
//!   a token:   stock ──▶ assigned ──▶ active ⇄ blocked
//!                │          │            │        │
//!                └──────────┴────────────┴────────┴──▶ closed
//! ```

use serde::{Deserialize, Serialize};

/// Where it is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// In the house, nobody's.
    Stock,
    /// Somebody's, on its way to them.
    Assigned,
    /// Asked for at log-in.
    Active,
    /// Stopped: lost, or too many wrong answers. May be opened again.
    Blocked,
    /// Over, for good: what it keeps secret is erased.
    Closed,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Stock, Self::Assigned, Self::Active, Self::Blocked, Self::Closed];

    /// As the database keeps it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stock => "stock",
            Self::Assigned => "assigned",
            Self::Active => "active",
            Self::Blocked => "blocked",
            Self::Closed => "closed",
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
        use State::{Active, Assigned, Blocked, Closed, Stock};
        matches!(
            (self, next),
            (Stock, Assigned | Closed)
                | (Assigned, Active | Closed)
                | (Active, Blocked | Closed)
                | (Blocked, Active | Closed)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_comes_back_from_the_end_and_nothing_into_the_stock() {
        for state in State::ALL {
            assert!(!State::Closed.may_become(state) && !state.may_become(State::Stock));
            assert!(!state.may_become(state), "{state:?}");
            assert_eq!(State::parse(state.as_str()), Some(state));
        }
    }
}
