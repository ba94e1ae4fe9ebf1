//! The witness: somebody else who declares under penalty who a person is. Owns who may be one.

use chrono::NaiveDate;

use super::{Edition, Seen, Shown, accepted_together};
use crate::domain::cpr::Cpr;
use crate::domain::eid::FULL_AGE;
use crate::domain::refusal::Code;
use crate::domain::register::{CivilStatus, Entry};

/// A witness, as an officer has met them.
#[derive(Debug, Clone, Copy)]
pub struct Witness<'a> {
    /// Their CPR number.
    pub cpr: &'a Cpr,
    /// What the civil register says of them; nothing of a number that is nobody's.
    pub entry: Option<&'a Entry>,
    /// What they showed.
    pub seen: &'a [Seen],
    /// They signed the declaration.
    pub declared: bool,
}

impl Witness<'_> {
    /// 18 or more, alive, registered, with a document of their own that bears a photo, and not the person themself.
    ///
    /// # Errors
    /// `proofing.witness_unfit`.
    pub fn is_fit(&self, applicant: Option<&Cpr>, edition: Edition, today: NaiveDate) -> Result<(), Code> {
        let there = self.entry.is_some_and(|entry| {
            matches!(entry.status, CivilStatus::Alive | CivilStatus::Emigrated) && !entry.guardian
        });
        let photo = matches!(accepted_together(edition, self.seen, today), Ok(Shown::Photo { .. }));
        let other = applicant.is_none_or(|applicant| applicant.digits() != self.cpr.digits());
        if self.declared && there && photo && other && self.cpr.age_on(today) >= FULL_AGE {
            Ok(())
        } else {
            Err(Code::ProofingWitnessUnfit)
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::domain::proofing::Kind;

    #[test]
    fn a_witness_is_of_age_registered_seen_and_somebody_else() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 28).unwrap();
        let cpr = |text| Cpr::parse(text).unwrap();
        let (grown, grows_up_tomorrow, applicant) = (cpr("620290-5224"), cpr("891108-4000"), cpr("610180-1234"));
        let of = |kind| Seen {
            kind,
            shows_cpr: true,
            issued: None,
            valid_to: NaiveDate::from_ymd_opt(2030, 1, 1),
            confirmed: false,
        };
        let (licence, card) = ([of(Kind::DanishDrivingLicence)], [of(Kind::HealthCard)]);
        let entry = Entry::default();
        let dead = Entry {
            status: CivilStatus::Dead,
            ..Entry::default()
        };
        let good = Witness {
            cpr: &grown,
            entry: Some(&entry),
            seen: &licence,
            declared: true,
        };
        let is_fit = |witness: Witness<'_>| witness.is_fit(Some(&applicant), Edition::Late, today);
        assert_eq!(is_fit(good), Ok(()));
        for unfit in [
            Witness {
                cpr: &grows_up_tomorrow,
                ..good
            },
            Witness {
                cpr: &applicant,
                ..good
            },
            Witness { entry: None, ..good },
            Witness {
                entry: Some(&dead),
                ..good
            },
            Witness { seen: &card, ..good },
            Witness { seen: &[], ..good },
            Witness {
                declared: false,
                ..good
            },
        ] {
            assert_eq!(is_fit(unfit), Err(Code::ProofingWitnessUnfit), "{unfit:?}");
        }
    }
}
