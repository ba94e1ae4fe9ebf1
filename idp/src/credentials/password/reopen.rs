//! A shut strangers' lane is opened for its owner.

use crate::audit::{Event, Who, record};
use crate::ctx::Ctx;
use crate::domain::eid::EidNumber;
use crate::domain::lanes::{self, Gate, LaneKind};
use crate::storage::{Halt, LaneId, Tx};

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reopened {
    /// Nobody has this number.
    NoSuchEid,
    /// It was neither shut nor closed.
    WasOpen,
    /// It was shut or closed.
    Opened,
}

/// Opens the strangers' lane of an eID; all its counts start again. An officer does it for an owner who has shown who they are.
///
/// # Errors
/// When the database does not answer.
pub fn reopen(tx: &mut Tx<'_>, ctx: &Ctx, number: &EidNumber, officer: &str, reason: &str) -> Result<Reopened, Halt> {
    let Some(eid) = tx.eids().by_number(number)? else {
        return Ok(Reopened::NoSuchEid);
    };
    let who = Who {
        person: eid.person,
        eid: eid.id,
    };
    let was_open = open_strangers(tx, ctx, who, officer, reason)?;
    Ok(if was_open { Reopened::WasOpen } else { Reopened::Opened })
}

/// Opens the strangers' lane of this eID; whether it was open before.
///
/// # Errors
/// When the database does not answer.
pub fn open_strangers(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, officer: &str, reason: &str) -> Result<bool, Halt> {
    let lane = LaneId::Strangers(who.eid);
    let (counter, version) = tx.lanes().find(lane)?;
    let was_open = matches!(
        lanes::gate(&counter, LaneKind::Strangers, ctx.now),
        Gate::Open | Gate::Busy
    );
    if version.is_some() {
        tx.lanes().save(lane, &lanes::reopen(counter), version)?;
    }
    let (officer, reason) = (officer.to_owned(), reason.to_owned());
    record(tx, ctx, &Event::LaneReopened { who, officer, reason })?;
    Ok(was_open)
}
