//! The CPR number: what it says about a person and what it may not be used for. Owns reading, the century rule and masking.
//! Never rejects a number for its check digit: numbers without one are valid since October 2007 (CPR office).

use std::fmt;

use chrono::{Datelike, NaiveDate};
use zeroize::Zeroize;

use super::refusal::Code;

/// A well-formed CPR number, real or substitute. Prints only masked; wiped when dropped.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Cpr {
    digits: String,
    birth: NaiveDate,
}

impl Cpr {
    /// Reads `DDMMYY-SSSS`, the hyphen optional or a space, space around it ignored.
    ///
    /// # Errors
    /// `cpr.format` when it is not ten digits, `cpr.date` when the first six are no day of the century that digit 7 tells.
    pub fn parse(text: &str) -> Result<Self, Code> {
        let text = text.trim();
        let bytes = text.as_bytes();
        let digits: String = match bytes.len() {
            10 => text.to_owned(),
            11 if matches!(bytes[6], b'-' | b' ') => text
                .chars()
                .enumerate()
                .filter(|(at, _)| *at != 6)
                .map(|(_, c)| c)
                .collect(),
            _ => return Err(Code::CprFormat),
        };
        if digits.len() != 10 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Code::CprFormat);
        }
        let birth = birth_date(digits.as_bytes()).ok_or(Code::CprDate)?;
        Ok(Self { digits, birth })
    }

    /// The ten digits, for sealing, hashing and the registers.
    #[must_use]
    pub fn digits(&self) -> &str {
        &self.digits
    }

    /// The birth date that the number tells.
    #[must_use]
    pub const fn birth_date(&self) -> NaiveDate {
        self.birth
    }

    /// A number that can be nobody's: the day raised by 60 (the CPR office's advice for test and substitute numbers).
    #[must_use]
    pub fn is_substitute(&self) -> bool {
        self.digits.as_bytes()[0] >= b'6'
    }

    /// The number, if it may be used here: a demo knows substitute numbers only, production none of them.
    ///
    /// # Errors
    /// `cpr.real_number` in a demo, `cpr.demo_number` in production.
    pub fn for_mode(&self, demo: bool) -> Result<&Self, Code> {
        match (demo, self.is_substitute()) {
            (true, false) => Err(Code::CprRealNumber),
            (false, true) => Err(Code::CprDemoNumber),
            _ => Ok(self),
        }
    }

    /// The last digit is even for women.
    #[must_use]
    pub fn is_female(&self) -> bool {
        self.digits.as_bytes()[9].is_multiple_of(2)
    }

    /// `010290-****`, the most of it that a page, log or support screen may show.
    #[must_use]
    pub fn masked(&self) -> String {
        format!("{}-****", &self.digits[..6])
    }

    /// Whole years on that day.
    #[must_use]
    pub fn age_on(&self, date: NaiveDate) -> u8 {
        age_on(self.birth, date)
    }
}

impl Drop for Cpr {
    fn drop(&mut self) {
        self.digits.zeroize();
    }
}

impl fmt::Display for Cpr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl fmt::Debug for Cpr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cpr({})", self.masked())
    }
}

/// Whole years between birth and a day: a birthday counts from its first minute, 29 February from 1 March in common years.
/// Nobody is younger than 0 or older than 255.
#[must_use]
pub fn age_on(birth: NaiveDate, date: NaiveDate) -> u8 {
    let before_birthday = (date.month(), date.day()) < (birth.month(), birth.day());
    let years = date.year() - birth.year() - i32::from(before_birthday);
    u8::try_from(years.max(0)).unwrap_or(u8::MAX)
}

/// Does the text hold ten digits in the shape of a CPR number? (For user-IDs and passwords, which may not look like one.)
#[must_use]
pub fn looks_like(text: &str) -> bool {
    Cpr::parse(text).is_ok()
}

fn birth_date(digits: &[u8]) -> Option<NaiveDate> {
    let two = |at: usize| u32::from(digits[at] - b'0') * 10 + u32::from(digits[at + 1] - b'0');
    let day = match two(0) {
        day @ 61..=91 => day - 60,
        day => day,
    };
    let year = century(digits[6] - b'0', two(4)) + two(4);
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, two(2), day)
}

/// The century from digit 7 and the two-digit year (the table of the CPR office, “Opbygning af CPR-nummeret”).
const fn century(seventh: u8, year: u32) -> u32 {
    match (seventh, year) {
        (4 | 9, 0..=36) | (5..=8, 0..=57) => 2000,
        (5..=8, _) => 1800,
        _ => 1900,
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use proptest::prelude::*;

    fn born(text: &str) -> String {
        Cpr::parse(text).unwrap().birth_date().to_string()
    }

    #[test]
    fn the_century_comes_from_digit_seven() {
        let table = [
            ('0', "00", 1900),
            ('0', "36", 1936),
            ('0', "37", 1937),
            ('0', "57", 1957),
            ('0', "58", 1958),
            ('0', "99", 1999),
            ('3', "00", 1900),
            ('3', "36", 1936),
            ('3', "37", 1937),
            ('3', "57", 1957),
            ('3', "58", 1958),
            ('3', "99", 1999),
            ('4', "00", 2000),
            ('4', "36", 2036),
            ('4', "37", 1937),
            ('4', "57", 1957),
            ('4', "58", 1958),
            ('4', "99", 1999),
            ('5', "00", 2000),
            ('5', "36", 2036),
            ('5', "37", 2037),
            ('5', "57", 2057),
            ('5', "58", 1858),
            ('5', "99", 1899),
            ('8', "00", 2000),
            ('8', "36", 2036),
            ('8', "37", 2037),
            ('8', "57", 2057),
            ('8', "58", 1858),
            ('8', "99", 1899),
            ('9', "00", 2000),
            ('9', "36", 2036),
            ('9', "37", 1937),
            ('9', "57", 1957),
            ('9', "58", 1958),
            ('9', "99", 1999),
        ];
        for (seventh, year, expected) in table {
            let number = format!("0102{year}{seventh}225");
            assert_eq!(born(&number), format!("{expected}-02-01"), "{number}");
        }
    }

    #[test]
    fn forms_that_are_read() {
        for text in ["0102905225", "010290-5225", "010290 5225", "  010290-5225 "] {
            assert_eq!(Cpr::parse(text).unwrap().digits(), "0102905225");
        }
    }

    #[test]
    fn forms_that_are_refused() {
        for text in [
            "",
            "010290",
            "01029-05225",
            "010290-522",
            "010290-52255",
            "010290/5225",
            "0102905225a",
            "01029052-25",
            "æøåæø",
            "010290-522٣",
        ] {
            assert_eq!(Cpr::parse(text), Err(Code::CprFormat), "{text}");
        }
        for text in [
            "000190-1234",
            "320190-1234",
            "010090-1234",
            "011390-1234",
            "290290-1234",
            "600190-1234",
            "920190-1234",
            "310490-1234",
        ] {
            assert_eq!(Cpr::parse(text), Err(Code::CprDate), "{text}");
        }
    }

    #[test]
    fn leap_days_follow_the_century() {
        assert_eq!(born("290200-4000"), "2000-02-29");
        assert_eq!(Cpr::parse("290200-0000"), Err(Code::CprDate), "1900 was no leap year");
        assert_eq!(born("890200-4000"), "2000-02-29");
    }

    #[test]
    fn a_number_without_check_digit_is_a_number() {
        // Sum modulo 11 is not 0 for either; both must be read.
        assert!(Cpr::parse("010165-4321").is_ok());
        assert!(Cpr::parse("010165-4322").is_ok());
    }

    #[test]
    fn substitutes_are_known_by_the_day() {
        let anna = Cpr::parse("670185-1234").unwrap();
        assert!(anna.is_substitute());
        assert_eq!(anna.birth_date().to_string(), "1985-01-07");
        assert!(!Cpr::parse("070185-1234").unwrap().is_substitute());
    }

    #[test]
    fn demo_and_production_do_not_share_numbers() {
        let (real, substitute) = (Cpr::parse("070185-1234").unwrap(), Cpr::parse("670185-1234").unwrap());
        assert_eq!(real.for_mode(false), Ok(&real));
        assert_eq!(substitute.for_mode(true), Ok(&substitute));
        assert_eq!(real.for_mode(true), Err(Code::CprRealNumber));
        assert_eq!(substitute.for_mode(false), Err(Code::CprDemoNumber));
    }

    #[test]
    fn last_digit_tells_the_sex() {
        assert!(Cpr::parse("070185-1234").unwrap().is_female());
        assert!(!Cpr::parse("070185-1235").unwrap().is_female());
    }

    #[test]
    fn it_prints_masked_only() {
        let cpr = Cpr::parse("010290-5225").unwrap();
        assert_eq!(format!("{cpr}"), "010290-****");
        assert_eq!(format!("{cpr:?}"), "Cpr(010290-****)");
    }

    #[test]
    fn a_birthday_counts_from_its_first_minute() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let table = [
            ("2010-11-22", "2025-11-21", 14),
            ("2010-11-22", "2025-11-22", 15),
            ("2008-02-29", "2023-02-28", 14),
            ("2008-02-29", "2023-03-01", 15),
            ("2020-01-01", "2019-01-01", 0),
            ("1858-01-01", "2026-01-01", 168),
        ];
        for (birth, today, age) in table {
            assert_eq!(age_on(day(birth), day(today)), age, "{birth} {today}");
        }
    }

    proptest! {
        #[test]
        fn no_modulus_eleven(day in 1_u32..=28, month in 1_u32..=12, year in 0_u32..100, serial in 0_u32..10_000) {
            let text = format!("{day:02}{month:02}{year:02}-{serial:04}");
            prop_assert!(Cpr::parse(&text).is_ok());
        }

        #[test]
        fn day_plus_sixty_is_the_same_birth_date(day in 1_u32..=28, month in 1_u32..=12, year in 0_u32..100, serial in 0_u32..10_000) {
            let real = Cpr::parse(&format!("{day:02}{month:02}{year:02}{serial:04}")).unwrap();
            let substitute = Cpr::parse(&format!("{:02}{month:02}{year:02}{serial:04}", day + 60)).unwrap();
            prop_assert_eq!(real.birth_date(), substitute.birth_date());
            prop_assert!(substitute.is_substitute() && !real.is_substitute());
        }

        #[test]
        fn the_serial_is_never_printed(serial in 0_u32..10_000) {
            let serial = format!("{serial:04}");
            // Four digits of the date may be the same by chance.
            prop_assume!(!"010290".contains(&serial));
            let cpr = Cpr::parse(&format!("010290{serial}")).unwrap();
            let printed = format!("{cpr} {cpr:?}");
            prop_assert!(!printed.contains(&serial));
        }

        #[test]
        fn any_text_is_read_or_refused(text: String) {
            let _ = Cpr::parse(&text);
        }
    }
}
