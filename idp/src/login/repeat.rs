//! The finishing form sent once more by the same browser: a new answer of the same session, uncounted, burning nothing.

use super::admission::{identity, may_enter};
use super::ceremony::Ceremony;
use super::finish::{Done, hold};
use super::flow::Flow;
use crate::config::parties::Party;
use crate::ctx::Ctx;
use crate::domain::refusal::Code;
use crate::domain::time::Span;
use crate::fault::Fault;
use crate::session::is_usable;
use crate::storage::{DoneFlow, FoundFlow, Halt, Tx};

/// Within so long a repeated POST of the finishing step gets a new answer of the same session.
const REPEAT: Span = Span::secs(60);

/// What is kept of a finished flow.
pub(super) fn done_row(ctx: &Ctx, flow: &Flow, done: &Done) -> Result<DoneFlow, Fault> {
    Ok(DoneFlow {
        flow: flow.id,
        browser: flow.browser.stored(),
        session: done.outcome.session,
        result: serde_json::to_vec(done).map_err(|e| Fault::new("a finished flow could not be written", e))?,
        done_at: ctx.now,
    })
}

/// The same browser sent the finishing form again: a new answer of the same session, uncounted, burning nothing.
/// Whether the eID is accepted is judged anew: a block since then holds here too.
pub(super) fn repeat(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    house: &Ceremony,
    party: &Party,
    flow: &Flow,
    found: &FoundFlow,
) -> Result<Done, Halt> {
    let row = &found.done;
    if row.browser != flow.browser.stored() {
        return Err(Code::LoginWrongBrowser.into());
    }
    let live = tx
        .sessions()
        .find(row.session)?
        .is_some_and(|s| is_usable(&s, house.limits, ctx.now));
    if ctx.now >= row.done_at + REPEAT || !live {
        return Err(Code::LoginRepeatTooLate.into());
    }
    let mut done: Done =
        serde_json::from_slice(&row.result).map_err(|_| Fault::corrupt("flows_done", "result", flow.id))?;
    let eid = tx.eids().find(done.outcome.eid)?;
    may_enter(tx, ctx, party, &flow.demand, &eid)??;
    done.outcome.level = done.outcome.level.min(identity(party, &eid));
    hold(tx, &eid, None)?;
    let resume = &flow.demand.resume;
    done.finished = house
        .protocols
        .of(resume.kind)?
        .finish(tx, ctx, resume, &done.outcome, Some(&done.finished))?;
    let renewed = DoneFlow {
        done_at: row.done_at,
        ..done_row(ctx, flow, &done)?
    };
    tx.flows().renew(found, &renewed)?;
    Ok(done)
}
