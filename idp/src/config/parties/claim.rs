//! Personal data, one by one: what a party may be registered for, and whether a person is asked before it is told.

use serde::{Deserialize, Serialize};

use crate::domain::party::PartyKind;

/// One personal datum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Claim {
    /// The person's public number.
    Pid,
    /// Name; of a protected person only to public parties.
    Name,
    /// E-mail address.
    Email,
    /// Postal address; of a protected person never.
    Address,
    /// Telephone number.
    Phone,
    /// Birth date.
    Birthdate,
    /// Child, youth or adult.
    AgeGroup,
    /// The CPR number.
    Cpr,
}

impl Claim {
    /// Every datum.
    pub const ALL: [Self; 8] = [
        Self::Pid,
        Self::Name,
        Self::Email,
        Self::Address,
        Self::Phone,
        Self::Birthdate,
        Self::AgeGroup,
        Self::Cpr,
    ];

    /// Its stable word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pid => "pid",
            Self::Name => "name",
            Self::Email => "email",
            Self::Address => "address",
            Self::Phone => "phone",
            Self::Birthdate => "birthdate",
            Self::AgeGroup => "age_group",
            Self::Cpr => "cpr",
        }
    }

    /// Back from its word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|claim| claim.as_str() == word)
    }

    /// Whether a person is asked before a party of this kind is told (M51; decision 0170): the CPR number by all but public services, what
    /// else tells who somebody is or where they are found by private ones. A bank knows its customers, and the public number is what an
    /// eID is for.
    #[must_use]
    pub const fn needs_consent(self, kind: PartyKind) -> bool {
        match self {
            Self::Cpr => matches!(kind, PartyKind::Private | PartyKind::Bank),
            Self::Name | Self::Email | Self::Address | Self::Phone | Self::Birthdate => {
                matches!(kind, PartyKind::Private)
            }
            Self::Pid | Self::AgeGroup => false,
        }
    }
}
