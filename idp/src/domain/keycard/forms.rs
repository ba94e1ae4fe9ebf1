//! What is printed on a key card: its number, the index and the code of an entry, the place of an entry. Owns their forms.

use std::fmt;

use serde::{Serialize, Serializer};

/// How many card numbers there are: 24 letters (without I and O, which are read as digits) and nine digits.
pub const NUMBERS: u64 = LETTERS.len() as u64 * 1_000_000_000;

const LETTERS: &[u8; 24] = b"ABCDEFGHJKLMNPQRSTUVWXYZ";

/// One letter and nine digits, printed at the top of the card.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CardNumber(String);

impl CardNumber {
    /// From a random number below [`NUMBERS`]; a larger one is taken modulo it.
    #[must_use]
    pub fn from_random(number: u64) -> Self {
        let number = number % NUMBERS;
        let letter = usize::try_from(number / 1_000_000_000).map_or('A', |at| char::from(LETTERS[at]));
        Self(format!("{letter}{:09}", number % 1_000_000_000))
    }

    /// Reads a number; a small letter and spaces are forgiven.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text: String = text
            .chars()
            .filter(|c| *c != ' ')
            .collect::<String>()
            .to_ascii_uppercase();
        let (letter, digits) = text.as_bytes().split_first()?;
        let right = letter.is_ascii_uppercase() && digits.len() == 9 && digits.iter().all(u8::is_ascii_digit);
        right.then_some(Self(text))
    }

    /// `A123456789`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CardNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for CardNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// The four digits that stand to the left of a code and that a challenge shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Index(u16);

impl Index {
    /// How many there are.
    pub const COUNT: u16 = 10_000;

    /// Below 10,000.
    #[must_use]
    pub const fn new(number: u16) -> Option<Self> {
        if number < Self::COUNT { Some(Self(number)) } else { None }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u16 {
        self.0
    }

    /// Reads four digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        (text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit()))
            .then(|| text.parse().ok().map(Self))
            .flatten()
    }
}

impl fmt::Display for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.0)
    }
}

/// The six digits to the right of an index. Shown on paper only: `Debug` keeps it to itself.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Code(u32);

impl Code {
    /// How many there are.
    pub const COUNT: u32 = 1_000_000;

    /// Below 1,000,000.
    #[must_use]
    pub const fn new(number: u32) -> Option<Self> {
        if number < Self::COUNT { Some(Self(number)) } else { None }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }

    /// Reads six digits, grouped by spaces or not.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > 32 {
            return None;
        }
        let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        (digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_digit()))
            .then(|| digits.parse().ok().map(Self))
            .flatten()
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:06}", self.0)
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(…)")
    }
}

/// A place on the card, 0 to 147, counted down the columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Position(pub(super) u8);

impl Position {
    /// Below [`super::ENTRIES`].
    #[must_use]
    pub const fn new(at: u8) -> Option<Self> {
        if (at as usize) < super::ENTRIES {
            Some(Self(at))
        } else {
            None
        }
    }

    /// The place.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }

    /// Every place in order.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..u8::MAX).map_while(Self::new)
    }
}
