//! The second factors, where each may be used, and which one is asked first. Owns the rule between a place, a purpose and what a
//! person holds. Never knows how a factor is checked.
//!
//! | purpose | the party's file says nothing | the party's file names factors |
//! |---|---|---|
//! | log-in | every factor | those that it names |
//! | payment | every factor but the key card (M14) | those that it names, never the key card |
//!
//! A passkey is taken for a payment as app and token are: what it signs cannot be read aloud to somebody else, which is why the card's
//! codes are not taken there.

use serde::{Deserialize, Serialize};

use super::assurance::Method;
use super::refusal::Code;

/// Something held, beside the password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Factor {
    /// The printed card of one-time codes.
    Keycard,
    /// A program of the person's own that holds a key.
    App,
    /// A small device with a display that makes the code.
    Token,
    /// A key of the person's own that answers to our address alone (WebAuthn).
    Passkey,
    /// A telephone call that reads a code aloud.
    Voice,
}

impl Factor {
    /// Every factor, in the order in which they are offered.
    pub const ALL: [Self; 5] = [Self::Keycard, Self::Passkey, Self::App, Self::Token, Self::Voice];

    /// The word of party files, forms and the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.method().as_str()
    }

    /// Back from the word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|factor| factor.as_str() == text)
    }

    /// What it proves.
    #[must_use]
    pub const fn method(self) -> Method {
        match self {
            Self::Keycard => Method::Keycard,
            Self::App => Method::App,
            Self::Token => Method::Token,
            Self::Passkey => Method::Passkey,
            Self::Voice => Method::Voice,
        }
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// Some factors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Factors(u8);

impl Factors {
    /// None at all.
    pub const NONE: Self = Self(0);

    /// Every one there is.
    #[must_use]
    pub fn all() -> Self {
        Factor::ALL.into_iter().collect()
    }

    /// Is it among them?
    #[must_use]
    pub const fn contains(self, factor: Factor) -> bool {
        self.0 & factor.bit() != 0
    }

    /// These and one more.
    #[must_use]
    pub const fn with(self, factor: Factor) -> Self {
        Self(self.0 | factor.bit())
    }

    /// These but that one.
    #[must_use]
    pub const fn without(self, factor: Factor) -> Self {
        Self(self.0 & !factor.bit())
    }

    /// Those that are in both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// How many.
    #[must_use]
    pub const fn len(self) -> u32 {
        self.0.count_ones()
    }

    /// None?
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// One by one, in the order in which they are offered.
    pub fn iter(self) -> impl Iterator<Item = Factor> {
        Factor::ALL.into_iter().filter(move |factor| self.contains(*factor))
    }
}

impl FromIterator<Factor> for Factors {
    fn from_iter<T: IntoIterator<Item = Factor>>(factors: T) -> Self {
        factors.into_iter().fold(Self::NONE, Self::with)
    }
}

/// What a log-in is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// To be logged in.
    #[default]
    Login,
    /// To approve a payment.
    Payment,
}

impl Purpose {
    /// Every purpose.
    pub const ALL: [Self; 2] = [Self::Login, Self::Payment];

    /// The word of party files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::Payment => "payment",
        }
    }

    /// Back from the word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.as_str() == text)
    }
}

/// What may be used at a place whose file names these factors (or none in particular) for this purpose.
#[must_use]
pub fn allowed(named: Option<Factors>, purpose: Purpose) -> Factors {
    let named = named.unwrap_or_else(Factors::all);
    match purpose {
        Purpose::Login => named,
        Purpose::Payment => named.without(Factor::Keycard),
    }
}

/// Which of the usable ones is asked first: the usual one of the person, else the card, else the next in order.
#[must_use]
pub fn first(usable: Factors, usual: Option<Factor>) -> Option<Factor> {
    usual
        .filter(|factor| usable.contains(*factor))
        .or_else(|| usable.iter().next())
}

/// Why somebody who holds these cannot go on where none of them is taken. Nothing held is another matter: the card's state says why.
#[must_use]
pub const fn not_taken(held: Factors) -> Code {
    if held.contains(Factor::Keycard) {
        Code::Auth019
    } else {
        Code::FactorNotTaken
    }
}

/// Whether a proof by these methods is one of two factors that such a place takes.
#[must_use]
pub fn suits(methods: &[Method], allowed: Factors) -> bool {
    allowed.iter().any(|factor| methods.contains(&factor.method()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const CARD: Factors = Factors::NONE.with(Factor::Keycard);
    const TOKEN: Factors = Factors::NONE.with(Factor::Token);

    #[test]
    fn where_each_factor_may_be_used() {
        let both = CARD.with(Factor::Token);
        let table = [
            (None, Purpose::Login, Factors::all()),
            (None, Purpose::Payment, Factors::all().without(Factor::Keycard)),
            (Some(CARD), Purpose::Login, CARD),
            (Some(CARD), Purpose::Payment, Factors::NONE),
            (Some(TOKEN), Purpose::Login, TOKEN),
            (Some(TOKEN), Purpose::Payment, TOKEN),
            (Some(both), Purpose::Login, both),
            (Some(both), Purpose::Payment, TOKEN),
        ];
        for (named, purpose, may) in table {
            assert_eq!(allowed(named, purpose), may, "{named:?} {purpose:?}");
        }
    }

    #[test]
    fn the_card_is_asked_first_unless_another_is_the_usual_one() {
        let both = CARD.with(Factor::Token);
        let table = [
            (both, None, Some(Factor::Keycard)),
            (both, Some(Factor::Token), Some(Factor::Token)),
            (both, Some(Factor::Keycard), Some(Factor::Keycard)),
            (TOKEN, None, Some(Factor::Token)),
            (CARD, Some(Factor::Token), Some(Factor::Keycard)),
            (Factors::NONE, Some(Factor::Token), None),
        ];
        for (usable, usual, asked) in table {
            assert_eq!(first(usable, usual), asked, "{usable:?} {usual:?}");
        }
    }

    #[test]
    fn a_card_that_is_not_taken_has_a_code_of_its_own() {
        assert_eq!(not_taken(CARD), Code::Auth019);
        assert_eq!(not_taken(TOKEN), Code::FactorNotTaken);
    }

    #[test]
    fn a_session_of_a_card_does_not_suit_a_place_without_cards() {
        let card = [Method::Password, Method::Keycard];
        assert!(suits(&card, CARD) && !suits(&card, TOKEN));
        assert!(!suits(&[Method::Password], Factors::all()));
    }

    #[test]
    fn words_come_back() {
        for factor in Factor::ALL {
            assert_eq!(Factor::parse(factor.as_str()), Some(factor));
        }
        for purpose in Purpose::ALL {
            assert_eq!(Purpose::parse(purpose.as_str()), Some(purpose));
        }
    }

    proptest! {
        #[test]
        fn no_payment_takes_a_card(bits: Option<u8>) {
            let named = bits.map(|bits| Factors(bits).and(Factors::all()));
            prop_assert!(!allowed(named, Purpose::Payment).contains(Factor::Keycard));
        }

        #[test]
        fn only_what_is_usable_is_asked(bits: u8, usual in prop::option::of(prop::sample::select(&Factor::ALL[..]))) {
            let usable = Factors(bits).and(Factors::all());
            let asked = first(usable, usual);
            prop_assert_eq!(asked.is_none(), usable.is_empty());
            prop_assert!(asked.is_none_or(|factor| usable.contains(factor)));
        }
    }
}
