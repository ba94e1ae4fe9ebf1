//! What shows an officer who a person is. Owns the list of documents (M33, M34) and which role may take what for proof. Never checks a
//! document: whoever saw it did, or a register does.

use serde::{Deserialize, Serialize};

use super::officer::Role;
use super::refusal::Code;

/// A document that shows who somebody is, all by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Document {
    /// A passport, not a provisional one.
    Passport,
    /// A driving licence of an EU or EEA country, Greenland or the Faroes.
    DrivingLicence,
    /// A Danish moped licence in the form of a card.
    MopedLicence,
    /// A residence permit with a photo, issued in Denmark.
    ResidencePermit,
    /// A Danish police ID.
    PoliceId,
    /// An identity card of the Danish banks.
    BankId,
    /// A national identity card with a photo that serves for travel in Schengen.
    NationalId,
    /// A NATO passport.
    NatoPassport,
    /// A Danish military ID.
    MilitaryId,
}

impl Document {
    /// Every document.
    pub const ALL: [Self; 9] = [
        Self::Passport,
        Self::DrivingLicence,
        Self::MopedLicence,
        Self::ResidencePermit,
        Self::PoliceId,
        Self::BankId,
        Self::NationalId,
        Self::NatoPassport,
        Self::MilitaryId,
    ];

    /// The stable word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Passport => "passport",
            Self::DrivingLicence => "driving_licence",
            Self::MopedLicence => "moped_licence",
            Self::ResidencePermit => "residence_permit",
            Self::PoliceId => "police_id",
            Self::BankId => "bank_id",
            Self::NationalId => "national_id",
            Self::NatoPassport => "nato_passport",
            Self::MilitaryId => "military_id",
        }
    }

    /// Back from the word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|document| document.as_str() == text)
    }
}

/// A document was seen: only where people are met.
///
/// # Errors
/// `ra.proof` for a role that meets nobody.
pub const fn seen_by(role: Role) -> Result<(), Code> {
    match role {
        Role::Registrar => Ok(()),
        Role::Support | Role::Printer => Err(Code::RaProof),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_meets_nobody_has_seen_no_document() {
        assert_eq!(seen_by(Role::Registrar), Ok(()));
        assert_eq!(seen_by(Role::Support), Err(Code::RaProof));
        assert_eq!(seen_by(Role::Printer), Err(Code::RaProof));
    }

    #[test]
    fn documents_come_back_from_their_words() {
        for document in Document::ALL {
            assert_eq!(Document::parse(document.as_str()), Some(document));
        }
    }
}
