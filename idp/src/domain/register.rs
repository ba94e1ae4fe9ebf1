//! What the civil register says of a person, as far as the house asks it. Owns the shape and what is sound in it. Never fetches it: that
//! is `registers`.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Whether a person is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CivilStatus {
    /// Alive and registered.
    #[default]
    Alive,
    /// Dead.
    Dead,
    /// Moved abroad.
    Emigrated,
    /// Nobody knows where.
    Disappeared,
    /// Has asked for residence, and nothing is decided.
    ResidencePending,
}

/// A person's entry.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Full name.
    pub name: String,
    /// Lines of the registered address.
    #[serde(default)]
    pub address: Option<String>,
    /// Name and address are protected.
    #[serde(default)]
    pub protected: bool,
    /// Whether the person is there.
    #[serde(default)]
    pub status: CivilStatus,
    /// Somebody else acts for the person.
    #[serde(default)]
    pub guardian: bool,
    /// Has lived in Denmark since then; not said of whoever always has.
    #[serde(default)]
    pub in_denmark_since: Option<NaiveDate>,
    /// The mother's full name.
    #[serde(default)]
    pub mother: Option<String>,
    /// The father's full name.
    #[serde(default)]
    pub father: Option<String>,
    /// The spouse's full name, of a marriage that lasts.
    #[serde(default)]
    pub spouse: Option<String>,
    /// The children's full names.
    #[serde(default)]
    pub children: Vec<String>,
    /// Addresses before the present one, one line each, the newest first.
    #[serde(default)]
    pub former_addresses: Vec<String>,
}

impl Entry {
    /// With a name, and without an address where a blank one stands; nothing where no name does.
    #[must_use]
    pub fn sound(self) -> Option<Self> {
        let blank = |text: &String| text.trim().is_empty();
        let address = self.address.filter(|address| !blank(address));
        (!blank(&self.name)).then_some(Self { address, ..self })
    }
}

/// The documents that a register knows by their number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NumberedDocument {
    /// A Danish passport.
    Passport,
    /// A Danish driving licence.
    DrivingLicence,
}

impl NumberedDocument {
    /// The stable word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Passport => "passport",
            Self::DrivingLicence => "driving_licence",
        }
    }
}

/// A document's number as registers compare it: letters in upper case and digits, without spaces and hyphens. `None` for what can be none.
#[must_use]
pub fn document_number(text: &str) -> Option<String> {
    let number: String = text
        .chars()
        .filter(|c| !matches!(c, ' ' | '-'))
        .map(|c| c.to_ascii_uppercase())
        .collect();
    let good = (6..=12).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_alphanumeric());
    good.then_some(number)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn document_numbers_have_one_spelling() {
        assert_eq!(document_number(" 20-8 123456 ").unwrap(), "208123456");
        assert_eq!(document_number("c01x00t47").unwrap(), "C01X00T47");
        for text in ["", "12345", "1234567890123", "12345æ78", "1234_678"] {
            assert_eq!(document_number(text), None, "{text}");
        }
    }

    #[test]
    fn an_entry_needs_a_name_and_nothing_else() {
        let entry: Entry = serde_json::from_str(r#"{"name": "Anna Demosen"}"#).unwrap();
        assert_eq!(
            (entry.status, entry.protected, entry.children.len()),
            (CivilStatus::Alive, false, 0)
        );
        assert!(serde_json::from_str::<Entry>(r#"{"name": "A", "shoe_size": 43}"#).is_err());
        let of = |text| serde_json::from_str::<Entry>(text).unwrap().sound();
        assert_eq!(of(r#"{"name": " ", "address": "Prøvevej 1"}"#), None);
        assert_eq!(of(r#"{"name": "A", "address": "\n "}"#).unwrap().address, None);
        assert_eq!(of(r#"{"name": "A", "address": "B"}"#).unwrap().address.unwrap(), "B");
    }
}
