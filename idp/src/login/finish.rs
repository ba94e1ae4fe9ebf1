//! The end of a log-in: one transaction in which the code is burnt, the session made or raised, the party admitted, the
//! protocol's answer prepared and the event recorded; or nothing of it.

use serde::{Deserialize, Serialize};

use super::admission::{allowed, identity, may_enter};
use super::ceremony::{Ceremony, DEVICES};
use super::consent::{Told, settle};
use super::demand::{Demand, Outcome};
use super::flow::{Flow, Proven};
use super::release::release;
use super::repeat::{done_row, repeat};
use super::resting::rested;
use super::session::{Proof, open_session};
use crate::audit::{Event, Who, record};
use crate::config::parties::Party;
use crate::credentials::activation::complete;
use crate::credentials::password::DeviceClaim;
use crate::credentials::second::{self, Asked, Typed};
use crate::ctx::Ctx;
use crate::domain::assurance::{Level, Method, authenticator, overall};
use crate::domain::eid::EidStatus;
use crate::domain::id::{DeviceId, FlowId};
use crate::domain::lanes;
use crate::domain::party::Sso;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::time::{Span, Time};
use crate::storage::{Device, Eid, Halt, LaneId, Participant, SessionRow, Tx};

/// A device is remembered for so long.
const DEVICE_LIFE: Span = Span::days(180);
/// Protocol requests are remembered for so long: longer than one can be answered. It may come early by the clocks' difference
/// (`saml.skew_minutes`, at most 10), is accepted for 5 minutes and that difference again, waits 5 as a sealed ticket, and its
/// flow lives 10: 40 in all. Where the eID is opened for public use in between, it waits an hour from then on, and its last flow
/// lives 10.
const REQUEST_LIFE: Span = Span::minutes(115);

/// What came of the finishing step.
#[derive(Debug)]
pub(super) enum Finished {
    /// It ended well.
    Done(Box<Done>),
    /// The code was not right: what the person hears, and what is asked next.
    Again(Refusal, Option<Asked>),
    /// What is true now keeps this eID or this person out: the person reads why, then the party hears it. No code was burnt.
    KeptOut(Code),
}

/// A finished log-in: all that is needed to answer, now or once more.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Done {
    pub outcome: Outcome,
    /// What the protocol returned.
    pub finished: Vec<u8>,
    /// The shared session's group, where the browser holds one.
    pub group: Option<String>,
    /// The flow whose finish set the session's cookie last.
    pub cookie_of: Option<FlowId>,
    /// What the device cookie says from now on.
    pub device: Option<DeviceClaim>,
}

/// Ends a flow with what was proven: after a code, or without one where Low suffices.
pub(super) fn finish(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    house: &Ceremony,
    party: &Party,
    flow: &Flow,
    code: Option<(&Asked, &Typed)>,
    browsers_session: Option<[u8; 32]>,
) -> Result<Finished, Halt> {
    if let Some(found) = tx.flows().find(flow.id)? {
        return repeat(tx, ctx, house, party, flow, &found).map(|done| Finished::Done(Box::new(done)));
    }
    let proven = flow.proven.as_ref().ok_or(Code::LoginExpired)?;
    let mut eid = still_the_same(tx, proven, code.is_some())?;
    let who = Who {
        person: eid.person,
        eid: eid.id,
    };
    // Judged anew: since the password the eID may have changed, or whom the party's name for a person stands for.
    if let Err(code) = may_enter(tx, ctx, party, &flow.demand, &eid)? {
        let party = party.id.clone();
        record(tx, ctx, &Event::Refused { who, party, code })?;
        return Ok(Finished::KeptOut(code));
    }
    let mut methods = match proven.rests_on {
        Some(own) => rested(tx, ctx, house, party, (flow, &eid), own)?,
        None => vec![Method::Password],
    };
    if let Some((asked, typed)) = code {
        let factor = asked.factor();
        if !allowed(party, &flow.demand, &eid).contains(factor) {
            // Since it was asked the party's file was changed, or the eID went on hardware: nothing is burnt for a place that does not take it.
            return Ok(Finished::Again(Code::FactorNotTaken.into(), None));
        }
        match second::answer(tx, ctx, who, flow.wants(eid.id), asked, typed)? {
            second::Verdict::Accepted { in_hardware } => {
                methods.push(factor.method());
                methods.extend(in_hardware.then_some(Method::Hardware));
            }
            second::Verdict::Refused { refusal, next } => {
                // The same form sent twice at once: the other one has burnt the code since this one looked.
                if let Some(found) = tx.flows().find(flow.id)? {
                    return repeat(tx, ctx, house, party, flow, &found).map(|done| Finished::Done(Box::new(done)));
                }
                return Ok(Finished::Again(refusal, next));
            }
        }
        eid = complete(tx, ctx, eid)?;
        if proven.usual {
            second::make_usual(tx, ctx, who, factor)?;
        }
    }
    let sure = identity(party, &eid);
    let level = overall(sure, authenticator(&methods), Level::FEDERATION);
    if flow.demand.level(sure).is_none_or(|wanted| level < wanted) {
        return Err(Code::LoginLevelUnmet.into());
    }
    answer_once(tx, ctx, &flow.demand)?;
    let session = open_session(
        tx,
        ctx,
        house,
        party,
        flow,
        &Proof {
            eid: &eid,
            methods: &methods,
            level,
            // What rests on another session was shown earlier.
            at: if proven.steps_up.or(proven.rests_on).is_some() {
                proven.at
            } else {
                ctx.now
            },
        },
        browsers_session,
    )?;
    let full = methods.len() > 1;
    // Before what is remembered is read: whoever takes it back first is seen, and whoever comes after finds what was given.
    hold(tx, &eid, full.then_some(ctx.now))?;
    let told = settle(tx, ctx, party, flow, who)?;
    let outcome = enter(tx, ctx, party, &flow.demand, told, &eid, &session)?;
    let finished = house
        .protocols
        .of(flow.demand.resume.kind)?
        .finish(tx, ctx, &flow.demand.resume, &outcome, None)?;
    // A password alone makes no browser known: ten of them would push out the owner's own.
    let device = if full {
        Some(remember(tx, ctx, proven, &eid)?)
    } else {
        None
    };
    let failed_before = failed_since(tx, &eid, proven, full)?;
    let group = match &party.sso {
        Sso::Group(group) => Some(group.clone()),
        Sso::Never => None,
    };
    let done = Done {
        outcome,
        finished,
        group,
        cookie_of: Some(flow.id),
        device,
    };
    tx.flows().insert(&done_row(ctx, flow, &done)?)?;
    let event = Event::LoggedIn {
        who,
        party: party.id.clone(),
        level,
        methods,
        session: session.id.to_string(),
        stepped_up: proven.steps_up.is_some(),
        failed_before,
    };
    record(tx, ctx, &event)?;
    Ok(Finished::Done(Box::new(done)))
}

/// An eID that waits for its first code is in use with it, and not without.
fn still_the_same(tx: &mut Tx<'_>, proven: &Proven, code: bool) -> Result<Eid, Halt> {
    let eid = tx.eids().find(proven.eid)?;
    let usable = eid.status == EidStatus::Active || (eid.status == EidStatus::Ordered && code);
    if eid.epoch != proven.epoch || !usable {
        return Err(Code::LoginExpired.into());
    }
    Ok(eid)
}

/// A request is answered once, whichever flow or session answers it.
pub(super) fn answer_once(tx: &mut Tx<'_>, ctx: &Ctx, demand: &Demand) -> Result<(), Halt> {
    if let Some((issuer, id)) = &demand.resume.request_id
        && !tx.replays().take(issuer, id, ctx.now + REQUEST_LIFE, ctx.now)?
    {
        return Err(Code::RequestReplayed.into());
    }
    Ok(())
}

/// Lets the party take part in the session and settles what it learns.
pub(super) fn enter(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    party: &Party,
    demand: &Demand,
    told: Told,
    eid: &Eid,
    session: &SessionRow,
) -> Result<Outcome, Halt> {
    let released = release(tx, ctx, party, &told.asks, eid)?;
    let participant = Participant {
        sid: ctx.rng.token(),
        session: session.id,
        party: party.id.clone(),
        protocol: demand.resume.kind.as_str().into(),
        sub: released.sub.clone(),
        detail: Vec::new(),
        back_channel: false,
        joined_at: ctx.now,
        entered_at: ctx.now,
        ended_at: None,
    };
    let participant = tx.sessions().join(&participant, session.authenticated_at)?;
    Ok(Outcome {
        session: session.id,
        sid: participant.sid,
        subject: eid.person,
        eid: eid.id,
        on_behalf: None,
        level: session.level.min(identity(party, eid)),
        methods: session.methods.clone(),
        at: session.authenticated_at,
        session_ends: session.expires_at,
        released,
        agreed: told.agreed,
        withheld: told.withheld,
    })
}

/// The browser is known from now on; a cookie made in this credential epoch.
fn remember(tx: &mut Tx<'_>, ctx: &Ctx, proven: &Proven, eid: &Eid) -> Result<DeviceClaim, Halt> {
    let id = proven
        .device
        .unwrap_or_else(|| DeviceId::from_uuid(ctx.rng.uuid_v7(ctx.now)));
    let device = Device {
        id,
        eid: eid.id,
        epoch: eid.epoch,
        expires_at: ctx.now + DEVICE_LIFE,
    };
    tx.devices().remember(&device, DEVICES, ctx.now)?;
    Ok(DeviceClaim {
        eid: eid.id,
        device: id,
        epoch: eid.epoch,
    })
}

/// What is given here is given to the eID as it was read: a block or a change of its password that commits first makes the act
/// run again, one that comes after finds what was given and ends it.
pub(super) fn hold(tx: &mut Tx<'_>, eid: &Eid, logged_in: Option<Time>) -> Result<(), Halt> {
    if tx.eids().hold(eid.id, eid.epoch, logged_in)? {
        Ok(())
    } else {
        Err(Halt::Again)
    }
}

/// How often strangers failed since the holder was told last. A full log-in among strangers sets their count back; one from a
/// known browser tells the holder and leaves the strangers' lane as it is, so that whoever guesses gains nothing by it.
fn failed_since(tx: &mut Tx<'_>, eid: &Eid, proven: &Proven, full: bool) -> Result<u32, Halt> {
    let lane = LaneId::Strangers(eid.id);
    let (counter, version) = tx.lanes().find(lane)?;
    let failed = counter.untold();
    if full && version.is_some() {
        let counter = match proven.device {
            Some(_) => lanes::told(counter),
            None => lanes::full_login(counter),
        };
        tx.lanes().save(lane, &counter, version)?;
    }
    Ok(failed)
}
