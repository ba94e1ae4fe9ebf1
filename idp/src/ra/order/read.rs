//! An order, read into what the law knows; what of it registers are asked, and what they said.

use super::wish::{DocumentWish, IssueWish};
use crate::config::parties::{Desk, Ra};
use crate::domain::contact::{Email, Phone};
use crate::domain::cpr::Cpr;
use crate::domain::proofing::{Channel, Evidence, Kind, Seen, Witness};
use crate::domain::refusal::{Code, Refusal};
use crate::domain::register::{Entry, NumberedDocument, document_number};
use crate::issuing::{Person, reference};
use crate::registers::Checked;

/// What registers are asked for an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::ra) struct Asked {
    /// Who the person is.
    pub cpr: Option<Cpr>,
    /// Who the witness is.
    pub witness: Option<Cpr>,
    /// Whether documents are theirs: by their place among those that were shown.
    pub numbers: Vec<(usize, (NumberedDocument, String))>,
    /// Whether the witness's document is theirs.
    pub witness_number: Option<(NumberedDocument, String)>,
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
    /// The witness's document.
    pub witness_shows: Option<Checked>,
    /// The office hands things over.
    pub office: bool,
}

/// An order that was understood.
pub(super) struct Read<'a> {
    wish: &'a IssueWish,
    cpr: Option<Cpr>,
    pub(super) witness: Option<Cpr>,
    witness_seen: Option<Seen>,
    numbers: Vec<(usize, (NumberedDocument, String))>,
    witness_number: Option<(NumberedDocument, String)>,
    pub(super) customer_ref: Option<String>,
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
        let mut numbers = Vec::new();
        for (nth, document) in wish.documents.iter().enumerate() {
            numbers.extend(number(document, "documents")?.map(|number| (nth, number)));
        }
        let witness_number = match witness {
            Some(witness) => number(&witness.document, "witness")?,
            None => None,
        };
        Ok(Self {
            wish,
            cpr: wish.cpr.as_ref().map(|text| cpr(text, "cpr")).transpose()?,
            witness: witness.map(|one| cpr(&one.cpr, "witness")).transpose()?,
            witness_seen: witness.map(|one| one.document.seen(false)),
            numbers,
            witness_number,
            customer_ref: named(wish.customer_ref.as_deref())?,
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
    pub(super) fn asks(&self) -> Asked {
        Asked {
            cpr: self.cpr.clone(),
            witness: self.witness.clone(),
            numbers: self.numbers.clone(),
            witness_number: self.witness_number.clone(),
            office: match &self.wish.deliver {
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
            (None, Some(customer)) if channel == Channel::Bank => Ok(customer.person()),
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
                None => Ok(document.seen(false)),
                Some(Checked::Valid) => Ok(document.seen(true)),
                Some(Checked::Expired) => Err(Refusal::new(Code::ProofingDocumentExpired).at("documents")),
                Some(Checked::NotTheirs | Checked::Void) => {
                    Err(Refusal::new(Code::ProofingDocumentNotAccepted).at("documents"))
                }
            }
        })
        .collect()
    }

    /// Who declares. A number that the register does not know as the witness's makes them unfit.
    pub(super) fn witness<'s>(&'s self, found: &'s Found) -> Result<Option<Witness<'s>>, Refusal> {
        let Some(cpr) = &self.witness else { return Ok(None) };
        match found.witness_shows {
            None | Some(Checked::Valid) => {}
            Some(Checked::Expired | Checked::NotTheirs | Checked::Void) => {
                return Err(Refusal::new(Code::ProofingWitnessUnfit).at("witness"));
            }
        }
        Ok(Some(Witness {
            cpr,
            entry: found.witness.as_ref(),
            seen: self.witness_seen.as_slice(),
            declared: self.wish.witness.as_ref().is_some_and(|witness| witness.declared),
        }))
    }
}

impl DocumentWish {
    /// As the law looks at it; the register has confirmed its number, or was not asked.
    pub(in crate::ra) fn seen(&self, confirmed: bool) -> Seen {
        Seen {
            kind: self.kind,
            shows_cpr: self.shows_cpr,
            issued: self.issued,
            valid_to: self.valid_to,
            confirmed,
        }
    }
}

/// By which number a register is asked about a document; one that can be no such number is refused.
fn number(document: &DocumentWish, field: &'static str) -> Result<Option<(NumberedDocument, String)>, Refusal> {
    let (Some(kind), Some(text)) = (numbered(document.kind), &document.number) else {
        return Ok(None);
    };
    let number = document_number(text).ok_or(Refusal::new(Code::RequestMalformed).at(field))?;
    Ok(Some((kind, number)))
}

/// What the bank calls its customer, where it says so.
pub(in crate::ra) fn named(customer_ref: Option<&str>) -> Result<Option<String>, Refusal> {
    let read = |text| reference(text).ok_or(Refusal::new(Code::RequestMalformed).at("customer_ref"));
    customer_ref.map(read).transpose()
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
pub(in crate::ra) fn channel(ra: &Ra, home_visit: bool) -> Result<Channel, Refusal> {
    match (ra.bank.is_some(), home_visit, ra.desk) {
        (true, false, _) => Ok(Channel::Bank),
        (false, true, _) if ra.home_visits => Ok(Channel::HomeVisit),
        (_, true, _) => Err(Refusal::new(Code::OrderDelivery).at("home_visit")),
        (false, false, Desk::CitizenService) => Ok(Channel::CitizenService),
        (false, false, Desk::Representation) => Ok(Channel::Representation),
    }
}

/// A bank vouches by its agreement; elsewhere documents count.
pub(in crate::ra) fn evidence<'a>(ra: &Ra, channel: Channel, public: bool, seen: &'a [Seen]) -> Evidence<'a> {
    if channel == Channel::Bank {
        Evidence::Agreement {
            public,
            from_age: ra.from_age,
        }
    } else {
        Evidence::Documents(seen)
    }
}
