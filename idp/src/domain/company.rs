//! Companies, as their register tells of them: the CVR number, whether a company is there, who may sign for it. Owns what passes for a number and
//! who signs. Never fetches an entry: that is `registers`.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::cpr::Cpr;
use super::refusal::Code;

/// What each digit counts for; the sum divides by eleven.
const WEIGHTS: [u32; 8] = [2, 7, 6, 5, 4, 3, 2, 1];

/// The number of a company: eight digits, the last of them a check.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Cvr(String);

impl Cvr {
    /// Reads eight digits; spaces between and around them are ignored.
    ///
    /// # Errors
    /// `cvr.format` when it is not eight digits, `cvr.check` when the check digit is another.
    pub fn parse(text: &str) -> Result<Self, Code> {
        let digits: String = text.chars().filter(|c| *c != ' ').collect();
        if digits.len() != WEIGHTS.len() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Code::CvrFormat);
        }
        let counted = digits.bytes().zip(WEIGHTS);
        let sum: u32 = counted.map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
        if !sum.is_multiple_of(11) || sum == 0 {
            return Err(Code::CvrCheck);
        }
        Ok(Self(digits))
    }

    /// The eight digits.
    #[must_use]
    pub fn digits(&self) -> &str {
        &self.0
    }

    /// A number that can be no company's: the register's begin at 10000000, so that none begins with 0.
    #[must_use]
    pub fn is_substitute(&self) -> bool {
        self.0.starts_with('0')
    }

    /// The number, if it may be used here: a demo knows substitute numbers only, production none of them.
    ///
    /// # Errors
    /// `cvr.real_number` in a demo, `cvr.demo_number` in production.
    pub fn for_mode(&self, demo: bool) -> Result<&Self, Code> {
        match (demo, self.is_substitute()) {
            (true, false) => Err(Code::CvrRealNumber),
            (false, true) => Err(Code::CvrDemoNumber),
            _ => Ok(self),
        }
    }
}

impl fmt::Display for Cvr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a company is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CompanyStatus {
    /// It is there and runs.
    #[default]
    Active,
    /// It is being reconstructed.
    Reconstruction,
    /// Its owners wind it up.
    Liquidation,
    /// It is wound up by order.
    CompulsoryDissolution,
    /// It is bankrupt.
    Bankrupt,
    /// It is no more.
    Dissolved,
}

/// How somebody signs for a company.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Signs {
    /// Binds the company alone.
    Alone,
    /// Binds it together with others who may; with how many is a matter of its rules.
    Jointly,
}

/// Somebody who may sign for a company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signer {
    /// Who.
    #[serde(with = "digits")]
    pub cpr: Cpr,
    /// How.
    pub how: Signs,
}

/// A company's entry.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Company {
    /// Its registered name.
    pub name: String,
    /// Lines of the registered address.
    #[serde(default)]
    pub address: Option<String>,
    /// Whether it is there.
    #[serde(default)]
    pub status: CompanyStatus,
    /// Who may sign for it today: of one that is wound up, the liquidator or the trustee, where the register names them.
    #[serde(default)]
    pub signers: Vec<Signer>,
}

impl Company {
    /// How somebody signs for it. Nobody signs for one that is no more.
    #[must_use]
    pub fn signs(&self, cpr: &Cpr) -> Option<Signs> {
        let theirs = |signer: &&Signer| signer.cpr == *cpr && self.status != CompanyStatus::Dissolved;
        self.signers.iter().find(theirs).map(|signer| signer.how)
    }

    /// Has a name, and nobody among its signers twice.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        let again = |at: usize, signer: &Signer| self.signers.iter().take(at).any(|before| before.cpr == signer.cpr);
        let twice = self.signers.iter().enumerate().any(|(at, signer)| again(at, signer));
        !self.name.trim().is_empty() && !twice
    }
}

/// A CPR number as ten digits, where an entry is kept or sent.
mod digits {
    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serializer};
    use zeroize::Zeroizing;

    use super::Cpr;

    pub(super) fn serialize<S: Serializer>(cpr: &Cpr, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(cpr.digits())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Cpr, D::Error> {
        let text = Zeroizing::new(String::deserialize(from)?);
        Cpr::parse(&text).map_err(|code| D::Error::custom(code.as_str()))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn a_number_has_eight_digits_that_divide_by_eleven() {
        assert_eq!(Cvr::parse(" 00 00 00 19").unwrap().digits(), "00000019");
        for text in ["", "1358562", "135856280", "DK13585628", "1358562æ", "13-58-56-28"] {
            assert_eq!(Cvr::parse(text), Err(Code::CvrFormat), "{text}");
        }
        for text in ["00000018", "00000091", "00000000"] {
            assert_eq!(Cvr::parse(text), Err(Code::CvrCheck), "{text}");
        }
    }

    #[test]
    fn every_wrong_digit_and_every_turned_pair_is_seen() {
        let right = b"01000047".to_vec();
        let read = |bytes: &[u8]| Cvr::parse(std::str::from_utf8(bytes).unwrap());
        assert!(read(&right).is_ok());
        for at in 0..8 {
            for digit in b'0'..=b'9' {
                let mut wrong = right.clone();
                wrong[at] = digit;
                assert_eq!(read(&wrong).is_ok(), wrong == right, "{at} {digit}");
            }
        }
        for at in 0..7 {
            let mut turned = right.clone();
            turned.swap(at, at + 1);
            assert_eq!(read(&turned).is_ok(), turned == right, "{at}");
        }
    }

    #[test]
    fn a_demo_knows_numbers_of_no_company_only() {
        let (invented, real) = (Cvr::parse("00000019").unwrap(), Cvr::parse("10000009").unwrap());
        assert!(invented.for_mode(true).is_ok() && real.for_mode(false).is_ok());
        assert_eq!(invented.for_mode(false), Err(Code::CvrDemoNumber));
        assert_eq!(real.for_mode(true), Err(Code::CvrRealNumber));
    }

    #[test]
    fn who_signs_is_told_by_number_and_nobody_signs_for_what_is_no_more() {
        let (anna, bo) = (Cpr::parse("610180-1234").unwrap(), Cpr::parse("620180-1238").unwrap());
        let signer = |cpr: &Cpr, how| Signer { cpr: cpr.clone(), how };
        let mut company = Company {
            name: "Demo ApS".to_owned(),
            signers: vec![signer(&anna, Signs::Alone), signer(&bo, Signs::Jointly)],
            ..Company::default()
        };
        assert_eq!(
            (company.signs(&anna), company.signs(&bo)),
            (Some(Signs::Alone), Some(Signs::Jointly))
        );
        assert_eq!(company.signs(&Cpr::parse("630180-1232").unwrap()), None);
        assert!(company.is_sound());
        company.status = CompanyStatus::Dissolved;
        assert_eq!(company.signs(&anna), None);
        company.signers.push(signer(&anna, Signs::Jointly));
        assert!(!company.is_sound());
    }

    #[test]
    fn an_entry_that_cannot_be_read_is_not_told() {
        let text = r#"{"name": "Demo ApS", "signers": [{"cpr": "990180-1234", "how": "alone"}]}"#;
        let refused = serde_json::from_str::<Company>(text).unwrap_err().to_string();
        assert!(
            refused.starts_with("cpr.date") && !refused.contains("990180"),
            "{refused}"
        );
        let sound = text.replace("99", "61");
        let read: Company = serde_json::from_str(&sound).unwrap();
        let written = serde_json::to_string(&read).unwrap();
        assert_eq!(serde_json::from_str::<Company>(&written).unwrap(), read);
        assert!(!format!("{read:?}").contains("6101801234"));
    }
}
