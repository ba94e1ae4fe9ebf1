//! What waits at an RA's desk is handed to its holder: the card and the activation password that were printed there (M24, M33, M34). Owns who may
//! get it; that it is handed over once is the print run's.

use serde::Deserialize;
use utoipa::ToSchema;

use super::people::{EidView, eid_view};
use super::wanted::{Done, Hearing, Wanted};
use crate::ctx::Ctx;
use crate::domain::denmark;
use crate::domain::officer::Act;
use crate::domain::proofing::{Kind, Proof, Purpose, suffices};
use crate::domain::refusal::{Code, Refusal};
use crate::letters::run::hand_over;
use crate::storage::{Halt, Tx};

/// What waits is handed over.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CollectWish {
    /// The document with a photo that was seen. Without one, the officer who issued the eID hands over the activation password on the same day.
    document: Option<Kind>,
}

impl Wanted for CollectWish {
    const ACT: Act = Act::Issue;
    type View = EidView;

    fn answer(&self, tx: &mut Tx<'_>, ctx: &Ctx, hearing: &Hearing<'_>) -> Result<Done<EidView>, Halt> {
        let (officer, case) = (hearing.officer, hearing.case()?);
        if let Some(document) = self.document {
            let edition = hearing.rules.proofing.edition;
            suffices(Proof::Seen(document), Purpose::CardInHand, officer.role, edition)
                .map_err(|code| Refusal::new(code).at("document"))?;
        } else {
            let issue = tx.issues().find(case.eid.id)?;
            let just_now = issue.is_some_and(|issue| {
                issue.by == officer.name() && denmark::date(issue.issued_at) == denmark::date(ctx.now)
            });
            if !just_now {
                return Err(Refusal::new(Code::RaProof).at("document").into());
            }
        }
        let name = officer.full_name();
        let given = hand_over(tx, ctx, (case.who, &officer.ra.id), &name, self.document.is_some())?;
        if given.is_empty() {
            return Err(Code::OrderDelivery.into());
        }
        let shown = self.document.map_or("issued just now", |document| document.row().word);
        let now = tx.eids().find(case.eid.id)?;
        Ok(Done {
            body: eid_view(tx, ctx, &now)?,
            about: None,
            detail: format!("{}: {shown}", given.join(", ")),
        })
    }
}
