//! Finished flows: a flow ends once, and a repeat within a minute finds what the first one did.

use diesel::prelude::*;

use super::dialect::on;
use super::row::id16;
use super::schema::flows_done;
use super::{Halt, Tx};
use crate::domain::id::{FlowId, SessionId};
use crate::domain::time::Time;
use crate::fault::Fault;
use crate::vault::{Place, Sealed};

/// A flow that ended.
#[derive(Debug, Clone)]
pub struct DoneFlow {
    /// The flow.
    pub flow: FlowId,
    /// SHA-256 of the browser's random value: nobody else may repeat it.
    pub browser: [u8; 32],
    /// What it made or used.
    pub session: SessionId,
    /// What is needed to answer once more, in the ceremony's own form; sealed at rest.
    pub result: Vec<u8>,
    /// When.
    pub done_at: Time,
}

/// A flow that was found to have ended, with what of its row a repeat must find unchanged.
#[derive(Debug, Clone)]
pub struct FoundFlow {
    /// The flow.
    pub done: DoneFlow,
    sealed: Vec<u8>,
}

/// Finished flows.
pub struct Flows<'t, 'c>(pub(super) &'t mut Tx<'c>);

impl Flows<'_, '_> {
    /// The flow, if it has ended.
    ///
    /// # Errors
    /// When the database does not answer or the row is corrupt.
    pub fn find(&mut self, flow: FlowId) -> Result<Option<FoundFlow>, Halt> {
        type Stored = (Vec<u8>, Vec<u8>, Vec<u8>, Vec<u8>, i64);
        let row = on!(self.0.db, |db| flows_done::table
            .find(flow.bytes().to_vec())
            .first::<Stored>(db))
        .optional()?;
        let Some((_, browser, session, sealed, done_at)) = row else {
            return Ok(None);
        };
        let place = Place {
            column: Sealed::FlowsDoneResult,
            row: &flow.bytes(),
        };
        let result = self
            .0
            .vault
            .open(place, &sealed)
            .map_err(|e| Fault::new("flows_done.result does not open", e))?;
        let done = DoneFlow {
            flow,
            browser: browser
                .try_into()
                .map_err(|_| Fault::corrupt("flows_done", "browser", flow))?,
            session: SessionId::from_bytes(id16(&session, "flows_done", "session")?),
            result: result.to_vec(),
            done_at: Time::from_micros(done_at),
        };
        Ok(Some(FoundFlow { done, sealed }))
    }

    /// Ends a flow. Whoever comes second runs again and finds it ended.
    ///
    /// # Errors
    /// When the database does not answer; `Halt::Again` for the second.
    pub fn insert(&mut self, done: &DoneFlow) -> Result<(), Halt> {
        let sealed = self.seal(done);
        on!(self.0.db, |db| diesel::insert_into(flows_done::table)
            .values((
                flows_done::flow.eq(done.flow.bytes().to_vec()),
                flows_done::browser.eq(done.browser.to_vec()),
                flows_done::session.eq(done.session.bytes().to_vec()),
                flows_done::result.eq(sealed),
                flows_done::done_at.eq(done.done_at.micros()),
            ))
            .execute(db))?;
        Ok(())
    }

    /// Replaces what a repeat would find, if it is still what this repeat found: of two at once the second runs again.
    ///
    /// # Errors
    /// When the database does not answer; `Halt::Again` for the second.
    pub fn renew(&mut self, found: &FoundFlow, done: &DoneFlow) -> Result<(), Halt> {
        let sealed = self.seal(done);
        let as_found = flows_done::table
            .find(done.flow.bytes().to_vec())
            .filter(flows_done::result.eq(&found.sealed));
        let touched = diesel::update(as_found)
            .set(flows_done::result.eq(sealed))
            .execute(self.0.db)?;
        if touched == 1 { Ok(()) } else { Err(Halt::Again) }
    }

    fn seal(&self, done: &DoneFlow) -> Vec<u8> {
        let place = Place {
            column: Sealed::FlowsDoneResult,
            row: &done.flow.bytes(),
        };
        self.0.vault.seal(place, &done.result, self.0.rng)
    }
}
