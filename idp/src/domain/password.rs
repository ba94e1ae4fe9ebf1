//! Passwords: what may be chosen. Owns the rules of the ordinary and the four-digit form, and what a typed password is taken for.
//! Never hashes or compares: that is the vault's (docs/decisions/0011, 0150).

use std::fmt;
use std::ops::RangeInclusive;
use std::sync::LazyLock;

use chrono::Datelike;
use unicode_normalization::{UnicodeNormalization, is_nfkc};
use zeroize::Zeroizing;

use super::cpr::Cpr;
use super::eid::EidNumber;
use super::refusal::Code;
use super::user_id::allowed;

/// The most that is read from the field, in bytes.
pub const TYPED_MAX: usize = 256;
/// The shortest ordinary password, in characters.
pub const MIN: usize = 6;
/// The longest ordinary password, in characters.
pub const MAX: usize = 40;

/// A password in the clear: wiped when dropped, never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(Zeroizing<String>);

impl Password {
    /// Reads the field, in Unicode's form NFKC: an *å* of one or of two characters is the same, on whatever keyboard it was typed.
    ///
    /// # Errors
    /// `password.required` when empty, `password.too_long` above 256 bytes.
    pub fn typed(text: String) -> Result<Self, Code> {
        let text = Zeroizing::new(text);
        match text.len() {
            0 => Err(Code::PasswordRequired),
            1..=TYPED_MAX if is_nfkc(&text) => Ok(Self(text)),
            1..=TYPED_MAX => Ok(Self(Zeroizing::new(text.nfkc().collect()))),
            _ => Err(Code::PasswordTooLong),
        }
    }

    /// The bytes that are hashed.
    #[must_use]
    pub fn canonical(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// Exactly four digits: a wrong one weighs more, whatever the account's own form.
    #[must_use]
    pub fn looks_four_digits(&self) -> bool {
        self.0.len() == 4 && self.0.bytes().all(|b| b.is_ascii_digit())
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// The two forms a password may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// 6 to 40 characters, letters and digits.
    Ordinary,
    /// Four digits; only beside a second factor.
    FourDigits,
}

impl Form {
    /// As the database keeps it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ordinary => "ordinary",
            Self::FourDigits => "four_digits",
        }
    }

    /// Back from the database.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Ordinary, Self::FourDigits]
            .into_iter()
            .find(|form| form.as_str() == text)
    }
}

/// Which characters a password may have, and whether case counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Law {
    /// Every character that can be seen; case counts.
    #[default]
    Modern,
    /// As NemID had it (`password.classic`): no æ, ø, å; case does not count.
    Classic,
}

impl Law {
    /// Whether a verifier that is made now is to be blind to case.
    #[must_use]
    pub fn is_case_blind(self) -> bool {
        self == Self::Classic
    }
}

/// What the password may not repeat, and by which law it is judged.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The operator's choice.
    pub law: Law,
    /// The person's CPR number.
    pub cpr: Option<&'a Cpr>,
    /// The eID's number.
    pub number: &'a EidNumber,
    /// The chosen user-IDs of the eID.
    pub user_ids: &'a [&'a str],
}

/// Judges a wish.
///
/// # Errors
/// The `password.…` code of the first rule that it breaks.
pub fn check_rules(password: &Password, context: &Context<'_>) -> Result<Form, Code> {
    if password.looks_four_digits() {
        return four_digits(&password.0, context.cpr).map(|()| Form::FourDigits);
    }
    let lower = Zeroizing::new(password.0.to_lowercase());
    shape(&password.0, context.law)?;
    composition(&lower)?;
    repeats_what_is_known(&lower, context)?;
    if is_common(&lower) {
        return Err(Code::PasswordCommon);
    }
    Ok(Form::Ordinary)
}

fn four_digits(text: &str, cpr: Option<&Cpr>) -> Result<(), Code> {
    let step = |pair: &[u8]| (10 + pair[1] - pair[0]) % 10;
    let steps: Vec<u8> = text.as_bytes().windows(2).map(step).collect();
    if steps.iter().all(|step| *step == 0) {
        return Err(Code::PasswordFourDigitsEqual);
    }
    if steps.iter().all(|step| *step == 1) || steps.iter().all(|step| *step == 9) {
        return Err(Code::PasswordFourDigitsRun);
    }
    let told = |cpr: &Cpr| cpr.digits().contains(text) || cpr.birth_date().year().to_string() == text;
    if cpr.is_some_and(told) {
        return Err(Code::PasswordFourDigitsCpr);
    }
    Ok(())
}

fn shape(text: &str, law: Law) -> Result<(), Code> {
    let length = text.chars().count();
    if length < MIN {
        Err(Code::PasswordTooShort)
    } else if length > MAX {
        Err(Code::PasswordTooLong)
    } else if text.starts_with(char::is_whitespace) || text.ends_with(char::is_whitespace) {
        Err(Code::PasswordSpace)
    } else if law == Law::Classic && !text.chars().all(|c| c == ' ' || allowed(c)) {
        Err(Code::PasswordClassicCharacters)
    } else if !text.chars().all(is_printable) {
        Err(Code::PasswordCharacters)
    } else {
        Ok(())
    }
}

/// Something that can be seen, and a plain space: no control, no mark that only steers the text around it, nothing private. (Other
/// spaces are plain ones in NFKC.)
fn is_printable(c: char) -> bool {
    const UNSEEN: [RangeInclusive<char>; 14] = [
        '\u{AD}'..='\u{AD}',
        '\u{34F}'..='\u{34F}',
        '\u{61C}'..='\u{61C}',
        '\u{115F}'..='\u{1160}',
        '\u{180B}'..='\u{180F}',
        '\u{200B}'..='\u{200B}',
        '\u{200E}'..='\u{200F}',
        '\u{2028}'..='\u{202E}',
        '\u{2060}'..='\u{206F}',
        '\u{E000}'..='\u{F8FF}',
        '\u{FEFF}'..='\u{FEFF}',
        '\u{FFF0}'..='\u{FFFF}',
        '\u{E0000}'..='\u{E0FFF}',
        '\u{F0000}'..='\u{10FFFF}',
    ];
    c == ' ' || !(c.is_control() || c.is_whitespace() || UNSEEN.iter().any(|range| range.contains(&c)))
}

fn composition(lower: &str) -> Result<(), Code> {
    let letters = lower.chars().any(char::is_alphabetic);
    let digits = lower.chars().any(char::is_numeric);
    if !(letters && digits) {
        return Err(Code::PasswordLettersDigits);
    }
    let before = lower.chars();
    let ahead = [1, 2, 3].map(|by| lower.chars().skip(by));
    let [one, two, three] = ahead;
    if before
        .zip(one)
        .zip(two)
        .zip(three)
        .any(|(((a, b), c), d)| a == b && b == c && c == d)
    {
        return Err(Code::PasswordRepeated);
    }
    Ok(())
}

fn repeats_what_is_known(lower: &str, context: &Context<'_>) -> Result<(), Code> {
    let bare = Zeroizing::new(lower.replace([' ', '-'], ""));
    if bare.contains(context.number.as_str()) || context.cpr.is_some_and(|cpr| bare.contains(cpr.digits())) {
        return Err(Code::PasswordContainsNumber);
    }
    let repeats = |id: &&str| !id.is_empty() && lower.contains(&id.to_lowercase());
    if context.user_ids.iter().any(repeats) {
        return Err(Code::PasswordContainsUserId);
    }
    Ok(())
}

/// What everybody tries first, in small letters and in order; only those that the other rules let through
/// (`idp/assets/passwords/README.md`).
static COMMON: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| include_str!("../../assets/passwords/common.txt").lines().collect());

/// A common one stays common with a mark behind it.
fn is_common(lower: &str) -> bool {
    let bare = lower.trim_end_matches(['!', '.', '?', '#', '*']);
    [lower, bare].iter().any(|text| COMMON.binary_search(text).is_ok())
}

#[cfg(test)]
mod tests;
