//! Where a person can be reached: e-mail address and telephone number. Owns what is taken for one and the form in which it is
//! kept, and the digits by which somebody shows that they read or hear what goes there. Never tries whether anybody is there: that shows
//! when something is sent.

use std::fmt;

use super::refusal::Code;

/// The longest e-mail address (RFC 5321 §4.5.3.1.3, less the angle brackets).
pub const EMAIL_MAX: usize = 254;
/// The longest part before the @ (RFC 5321 §4.5.3.1.1).
const LOCAL_MAX: usize = 64;
/// What a part before the @ may hold besides letters and digits (RFC 5322 §3.2.3, `atext`), and the dot.
const LOCAL_SIGNS: &str = "!#$%&'*+-/=?^_`{|}~.";

/// An e-mail address: one that a mail server takes, its domain in lower case and in letters that the DNS knows.
#[derive(Clone, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// Reads the field.
    ///
    /// # Errors
    /// `email.format`.
    pub fn parse(text: &str) -> Result<Self, Code> {
        let (local, domain) = text.trim().rsplit_once('@').ok_or(Code::EmailFormat)?;
        let domain = host(domain).ok_or(Code::EmailFormat)?;
        let good = (1..=LOCAL_MAX).contains(&local.len())
            && local
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || LOCAL_SIGNS.contains(c))
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..");
        let email = format!("{local}@{domain}");
        if good && email.len() <= EMAIL_MAX {
            Ok(Self(email))
        } else {
            Err(Code::EmailFormat)
        }
    }

    /// As it is kept and written to.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A name in the DNS with at least one dot; `blåbær.dk` becomes `xn--blbr-roah.dk`.
fn host(text: &str) -> Option<String> {
    let url::Host::Domain(name) = url::Host::parse(text).ok()? else {
        return None;
    };
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let top = name.rsplit('.').next()?;
    let good =
        name.contains('.') && name.split('.').all(label) && top.len() > 1 && !top.bytes().all(|b| b.is_ascii_digit());
    good.then_some(name)
}

/// A telephone number that can get text messages or calls, as `+` and digits (E.164).
#[derive(Clone, PartialEq, Eq)]
pub struct Phone(String);

impl Phone {
    /// Reads the field: eight digits are a Danish number, `00` stands for `+`, and people group digits as they like.
    ///
    /// # Errors
    /// `phone.format`.
    pub fn parse(text: &str) -> Result<Self, Code> {
        let bare: String = text.chars().filter(|c| !" -.()/\u{a0}".contains(*c)).collect();
        let number = match (bare.strip_prefix('+'), bare.strip_prefix("00")) {
            (Some(rest), _) | (None, Some(rest)) => rest.to_owned(),
            (None, None) if bare.len() == 8 => format!("45{bare}"),
            (None, None) => return Err(Code::PhoneFormat),
        };
        if !number.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Code::PhoneFormat);
        }
        let good = match (number.strip_prefix("45"), number.get(..3)) {
            // Danish numbers begin with 2 to 9.
            (Some(danish), _) => danish.len() == 8 && !danish.starts_with(['0', '1']),
            // The Faroe Islands and Greenland.
            (None, Some("298" | "299")) => number.len() == 9,
            _ => (8..=15).contains(&number.len()) && !number.starts_with('0'),
        };
        if good {
            Ok(Self(format!("+{number}")))
        } else {
            Err(Code::PhoneFormat)
        }
    }

    /// As it is kept and called.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Six digits that are sent to an address, or read aloud over a number, and typed once.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Sent(u32);

impl Sent {
    /// How many there are.
    pub const COUNT: u32 = 1_000_000;

    /// From a random number below [`Sent::COUNT`].
    #[must_use]
    pub const fn from_random(drawn: u32) -> Self {
        Self(drawn % Self::COUNT)
    }

    /// Reads what was typed; spaces and hyphens do not count.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
        let six = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_digit());
        six.then(|| digits.parse().ok()).flatten().map(Self)
    }

    /// Six digits.
    #[must_use]
    pub fn digits(self) -> String {
        format!("{:06}", self.0)
    }
}

/// None prints: two are personal, one is a secret for a while.
macro_rules! silent {
    ($($name:ident)*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )*};
}
silent! { Email Phone Sent }

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use proptest::prelude::*;

    #[test]
    fn addresses() {
        let table = [
            ("anna@example.dk", "anna@example.dk"),
            (" Anna.B+x@Example.DK ", "Anna.B+x@example.dk"),
            ("a@blåbær.dk", "a@xn--blbr-roah.dk"),
            ("o'hara@mail.example.com", "o'hara@mail.example.com"),
        ];
        for (typed, kept) in table {
            assert_eq!(Email::parse(typed).unwrap().as_str(), kept);
        }
        for text in [
            "",
            "anna",
            "@example.dk",
            "anna@",
            "anna@dk",
            "a b@example.dk",
            ".a@example.dk",
            "a..b@example.dk",
            "a@b@example.dk",
            "a@-x.dk",
            "a@x..dk",
            "a@127.0.0.1",
            "a@[::1]",
            "å@example.dk",
            "a@example.dk\nBcc: b@c.dk",
        ] {
            assert_eq!(Email::parse(text), Err(Code::EmailFormat), "{text}");
        }
        assert_eq!(
            Email::parse(&format!("{}@example.dk", "a".repeat(65))),
            Err(Code::EmailFormat)
        );
    }

    #[test]
    fn numbers() {
        let table = [
            ("80307050", "+4580307050"),
            ("004580307050", "+4580307050"),
            ("+45 80 30 70 50", "+4580307050"),
            ("+298 212345", "+298212345"),
            ("00299-22 33 44", "+299223344"),
            ("+46 (70) 123 45 67", "+46701234567"),
        ];
        for (typed, kept) in table {
            assert_eq!(Phone::parse(typed).unwrap().as_str(), kept);
        }
        for text in [
            "",
            "8030705",
            "803070500",
            "12345678",
            "+4510307050",
            "+298 21234",
            "+0123456789",
            "8030705a",
            "+",
        ] {
            assert_eq!(Phone::parse(text), Err(Code::PhoneFormat), "{text}");
        }
    }

    #[test]
    fn what_is_sent_is_six_digits() {
        let sent = Sent::from_random(42);
        assert_eq!(sent.digits(), "000042");
        assert_eq!(Sent::parse("000 042"), Some(sent));
        for bad in ["", "42", "0000042", "00004x"] {
            assert_eq!(Sent::parse(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn what_is_kept_is_read_back(text in "[ -~æøå]{0,40}") {
            if let Ok(email) = Email::parse(&text) {
                prop_assert_eq!(Email::parse(email.as_str()).unwrap(), email.clone());
                prop_assert!(email.as_str().is_ascii() && !email.as_str().contains(char::is_whitespace));
            }
            if let Ok(phone) = Phone::parse(&text) {
                prop_assert_eq!(Phone::parse(phone.as_str()).unwrap(), phone);
            }
        }

        #[test]
        fn any_text_is_read_or_refused(text: String) {
            let _ = (Email::parse(&text), Phone::parse(&text));
        }
    }
}
