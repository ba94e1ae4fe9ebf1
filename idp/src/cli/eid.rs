//! `idp eid open`: what was blocked is opened again for somebody who has shown who they are, where no officers' API is at hand. Owns that
//! an officer and a reason are named; works while servers run.

use super::words::{EidCommand, OpenWord};
use super::{Cli, Failure, open, print};
use crate::audit::Who;
use crate::credentials::{activation, open as acts};
use crate::domain::eid::EidNumber;
use crate::domain::refusal::Code;
use crate::storage::{Durability, Halt, Tx};

/// Opens.
pub(super) fn run(cli: &Cli, command: &EidCommand) -> Result<(), Failure> {
    let EidCommand::Open { what, number, by } = command;
    let parsed =
        EidNumber::parse(number).ok_or_else(|| Failure::new(format!("{number:?} is no eID number: nine digits")))?;
    let by = by.clone();
    let (house, what) = (open::house(cli)?, *what);
    let ctx = open::ctx(&house);
    let rules = activation::Rules {
        life: house.settings.activation.days.span(),
        by: activation::By::Letter,
    };
    let act = move |tx: &mut Tx<'_>| -> Result<&'static str, Halt> {
        let eid = tx.eids().by_number(&parsed)?.ok_or(Code::RaNotFound)?;
        let who = Who {
            person: eid.person,
            eid: eid.id,
        };
        let by = acts::By {
            officer: by.officer.as_str(),
            reason: by.reason.as_str(),
        };
        match what {
            OpenWord::Eid => acts::eid(tx, &ctx, who, by, rules).map(|status| status.as_str()),
            OpenWord::Password => acts::password(tx, &ctx, who, by).map(|()| "open"),
        }
    };
    let done = house.store.transact_blocking("eid.open", Durability::Full, act);
    match done {
        Ok(state) => print(&format!("{} is {state}", what.word())),
        Err(Halt::Refused(refusal)) => Err(Failure::new(match refusal.code {
            Code::RaNotFound => "there is no such eID",
            Code::EidState => "eid.state: the eID is not blocked",
            _ => {
                "password.state: the password is not blocked by wrong tries; a new one comes by an activation password"
            }
        })),
        Err(halt) => Err(halt.into()),
    }
}
