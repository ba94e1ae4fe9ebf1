//! A running session answers the demand of another party of its group: what it is worth there, and the answer itself, one
//! transaction without a page.

use std::sync::Arc;

use super::admission::{admit, is_whom, may_enter};
use super::ceremony::Ceremony;
use super::choice::{Choice, choose};
use super::demand::Demand;
use super::finish::{Done, answer_once, enter, hold};
use super::flow::Proven;
use super::service::{Browser, Stand};
use super::session::{is_fresh, suffices};
use crate::audit::{Event, Who, record};
use crate::config::parties::Party;
use crate::credentials::password::known_device;
use crate::ctx::Ctx;
use crate::domain::assurance::{Level, Method};
use crate::domain::factor::Factors;
use crate::domain::refusal::Code;
use crate::session::is_usable;
use crate::storage::{Durability, Halt, SessionRow, Tx};

/// What a session is worth.
pub(super) enum Riding {
    /// Nothing here.
    No,
    /// It answers the demand.
    Enough([u8; 32]),
    /// Only a second factor is missing; or it could be asked, but there is none to ask.
    StepUp(Proven, Result<Choice, Code>),
}

impl Ceremony {
    /// What a running session is worth to the demand.
    pub(super) async fn look(
        &self,
        ctx: &Ctx,
        browser: &Browser,
        party: &Arc<Party>,
        group: &str,
        token: [u8; 32],
        demand: &Demand,
    ) -> Result<Riding, Halt> {
        let (ctx, party, group, demand) = (ctx.clone(), Arc::clone(party), group.to_string(), demand.clone());
        let (limits, devices) = (self.limits, browser.devices.clone());
        self.store
            .read("login.session", move |tx| {
                let usable = |s: &SessionRow| s.sso.as_ref() == Some(&group) && is_usable(s, limits, ctx.now);
                let found = tx.sessions().with_eid(&token)?;
                let Some((session, eid)) = found.filter(|(session, _)| usable(session)) else {
                    return Ok(Riding::No);
                };
                if may_enter(tx, &ctx, &party, &demand, &eid)?.is_err() {
                    return Ok(Riding::No);
                }
                if suffices(&session, &party, &demand, ctx.now) {
                    return Ok(Riding::Enough(token));
                }
                let only_the_code_is_missing = session.level == Level::Low && is_fresh(&session, &demand, ctx.now);
                if !only_the_code_is_missing || session.methods != [Method::Password] {
                    return Ok(Riding::No);
                }
                let proven = Proven {
                    eid: eid.id,
                    person: eid.person,
                    epoch: eid.epoch,
                    at: session.authenticated_at,
                    device: known_device(tx, &ctx, &eid, &devices)?,
                    steps_up: Some(session.id),
                    offers: Factors::NONE,
                    usual: false,
                    failed: 0,
                    last_login: None,
                };
                Ok(Riding::StepUp(proven, choose(tx, &ctx, &party, &demand, eid.id)?))
            })
            .await
    }

    /// Answers on the session.
    pub(super) async fn ride(
        &self,
        ctx: &Ctx,
        party: &Arc<Party>,
        demand: Demand,
        token: [u8; 32],
    ) -> Result<Stand, Halt> {
        let (house, act_ctx, party, asked) = (self.clone(), ctx.clone(), Arc::clone(party), demand.clone());
        let done = self
            .store
            .transact("login.ride", Durability::Full, move |tx| {
                ride(tx, &act_ctx, &house, &party, &asked, &token)
            })
            .await?;
        self.over(ctx, &demand, &done)
    }
}

/// Answers on a running session: no page, no proof, no new cookie.
fn ride(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    house: &Ceremony,
    party: &Party,
    demand: &Demand,
    token: &[u8; 32],
) -> Result<Done, Halt> {
    let (session, eid) = tx
        .sessions()
        .with_eid(token)?
        .filter(|(session, _)| is_usable(session, house.limits, ctx.now))
        .ok_or(Code::LoginExpired)?;
    admit(tx, ctx, party, &eid)??;
    let enough = suffices(&session, party, demand, ctx.now) && is_whom(tx, party, demand, &eid)?;
    if !enough {
        return Err(Code::LoginExpired.into());
    }
    answer_once(tx, ctx, demand)?;
    hold(tx, &eid, None)?;
    tx.sessions().touch(session.id, ctx.now)?;
    let outcome = enter(tx, ctx, party, demand, &eid, &session)?;
    let finished = house
        .protocols
        .of(demand.resume.kind)?
        .finish(tx, ctx, &demand.resume, &outcome, None)?;
    let who = Who {
        person: eid.person,
        eid: eid.id,
    };
    record(
        tx,
        ctx,
        &Event::Entered {
            who,
            party: party.id.clone(),
            level: session.level,
            session: session.id.to_string(),
        },
    )?;
    Ok(Done {
        outcome,
        finished,
        group: None,
        cookie_of: None,
        device: None,
    })
}
