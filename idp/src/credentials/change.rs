//! What the slices of the factors have in common when one of theirs changes: the event, and what ends with a factor that is stopped on
//! suspicion. Owns the order of these; never decides that something is stopped.

use crate::audit::{Event, Who, record};
use crate::ctx::Ctx;
use crate::delivery::{Notice, notice};
use crate::domain::authenticator::State;
use crate::domain::factor::Factor;
use crate::session;
use crate::storage::{Halt, Tx};

/// Which thing changed: what kind it is, and its number or id.
pub(super) type Which = (Factor, String);

/// Records that something which an eID is proven with beside the card has come into another state, and how.
pub(super) fn record_change(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    who: Who,
    (factor, which): Which,
    to: State,
    how: &'static str,
) -> Result<(), Halt> {
    let to = to.as_str();
    record(
        tx,
        ctx,
        &Event::FactorChanged {
            who,
            factor,
            which,
            to,
            how,
        },
    )
}

/// Something was stopped, and whoever had it may have used it: earlier proofs and devices are void, everything that the eID's log-ins
/// gave ends, and its holder is told.
pub(super) fn ends_all(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, told: Notice) -> Result<(), Halt> {
    tx.eids().raise_epoch(who.eid)?;
    session::end_all_of_eid(tx, ctx, who.eid)?;
    notice(tx, ctx, who, told)
}
