//! The form of M32. Owns its fields and what is sound in them; every field that is wrong is told at once. Never asks a register.

use serde::{Deserialize, Serialize};

use crate::domain::contact::{Email, Phone};
use crate::domain::cpr::Cpr;
use crate::domain::eid::PUBLIC_AGE;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::register::{NumberedDocument, document_number};

/// What was typed. Personal, so it is never printed.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// The CPR number.
    pub cpr: String,
    /// An e-mail address, or nothing.
    pub email: String,
    /// The same again.
    pub email_again: String,
    /// A mobile number, or nothing.
    pub mobile: String,
    /// The word of a kind of document.
    pub document_type: String,
    /// Its number.
    pub document_number: String,
    /// The office where both letters are fetched, by its id; nothing for the post.
    pub office: String,
    /// What it is to be on: `hardware`, or nothing for cards.
    pub on: String,
}

/// What was typed, once it has been found good.
#[derive(Clone)]
pub struct Details {
    /// The CPR number.
    pub cpr: Cpr,
    /// Where notices go.
    pub email: Option<Email>,
    /// The same, and an activation password that is ordered later.
    pub mobile: Option<Phone>,
    /// Which document.
    pub document: NumberedDocument,
    /// Its number, in one spelling.
    pub number: String,
    /// The office where both letters are fetched.
    pub office: Option<String>,
    /// On hardware: a key in a device of their own is the second factor.
    pub hardware: bool,
}

impl Typed {
    /// The names of the fields.
    pub const FIELDS: [&'static str; 8] = [
        "cpr",
        "email",
        "email_again",
        "mobile",
        "document_type",
        "document_number",
        "office",
        "on",
    ];

    /// Reads the fields, each by its name.
    #[must_use]
    pub fn read<'a>(field: impl Fn(&'static str) -> &'a str) -> Self {
        let text = |name| field(name).trim().to_owned();
        Self {
            cpr: text("cpr"),
            email: text("email"),
            email_again: text("email_again"),
            mobile: text("mobile"),
            document_type: text("document_type"),
            document_number: text("document_number"),
            office: text("office"),
            on: text("on"),
        }
    }

    /// Judges every field. `demo`: whose numbers are taken; `offices`: where letters may be fetched; `on`: today.
    ///
    /// # Errors
    /// Everything that is wrong, each at its field.
    pub fn judge(&self, demo: bool, offices: &[String], on: chrono::NaiveDate) -> Result<Details, Vec<Refusal>> {
        let mut wrong = Vec::new();
        let cpr = Cpr::parse(&self.cpr).and_then(|cpr| {
            cpr.for_mode(demo)?;
            // Told here, since the number itself tells it.
            if cpr.age_on(on) < PUBLIC_AGE {
                return Err(Code::ProofingTooYoung);
            }
            Ok(cpr)
        });
        let cpr = noted(&mut wrong, "cpr", cpr);
        let email = noted(&mut wrong, "email", optional(&self.email, Email::parse));
        if email.is_some() && self.email != self.email_again {
            wrong.push(Refusal::new(Code::EmailDiffers).at("email_again"));
        }
        let mobile = optional(&self.mobile, |text| {
            short(text, 24, Code::PhoneFormat).and_then(Phone::parse)
        });
        let mobile = noted(&mut wrong, "mobile", mobile);
        let document = [NumberedDocument::Passport, NumberedDocument::DrivingLicence]
            .into_iter()
            .find(|document| document.as_str() == self.document_type);
        let document = noted(&mut wrong, "document_type", document.ok_or(Code::DocumentKind));
        let number = short(&self.document_number, 20, Code::DocumentNumber)
            .and_then(|text| document_number(text).ok_or(Code::DocumentNumber));
        let number = noted(&mut wrong, "document_number", number);
        let office = match self.office.as_str() {
            "" => Ok(None),
            office if offices.iter().any(|one| one == office) => Ok(Some(office.to_owned())),
            _ => Err(Code::OrderDelivery),
        };
        let office = noted(&mut wrong, "office", office);
        let hardware = match self.on.as_str() {
            "" => Ok(false),
            "hardware" => Ok(true),
            _ => Err(Code::RequestMalformed),
        };
        let hardware = noted(&mut wrong, "on", hardware);
        match (cpr, email, mobile, document, number, office, hardware) {
            (Some(cpr), Some(email), Some(mobile), Some(document), Some(number), Some(office), Some(hardware))
                if wrong.is_empty() =>
            {
                Ok(Details {
                    cpr,
                    email,
                    mobile,
                    document,
                    number,
                    office,
                    hardware,
                })
            }
            _ => Err(wrong),
        }
    }
}

/// Whatever is longer than anybody types is not kept.
fn short(text: &str, most: usize, code: Code) -> Result<&str, Code> {
    (text.chars().count() <= most).then_some(text).ok_or(code)
}

fn optional<T>(text: &str, parse: impl Fn(&str) -> Result<T, Code>) -> Result<Option<T>, Code> {
    if text.is_empty() {
        return Ok(None);
    }
    parse(text).map(Some)
}

fn noted<T>(wrong: &mut Vec<Refusal>, field: &'static str, read: Result<T, Code>) -> Option<T> {
    read.map_err(|code| wrong.push(Refusal::new(code).at(field))).ok()
}
