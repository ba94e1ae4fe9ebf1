//! A request that waited while its eID was opened for use outside netbank is answered by the log-in that opened it (M40, decision 0162): nobody is
//! asked twice within ten minutes for what they have just shown. Owns when that may be; everything else is a finish like any other.

use std::sync::Arc;

use super::admission::{allowed, may_enter};
use super::ceremony::Ceremony;
use super::consent::to_ask;
use super::demand::Claim;
use super::flow::{FLOW_LIFE, Flow, Proven, Step};
use super::riding::Riding;
use super::service::{Browser, Stand, page};
use super::session::suffices;
use crate::config::parties::Party;
use crate::credentials::password::known_device;
use crate::ctx::Ctx;
use crate::domain::assurance::Method;
use crate::domain::factor::{Factors, suits};
use crate::domain::id::SessionId;
use crate::domain::party::{OWN, Sso};
use crate::domain::refusal::Code;
use crate::domain::time::Span;
use crate::session::is_usable;
use crate::storage::{Eid, Halt, SessionRow, Tx};

/// The log-in of our own pages is no older.
const FRESH: Span = Span::minutes(10);

impl Ceremony {
    /// What a log-in of our own pages makes of a flow: nothing at a party that shares no session, or that asks for a new log-in.
    pub(super) async fn on_own(
        &self,
        ctx: &Ctx,
        browser: &Browser,
        party: &Arc<Party>,
        mut flow: Flow,
        own: [u8; 32],
    ) -> Result<Stand, Halt> {
        let Sso::Group(group) = &party.sso else {
            return self.on_session(ctx, browser, party, flow).await;
        };
        let riding = match browser.session {
            Some(token) => self.look(ctx, browser, party, group, token, &flow).await?,
            None => Riding::No,
        };
        let rests = match riding {
            Riding::No => self.rests(ctx, browser, party, &flow, own).await?,
            _ => None,
        };
        let Some((proven, asks)) = rests else {
            return self.on_session(ctx, browser, party, flow).await;
        };
        flow.proven = Some(proven);
        if asks.is_empty() {
            return self.finish(ctx, browser, flow, None).await;
        }
        flow.step = Step::Consent(asks);
        Ok(page(flow, Vec::new()))
    }

    /// What it has proven, and what the person is asked before the party is told.
    async fn rests(
        &self,
        ctx: &Ctx,
        browser: &Browser,
        party: &Arc<Party>,
        flow: &Flow,
        own: [u8; 32],
    ) -> Result<Option<(Proven, Vec<Claim>)>, Halt> {
        let (ctx, party, demand) = (ctx.clone(), Arc::clone(party), flow.demand.clone());
        let (limits, devices) = (self.limits, browser.devices.clone());
        self.store
            .read("login.own", move |tx| {
                let fresh = |session: &SessionRow| ctx.now < session.authenticated_at + FRESH;
                let ours =
                    |session: &SessionRow| session.sso.as_deref() == Some(OWN) && is_usable(session, limits, ctx.now);
                let found = tx.sessions().with_eid(&own)?;
                let Some((session, eid)) = found.filter(|(session, _)| ours(session) && fresh(session)) else {
                    return Ok(None);
                };
                if !suffices((&session, &eid), &party, &demand, ctx.now)
                    || may_enter(tx, &ctx, &party, &demand, &eid)?.is_err()
                {
                    return Ok(None);
                }
                let proven = Proven {
                    eid: eid.id,
                    person: eid.person,
                    epoch: eid.epoch,
                    at: session.authenticated_at,
                    device: known_device(tx, &ctx, &eid, &devices)?,
                    steps_up: None,
                    rests_on: Some(session.id),
                    offers: Factors::NONE,
                    usual: false,
                    failed: 0,
                    last_login: None,
                };
                let asks = to_ask(tx, &party, &demand, eid.person)?;
                Ok(Some((proven, asks)))
            })
            .await
    }
}

/// In the finishing transaction: by what the log-in was made that it rests on; it still is what the party asks for. A page that asked for consent
/// may have stood for as long as a flow lives.
pub(super) fn rested(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    house: &Ceremony,
    party: &Party,
    (flow, eid): (&Flow, &Eid),
    own: SessionId,
) -> Result<Vec<Method>, Halt> {
    let stands = |session: &SessionRow| {
        session.eid == eid.id
            && is_usable(session, house.limits, ctx.now)
            && ctx.now < session.authenticated_at + FRESH + FLOW_LIFE
            && suffices((session, eid), party, &flow.demand, ctx.now)
    };
    let session = tx.sessions().find(own)?.filter(stands).ok_or(Code::LoginExpired)?;
    // What the party takes for no factor proves nothing there.
    if suits(&session.methods, allowed(party, &flow.demand, eid)) {
        Ok(session.methods)
    } else {
        Ok(vec![Method::Password])
    }
}
