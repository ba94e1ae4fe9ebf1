//! Somebody who asks, as the civil register knows them. Owns what an entry means for the law: who lives here, who is new, who is not there.

use chrono::{Months, NaiveDate};

use super::{Applicant, Registration};
use crate::domain::cpr::{Cpr, age_on};
use crate::domain::refusal::Code;
use crate::domain::register::{CivilStatus, Entry};

/// Whoever has lived in Denmark for less is new: few know them yet.
const SHORT_STAY: Months = Months::new(6);

impl Applicant {
    /// By an entry of the civil register.
    #[must_use]
    pub fn registered(cpr: &Cpr, entry: &Entry, today: NaiveDate) -> Self {
        let new_after = today.checked_sub_months(SHORT_STAY);
        Self {
            age: cpr.age_on(today),
            registration: match entry.status {
                CivilStatus::Alive => Registration::Resident,
                CivilStatus::Emigrated => Registration::Abroad,
                CivilStatus::ResidencePending => Registration::Pending,
                CivilStatus::Dead | CivilStatus::Disappeared => Registration::Ended,
            },
            guardian: entry.guardian,
            short_stay: entry.in_denmark_since > new_after && entry.in_denmark_since.is_some(),
            protected: entry.protected,
        }
    }

    /// Without a CPR number, as a bank knows its customer.
    #[must_use]
    pub fn unregistered(born: NaiveDate, today: NaiveDate) -> Self {
        Self {
            age: age_on(born, today),
            registration: Registration::None,
            guardian: false,
            short_stay: false,
            protected: false,
        }
    }
}

/// Whether public use may begin, or go on, by what the register says of somebody now.
///
/// # Errors
/// `proofing.person_ended` for the dead and those who have disappeared, `proofing.residence_pending` for whoever waits for residence.
pub const fn may_be_public(entry: &Entry) -> Result<(), Code> {
    match entry.status {
        CivilStatus::Alive | CivilStatus::Emigrated => Ok(()),
        CivilStatus::Dead | CivilStatus::Disappeared => Err(Code::ProofingPersonEnded),
        CivilStatus::ResidencePending => Err(Code::ProofingResidencePending),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 28).unwrap()
    }

    fn of(entry: &Entry) -> Applicant {
        Applicant::registered(&Cpr::parse("620290-5224").unwrap(), entry, today())
    }

    #[test]
    fn an_entry_says_who_is_there_and_who_is_new() {
        use CivilStatus::{Alive, Dead, Disappeared, Emigrated, ResidencePending};
        for (status, registration) in [
            (Alive, Registration::Resident),
            (Emigrated, Registration::Abroad),
            (ResidencePending, Registration::Pending),
            (Dead, Registration::Ended),
            (Disappeared, Registration::Ended),
        ] {
            let entry = Entry {
                status,
                ..Entry::default()
            };
            assert_eq!(of(&entry).registration, registration);
            let may = match registration {
                Registration::Ended => Err(Code::ProofingPersonEnded),
                Registration::Pending => Err(Code::ProofingResidencePending),
                Registration::Resident | Registration::Abroad | Registration::None => Ok(()),
            };
            assert_eq!(may_be_public(&entry), may);
        }
        for (since, is_new) in [
            (None, false),
            (Some("2026-05-28"), false),
            (Some("2026-05-29"), true),
            (Some("2026-11-28"), true),
        ] {
            let entry = Entry {
                in_denmark_since: since.map(|day| day.parse().unwrap()),
                ..Entry::default()
            };
            assert_eq!(of(&entry).short_stay, is_new, "{since:?}");
        }
    }

    #[test]
    fn whoever_has_no_number_has_an_age_all_the_same() {
        let born = NaiveDate::from_ymd_opt(2012, 11, 29).unwrap();
        let stranger = Applicant::unregistered(born, today());
        assert_eq!((stranger.age, stranger.registration), (13, Registration::None));
    }
}
