//! The documents that are accepted, as a table, and which of them suffice together. Owns both editions of the list that the sources
//! print: the early one of about 2010, the late one of about 2021.

use chrono::{Months, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::domain::refusal::Code;

/// Which list is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Edition {
    /// Of about 2010.
    Early,
    /// Of about 2021.
    #[default]
    Late,
}

/// What kind of document it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each says itself; the table says what it is worth")]
pub enum Kind {
    DanishPassport,
    ForeignPassport,
    ProvisionalPassport,
    DanishDrivingLicence,
    EeaDrivingLicence,
    GreenlandOrFaroeDrivingLicence,
    DigitalDrivingLicence,
    MopedLicence,
    ResidencePermit,
    PoliceId,
    BankIdCard,
    NationalIdCard,
    NatoPassport,
    MilitaryId,
    HealthCard,
    BaptismCertificate,
    NameCertificate,
    BirthAndNameCertificate,
    TaxStatement,
    BenefitProof,
}

/// How a document serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worth {
    /// It bears a photo: it suffices by itself.
    Photo,
    /// One of two papers.
    Paper {
        /// One of the two must be such a one.
        anchor: bool,
        /// At most so many months old.
        months: Option<u32>,
    },
    /// It is not accepted in any edition.
    Nothing,
}

/// A line of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// What it is.
    pub kind: Kind,
    /// The word of it in the API and in the texts.
    pub word: &'static str,
    /// How it serves.
    pub worth: Worth,
    /// It is in the early list.
    pub early: bool,
    /// It is in the late list.
    pub late: bool,
    /// The late list asks for the yellow health card beside it.
    pub with_health_card: bool,
    /// Every one of them bears a last day: it is written down.
    pub ends: bool,
}

const fn row(kind: Kind, word: &'static str, worth: Worth, (early, late): (bool, bool), with_health_card: bool) -> Row {
    Row {
        kind,
        word,
        worth,
        early,
        late,
        with_health_card,
        ends: matches!(
            kind,
            Kind::DanishPassport
                | Kind::ForeignPassport
                | Kind::DanishDrivingLicence
                | Kind::EeaDrivingLicence
                | Kind::GreenlandOrFaroeDrivingLicence
                | Kind::DigitalDrivingLicence
                | Kind::MopedLicence
                | Kind::BankIdCard
                | Kind::NationalIdCard
        ),
    }
}

const BOTH: (bool, bool) = (true, true);
const LATE: (bool, bool) = (false, true);
const NEVER: (bool, bool) = (false, false);
const ANCHOR: Worth = Worth::Paper {
    anchor: true,
    months: None,
};
const fn paper(months: Option<u32>) -> Worth {
    Worth::Paper { anchor: false, months }
}

/// The table.
pub const ROWS: [Row; 20] = [
    row(Kind::DanishPassport, "danish_passport", Worth::Photo, BOTH, false),
    row(Kind::ForeignPassport, "foreign_passport", Worth::Photo, BOTH, true),
    row(
        Kind::ProvisionalPassport,
        "provisional_passport",
        Worth::Nothing,
        NEVER,
        false,
    ),
    row(
        Kind::DanishDrivingLicence,
        "danish_driving_licence",
        Worth::Photo,
        BOTH,
        false,
    ),
    row(Kind::EeaDrivingLicence, "eea_driving_licence", Worth::Photo, BOTH, true),
    row(
        Kind::GreenlandOrFaroeDrivingLicence,
        "greenland_or_faroe_driving_licence",
        Worth::Photo,
        LATE,
        true,
    ),
    row(
        Kind::DigitalDrivingLicence,
        "digital_driving_licence",
        Worth::Photo,
        LATE,
        false,
    ),
    row(Kind::MopedLicence, "moped_licence", Worth::Photo, LATE, false),
    row(Kind::ResidencePermit, "residence_permit", Worth::Photo, BOTH, false),
    row(Kind::PoliceId, "police_id", Worth::Photo, BOTH, false),
    row(Kind::BankIdCard, "bank_id_card", Worth::Photo, BOTH, false),
    row(Kind::NationalIdCard, "national_id_card", Worth::Photo, LATE, false),
    row(Kind::NatoPassport, "nato_passport", Worth::Photo, BOTH, false),
    row(Kind::MilitaryId, "military_id", Worth::Photo, BOTH, false),
    row(Kind::HealthCard, "health_card", ANCHOR, BOTH, false),
    row(Kind::BaptismCertificate, "baptism_certificate", ANCHOR, BOTH, false),
    row(Kind::NameCertificate, "name_certificate", ANCHOR, BOTH, false),
    row(
        Kind::BirthAndNameCertificate,
        "birth_and_name_certificate",
        ANCHOR,
        BOTH,
        false,
    ),
    row(Kind::TaxStatement, "tax_statement", paper(Some(18)), BOTH, false),
    row(Kind::BenefitProof, "benefit_proof", paper(Some(3)), BOTH, false),
];

impl Kind {
    /// Its line of the table.
    #[must_use]
    pub fn row(self) -> &'static Row {
        // Each kind has one: a test goes through them.
        ROWS.iter().find(|row| row.kind == self).unwrap_or(&ROWS[2])
    }

    /// Its number is enough for an order online.
    #[must_use]
    pub const fn serves_online(self) -> bool {
        matches!(
            self,
            Self::DanishPassport | Self::DanishDrivingLicence | Self::DigitalDrivingLicence
        )
    }

    /// By its word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        ROWS.iter().find(|row| row.word == word).map(|row| row.kind)
    }
}

impl Row {
    /// Whether an edition lists it.
    #[must_use]
    pub const fn is_listed(&self, edition: Edition) -> bool {
        match edition {
            Edition::Early => self.early,
            Edition::Late => self.late,
        }
    }
}

/// A document that an officer has in hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// What it is.
    pub kind: Kind,
    /// It shows the CPR number.
    pub shows_cpr: bool,
    /// The day on which it was issued, of one that counts its age.
    pub issued: Option<NaiveDate>,
    /// The last day on which it is valid, of one that ends.
    pub valid_to: Option<NaiveDate>,
    /// The register has confirmed its number for this CPR number.
    pub confirmed: bool,
}

/// What was shown in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// A document with a photo.
    Photo {
        /// The register has confirmed one of them.
        confirmed: bool,
    },
    /// Two papers without.
    Papers,
}

/// Which of the documents suffice together: a photo where there is one, else two papers.
///
/// # Errors
/// `proofing.documents` without any; else what is wrong with the first that would serve best.
pub fn accepted_together(edition: Edition, seen: &[Seen], today: NaiveDate) -> Result<Shown, Code> {
    let mut wrong = None;
    let mut note = |code| {
        wrong.get_or_insert(code);
    };
    let mut good = Vec::new();
    for one in seen {
        match valid(edition, one, today) {
            Ok(()) => good.push(one),
            Err(code) => note(code),
        }
    }
    let shows_cpr = good.iter().any(|one| one.shows_cpr);
    let has_health_card = good.iter().any(|one| one.kind == Kind::HealthCard);
    let (photos, papers): (Vec<&Seen>, Vec<&Seen>) = good.iter().partition(|one| one.kind.row().worth == Worth::Photo);
    let mut accepted = Vec::new();
    for photo in photos {
        if edition == Edition::Late && photo.kind.row().with_health_card && !has_health_card {
            note(Code::ProofingHealthCard);
        } else if !shows_cpr {
            note(Code::ProofingCprNotShown);
        } else {
            accepted.push(photo);
        }
    }
    if !accepted.is_empty() {
        let confirmed = accepted.iter().any(|photo| photo.confirmed);
        return Ok(Shown::Photo { confirmed });
    }
    match together(&papers, shows_cpr) {
        Ok(()) => Ok(Shown::Papers),
        Err(code) => Err(wrong.unwrap_or(code)),
    }
}

/// Two of different kinds, one of them an anchor, one with the CPR number (M34).
fn together(papers: &[&Seen], shows_cpr: bool) -> Result<(), Code> {
    let Some(first) = papers.first() else {
        return Err(Code::ProofingDocuments);
    };
    if papers.iter().all(|paper| paper.kind == first.kind) {
        let alone = papers.len() == 1;
        return Err(if alone {
            Code::ProofingSecondPaper
        } else {
            Code::ProofingPapersAlike
        });
    }
    let is_anchor = |paper: &&Seen| matches!(paper.kind.row().worth, Worth::Paper { anchor: true, .. });
    if !papers.iter().any(is_anchor) {
        return Err(Code::ProofingPaperAnchor);
    }
    if shows_cpr {
        Ok(())
    } else {
        Err(Code::ProofingCprNotShown)
    }
}

fn valid(edition: Edition, one: &Seen, today: NaiveDate) -> Result<(), Code> {
    let row = one.kind.row();
    if !row.is_listed(edition) {
        return Err(Code::ProofingDocumentNotAccepted);
    }
    match one.valid_to {
        Some(last) if last < today => return Err(Code::ProofingDocumentExpired),
        // The register says that it is valid, or somebody has looked.
        None if row.ends && !one.confirmed => return Err(Code::ProofingLastDay),
        _ => {}
    }
    if let Worth::Paper {
        months: Some(months), ..
    } = row.worth
    {
        let oldest = today.checked_sub_months(Months::new(months));
        let issued = one.issued.filter(|issued| *issued <= today);
        if issued.is_none() || issued < oldest {
            return Err(Code::ProofingDocumentTooOld);
        }
    }
    Ok(())
}
