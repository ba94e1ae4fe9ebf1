//! One person's log-in. Owns its number, its status, whether it may be used publicly, and the age groups of the terms. Never
//! says where it is accepted: that is [`super::acceptance`].

use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize, Serializer};

use super::cpr::age_on;

/// How many eID numbers there are: nine digits, the first not zero, so that none is mistaken for a shorter number.
pub const NUMBERS: u64 = 900_000_000;
/// From this age an eID may be used publicly.
pub const PUBLIC_AGE: u8 = 15;
/// From this age a person binds themselves in law; until then the eID is marked as youth.
pub const FULL_AGE: u8 = 18;

/// The nine digits printed in the welcome letter, which are a user-ID too.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EidNumber(String);

impl EidNumber {
    /// From a random number below [`NUMBERS`]; a larger one is taken modulo it.
    #[must_use]
    pub fn from_random(number: u64) -> Self {
        Self((NUMBERS / 9 + number % NUMBERS).to_string())
    }

    /// Reads nine digits, grouped by spaces or not.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits: String = text.chars().filter(|c| *c != ' ').collect();
        let right = digits.len() == 9 && digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
        right.then_some(Self(digits))
    }

    /// The nine digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `123 456 789`, as letters and pages print it.
    #[must_use]
    pub fn grouped(&self) -> String {
        format!("{} {} {}", &self.0[..3], &self.0[3..6], &self.0[6..])
    }
}

impl fmt::Display for EidNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for EidNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// ```text
/// ordered ──activation──▶ active ◀──open───┐
///   │  ▲──a new password─────┤             │
///   │  └─────open────────────┼──────────── blocked ◀──block── (ordered, active)
///   └──────────close─────────┴──▶ closed ◀──close──┘
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EidStatus {
    /// Issued and not yet activated by its holder, or to be activated anew: a new password was ordered.
    Ordered,
    /// In use.
    Active,
    /// Stopped by the holder, the issuer or us; may come back.
    Blocked,
    /// Ended for good.
    Closed,
}

impl EidStatus {
    /// Every status.
    pub const ALL: [Self; 4] = [Self::Ordered, Self::Active, Self::Blocked, Self::Closed];

    /// As the database keeps it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ordered => "ordered",
            Self::Active => "active",
            Self::Blocked => "blocked",
            Self::Closed => "closed",
        }
    }

    /// Back from the database.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }

    /// May this status follow?
    #[must_use]
    pub const fn may_become(self, next: Self) -> bool {
        use EidStatus::{Active, Blocked, Closed, Ordered};
        matches!(
            (self, next),
            (Ordered | Active | Blocked, Closed)
                | (Ordered | Blocked, Active)
                | (Ordered | Active, Blocked)
                | (Active | Blocked, Ordered)
        )
    }
}

/// Where an eID reaches besides the banks that are linked to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Scope {
    /// May be used at public and private services (otherwise netbank-only).
    pub public: bool,
}

impl Scope {
    /// The scope words of the outside: `public` when public, `netbank` when a bank is linked.
    #[must_use]
    pub fn words(self, linked_to_a_bank: bool) -> Vec<&'static str> {
        [(linked_to_a_bank, "netbank"), (self.public, "public")]
            .into_iter()
            .filter_map(|(holds, word)| holds.then_some(word))
            .collect()
    }
}

/// What the terms distinguish by age.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgeGroup {
    /// Under 15: netbank only.
    Child,
    /// 15 to 17: public, marked as youth.
    Youth,
    /// 18 and more.
    Adult,
}

impl AgeGroup {
    /// `child`, `youth`, `adult`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Child => "child",
            Self::Youth => "youth",
            Self::Adult => "adult",
        }
    }

    /// Back from text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Child, Self::Youth, Self::Adult]
            .into_iter()
            .find(|group| group.as_str() == text)
    }

    /// The group of an age in whole years.
    #[must_use]
    pub const fn of(age: u8) -> Self {
        match age {
            0..PUBLIC_AGE => Self::Child,
            PUBLIC_AGE..FULL_AGE => Self::Youth,
            _ => Self::Adult,
        }
    }
}

/// The group on that day.
#[must_use]
pub fn age_group(birth: NaiveDate, today: NaiveDate) -> AgeGroup {
    AgeGroup::of(age_on(birth, today))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers() {
        assert_eq!(EidNumber::from_random(0).as_str(), "100000000");
        assert_eq!(EidNumber::from_random(NUMBERS - 1).as_str(), "999999999");
        assert_eq!(EidNumber::parse("123 456 789").unwrap().grouped(), "123 456 789");
        for text in ["", "12345678", "1234567890", "012345678", "12345678a"] {
            assert_eq!(EidNumber::parse(text), None, "{text}");
        }
    }

    #[test]
    fn closed_is_for_good() {
        for next in EidStatus::ALL {
            assert!(!EidStatus::Closed.may_become(next));
            let may = matches!(next, EidStatus::Active | EidStatus::Blocked);
            assert_eq!(next.may_become(EidStatus::Ordered), may);
            assert!(!next.may_become(next));
        }
        assert!(EidStatus::Blocked.may_become(EidStatus::Active));
        for status in EidStatus::ALL {
            assert_eq!(EidStatus::parse(status.as_str()), Some(status));
        }
    }

    #[test]
    fn ages() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
        let table = [
            ((2011, 11, 23), AgeGroup::Child),
            ((2011, 11, 22), AgeGroup::Youth),
            ((2008, 11, 23), AgeGroup::Youth),
            ((2008, 11, 22), AgeGroup::Adult),
            ((2027, 1, 1), AgeGroup::Child),
        ];
        for ((year, month, day), expected) in table {
            assert_eq!(
                age_group(NaiveDate::from_ymd_opt(year, month, day).unwrap(), today),
                expected
            );
        }
    }

    #[test]
    fn scope_words() {
        assert_eq!(Scope { public: true }.words(true), ["netbank", "public"]);
        assert_eq!(Scope { public: false }.words(true), ["netbank"]);
        assert_eq!(Scope { public: true }.words(false), ["public"]);
    }

    proptest! {
        #[test]
        fn every_number_is_read_back(number: u64) {
            let number = EidNumber::from_random(number);
            prop_assert_eq!(EidNumber::parse(&number.grouped()), Some(number));
        }
    }
}
