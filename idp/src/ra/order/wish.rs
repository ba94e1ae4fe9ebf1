//! The body of an order, as it is sent.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::consent::{Consent, all_given};
use crate::domain::locale::Locale;
use crate::domain::proofing::Kind;
use crate::domain::refusal::Code;
use crate::fault::Fault;
use crate::issuing::Customer;

/// An eID is wanted for somebody.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::ra) struct IssueWish {
    /// The person's CPR number: name, address and status come from the civil register.
    #[schema(example = "610180-1234")]
    pub(super) cpr: Option<String>,
    /// A bank's customer without a CPR number, in the place of it.
    pub(super) customer: Option<Customer>,
    /// The documents that the officer has in hand.
    #[serde(default)]
    #[schema(max_items = 6)]
    pub(super) documents: Vec<DocumentWish>,
    /// A round of control questions that this officer asked and that was passed (`/people/questions`).
    pub(super) round: Option<String>,
    /// Who declares under penalty who the person is.
    pub(super) witness: Option<WitnessWish>,
    /// The officer is at the person's home.
    #[serde(default)]
    pub(super) home_visit: bool,
    /// Of a bank's customer: wants to use the eID outside netbank, too.
    #[serde(default)]
    pub(super) public: bool,
    /// What the bank calls its customer.
    pub(super) customer_ref: Option<String>,
    /// The rules of use outside netbank, as they were accepted.
    pub(super) rules: Option<ConsentsWish>,
    /// Where notices go.
    pub(super) email: Option<String>,
    /// Where notices go.
    pub(super) phone: Option<String>,
    /// The language of letters and notices: `da` or `en`; else that of the call.
    #[schema(value_type = Option<String>)]
    pub(super) language: Option<Locale>,
    /// How it is handed over. Without it: at this desk as far as the law allows, where the RA prints; else by post.
    pub(super) deliver: Option<Deliver>,
    /// Of a bank's customer: the activation password goes to their mobile number.
    #[serde(default)]
    pub(super) password_by_text_message: bool,
    /// The person has an eID and wants another one beside it.
    #[serde(default)]
    pub(super) another: bool,
    /// What it is on.
    #[serde(default)]
    pub(super) on: On,
}

/// What an eID is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::ra) enum On {
    /// Codes of a key card.
    #[default]
    Card,
    /// A key in the person's own device; one card comes along, for adding it.
    Hardware,
}

/// A document in an officer's hand.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::ra) struct DocumentWish {
    /// What it is: a word of the list of accepted documents.
    pub(in crate::ra) kind: Kind,
    /// It shows the CPR number.
    pub(super) shows_cpr: bool,
    /// Its number; of a Danish passport or driving licence the register is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) number: Option<String>,
    /// Issued on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub(super) issued: Option<NaiveDate>,
    /// Its last day. Passports, driving licences and cards of banks and states bear one, and it is told unless their number is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub(super) valid_to: Option<NaiveDate>,
}

/// A witness.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::ra) struct WitnessWish {
    /// Their CPR number.
    pub(super) cpr: String,
    /// The document with a photo that they showed.
    pub(super) document: DocumentWish,
    /// They signed the declaration under penalty.
    pub(super) declared: bool,
}

/// The rules with their consents.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::ra) struct ConsentsWish {
    /// The version that was read.
    #[schema(example = "2026-11-28")]
    version: String,
    /// Each consent that was given.
    #[schema(max_items = 4)]
    consents: Vec<Consent>,
}

/// How it is handed over.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::ra) enum Deliver {
    /// At this desk, as far as the law allows.
    Desk,
    /// By post to the registered address.
    Post,
    /// All of it at the office of this RA, against a document with a photo.
    Office(String),
}

impl ConsentsWish {
    pub(in crate::ra) fn all_given(&self) -> bool {
        all_given(&self.version, &self.consents)
    }
}

#[derive(Serialize)]
struct Written<'a> {
    documents: &'a [DocumentWish],
    witness: &'a Option<WitnessWish>,
    questions: bool,
}

impl IssueWish {
    /// What was shown, as it is written down and sealed.
    pub(super) fn written_down(&self, questions: bool) -> Result<String, Fault> {
        let written = Written {
            documents: &self.documents,
            witness: &self.witness,
            questions,
        };
        serde_json::to_string(&written).map_err(|error| Fault::new("what was shown", error))
    }

    /// No more than anybody needs.
    pub(super) fn is_sound(&self) -> Result<(), Code> {
        let short = |text: &Option<String>, most: usize| text.as_ref().is_none_or(|text| text.chars().count() <= most);
        let customer = self.customer.as_ref().is_none_or(Customer::is_sound);
        let numbers = self.documents.iter().all(|document| short(&document.number, 40));
        if self.documents.len() <= 6 && customer && numbers {
            Ok(())
        } else {
            Err(Code::RequestMalformed)
        }
    }
}
