//! `idp lane reopen`: the help line's way back in for an owner without a known browser whose strangers' lane was shut. Owns that
//! an officer and a reason are named; works while servers run.

use super::words::LaneCommand;
use super::{Cli, Failure, open, print};
use crate::credentials::password::{Reopened, reopen};
use crate::domain::eid::EidNumber;
use crate::storage::Durability;

/// Reopens.
pub(super) fn run(cli: &Cli, command: &LaneCommand) -> Result<(), Failure> {
    let LaneCommand::Reopen { number, by } = command;
    let parsed =
        EidNumber::parse(number).ok_or_else(|| Failure::new(format!("{number:?} is no eID number: nine digits")))?;
    let by = by.clone();
    let house = open::house(cli)?;
    let ctx = open::ctx(&house);
    let done = house
        .store
        .transact_blocking("lane.reopen", Durability::Full, move |tx| {
            reopen(tx, &ctx, &parsed, by.officer.as_str(), by.reason.as_str())
        })?;
    match done {
        Reopened::NoSuchEid => Err(Failure::new("there is no such eID")),
        Reopened::WasOpen => print("the lane was open; its counts start again"),
        Reopened::Opened => print("the lane is open again; its counts start again"),
    }
}
