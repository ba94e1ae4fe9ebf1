//! User-IDs: what a person types to say who they are, and what they may choose. Owns the canonical form of both. Never looks
//! one up: whether it is taken, and whose it is, is the storage's answer.

use super::cpr::Cpr;
use super::eid::EidNumber;
use super::refusal::Code;

/// The shortest name one may choose, in characters.
pub const MIN: usize = 5;
/// The longest name one may choose, in characters.
pub const MAX: usize = 48;
/// The most that is read from the field, in bytes.
pub const TYPED_MAX: usize = 64;
/// What a name may hold besides Danish-free letters and digits.
pub const SPECIALS: &str = "{}!#\"$'%^&,*()_+-=:;?.@";

/// What somebody typed, in the form that is looked up: without space around it, ASCII letters small, a CPR number without its
/// hyphen and an eID number without its spaces.
#[derive(Clone, PartialEq, Eq, Hash, zeroize::ZeroizeOnDrop)]
pub struct Typed(String);

impl Typed {
    /// Reads the field. Anything short enough is read: whether it is anybody's is not told apart here.
    ///
    /// # Errors
    /// `user_id.required` when empty, `user_id.too_long` above 64 bytes.
    pub fn parse(text: &str) -> Result<Self, Code> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Code::UserIdRequired);
        }
        if text.len() > TYPED_MAX {
            return Err(Code::UserIdTooLong);
        }
        if let Ok(cpr) = Cpr::parse(text) {
            return Ok(Self(cpr.digits().to_owned()));
        }
        if let Some(number) = EidNumber::parse(text) {
            return Ok(Self(number.as_str().to_owned()));
        }
        Ok(Self(text.to_ascii_lowercase()))
    }

    /// The canonical form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The canonical form as the keyed hash takes it.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// May be a CPR number, so it prints nothing.
impl std::fmt::Debug for Typed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Typed(…)")
    }
}

impl From<&EidNumber> for Typed {
    fn from(number: &EidNumber) -> Self {
        Self(number.as_str().to_owned())
    }
}

impl From<&Cpr> for Typed {
    fn from(cpr: &Cpr) -> Self {
        Self(cpr.digits().to_owned())
    }
}

impl From<&Chosen> for Typed {
    fn from(chosen: &Chosen) -> Self {
        Self(chosen.0.to_ascii_lowercase())
    }
}

/// A name that its owner chose, as they wrote it; capitals are kept for showing and mean nothing in the look-up.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Chosen(String);

impl Chosen {
    /// Reads a wish.
    ///
    /// # Errors
    /// The `user_id.…` code of the first rule that it breaks.
    pub fn parse(text: &str, number: &EidNumber) -> Result<Self, Code> {
        let length = text.chars().count();
        if text.starts_with(char::is_whitespace) || text.ends_with(char::is_whitespace) {
            Err(Code::UserIdSpace)
        } else if length < MIN {
            Err(Code::UserIdTooShort)
        } else if length > MAX {
            Err(Code::UserIdTooLong)
        } else if !text.chars().all(allowed) {
            Err(Code::UserIdCharacters)
        } else if like_digits(text, 10) {
            Err(Code::UserIdLikeCpr)
        } else if like_digits(text, 9) || text.contains(number.as_str()) {
            Err(Code::UserIdLikeNumber)
        } else {
            Ok(Self(text.to_owned()))
        }
    }

    /// As its owner wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// ASCII letters and digits and [`SPECIALS`]: no æ, ø, å and no space, so that every keyboard can type it.
#[must_use]
pub fn allowed(c: char) -> bool {
    c.is_ascii_alphanumeric() || SPECIALS.contains(c)
}

/// Nothing but digits and the marks people group them with, and exactly that many digits.
fn like_digits(text: &str, count: usize) -> bool {
    text.chars().all(|c| c.is_ascii_digit() || "-.,:".contains(c))
        && text.chars().filter(char::is_ascii_digit).count() == count
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use proptest::prelude::*;

    fn number() -> EidNumber {
        EidNumber::parse("123456789").unwrap()
    }

    #[test]
    fn typed_forms_of_one_name() {
        let table = [
            ("Anna", "anna"),
            ("  ANNA ", "anna"),
            ("670185-1234", "6701851234"),
            ("670185 1234", "6701851234"),
            ("123 456 789", "123456789"),
            ("Åse", "Åse"),
            ("a b", "a b"),
        ];
        for (typed, canonical) in table {
            assert_eq!(Typed::parse(typed).unwrap().as_str(), canonical);
        }
        assert_eq!(Typed::parse("  "), Err(Code::UserIdRequired));
        assert_eq!(Typed::parse(&"x".repeat(65)), Err(Code::UserIdTooLong));
        assert_eq!(format!("{:?}", Typed::parse("670185-1234").unwrap()), "Typed(…)");
    }

    #[test]
    fn chosen_rules() {
        let table = [
            ("abcd", Code::UserIdTooShort),
            ("", Code::UserIdTooShort),
            (" abcde", Code::UserIdSpace),
            ("abcde ", Code::UserIdSpace),
            ("ab cde", Code::UserIdCharacters),
            ("søren", Code::UserIdCharacters),
            ("anna/x", Code::UserIdCharacters),
            ("987654321", Code::UserIdLikeNumber),
            ("987-654-321", Code::UserIdLikeNumber),
            ("x123456789", Code::UserIdLikeNumber),
            ("0102905225", Code::UserIdLikeCpr),
            ("010290-5225", Code::UserIdLikeCpr),
            ("9999999999", Code::UserIdLikeCpr),
        ];
        for (text, code) in table {
            assert_eq!(Chosen::parse(text, &number()), Err(code), "{text}");
        }
        assert_eq!(Chosen::parse(&"a".repeat(49), &number()), Err(Code::UserIdTooLong));
        let longest = "a".repeat(48);
        for text in [
            "annas",
            "Anna@example.dk",
            "12345",
            "{}!#\"$'%^&,*()_+-=:;?.@",
            &longest,
        ] {
            assert_eq!(Chosen::parse(text, &number()).unwrap().as_str(), text);
        }
    }

    proptest! {
        #[test]
        fn what_one_may_choose_is_found_again(text in "[ -~]{1,60}") {
            if let Ok(chosen) = Chosen::parse(&text, &number()) {
                prop_assert_eq!(Typed::parse(&text).unwrap(), Typed::from(&chosen));
                prop_assert_eq!(Typed::parse(&text.to_uppercase()).unwrap(), Typed::from(&chosen));
            }
        }

        #[test]
        fn a_chosen_name_never_passes_for_a_number(text in "[0-9.,: -]{5,20}") {
            if let Ok(chosen) = Chosen::parse(&text, &number()) {
                prop_assert!(Cpr::parse(chosen.as_str()).is_err());
                prop_assert!(EidNumber::parse(chosen.as_str()).is_none());
            }
        }

        #[test]
        fn any_text_is_read_or_refused(text: String) {
            let _ = (Typed::parse(&text), Chosen::parse(&text, &number()));
        }
    }
}
