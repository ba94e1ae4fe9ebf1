//! Control questions about somebody who has no eID yet, before one is issued (M34). Owns by what such a round is found: the person's CPR number,
//! hashed under a key. What a round is stands with `ask`.

use std::collections::BTreeMap;

use serde::Deserialize;
use utoipa::ToSchema;

use super::ask::{AnswersWish, RoundView, about_number, answer, begin};
use super::wanted::{Done, Hearing, Need, Wanted};
use crate::ctx::Ctx;
use crate::domain::cpr::Cpr;
use crate::domain::officer::Act;
use crate::domain::questions::Subject;
use crate::domain::refusal::{Code, Refusal};
use crate::storage::{Halt, Tx};

/// A round about a person is wanted.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AskPersonWish {
    /// Their CPR number.
    #[schema(example = "610180-1234")]
    cpr: String,
}

/// What the person said, by subject.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AnswersOfPersonWish {
    /// Their CPR number.
    #[schema(example = "610180-1234")]
    cpr: String,
    /// The round.
    round: String,
    /// The answers. What was not answered is left out.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    answers: BTreeMap<Subject, String>,
}

fn number(text: &str) -> Result<Cpr, Refusal> {
    Cpr::parse(text).map_err(|code| Refusal::new(code).at("cpr"))
}

/// Nobody asks themselves.
fn somebody_else(tx: &mut Tx<'_>, hearing: &Hearing<'_>, cpr: &Cpr) -> Result<(), Halt> {
    let own = hearing.officer.own;
    if own.is_some() && tx.people().by_cpr(cpr)? == own {
        return Err(Code::RaOwnCase.into());
    }
    Ok(())
}

impl Wanted for AskPersonWish {
    const ACT: Act = Act::Issue;
    type View = RoundView;

    fn needs(&self) -> Need {
        number(&self.cpr).map_or(Need::Nothing, Need::EntryOf)
    }

    fn answer(&self, tx: &mut Tx<'_>, ctx: &Ctx, hearing: &Hearing<'_>) -> Result<Done<RoundView>, Halt> {
        let cpr = number(&self.cpr)?;
        somebody_else(tx, hearing, &cpr)?;
        let about = about_number(tx, &cpr)?;
        begin(tx, ctx, hearing, about)
    }
}

impl Wanted for AnswersOfPersonWish {
    const ACT: Act = Act::Issue;
    type View = RoundView;

    fn needs(&self) -> Need {
        number(&self.cpr).map_or(Need::Nothing, Need::EntryOf)
    }

    fn answer(&self, tx: &mut Tx<'_>, ctx: &Ctx, hearing: &Hearing<'_>) -> Result<Done<RoundView>, Halt> {
        let cpr = number(&self.cpr)?;
        let about = about_number(tx, &cpr)?;
        let said = AnswersWish::new(self.round.clone(), self.answers.clone());
        answer(tx, ctx, hearing, (about, &said))
    }
}
