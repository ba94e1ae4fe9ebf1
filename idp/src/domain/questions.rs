//! Control questions: what somebody who cannot show a document is asked, out of the civil register (M34). Owns which questions may be put
//! to whom, when an answer is right, and when the round is passed. Never shows an answer: the officer hears what is said, types it, and is
//! told the outcome alone.
//!
//! ```text
//! three questions ─▶ two or three right: passed
//!                 ─▶ one right, and a fourth is there ─▶ right: passed │ wrong: failed
//!                 ─▶ else: failed
//! two questions (the register knows no more) ─▶ both right: passed │ else failed
//! ```

use serde::{Deserialize, Serialize};

use super::officer::Role;
use super::refusal::Code;
use super::register::{CivilStatus, Entry};
use super::time::Span;

/// What is asked after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// The mother's name.
    Mother,
    /// The father's name.
    Father,
    /// The spouse's name.
    Spouse,
    /// The name of a child.
    Child,
    /// A street where the person lived before.
    FormerAddress,
}

impl Subject {
    /// Every subject.
    pub const ALL: [Self; 5] = [
        Self::Mother,
        Self::Father,
        Self::Spouse,
        Self::Child,
        Self::FormerAddress,
    ];

    /// The stable word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mother => "mother",
            Self::Father => "father",
            Self::Spouse => "spouse",
            Self::Child => "child",
            Self::FormerAddress => "former_address",
        }
    }

    /// Back from the word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|subject| subject.as_str() == text)
    }

    /// What the register has for an answer; any of them is right.
    fn answers(self, entry: &Entry) -> Vec<&str> {
        match self {
            Self::Mother => entry.mother.as_deref().into_iter().collect(),
            Self::Father => entry.father.as_deref().into_iter().collect(),
            Self::Spouse => entry.spouse.as_deref().into_iter().collect(),
            Self::Child => entry.children.iter().map(String::as_str).collect(),
            Self::FormerAddress => entry.former_addresses.iter().map(String::as_str).collect(),
        }
    }

    /// Whether what was said is right, leniently: see [`same_name`] and [`same_street`].
    #[must_use]
    pub fn is_right(self, entry: &Entry, said: &str) -> bool {
        let same = match self {
            Self::FormerAddress => same_street,
            Self::Mother | Self::Father | Self::Spouse | Self::Child => same_name,
        };
        self.answers(entry).into_iter().any(|known| same(known, said))
    }
}

/// The fewest questions of a round.
pub const FEWEST: usize = 2;
/// The questions of a round, where the register knows enough.
pub const ORDINARY: usize = 3;

/// A round lasts so long, from its first question to the act that rests on it.
pub const LIFE: Span = Span::minutes(15);
/// So many rounds about one eID that were not passed are enough …
pub const UNPASSED: i64 = 3;
/// … within this time; then a document, or a day's wait.
pub const WITHIN: Span = Span::days(1);
/// No name or street has more characters.
pub const SAID: usize = 120;

/// How many of a round's questions come first; the one after them is asked where they leave it open.
#[must_use]
pub const fn first(questions: usize) -> usize {
    if questions < ORDINARY { questions } else { ORDINARY }
}

/// What may be asked about this person, by this role. The protected are never asked by telephone, where nobody sees who speaks, and nowhere
/// after where they lived; who has a guardian, and who is dead or gone, is not asked at all.
///
/// # Errors
/// `questions.unfit` when nobody may be asked about the person; `questions.few` when the register knows too little: then only a document
/// or a witness helps.
pub fn may_ask(entry: &Entry, role: Role) -> Result<Vec<Subject>, Code> {
    let there = matches!(entry.status, CivilStatus::Alive | CivilStatus::Emigrated);
    let seen = role == Role::Registrar;
    if !there || entry.guardian || role == Role::Printer || (entry.protected && !seen) {
        return Err(Code::QuestionsUnfit);
    }
    let known = |subject: &Subject| !subject.answers(entry).is_empty();
    let open = |subject: &Subject| !(entry.protected && *subject == Subject::FormerAddress);
    let subjects: Vec<_> = Subject::ALL.into_iter().filter(known).filter(open).collect();
    if subjects.len() < FEWEST {
        return Err(Code::QuestionsFew);
    }
    Ok(subjects)
}

/// How a round stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Who was asked is who they say.
    Passed,
    /// One more question decides.
    OneMore,
    /// Nobody knows who was asked.
    Failed,
}

/// Judges the first answers of a round: so many right out of so many, and whether a question is left.
#[must_use]
pub const fn judge(right: usize, asked: usize, is_one_left: bool) -> Standing {
    if right >= FEWEST {
        Standing::Passed
    } else if asked >= ORDINARY && right == 1 && is_one_left {
        Standing::OneMore
    } else {
        Standing::Failed
    }
}

/// Judges the fourth answer.
#[must_use]
pub const fn judge_last(right: bool) -> Standing {
    if right { Standing::Passed } else { Standing::Failed }
}

/// Whether a name was said: the given name, and another one of the name's words where there are several; words may be left out and come in
/// any order, none may be another's, and a word of five letters or more may have one letter wrong.
#[must_use]
pub fn same_name(known: &str, said: &str) -> bool {
    let (known, said) = (words(known), words(said));
    let Some(given) = known.first() else { return false };
    let mut left: Vec<&String> = known.iter().collect();
    for word in &said {
        let Some(at) = left.iter().position(|known| is_close(known, word)) else {
            return false;
        };
        left.remove(at);
    }
    let said_given = !left.iter().any(|word| std::ptr::eq(*word, given));
    said_given && said.len() >= known.len().min(2)
}

/// Whether a street was said: its name, spaces apart or not, one letter wrong; a house number only counts where one was said, and then it
/// must be right.
#[must_use]
pub fn same_street(known: &str, said: &str) -> bool {
    let (known_street, known_number) = street(known);
    let (said_street, said_number) = street(said);
    let numbers = said_number.is_empty() || said_number == known_number;
    !said_street.is_empty() && numbers && is_close(&known_street, &said_street)
}

/// The street's words in one, and the digits after them.
fn street(text: &str) -> (String, String) {
    let words = words(text);
    let is_number = |word: &&String| word.starts_with(|c: char| c.is_ascii_digit());
    let number = words.iter().find(is_number);
    let digits = number.map(|word| word.chars().take_while(char::is_ascii_digit).collect());
    let street = words
        .iter()
        .take_while(|word| !is_number(word))
        .map(String::as_str)
        .collect();
    (street, digits.unwrap_or_default())
}

/// Lower case, letters as they are written where a keyboard lacks them, everything else apart.
fn words(text: &str) -> Vec<String> {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            'æ' | 'ä' => plain.push_str("ae"),
            'ø' | 'ö' => plain.push_str("oe"),
            'å' => plain.push_str("aa"),
            'ü' => plain.push('y'),
            'é' | 'è' | 'ê' | 'ë' => plain.push('e'),
            'á' | 'à' | 'â' => plain.push('a'),
            'ó' | 'ò' | 'ô' => plain.push('o'),
            'í' | 'ì' | 'î' | 'ï' => plain.push('i'),
            'ú' | 'ù' | 'û' => plain.push('u'),
            'ç' => plain.push('c'),
            'ñ' => plain.push('n'),
            c if c.is_alphanumeric() => plain.push(c),
            _ => plain.push(' '),
        }
    }
    plain.split_whitespace().map(str::to_owned).collect()
}

/// The same, or of five letters or more and one letter apart: changed, left out or too much.
fn is_close(one: &str, other: &str) -> bool {
    if one == other {
        return true;
    }
    let (mut long, mut short): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    if long.len() < short.len() {
        std::mem::swap(&mut long, &mut short);
    }
    if short.len() < 5 || long.len() - short.len() > 1 {
        return false;
    }
    let same = long.iter().zip(&short).take_while(|(a, b)| a == b).count();
    let rest = if long.len() == short.len() { same + 1 } else { same };
    long.get(same + 1..) == short.get(rest..)
}

#[cfg(test)]
#[path = "questions/tests.rs"]
mod tests;
