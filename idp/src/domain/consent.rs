//! The four consents that go with the rules of public use (M41): each is given by itself, in a version of its text. Owns which there are and
//! which version is in force. Never records one: that is `issuing`.

use serde::{Deserialize, Serialize};

/// The version that is in force of the rules of an order and of the four texts: the day of the last change to any of them. A text is never
/// changed under its version; the earlier consents stay among the texts, so that what somebody agreed to can be read later.
pub const VERSION: &str = "2026-11-28";

/// What is consented to at every issue of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Consent {
    /// Name and address are looked up in the civil register.
    CprLookup,
    /// The link between PID and CPR number goes to the PID service.
    PidLink,
    /// A PID of an earlier certificate is used again.
    PidReuse,
    /// Name, address, CPR number, any e-mail and mobile are used to issue and run the certificate.
    PersonalData,
}

impl Consent {
    /// Each of them.
    pub const ALL: [Self; 4] = [Self::CprLookup, Self::PidLink, Self::PidReuse, Self::PersonalData];

    /// As the database and the API have it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CprLookup => "cpr_lookup",
            Self::PidLink => "pid_link",
            Self::PidReuse => "pid_reuse",
            Self::PersonalData => "personal_data",
        }
    }

    /// The name of the field by which it is given on a form.
    #[must_use]
    pub const fn field(self) -> &'static str {
        match self {
            Self::CprLookup => "consent_cpr_lookup",
            Self::PidLink => "consent_pid_link",
            Self::PidReuse => "consent_pid_reuse",
            Self::PersonalData => "consent_personal_data",
        }
    }

    /// Back from the word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|consent| consent.as_str() == text)
    }

    /// The key of its text in a version.
    #[must_use]
    pub fn text_key(self, version: &str) -> String {
        format!("consent-{version}-{}", self.as_str().replace('_', "-"))
    }
}

/// Whether these are all four, in the version in force.
#[must_use]
pub fn all_given(version: &str, given: &[Consent]) -> bool {
    version == VERSION && Consent::ALL.iter().all(|consent| given.contains(consent))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn consents_come_back_from_their_words() {
        for consent in Consent::ALL {
            assert_eq!(Consent::parse(consent.as_str()), Some(consent));
        }
    }

    #[test]
    fn three_of_four_or_an_old_text_are_not_enough() {
        assert!(all_given(VERSION, &Consent::ALL));
        for missing in 0..4 {
            let given: Vec<_> = (0..4)
                .filter(|nth| *nth != missing)
                .map(|nth| Consent::ALL[nth])
                .collect();
            assert!(!all_given(VERSION, &given));
        }
        assert!(!all_given("2020-01-01", &Consent::ALL));
    }
}
