//! Invented identities: names, addresses and CPR numbers of nobody. Owns the substitute form (day + 60) of a birth date. Never
//! makes a number without it.

use chrono::{Datelike, Months, NaiveDate};

use crate::domain::cpr::Cpr;
use crate::domain::denmark;
use crate::domain::time::Time;
use crate::entropy::Entropy;

/// The sex that a CPR number tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sex {
    /// Even numbers.
    Female,
    /// Odd numbers.
    Male,
}

const FEMALE: &[&str] = &[
    "Anne",
    "Kirsten",
    "Mette",
    "Hanne",
    "Anna",
    "Helle",
    "Susanne",
    "Lene",
    "Maria",
    "Marianne",
    "Inge",
    "Karen",
    "Lone",
    "Bente",
    "Camilla",
    "Pia",
    "Charlotte",
    "Louise",
    "Jette",
    "Tina",
    "Emma",
    "Ida",
    "Clara",
    "Laura",
    "Sofie",
    "Freja",
];
const MALE: &[&str] = &[
    "Peter",
    "Michael",
    "Jens",
    "Lars",
    "Thomas",
    "Henrik",
    "Søren",
    "Christian",
    "Jan",
    "Martin",
    "Niels",
    "Anders",
    "Morten",
    "Jesper",
    "Hans",
    "Jørgen",
    "Mads",
    "Per",
    "Ole",
    "Rasmus",
    "William",
    "Noah",
    "Oscar",
    "Karl",
    "Malthe",
    "Åge",
];
const FAMILY: &[&str] = &[
    "Nielsen",
    "Jensen",
    "Hansen",
    "Andersen",
    "Pedersen",
    "Christensen",
    "Larsen",
    "Sørensen",
    "Rasmussen",
    "Jørgensen",
    "Petersen",
    "Madsen",
    "Kristensen",
    "Olsen",
    "Thomsen",
    "Christiansen",
    "Poulsen",
    "Johansen",
    "Møller",
    "Mortensen",
    "Knudsen",
    "Østergård",
    "Ægidius",
    "Åkjær",
    "Lund",
    "Holm",
];
const STREETS: &[&str] = &[
    "Opfundne Allé",
    "Prøvevej",
    "Eksempelgade",
    "Mønstervænget",
    "Demostræde",
    "Luftkastellet",
    "Øvelsesvej",
    "Ærteparken",
];
const TOWNS: &[&str] = &[
    "9998 Prøvekøbing",
    "9997 Demostrup",
    "9996 Eksempelby",
    "9995 Opdigtelse Å",
];

/// A substitute CPR number for a birth date: `serial` below 1,000 chooses among the numbers of that day.
#[must_use]
pub fn substitute_cpr(birth: NaiveDate, sex: Sex, serial: u32) -> Option<Cpr> {
    // Digit 7 that leads to the century of the year (domain::cpr has the table).
    let seventh = match birth.year() {
        1900..=1999 => serial / 250 % 4,
        2000..=2036 => 4 + serial / 200 % 5,
        2037..=2057 => 5 + serial / 250 % 4,
        _ => return None,
    };
    let last = serial % 5 * 2 + u32::from(sex == Sex::Male);
    let middle = serial / 5 % 100;
    let (day, month, year) = (birth.day() + 60, birth.month(), birth.year() % 100);
    Cpr::parse(&format!("{day:02}{month:02}{year:02}{seventh}{middle:02}{last}"))
        .ok()
        .filter(|cpr| cpr.birth_date() == birth)
}

/// Born so many years and a hundred days ago: nobody's birthday falls in the next half year.
#[must_use]
pub fn born(today: NaiveDate, years: u32) -> NaiveDate {
    let birthday = today.checked_sub_months(Months::new(12 * years)).unwrap_or(today);
    birthday - chrono::Days::new(100)
}

/// One invented person of the crowd.
#[derive(Debug, Clone)]
pub struct Anybody {
    /// Full name.
    pub name: String,
    /// Lines of the address.
    pub address: String,
    /// Born on.
    pub birth: NaiveDate,
    /// As the CPR number tells.
    pub sex: Sex,
}

impl Anybody {
    /// Draws somebody between 15 and 94.
    #[must_use]
    pub fn draw(now: Time, rng: &Entropy) -> Self {
        let sex = if rng.below(2) == 0 { Sex::Female } else { Sex::Male };
        let given = match sex {
            Sex::Female => one_of(FEMALE, rng),
            Sex::Male => one_of(MALE, rng),
        };
        let birth = born(denmark::date(now), 15 + rng.below(80)) - chrono::Days::new(u64::from(rng.below(265)));
        Self {
            name: format!("{given} {}", one_of(FAMILY, rng)),
            address: format!(
                "{} {}\n{}",
                one_of(STREETS, rng),
                1 + rng.below(199),
                one_of(TOWNS, rng)
            ),
            birth,
            sex,
        }
    }
}

fn one_of(words: &'static [&'static str], rng: &Entropy) -> &'static str {
    let count = u32::try_from(words.len()).unwrap_or(1);
    words.get(rng.below(count) as usize).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_number_is_a_substitute_of_the_right_day(days in 0_u64..50_000, serial in 0_u32..1_000, female: bool) {
            let birth = NaiveDate::from_ymd_opt(1910, 1, 1).unwrap() + chrono::Days::new(days);
            let sex = if female { Sex::Female } else { Sex::Male };
            let cpr = substitute_cpr(birth, sex, serial).unwrap();
            prop_assert!(cpr.is_substitute());
            prop_assert_eq!(cpr.birth_date(), birth);
            prop_assert_eq!(cpr.is_female(), female);
        }

        #[test]
        fn serials_of_a_day_spread(days in 0_u64..40_000) {
            let birth = NaiveDate::from_ymd_opt(1930, 1, 1).unwrap() + chrono::Days::new(days);
            let mut numbers: Vec<String> =
                (0..1_000).map(|serial| substitute_cpr(birth, Sex::Male, serial).unwrap().digits().to_owned()).collect();
            numbers.sort();
            numbers.dedup();
            prop_assert!(numbers.len() > 600, "{}", numbers.len());
        }
    }

    #[test]
    fn ages_stay_for_half_a_year() {
        let today = NaiveDate::from_ymd_opt(2028, 2, 29).unwrap();
        for later in [0, 182] {
            assert_eq!(
                crate::domain::cpr::age_on(born(today, 13), today + chrono::Days::new(later)),
                13
            );
        }
    }

    #[test]
    fn the_crowd_is_over_fifteen() {
        let (now, rng) = (Time::from_secs(1_795_305_600), Entropy::seeded(1));
        for _ in 0..500 {
            let somebody = Anybody::draw(now, &rng);
            let age = crate::domain::cpr::age_on(somebody.birth, denmark::date(now));
            assert!((15..=96).contains(&age), "{somebody:?}");
            assert!(somebody.address.contains('\n'));
        }
    }
}
