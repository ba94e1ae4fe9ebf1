//! A running session answers the demand of another party of its group: what it is worth there, and the answer itself, one
//! transaction without a page.

use std::sync::Arc;

use super::admission::{admit, is_whom, may_enter};
use super::ceremony::Ceremony;
use super::choice::{Choice, choose};
use super::consent::{settle, to_ask};
use super::demand::Claim;
use super::finish::{Done, answer_once, enter, hold};
use super::flow::{Flow, Proven, Step};
use super::repeat::{done_row, repeat};
use super::service::{Browser, Stand, page};
use super::session::{is_fresh, suffices};
use crate::audit::{Event, Who, record};
use crate::config::parties::Party;
use crate::credentials::password::known_device;
use crate::ctx::Ctx;
use crate::domain::assurance::{Level, Method};
use crate::domain::factor::Factors;
use crate::domain::party::Sso;
use crate::domain::refusal::{Code, Refusal};
use crate::session::is_usable;
use crate::storage::{Durability, Halt, SessionRow, Tx};

/// What a session is worth.
pub(super) enum Riding {
    /// Nothing here.
    No,
    /// It answers the demand.
    Enough([u8; 32]),
    /// It does once the person has said whether the party may know what it asks for.
    Asks(Proven, Vec<Claim>),
    /// Only a second factor is missing; or it could be asked, but there is none to ask.
    StepUp(Proven, Result<Choice, Code>),
}

impl Ceremony {
    /// What the browser's session makes of a flow: the answer, a page that asks for what is missing, or the whole log-in.
    pub(super) async fn on_session(
        &self,
        ctx: &Ctx,
        browser: &Browser,
        party: &Arc<Party>,
        mut flow: Flow,
    ) -> Result<Stand, Halt> {
        let riding = match (&browser.session, &party.sso) {
            (Some(token), Sso::Group(group)) => self.look(ctx, browser, party, group, *token, &flow).await?,
            _ => Riding::No,
        };
        match riding {
            Riding::Enough(token) => self.ride(ctx, party, flow, token).await,
            Riding::Asks(..) if flow.demand.passive => self.refuse(ctx, &flow.demand, Refusal::new(Code::LoginConsent)),
            _ if flow.demand.passive => self.refuse(ctx, &flow.demand, Refusal::new(Code::LoginPassive)),
            Riding::Asks(proven, claims) => {
                (flow.proven, flow.step, flow.said) = (Some(proven), Step::Consent(claims), None);
                Ok(page(flow, Vec::new()))
            }
            Riding::StepUp(proven, choice) => {
                flow.proven = Some(proven);
                match choice {
                    Ok(choice) => self.asks(ctx, &mut flow, choice).await?,
                    Err(code) => flow.step = Step::Notice(code),
                }
                Ok(page(flow, Vec::new()))
            }
            Riding::No => {
                (flow.proven, flow.step, flow.said) = (None, Step::Credentials, None);
                Ok(page(flow, Vec::new()))
            }
        }
    }

    /// What a running session is worth to the demand.
    pub(super) async fn look(
        &self,
        ctx: &Ctx,
        browser: &Browser,
        party: &Arc<Party>,
        group: &str,
        token: [u8; 32],
        flow: &Flow,
    ) -> Result<Riding, Halt> {
        let (ctx, party, group) = (ctx.clone(), Arc::clone(party), group.to_string());
        let (demand, flow) = (flow.demand.clone(), flow.clone());
        let (limits, devices, calls) = (self.limits, browser.devices.clone(), self.voice);
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
                let enough = suffices((&session, &eid), &party, &demand, ctx.now);
                let asks = match flow.said_by(eid.id) {
                    Some(_) => Vec::new(),
                    None => to_ask(tx, &party, &demand, eid.person)?,
                };
                if enough && asks.is_empty() {
                    return Ok(Riding::Enough(token));
                }
                let only_the_code_is_missing = session.level == Level::Low && is_fresh(&session, &demand, ctx.now);
                if !enough && (!only_the_code_is_missing || session.methods != [Method::Password]) {
                    return Ok(Riding::No);
                }
                let proven = Proven {
                    eid: eid.id,
                    person: eid.person,
                    epoch: eid.epoch,
                    at: session.authenticated_at,
                    device: known_device(tx, &ctx, &eid, &devices)?,
                    steps_up: Some(session.id),
                    rests_on: None,
                    offers: Factors::NONE,
                    usual: false,
                    failed: 0,
                    last_login: None,
                };
                if !asks.is_empty() {
                    return Ok(Riding::Asks(proven, asks));
                }
                Ok(Riding::StepUp(
                    proven,
                    choose(tx, &ctx, &party, &demand, (&eid, calls))?,
                ))
            })
            .await
    }

    /// Answers on the session.
    pub(super) async fn ride(&self, ctx: &Ctx, party: &Arc<Party>, flow: Flow, token: [u8; 32]) -> Result<Stand, Halt> {
        let (house, act_ctx, party, act_flow) = (self.clone(), ctx.clone(), Arc::clone(party), flow.clone());
        let done = self
            .store
            .transact("login.ride", Durability::Full, move |tx| {
                ride(tx, &act_ctx, &house, &party, &act_flow, &token)
            })
            .await?;
        self.over(ctx, &flow.demand, &done)
    }
}

/// Answers on a running session: no proof, no new cookie, and no page but one that asked for consent.
fn ride(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    house: &Ceremony,
    party: &Party,
    flow: &Flow,
    token: &[u8; 32],
) -> Result<Done, Halt> {
    let demand = &flow.demand;
    // Only what a page was shown for can be sent twice.
    if flow.said.is_some()
        && let Some(found) = tx.flows().find(flow.id)?
    {
        return repeat(tx, ctx, house, party, flow, &found);
    }
    let (session, eid) = tx
        .sessions()
        .with_eid(token)?
        .filter(|(session, _)| is_usable(session, house.limits, ctx.now))
        .ok_or(Code::LoginExpired)?;
    admit(tx, ctx, party, &eid)??;
    let enough = suffices((&session, &eid), party, demand, ctx.now) && is_whom(tx, party, demand, &eid)?;
    if !enough {
        return Err(Code::LoginExpired.into());
    }
    answer_once(tx, ctx, demand)?;
    hold(tx, &eid, None)?;
    tx.sessions().touch(session.id, ctx.now)?;
    let who = Who {
        person: eid.person,
        eid: eid.id,
    };
    let told = settle(tx, ctx, party, flow, who)?;
    let outcome = enter(tx, ctx, party, demand, told, &eid, &session)?;
    let finished = house
        .protocols
        .of(demand.resume.kind)?
        .finish(tx, ctx, &demand.resume, &outcome, None)?;
    record(
        tx,
        ctx,
        &Event::Entered {
            who,
            party: party.id.clone(),
            level: outcome.level,
            session: session.id.to_string(),
        },
    )?;
    let done = Done {
        outcome,
        finished,
        group: None,
        cookie_of: None,
        device: None,
    };
    if flow.said.is_some() {
        tx.flows().insert(&done_row(ctx, flow, &done)?)?;
    }
    Ok(done)
}
