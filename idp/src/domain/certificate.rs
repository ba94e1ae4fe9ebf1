//! The certificate of a public eID: whom it names and how, how long it counts, when it may be renewed, why it ends. Owns the words for
//! all of that; never encodes one and never signs.
//!
//! ```text
//! issued ──3 years──▶ over
//!   ├─ renewed (another name, the end is near, of age) ─▶ revoked: superseded; the next one begins
//!   └─ holder, terms, wrong data, blocked, closed, dead ─▶ revoked
//! ```
//! A revoked certificate never counts again (decision 0155): an eID that is opened gets another.

use std::fmt;

use chrono::{Months, NaiveDate};
use serde::Serialize;

use super::eid::AgeGroup;
use super::pid::Pid;
use super::time::{Span, Time};

/// A holder corrects a wrong name within this time after issue (M52).
pub const CHECK_WITHIN: Span = Span::days(30);
/// From so long before its end a certificate may be renewed, and its holder is told.
pub const ENDS_SOON: Span = Span::days(60);
/// A certificate counts for so many months.
pub const MONTHS: u32 = 36;
/// What stands for the name of a person whose name is protected.
pub const PSEUDONYM: &str = "Pseudonym";
/// The longest common name (X.520, ub-common-name), in characters.
pub const NAME_MAX: usize = 64;

/// The serial number: 16 random bytes, positive as an integer, never zero in its first byte.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Serial([u8; 16]);

impl Serial {
    /// From random bytes: 126 bits of them count.
    #[must_use]
    pub const fn from_random(mut bytes: [u8; 16]) -> Self {
        bytes[0] = (bytes[0] & 0x7f) | 0x40;
        Self(bytes)
    }

    /// Back from the bytes of a certificate or of the database; nothing for one that we never draw.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let bytes = <[u8; 16]>::try_from(bytes).ok()?;
        (bytes[0] & 0xc0 == 0x40).then_some(Self(bytes))
    }

    /// Reads hexadecimal digits, with colons or blanks between them or not.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits: Vec<u8> = text.bytes().filter(|b| !matches!(b, b':' | b' ')).collect();
        if digits.len() != 32 {
            return None;
        }
        let mut bytes = [0; 16];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
            let pair = std::str::from_utf8(pair).ok()?;
            *byte = u8::from_str_radix(pair, 16).ok()?;
        }
        Self::from_bytes(&bytes)
    }

    /// The bytes of the integer.
    #[must_use]
    pub const fn bytes(&self) -> [u8; 16] {
        self.0
    }
}

impl fmt::Display for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02X}"))
    }
}

impl fmt::Debug for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Serial({self})")
    }
}

/// Whom a certificate names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Subject {
    /// The person's public number.
    pub pid: Pid,
    /// The name, or [`PSEUDONYM`].
    pub common_name: String,
    /// Marked as youth: the holder was 15 to 17 when it was issued.
    pub youth: bool,
}

impl Subject {
    /// The subject of a person: a protected name is not told.
    #[must_use]
    pub fn of(pid: Pid, name: &str, protected: bool, group: AgeGroup) -> Self {
        let common_name = if protected {
            PSEUDONYM.to_owned()
        } else {
            common_name(name)
        };
        Self {
            pid,
            common_name,
            youth: group == AgeGroup::Youth,
        }
    }
}

/// The name as a certificate has room for it: whole words from the front, the last name kept.
fn common_name(name: &str) -> String {
    let words: Vec<String> = name
        .split_whitespace()
        .map(|word| word.chars().filter(|c| !c.is_control()).take(NAME_MAX).collect())
        .filter(|word: &String| !word.is_empty())
        .collect();
    let Some((last, first)) = words.split_last() else {
        return PSEUDONYM.to_owned();
    };
    let length = |text: &str| text.chars().count();
    let mut kept = String::new();
    for word in first {
        if length(&kept) + length(word) + 1 + length(last) > NAME_MAX {
            break;
        }
        kept.push_str(word);
        kept.push(' ');
    }
    kept + last.as_str()
}

/// Until when a certificate counts that is issued at `now` by a CA that itself counts until `ca_ends`.
#[must_use]
pub fn ends(now: Time, ca_ends: Time) -> Time {
    let day = now.utc_date();
    let later = day.checked_add_months(Months::new(MONTHS)).unwrap_or(day);
    let whole_days = Span::days((later - day).num_days());
    (now + whole_days).min(ca_ends)
}

/// Why a certificate is renewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Renewal {
    /// The register has another name, or protects it now, or no longer.
    AnotherName,
    /// Its end is near.
    EndsSoon,
    /// Its holder has come of age.
    OfAge,
}

impl Renewal {
    /// The stable word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AnotherName => "another_name",
            Self::EndsSoon => "ends_soon",
            Self::OfAge => "of_age",
        }
    }
}

/// Whether a certificate of `subject` that counts until `ends` may be renewed at `now` with `fresh` as subject, and why.
#[must_use]
pub fn renewal(subject: &Subject, fresh: &Subject, ends: Time, now: Time) -> Option<Renewal> {
    if subject.common_name != fresh.common_name {
        Some(Renewal::AnotherName)
    } else if subject.youth != fresh.youth {
        Some(Renewal::OfAge)
    } else {
        (now + ENDS_SOON >= ends).then_some(Renewal::EndsSoon)
    }
}

/// Why a certificate was revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Its holder wishes it.
    Holder,
    /// Another certificate has taken its place.
    Superseded,
    /// What it says is wrong and was not put right.
    WrongData,
    /// The terms were broken.
    TermsBroken,
    /// The eID was blocked: somebody else may have used it.
    Blocked,
    /// The eID was closed.
    Closed,
    /// The holder is dead.
    Dead,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 7] = [
        Self::Holder,
        Self::Superseded,
        Self::WrongData,
        Self::TermsBroken,
        Self::Blocked,
        Self::Closed,
        Self::Dead,
    ];

    /// As the database keeps it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Holder => "holder",
            Self::Superseded => "superseded",
            Self::WrongData => "wrong_data",
            Self::TermsBroken => "terms_broken",
            Self::Blocked => "blocked",
            Self::Closed => "closed",
            Self::Dead => "dead",
        }
    }

    /// Back from the database.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == text)
    }

    /// The number of RFC 5280 (5.3.1), as everybody is told: one that says nothing of the person.
    #[must_use]
    pub const fn crl_reason(self) -> u8 {
        match self {
            Self::Blocked => 1,
            Self::WrongData => 3,
            Self::Superseded => 4,
            Self::Holder | Self::Closed | Self::Dead => 5,
            Self::TermsBroken => 9,
        }
    }

    /// Whether the eID may no longer be used publicly: it was not blocked or renewed, only its certificate is gone.
    #[must_use]
    pub const fn ends_public_use(self) -> bool {
        matches!(self, Self::Holder | Self::WrongData | Self::TermsBroken | Self::Dead)
    }
}

/// The day until which a wrong name is to be put right, for a certificate issued at that moment.
#[must_use]
pub fn check_until(issued: Time) -> Time {
    issued + CHECK_WITHIN
}

/// The group that a certificate marks; whoever has no known birth date is taken for an adult, as everywhere.
#[must_use]
pub fn group(birth: Option<NaiveDate>, today: NaiveDate) -> AgeGroup {
    birth.map_or(AgeGroup::Adult, |birth| super::eid::age_group(birth, today))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use proptest::prelude::*;

    fn pid() -> Pid {
        Pid::from_random(316_380_231_171)
    }

    fn named(name: &str) -> Subject {
        Subject::of(pid(), name, false, AgeGroup::Adult)
    }

    #[test]
    fn a_protected_name_is_not_told() {
        let erik = Subject::of(pid(), "Erik Skjult Ægidius", true, AgeGroup::Adult);
        assert_eq!(erik.common_name, "Pseudonym");
    }

    #[test]
    fn youth_alone_is_marked() {
        for (group, youth) in [(AgeGroup::Youth, true), (AgeGroup::Adult, false)] {
            assert_eq!(Subject::of(pid(), "Clara Demosen", false, group).youth, youth);
        }
    }

    #[test]
    fn a_long_name_keeps_its_last_word() {
        let long = format!("{} Ægidius", "Anna Maria ".repeat(12));
        let name = named(&long).common_name;
        assert!(name.chars().count() <= NAME_MAX && name.starts_with("Anna Maria") && name.ends_with(" Ægidius"));
        assert_eq!(named(&"å".repeat(90)).common_name.chars().count(), NAME_MAX);
        assert_eq!(named(" \n ").common_name, PSEUDONYM);
    }

    #[test]
    fn three_years_and_never_longer_than_the_ca() {
        let day = |year, month, day| Time::from_date(NaiveDate::from_ymd_opt(year, month, day).unwrap());
        assert_eq!(ends(day(2026, 11, 28), day(2036, 1, 1)), day(2029, 11, 28));
        assert_eq!(ends(day(2028, 2, 29), day(2036, 1, 1)), day(2031, 2, 28));
        assert_eq!(ends(day(2026, 11, 28), day(2028, 1, 1)), day(2028, 1, 1));
    }

    #[test]
    fn renewed_for_a_reason_only() {
        let (now, end) = (
            Time::from_secs(1_795_348_800),
            Time::from_secs(1_795_348_800) + Span::days(900),
        );
        let anna = named("Anna Demosen");
        let youth = Subject {
            youth: true,
            ..anna.clone()
        };
        assert_eq!(renewal(&anna, &anna, end, now), None);
        assert_eq!(
            renewal(&anna, &named("Anna Holm"), end, now),
            Some(Renewal::AnotherName)
        );
        assert_eq!(renewal(&youth, &anna, end, now), Some(Renewal::OfAge));
        assert_eq!(renewal(&anna, &anna, now + ENDS_SOON, now), Some(Renewal::EndsSoon));
        assert_eq!(renewal(&anna, &anna, now + ENDS_SOON + Span::secs(1), now), None);
    }

    #[test]
    fn reasons_are_kept_and_told() {
        for reason in Reason::ALL {
            assert_eq!(Reason::parse(reason.as_str()), Some(reason));
            // 7 is unused, 0 is to be left out, 6 and 8 are for suspension, 2 and 10 are about authorities.
            assert!(matches!(reason.crl_reason(), 1 | 3 | 4 | 5 | 9));
        }
    }

    proptest! {
        #[test]
        fn serials_are_positive_and_read_back(bytes: [u8; 16]) {
            let serial = Serial::from_random(bytes);
            prop_assert!(serial.bytes()[0] & 0x80 == 0 && serial.bytes()[0] != 0);
            prop_assert_eq!(Serial::from_bytes(&serial.bytes()), Some(serial));
            prop_assert_eq!(Serial::parse(&serial.to_string()), Some(serial));
        }

        #[test]
        fn any_name_fits(name: String) {
            let name = named(&name).common_name;
            prop_assert!(!name.is_empty() && name.chars().count() <= NAME_MAX && !name.chars().any(char::is_control));
        }
    }
}
