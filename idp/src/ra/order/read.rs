//! An order, read into what the law knows; what of it registers are asked, and what they said.

use super::wish::{DocumentWish, IssueWish};
use crate::config::parties::{Desk, Ra};
use crate::domain::contact::{Email, Phone};
use crate::domain::cpr::Cpr;
use crate::domain::proofing::{Channel, Evidence, Kind, Seen, Witness};
use crate::domain::refusal::{Code, Refusal};
use crate::domain::register::{Entry, NumberedDocument, document_number};
use crate::issuing::Person;
use crate::registers::Checked;

/// What registers are asked for an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::ra) struct Asked {
    /// Who the person is.
    pub cpr: Option<Cpr>,
    /// Who the witness is.
    pub witness: Option<Cpr>,
    /// Whether documents are theirs: by their place among those that were shown.
    pub numbers: Vec<(usize, NumberedDocument, String)>,
    /// Whether an RA's office hands things over.
    pub office: Option<String>,
}

/// What they said.
#[derive(Debug, Clone, Default)]
pub(in crate::ra) struct Found {
    /// The person's entry.
    pub entry: Option<Entry>,
    /// The witness's entry.
    pub witness: Option<Entry>,
    /// Documents, by their place.
    pub checked: Vec<(usize, Checked)>,
    /// The office hands things over.
    pub office: bool,
    /// The sector in which the RA's bank knows people.
    pub sector: Option<String>,
}

/// An order that was understood.
pub(super) struct Read<'a> {
    wish: &'a IssueWish,
    cpr: Option<Cpr>,
    pub(super) witness: Option<Cpr>,
    witness_seen: Vec<Seen>,
    pub(super) email: Option<Email>,
    pub(super) phone: Option<Phone>,
}

impl<'a> Read<'a> {
    pub(super) fn of(wish: &'a IssueWish) -> Result<Self, Refusal> {
        wish.is_sound()?;
        if wish.cpr.is_some() == wish.customer.is_some() {
            return Err(Refusal::new(Code::RequestMalformed).at("cpr"));
        }
        let cpr = |text: &String, field| Cpr::parse(text).map_err(|code| Refusal::new(code).at(field));
        let witness = wish.witness.as_ref();
        Ok(Self {
            wish,
            cpr: wish.cpr.as_ref().map(|text| cpr(text, "cpr")).transpose()?,
            witness: witness.map(|one| cpr(&one.cpr, "witness")).transpose()?,
            witness_seen: witness.map(|one| seen(&one.document, false)).into_iter().collect(),
            email: wish
                .email
                .as_ref()
                .map(|text| Email::parse(text).map_err(|code| Refusal::new(code).at("email")))
                .transpose()?,
            phone: wish
                .phone
                .as_ref()
                .map(|text| Phone::parse(text).map_err(|code| Refusal::new(code).at("phone")))
                .transpose()?,
        })
    }

    /// What registers are to be asked.
    pub(super) fn asks(&self, wish: &IssueWish) -> Asked {
        let numbered = |(nth, document): (usize, &DocumentWish)| {
            let number = document.number.as_deref().and_then(document_number)?;
            Some((nth, numbered(document.kind)?, number))
        };
        Asked {
            cpr: self.cpr.clone(),
            witness: self.witness.clone(),
            numbers: wish.documents.iter().enumerate().filter_map(numbered).collect(),
            office: match &wish.deliver {
                Some(super::wish::Deliver::Office(office)) => Some(office.clone()),
                _ => None,
            },
        }
    }

    /// The person. Only a bank has customers whom the register does not know.
    pub(super) fn person<'s>(&'s self, channel: Channel, found: &'s Found) -> Result<Person<'s>, Refusal> {
        match (&self.cpr, &self.wish.customer) {
            (Some(cpr), None) => {
                let entry = found.entry.as_ref();
                let entry = entry.ok_or(Refusal::new(Code::ProofingUnknownPerson).at("cpr"))?;
                Ok(Person::Registered { cpr, entry })
            }
            (None, Some(customer)) if channel == Channel::Bank => Ok(Person::Customer {
                name: customer.name.trim(),
                address: customer.address.trim(),
                born: customer.born,
            }),
            (None, Some(_)) => Err(Refusal::new(Code::ProofingNoCpr).at("customer")),
            _ => Err(Refusal::new(Code::RequestMalformed).at("cpr")),
        }
    }

    /// What was shown, with what the register says of it. A number that the register does not know as the person's spoils the order.
    pub(super) fn seen(&self, found: &Found) -> Result<Vec<Seen>, Refusal> {
        let all = self.wish.documents.iter().enumerate();
        all.map(|(nth, document)| {
            let said = found
                .checked
                .iter()
                .find(|(place, _)| *place == nth)
                .map(|(_, said)| said);
            match said {
                None => Ok(seen(document, false)),
                Some(Checked::Valid) => Ok(seen(document, true)),
                Some(Checked::Expired) => Err(Refusal::new(Code::ProofingDocumentExpired).at("documents")),
                Some(Checked::NotTheirs | Checked::Void) => {
                    Err(Refusal::new(Code::ProofingDocumentNotAccepted).at("documents"))
                }
            }
        })
        .collect()
    }

    pub(super) fn witness<'s>(&'s self, found: &'s Found) -> Option<Witness<'s>> {
        let cpr = self.witness.as_ref()?;
        Some(Witness {
            cpr,
            entry: found.witness.as_ref(),
            seen: &self.witness_seen,
            declared: self.wish.witness.as_ref().is_some_and(|witness| witness.declared),
        })
    }
}

fn seen(document: &DocumentWish, confirmed: bool) -> Seen {
    Seen {
        kind: document.kind,
        shows_cpr: document.shows_cpr,
        issued: document.issued,
        valid_to: document.valid_to,
        confirmed,
    }
}

/// The register that knows a document by its number.
const fn numbered(kind: Kind) -> Option<NumberedDocument> {
    match kind {
        Kind::DanishPassport => Some(NumberedDocument::Passport),
        Kind::DanishDrivingLicence | Kind::DigitalDrivingLicence => Some(NumberedDocument::DrivingLicence),
        _ => None,
    }
}

/// Through which channel an RA issues.
pub(super) fn channel(ra: &Ra, home_visit: bool) -> Result<Channel, Refusal> {
    match (ra.bank.is_some(), home_visit, ra.desk) {
        (true, false, _) => Ok(Channel::Bank),
        (false, true, _) if ra.home_visits => Ok(Channel::HomeVisit),
        (_, true, _) => Err(Refusal::new(Code::OrderDelivery).at("home_visit")),
        (false, false, Desk::CitizenService) => Ok(Channel::CitizenService),
        (false, false, Desk::Representation) => Ok(Channel::Representation),
    }
}

/// A bank vouches by its agreement; elsewhere documents count.
pub(super) fn evidence<'a>(ra: &Ra, channel: Channel, public: bool, seen: &'a [Seen]) -> Evidence<'a> {
    if channel == Channel::Bank {
        Evidence::Agreement {
            public,
            from_age: ra.from_age,
        }
    } else {
        Evidence::Documents(seen)
    }
}
