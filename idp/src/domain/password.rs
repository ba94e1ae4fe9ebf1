//! Passwords: what may be chosen. Owns the rules of the ordinary and the four-digit form. Never hashes or compares: that is the
//! vault's. A password is case-sensitive (docs/decisions/0011).

use std::fmt;

use chrono::Datelike;
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
    /// Reads the field.
    ///
    /// # Errors
    /// `password.required` when empty, `password.too_long` above 256 bytes.
    pub fn typed(text: String) -> Result<Self, Code> {
        let text = Zeroizing::new(text);
        match text.len() {
            0 => Err(Code::PasswordRequired),
            1..=TYPED_MAX => Ok(Self(text)),
            _ => Err(Code::PasswordTooLong),
        }
    }

    /// The bytes that are hashed: as typed.
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

/// What the password may not repeat.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
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
    let lower = Zeroizing::new(password.0.to_ascii_lowercase());
    shape(&password.0)?;
    composition(&lower)?;
    repeats_what_is_known(&lower, context)?;
    if COMMON.contains(&lower.as_str()) {
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

fn shape(text: &str) -> Result<(), Code> {
    let length = text.chars().count();
    if length < MIN {
        Err(Code::PasswordTooShort)
    } else if length > MAX {
        Err(Code::PasswordTooLong)
    } else if text.starts_with(char::is_whitespace) || text.ends_with(char::is_whitespace) {
        Err(Code::PasswordSpace)
    } else if !text.chars().all(|c| c == ' ' || allowed(c)) {
        Err(Code::PasswordCharacters)
    } else {
        Ok(())
    }
}

fn composition(lower: &str) -> Result<(), Code> {
    let letters = lower.bytes().any(|b| b.is_ascii_alphabetic());
    let digits = lower.bytes().any(|b| b.is_ascii_digit());
    if !(letters && digits) {
        return Err(Code::PasswordLettersDigits);
    }
    if lower
        .as_bytes()
        .windows(4)
        .any(|four| four.iter().all(|b| *b == four[0]))
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
    let repeats = |id: &&str| !id.is_empty() && lower.contains(&id.to_ascii_lowercase());
    if context.user_ids.iter().any(repeats) {
        return Err(Code::PasswordContainsUserId);
    }
    Ok(())
}

/// What everybody tries first, in small letters; only those that the other rules let through.
const COMMON: &[&str] = &[
    "000000a",
    "111222a",
    "123123a",
    "1234567a",
    "123456a",
    "123456abc",
    "1234qwer",
    "123abc",
    "123qwe",
    "12345a",
    "1a2b3c",
    "1q2w3e",
    "1q2w3e4r",
    "1q2w3e4r5t",
    "1qaz2wsx",
    "a12345",
    "a123456",
    "a1234567",
    "a12345678",
    "a123456789",
    "a1b2c3",
    "a1b2c3d4",
    "aa123456",
    "abc1234",
    "abc12345",
    "abc123456",
    "abc123",
    "abcd1234",
    "admin1",
    "admin123",
    "asd123",
    "asdf1234",
    "bankid1",
    "danmark1",
    "danmark123",
    "dansk123",
    "demo123",
    "dragon1",
    "elsker1",
    "farmor1",
    "fodbold1",
    "football1",
    "hej123",
    "hej1234",
    "hejhej1",
    "hejmeddig1",
    "hemmelig1",
    "iloveyou1",
    "kage123",
    "kaerlighed1",
    "kbh123",
    "letmein1",
    "login123",
    "monkey1",
    "morfar1",
    "nemid123",
    "nemid1",
    "nogle123",
    "p@ssw0rd",
    "pass123",
    "pass1234",
    "passw0rd",
    "password1",
    "password12",
    "password123",
    "q1w2e3",
    "q1w2e3r4",
    "qaz123",
    "qazwsx1",
    "qwe123",
    "qwer1234",
    "qwert1",
    "qwerty1",
    "qwerty12",
    "qwerty123",
    "secret1",
    "skat123",
    "sommer1",
    "sommer2025",
    "sommer2026",
    "start123",
    "test123",
    "test1234",
    "velkommen1",
    "vinter1",
    "vinter2025",
    "vinter2026",
    "welcome1",
    "zaq12wsx",
];

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use proptest::prelude::*;

    fn judge(text: &str) -> Result<Form, Code> {
        let cpr = Cpr::parse("670185-1234").unwrap();
        let number = EidNumber::parse("987654321").unwrap();
        let context = Context {
            cpr: Some(&cpr),
            number: &number,
            user_ids: &["anna", "Anna.B"],
        };
        check_rules(&Password::typed(text.to_owned())?, &context)
    }

    #[test]
    fn ordinary_rules() {
        let table = [
            ("", Code::PasswordRequired),
            ("ab1", Code::PasswordTooShort),
            ("ab12c", Code::PasswordTooShort),
            ("12345", Code::PasswordTooShort),
            (" abc12", Code::PasswordSpace),
            ("abc12 ", Code::PasswordSpace),
            ("blåbær12", Code::PasswordCharacters),
            ("abc<12>", Code::PasswordCharacters),
            ("abcdefgh", Code::PasswordLettersDigits),
            ("135790", Code::PasswordLettersDigits),
            ("aAaA12", Code::PasswordRepeated),
            ("xy1111", Code::PasswordRepeated),
            ("x987654321", Code::PasswordContainsNumber),
            ("x670185-1234", Code::PasswordContainsNumber),
            ("x6701851234", Code::PasswordContainsNumber),
            ("my-Anna-7", Code::PasswordContainsUserId),
            ("xxaNNa.b1", Code::PasswordContainsUserId),
            ("Password1", Code::PasswordCommon),
            ("hej123", Code::PasswordCommon),
        ];
        for (text, code) in table {
            assert_eq!(judge(text), Err(code), "{text}");
        }
        assert_eq!(judge(&format!("a1{}", "xy".repeat(20))), Err(Code::PasswordTooLong));
        assert_eq!(judge(&"a1".repeat(200)), Err(Code::PasswordTooLong));
        for text in [
            "kat7hund",
            "aaa111",
            "a1 b2 c3 d4",
            "{}!#\"$'%^&,*()_+-=:;?.@a1",
            &"x1".repeat(20),
        ] {
            assert_eq!(judge(text), Ok(Form::Ordinary), "{text}");
        }
    }

    #[test]
    fn four_digit_rules() {
        let table = [
            ("0000", Code::PasswordFourDigitsEqual),
            ("7777", Code::PasswordFourDigitsEqual),
            ("1234", Code::PasswordFourDigitsRun),
            ("5678", Code::PasswordFourDigitsRun),
            ("7890", Code::PasswordFourDigitsRun),
            ("4321", Code::PasswordFourDigitsRun),
            ("0987", Code::PasswordFourDigitsRun),
            ("6701", Code::PasswordFourDigitsCpr),
            ("8512", Code::PasswordFourDigitsCpr),
            ("1985", Code::PasswordFourDigitsCpr),
        ];
        for (text, code) in table {
            assert_eq!(judge(text), Err(code), "{text}");
        }
        for text in ["1357", "4711", "2580", "1233", "9021"] {
            assert_eq!(judge(text), Ok(Form::FourDigits), "{text}");
        }
    }

    #[test]
    fn it_prints_nothing() {
        assert_eq!(
            format!("{:?}", Password::typed("kat7hund".into()).unwrap()),
            "Password(…)"
        );
    }

    proptest! {
        #[test]
        fn an_accepted_password_keeps_every_rule(text in "[ -~æøå]{1,44}") {
            match judge(&text) {
                Ok(Form::Ordinary) => {
                    prop_assert!((MIN..=MAX).contains(&text.chars().count()));
                    prop_assert!(text.bytes().any(|b| b.is_ascii_digit()) && text.bytes().any(|b| b.is_ascii_alphabetic()));
                    prop_assert!(!text.to_lowercase().contains("anna") && text.trim() == text && text.is_ascii());
                }
                Ok(Form::FourDigits) => prop_assert!(text.len() == 4),
                Err(code) => prop_assert!(code.as_str().starts_with("password.")),
            }
        }

        #[test]
        fn four_digits_are_never_judged_as_ordinary(digits in "[0-9]{4}") {
            match judge(&digits) {
                Ok(form) => prop_assert_eq!(form, Form::FourDigits),
                Err(code) => prop_assert!(code.as_str().starts_with("password.four_digits")),
            }
        }
    }
}
