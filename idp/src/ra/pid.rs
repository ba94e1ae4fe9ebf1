//! An RA asks for the public number of somebody with a CPR number: found again, or made now where that is wanted (M50). Never tells a CPR number.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::in_whose_history;
use super::wanted::{Done, Hearing, Need, Wanted};
use crate::ctx::Ctx;
use crate::domain::cpr::Cpr;
use crate::domain::officer::Act;
use crate::domain::proofing::may_be_public;
use crate::domain::refusal::{Code, Refusal};
use crate::issuing::{Person, pid_of};
use crate::storage::{Halt, Tx};

/// The public number of this person is wanted.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PidWish {
    /// Their CPR number.
    #[schema(example = "610180-1234")]
    cpr: String,
    /// Make one where there is none.
    #[serde(default = "made")]
    #[schema(default = true)]
    create: bool,
}

const fn made() -> bool {
    true
}

/// A public number.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct PidView {
    /// It.
    #[schema(example = "9208-2002-2-316380231171")]
    pid: String,
    /// It was made now.
    created: bool,
}

impl Wanted for PidWish {
    const ACT: Act = Act::Issue;
    type View = PidView;

    fn needs(&self) -> Need {
        Cpr::parse(&self.cpr).map_or(Need::Nothing, Need::EntryOf)
    }

    fn answer(&self, tx: &mut Tx<'_>, ctx: &Ctx, hearing: &Hearing<'_>) -> Result<Done<PidView>, Halt> {
        let cpr = Cpr::parse(&self.cpr).map_err(|code| Refusal::new(code).at("cpr"))?;
        let own = hearing.officer.own;
        if own.is_some() && tx.people().by_cpr(&cpr)? == own {
            return Err(Code::RaOwnCase.into());
        }
        let entry = hearing.facts.entry.as_ref();
        let entry = entry.ok_or(Refusal::new(Code::ProofingUnknownPerson).at("cpr"))?;
        if may_be_public(entry) == Err(Code::ProofingPersonEnded) {
            return Err(Refusal::new(Code::ProofingPersonEnded).at("cpr").into());
        }
        if !self.create && !has_pid(tx, &cpr)? {
            return Err(Refusal::new(Code::RaNotFound).at("cpr").into());
        }
        let (pid, created) = pid_of(tx, ctx, &Person::Registered { cpr: &cpr, entry })?;
        Ok(Done {
            detail: format!("{pid}: {}", if created { "created" } else { "found" }),
            body: PidView {
                pid: pid.as_str().to_owned(),
                created,
            },
            about: in_whose_history(tx, &cpr)?,
        })
    }
}

fn has_pid(tx: &mut Tx<'_>, cpr: &Cpr) -> Result<bool, Halt> {
    let Some(person) = tx.people().by_cpr(cpr)? else {
        return Ok(false);
    };
    Ok(tx.pids().find(person)?.is_some())
}
