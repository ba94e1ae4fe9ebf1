//! Who acts for somebody else: the officers of a registration authority (RA), in a role, for a reason. Owns which role may do what,
//! whose matters an RA may touch, and what passes for a reason. Never knows how an officer proves who they are.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::refusal::Code;

/// What an officer acts as. One call is made in one role; who holds several chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Helps by telephone.
    Support,
    /// Meets people at a desk, of a bank or a citizen service centre, and sees their documents.
    Registrar,
    /// Prints and posts; meets nobody.
    Printer,
}

/// What officers do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Act {
    /// Asks who they are themselves.
    Look,
    /// Finds a person and sees how their eIDs stand.
    Find,
    /// Stops something.
    Block,
    /// Opens something again.
    Open,
    /// Orders an activation password.
    Activation,
    /// Asks control questions.
    Ask,
    /// Orders a key card.
    Card,
    /// Takes, sees and posts letters with codes and activation passwords.
    Print,
    /// Issues an eID.
    Issue,
    /// Lets an eID be used outside netbank, as its holder wishes.
    Extend,
    /// Links an eID to the bank.
    Link,
    /// Looks a company up.
    Company,
}

impl Act {
    /// Every act.
    pub const ALL: [Self; 12] = [
        Self::Look,
        Self::Find,
        Self::Block,
        Self::Open,
        Self::Activation,
        Self::Ask,
        Self::Card,
        Self::Print,
        Self::Issue,
        Self::Extend,
        Self::Link,
        Self::Company,
    ];

    /// The stable word, as the audit trail has it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Look => "look",
            Self::Find => "find",
            Self::Block => "block",
            Self::Open => "open",
            Self::Activation => "activation",
            Self::Ask => "ask",
            Self::Card => "card",
            Self::Print => "print",
            Self::Issue => "issue",
            Self::Extend => "extend",
            Self::Link => "link",
            Self::Company => "company",
        }
    }
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 3] = [Self::Support, Self::Registrar, Self::Printer];

    /// The word of configuration, assertions and the audit trail.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Support => "support",
            Self::Registrar => "registrar",
            Self::Printer => "printer",
        }
    }

    /// Back from the word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }

    /// Whether this role does that. Whoever prints codes knows of no person, whoever knows of people sees no codes.
    #[must_use]
    pub const fn may(self, act: Act) -> bool {
        match act {
            Act::Look => true,
            Act::Print => matches!(self, Self::Printer),
            // Whoever gets an eID was met.
            Act::Issue | Act::Extend | Act::Link => matches!(self, Self::Registrar),
            Act::Find | Act::Block | Act::Open | Act::Activation | Act::Ask | Act::Card | Act::Company => {
                matches!(self, Self::Support | Self::Registrar)
            }
        }
    }
}

/// Whose matters an RA may touch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// Everybody's: support, citizen service.
    All,
    /// Of eIDs that it issued, or that are linked to its bank.
    Own,
}

impl Reach {
    /// Whether an eID of this issuer, linked to these banks, is a matter of the RA `ra` that is this bank, or none.
    #[must_use]
    pub fn covers(self, ra: (&str, Option<&str>), issuer: &str, mut banks: impl Iterator<Item = String>) -> bool {
        let (id, bank) = ra;
        match self {
            Self::All => true,
            Self::Own => issuer == id || bank.is_some_and(|bank| issuer == bank || banks.any(|linked| linked == bank)),
        }
    }
}

/// What an RA calls one of its officers, always the same: stands in the audit trail.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OfficerId(String);

impl OfficerId {
    /// 1 to 64 visible ASCII characters.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let good = (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        good.then(|| Self(text.to_owned()))
    }

    /// As the RA says it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OfficerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why an officer acts: one line for whoever reads the audit trail. It is kept readable, so it names nobody by number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason(String);

impl Reason {
    /// Reads it.
    ///
    /// # Errors
    /// `ra.reason` for less than 3 or more than 200 characters, several lines, or what looks like a CPR number.
    pub fn parse(text: &str) -> Result<Self, Code> {
        let text = text.trim();
        let length = text.chars().count();
        let good = (3..=200).contains(&length) && !text.chars().any(char::is_control) && !holds_cpr(text);
        if good {
            Ok(Self(text.to_owned()))
        } else {
            Err(Code::RaReason)
        }
    }

    /// As it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Ten digits in a row, a hyphen or a space after the sixth or not.
fn holds_cpr(text: &str) -> bool {
    let mut run = 0;
    let mut before = ' ';
    for c in text.chars() {
        let joins = run == 6 && matches!(c, '-' | ' ') && before.is_ascii_digit();
        if c.is_ascii_digit() {
            run += 1;
        } else if !joins {
            run = 0;
        }
        if run == 10 {
            return true;
        }
        before = c;
    }
    false
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn whoever_prints_knows_of_nobody_and_who_knows_of_people_prints_nothing() {
        for act in Act::ALL {
            assert_eq!(Role::Printer.may(act), matches!(act, Act::Look | Act::Print), "{act:?}");
            let at_desk = matches!(act, Act::Issue | Act::Extend | Act::Link);
            assert_eq!(Role::Support.may(act), act != Act::Print && !at_desk, "{act:?}");
            assert_eq!(Role::Registrar.may(act), act != Act::Print, "{act:?}");
        }
        for role in Role::ALL {
            assert_eq!(Role::parse(role.as_str()), Some(role));
        }
    }

    #[test]
    fn a_bank_touches_what_it_issued_or_what_is_linked_to_it() {
        let covers = |reach: Reach, issuer: &str, banks: &[&str]| {
            let banks = banks.iter().map(|bank| (*bank).to_owned());
            reach.covers(("ra-bank", Some("bank")), issuer, banks)
        };
        assert!(covers(Reach::Own, "ra-bank", &[]));
        assert!(covers(Reach::Own, "bank", &[]));
        assert!(covers(Reach::Own, "borgerservice", &["other", "bank"]));
        assert!(!covers(Reach::Own, "borgerservice", &["other"]));
        assert!(covers(Reach::All, "borgerservice", &[]));
        let without = |issuer: &str| Reach::Own.covers(("centre", None), issuer, ["bank".to_owned()].into_iter());
        assert!(without("centre") && !without("bank"));
    }

    #[test]
    fn a_reason_is_a_line_without_a_number_of_somebody() {
        for text in [
            "tyveri meldt",
            "sag 2026-118, kortet er væk",
            "123456 og 7890",
            "12345678",
        ] {
            assert_eq!(Reason::parse(text).unwrap().as_str(), text);
        }
        let long = "æ".repeat(201);
        for text in [
            "",
            "  x ",
            "to\nlinjer",
            "0101701234 har mistet det",
            "cpr 010170-1234",
            "010170 1234",
            long.as_str(),
        ] {
            assert_eq!(Reason::parse(text), Err(Code::RaReason), "{text}");
        }
    }

    #[test]
    fn officers_have_names_of_one_word() {
        assert!(OfficerId::parse("k.hansen@centre.example").is_some());
        for text in ["", "k hansen", "kåre", &"x".repeat(65)] {
            assert_eq!(OfficerId::parse(text), None, "{text}");
        }
    }
}
