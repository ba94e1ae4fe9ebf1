//! An eID reaches further: it is linked to the RA's bank (M37), or its holder says yes to use outside netbank at a desk (M31). Owns who may say so.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ask::{about_holder, use_up};
use super::call::who_of;
use super::order::{ConsentsWish, DocumentWish, channel, evidence, named};
use super::people::{EidView, eid_view};
use super::wanted::{Done, Hearing, Need, Wanted};
use crate::audit::{Event, record};
use crate::ctx::Ctx;
use crate::domain::acceptance::{Extend, extend};
use crate::domain::cpr::{Cpr, age_on};
use crate::domain::denmark;
use crate::domain::eid::{EidNumber, EidStatus};
use crate::domain::officer::Act;
use crate::domain::proofing::{Applicant, Vouched, at_desk};
use crate::domain::refusal::{Code, Refusal};
use crate::issuing::{begin_public_use, is_free_for, registered_now};
use crate::storage::{Bank, Halt, PersonStatus, Tx};

/// Documents of one call.
const MOST: usize = 6;

/// An eID that somebody else issued is linked to the RA's bank. Both numbers belong together, or nothing is told.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LinkWish {
    /// The eID number, from the welcome letter.
    #[schema(example = "123456789")]
    eid_number: String,
    /// The customer's CPR number.
    #[schema(example = "610180-1234")]
    cpr: String,
    /// What the bank calls its customer.
    customer_ref: Option<String>,
}

/// An eID that was linked.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct LinkedView {
    /// How it stands.
    eid: EidView,
    /// What the bank calls the person from now on: `sub` at its log-ins.
    #[serde(skip_serializing_if = "Option::is_none")]
    sub: Option<String>,
}

impl Wanted for LinkWish {
    const ACT: Act = Act::Link;
    type View = LinkedView;

    fn needs(&self) -> Need {
        Need::Sector
    }

    fn answer(&self, tx: &mut Tx<'_>, ctx: &Ctx, hearing: &Hearing<'_>) -> Result<Done<LinkedView>, Halt> {
        let officer = hearing.officer;
        let ra = officer.ra.ra.as_ref().ok_or(Code::RaRole)?;
        let bank = ra.bank.clone().ok_or(Code::RaRole)?;
        let cpr = Cpr::parse(&self.cpr).map_err(|code| Refusal::new(code).at("cpr"))?;
        let number = EidNumber::parse(&self.eid_number).ok_or(Refusal::new(Code::RequestMalformed).at("eid_number"))?;
        let customer_ref = named(self.customer_ref.as_deref())?;
        let eid = tx.eids().by_number(&number)?.ok_or(Code::RaNotFound)?;
        if tx.people().by_cpr(&cpr)? != Some(eid.person) || eid.status == EidStatus::Closed {
            return Err(Code::RaNotFound.into());
        }
        if officer.own == Some(eid.person) {
            return Err(Code::RaOwnCase.into());
        }
        if cpr.age_on(denmark::date(ctx.now)) < ra.from_age {
            return Err(Code::ProofingTooYoung.into());
        }
        let who = who_of(&eid);
        let linked = Bank {
            bank: bank.clone(),
            customer_ref,
        };
        is_free_for(tx, ctx, &linked, eid.person)?;
        tx.eids().link_bank(eid.id, &linked, ctx.now)?;
        record(tx, ctx, &Event::BankLinked { who, bank })?;
        let sub = match &hearing.facts.sector {
            Some(sector) => Some(tx.subjects().sub(eid.person, sector, ctx.now)?),
            None => None,
        };
        Ok(Done {
            body: LinkedView {
                eid: eid_view(tx, ctx, &eid)?,
                sub,
            },
            about: Some(who),
            detail: String::new(),
        })
    }
}

/// The holder of a netbank-only eID says yes to use outside netbank, at a desk.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PublicWish {
    /// The rules, as they were accepted.
    rules: ConsentsWish,
    /// The documents that the officer has in hand. A bank vouches by its agreement.
    #[serde(default)]
    #[schema(max_items = 6)]
    documents: Vec<DocumentWish>,
    /// A round of control questions that this officer asked and that was passed (`/eids/{eid}/questions`).
    round: Option<String>,
}

impl Wanted for PublicWish {
    const ACT: Act = Act::Extend;
    type View = EidView;

    fn needs(&self) -> Need {
        Need::Entry
    }

    fn answer(&self, tx: &mut Tx<'_>, ctx: &Ctx, hearing: &Hearing<'_>) -> Result<Done<EidView>, Halt> {
        let case = hearing.case()?;
        if !self.rules.all_given() {
            return Err(Refusal::new(Code::OrderConsents).at("rules").into());
        }
        if self.documents.len() > MOST {
            return Err(Refusal::new(Code::RequestMalformed).at("documents").into());
        }
        tx.eids().line_up(case.eid.id)?;
        let eid = tx.eids().find(case.eid.id)?;
        let today = denmark::date(ctx.now);
        let in_use = matches!(eid.status, EidStatus::Ordered | EidStatus::Active);
        if !in_use || eid.person_status == PersonStatus::Ended {
            return Err(Code::EidState.into());
        }
        if extend(eid.birth_date.map(|born| age_on(born, today)), eid.has_cpr) == Extend::Cannot {
            return Err(Code::Oces004.into());
        }
        let ra = hearing.officer.ra.ra.as_ref().ok_or(Code::RaRole)?;
        let channel = channel(ra, false)?;
        registered_now(tx, eid.person, hearing.facts.entry.as_ref())?;
        let cpr = tx.people().cpr(eid.person)?;
        let known = cpr.as_ref().zip(hearing.facts.entry.as_ref());
        let (cpr, entry) = known.ok_or(Code::ProofingUnknownPerson)?;
        let vouched = Vouched {
            questions: self.round.is_some(),
            witness: false,
        };
        if let Some(round) = &self.round {
            let about = about_holder(tx, case)?;
            use_up(tx, ctx, hearing.officer, about, round)?;
        }
        let seen: Vec<_> = self.documents.iter().map(|document| document.seen(false)).collect();
        let (applicant, rules) = (Applicant::registered(cpr, entry, today), hearing.rules.proofing);
        at_desk(
            channel,
            &applicant,
            evidence(ra, channel, true, &seen),
            vouched,
            &rules,
            today,
        )
        .map_err(|code| Refusal::new(code).at("documents"))?;
        begin_public_use(tx, ctx, case.who, (channel.as_str(), ctx.now))?;
        let now = tx.eids().find(case.eid.id)?;
        Ok(Done {
            body: eid_view(tx, ctx, &now)?,
            about: None,
            detail: shown(&self.documents),
        })
    }
}

/// The kinds of what was shown, for the trail.
fn shown(documents: &[DocumentWish]) -> String {
    let words: Vec<_> = documents.iter().map(|document| document.kind.row().word).collect();
    words.join(", ")
}
