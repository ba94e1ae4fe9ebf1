//! An officer asks who calls, as we understood it: to try keys and assertions with. Owns nothing, and never tells of anybody else.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::wanted::{Done, Hearing, Wanted};
use crate::ctx::Ctx;
use crate::domain::officer::{Act, Role};
use crate::storage::{Halt, Tx};

/// Who calls?
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LookWish {}

/// Who calls, as we understood it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OfficerView {
    /// The RA.
    ra: String,
    /// The officer.
    officer: String,
    /// `support`, `registrar` or `printer`.
    role: &'static str,
    /// What the role may do.
    may: Vec<&'static str>,
}

impl Wanted for LookWish {
    const ACT: Act = Act::Look;
    const ONCE: bool = false;
    type View = OfficerView;

    fn answer(&self, _tx: &mut Tx<'_>, _ctx: &Ctx, hearing: &Hearing<'_>) -> Result<Done<OfficerView>, Halt> {
        let officer = hearing.officer;
        Ok(Done {
            body: OfficerView {
                ra: officer.ra.id.clone(),
                officer: officer.id.to_string(),
                role: officer.role.as_str(),
                may: may(officer.role),
            },
            about: None,
            detail: String::new(),
        })
    }
}

fn may(role: Role) -> Vec<&'static str> {
    let acts = Act::ALL.into_iter().filter(|act| role.may(*act));
    acts.map(Act::as_str).collect()
}
