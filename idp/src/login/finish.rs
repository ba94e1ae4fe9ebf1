//! The end of a log-in: one transaction in which the code is burnt, the session made or raised, the party admitted, the
//! protocol's answer prepared and the event recorded; or nothing of it.

use serde::{Deserialize, Serialize};

use super::ceremony::{Ceremony, DEVICES};
use super::demand::{Demand, Fresh, MustBe, Outcome};
use super::flow::{Flow, Proven};
use super::release::release;
use crate::audit::{Event, Who, record};
use crate::config::parties::Party;
use crate::credentials::keycard::{self, Asked};
use crate::credentials::password::DeviceClaim;
use crate::ctx::Ctx;
use crate::domain::acceptance::{Holder, Place, accepted};
use crate::domain::assurance::{Level, Method, authenticator, overall};
use crate::domain::cpr::age_on;
use crate::domain::eid::EidStatus;
use crate::domain::id::{DeviceId, FlowId, SessionId};
use crate::domain::keycard::Code as CardCode;
use crate::domain::lanes;
use crate::domain::party::{PartyKind, Sso};
use crate::domain::refusal::{Code, Refusal};
use crate::domain::time::{Span, Time};
use crate::fault::Fault;
use crate::session::{Cause, end, is_usable};
use crate::storage::{Device, DoneFlow, Eid, Halt, LaneId, NewSession, Participant, SessionRow, Tx};
use crate::vault::{Mac, Vault};

/// Within so long a repeated POST of the finishing step gets a new answer of the same session.
const REPEAT: Span = Span::secs(60);
/// A device is remembered for so long.
const DEVICE_LIFE: Span = Span::days(180);
/// Protocol requests are remembered for so long: longer than a flow lives and a request is accepted.
const REQUEST_LIFE: Span = Span::minutes(20);

/// What came of the finishing step.
#[derive(Debug)]
pub(super) enum Finished {
    /// It ended well.
    Done(Box<Done>),
    /// The code was not right: what the person hears, and what is asked next.
    Again(Refusal, Option<Asked>),
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

/// The value of a session's cookie: known to whoever holds the vault and can name the session and the finish that set it; stored
/// nowhere.
pub(super) fn session_token(vault: &Vault, session: SessionId, flow: FlowId) -> String {
    use base64::Engine;
    let token = vault.mac(Mac::Session, &[session.bytes(), flow.bytes()].concat());
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(token)
}

/// What the database knows a cookie's value by.
pub(super) fn token_hash(token: &str) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(ring::digest::digest(&ring::digest::SHA256, token.as_bytes()).as_ref());
    hash
}

/// Whether the eID is accepted at the party, on what is true now.
///
/// # Errors
/// When the database does not answer or a row is corrupt.
pub fn admit(tx: &mut Tx<'_>, ctx: &Ctx, party: &Party, eid: &Eid) -> Result<Result<(), Code>, Halt> {
    let person = tx.people().find(eid.person)?;
    let holder = Holder {
        status: eid.status,
        public: eid.public,
        age: person.birth_date.map(|born| age_on(born, ctx.now.date())),
        has_cpr: person.cpr.is_some(),
        banks: tx.eids().banks(eid.id)?.into_iter().map(|b| b.bank).collect(),
    };
    let place = match (party.kind, &party.bank) {
        (PartyKind::Bank, Some(bank)) => Place::Bank(bank.clone()),
        _ => Place::Service,
    };
    Ok(accepted(&holder, &place))
}

/// Whether the person is the one whom the party insists on.
pub(super) fn is_whom(tx: &mut Tx<'_>, party: &Party, demand: &Demand, eid: &Eid) -> Result<bool, Halt> {
    Ok(match &demand.must_be {
        None => true,
        Some(MustBe::Person(person)) => *person == eid.person,
        Some(MustBe::Sub(sub)) => tx.subjects().find(eid.person, &party.sector)?.as_ref() == Some(sub),
    })
}

/// Ends a flow with what was proven: after a code, or without one where Low suffices.
pub(super) fn finish(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    house: &Ceremony,
    party: &Party,
    flow: &Flow,
    code: Option<(&Asked, &CardCode)>,
    browsers_session: Option<[u8; 32]>,
) -> Result<Finished, Halt> {
    if let Some(done) = tx.flows().find(flow.id)? {
        return repeat(tx, ctx, house, flow, done).map(|done| Finished::Done(Box::new(done)));
    }
    let proven = flow.proven.as_ref().ok_or(Code::LoginExpired)?;
    let eid = still_the_same(tx, proven)?;
    admit(tx, ctx, party, &eid)??;
    let who = Who {
        person: eid.person,
        eid: eid.id,
    };
    let mut methods = vec![Method::Password];
    if let Some((asked, typed)) = code {
        match keycard::answer(tx, ctx, who, asked, typed)? {
            keycard::Verdict::Accepted { .. } => methods.push(Method::Keycard),
            keycard::Verdict::Refused { refusal, next } => return Ok(Finished::Again(refusal, next)),
        }
    }
    let level = reached(&methods);
    if flow.demand.level().is_none_or(|wanted| level < wanted) || !is_whom(tx, party, &flow.demand, &eid)? {
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
        },
        browsers_session,
    )?;
    let outcome = enter(tx, ctx, party, &flow.demand, &eid, &session)?;
    let finished = house
        .protocols
        .of(flow.demand.resume.kind)?
        .finish(tx, ctx, &flow.demand.resume, &outcome, None)?;
    let device = remember(tx, ctx, proven, &eid)?;
    let failed_before = full_login(tx, ctx, &eid, methods.len() > 1)?;
    let group = match &party.sso {
        Sso::Group(group) => Some(group.clone()),
        Sso::Never => None,
    };
    let done = Done {
        outcome,
        finished,
        group,
        cookie_of: Some(flow.id),
        device: Some(device),
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

/// Answers on a running session: no page, no proof, no new cookie.
pub(super) fn ride(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    house: &Ceremony,
    party: &Party,
    demand: &Demand,
    token: &[u8; 32],
) -> Result<Done, Halt> {
    let session = tx
        .sessions()
        .by_token(token)?
        .filter(|s| is_usable(s, house.limits, ctx.now))
        .ok_or(Code::LoginExpired)?;
    let eid = tx.eids().find(session.eid)?;
    admit(tx, ctx, party, &eid)??;
    let enough = suffices(&session, demand, ctx.now) && is_whom(tx, party, demand, &eid)?;
    if !enough {
        return Err(Code::LoginExpired.into());
    }
    answer_once(tx, ctx, demand)?;
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

/// Whether a session reaches the level and is as fresh as the party wants.
pub(super) fn suffices(session: &SessionRow, demand: &Demand, now: Time) -> bool {
    demand.level().is_some_and(|level| session.level >= level) && is_fresh(session, demand, now)
}

/// Whether the proof behind a session is as fresh as the party wants.
pub(super) fn is_fresh(session: &SessionRow, demand: &Demand, now: Time) -> bool {
    match demand.fresh {
        Fresh::No => true,
        Fresh::MaxAge(age) => now < session.authenticated_at + age,
        Fresh::Force => false,
    }
}

/// The level of a log-in: people were identified to Substantial when they got the eID, and messages are signed.
fn reached(methods: &[Method]) -> Level {
    overall(Level::Substantial, authenticator(methods), Level::Substantial)
}

fn still_the_same(tx: &mut Tx<'_>, proven: &Proven) -> Result<Eid, Halt> {
    let eid = tx.eids().find(proven.eid)?;
    if eid.epoch != proven.epoch || eid.status != EidStatus::Active {
        return Err(Code::LoginExpired.into());
    }
    Ok(eid)
}

/// A request is answered once, whichever flow or session answers it.
fn answer_once(tx: &mut Tx<'_>, ctx: &Ctx, demand: &Demand) -> Result<(), Halt> {
    if let Some((issuer, id)) = &demand.resume.request_id
        && !tx.replays().take(issuer, id, ctx.now + REQUEST_LIFE, ctx.now)?
    {
        return Err(Code::RequestReplayed.into());
    }
    Ok(())
}

fn open_session(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    house: &Ceremony,
    party: &Party,
    flow: &Flow,
    proof: &Proof<'_>,
    browsers_session: Option<[u8; 32]>,
) -> Result<SessionRow, Halt> {
    let &Proof { eid, methods, level } = proof;
    let Sso::Group(group) = &party.sso else {
        let id = SessionId::from_uuid(ctx.rng.uuid_v7(ctx.now));
        return insert(
            tx,
            ctx,
            house,
            (id, ctx.rng.bytes()),
            (None, Some(party.id.clone())),
            proof,
        );
    };
    let running = match browsers_session {
        Some(token) => tx
            .sessions()
            .by_token(&token)?
            .filter(|s| s.sso.as_ref() == Some(group) && s.ended_at.is_none()),
        None => None,
    };
    if let Some(running) = running {
        if running.eid == eid.id && is_usable(&running, house.limits, ctx.now) {
            let token = token_hash(&session_token(&house.vault, running.id, flow.id));
            let level = level.max(running.level);
            if tx.sessions().step_up(running.id, &token, level, methods, ctx.now)? {
                let methods = methods.to_vec();
                return Ok(SessionRow {
                    level,
                    methods,
                    authenticated_at: ctx.now,
                    seen_at: ctx.now,
                    ..running
                });
            }
        } else {
            end(tx, ctx, running.id, Cause::Replaced, &[])?;
        }
    }
    if flow.proven.as_ref().is_some_and(|p| p.steps_up.is_some()) {
        // What was to be stepped up is gone: its password proof went with it.
        return Err(Code::LoginExpired.into());
    }
    let id = SessionId::from_uuid(ctx.rng.uuid_v7(ctx.now));
    let token = token_hash(&session_token(&house.vault, id, flow.id));
    insert(tx, ctx, house, (id, token), (Some(group.clone()), None), proof)
}

/// What a session rests on.
struct Proof<'a> {
    eid: &'a Eid,
    methods: &'a [Method],
    level: Level,
}

fn insert(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    house: &Ceremony,
    (id, token_hash): (SessionId, [u8; 32]),
    (sso, party): (Option<String>, Option<String>),
    &Proof { eid, methods, level }: &Proof<'_>,
) -> Result<SessionRow, Halt> {
    let expires_at = ctx.now + house.limits.absolute;
    let (person, methods) = (eid.person, methods.to_vec());
    tx.sessions().insert(&NewSession {
        id,
        token_hash,
        person,
        eid: eid.id,
        sso: sso.clone(),
        party: party.clone(),
        level,
        methods: methods.clone(),
        at: ctx.now,
        expires_at,
    })?;
    let (authenticated_at, seen_at) = (ctx.now, ctx.now);
    Ok(SessionRow {
        id,
        person,
        eid: eid.id,
        sso,
        party,
        level,
        methods,
        authenticated_at,
        seen_at,
        expires_at,
        ended_at: None,
    })
}

/// Lets the party take part in the session and settles what it learns.
fn enter(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    party: &Party,
    demand: &Demand,
    eid: &Eid,
    session: &SessionRow,
) -> Result<Outcome, Halt> {
    let released = release(tx, ctx, party, &demand.asks, eid)?;
    let participant = tx.sessions().join(&Participant {
        sid: ctx.rng.token(),
        session: session.id,
        party: party.id.clone(),
        protocol: demand.resume.kind.as_str().into(),
        sub: released.sub.clone(),
        detail: Vec::new(),
        back_channel: false,
        joined_at: ctx.now,
        ended_at: None,
    })?;
    Ok(Outcome {
        session: session.id,
        sid: participant.sid,
        subject: eid.person,
        eid: eid.id,
        on_behalf: None,
        level: session.level,
        methods: session.methods.clone(),
        at: session.authenticated_at,
        session_ends: session.expires_at,
        released,
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

/// A full log-in sets the strangers' count back; returns how many failed tries there were.
fn full_login(tx: &mut Tx<'_>, ctx: &Ctx, eid: &Eid, full: bool) -> Result<u32, Halt> {
    let lane = LaneId::Strangers(eid.id);
    let (counter, version) = tx.lanes().find(lane)?;
    let failed = counter.since_reset;
    if full {
        tx.eids().logged_in(eid.id, ctx.now)?;
        if version.is_some() {
            tx.lanes().save(lane, &lanes::full_login(counter), version)?;
        }
    }
    Ok(failed)
}

fn done_row(ctx: &Ctx, flow: &Flow, done: &Done) -> Result<DoneFlow, Fault> {
    Ok(DoneFlow {
        flow: flow.id,
        browser: flow.browser.stored(),
        session: done.outcome.session,
        result: serde_json::to_vec(done).map_err(|e| Fault::new("a finished flow could not be written", e))?,
        done_at: ctx.now,
    })
}

/// The same browser sent the finishing form again: a new answer of the same session, uncounted, burning nothing.
fn repeat(tx: &mut Tx<'_>, ctx: &Ctx, house: &Ceremony, flow: &Flow, row: DoneFlow) -> Result<Done, Halt> {
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
    let resume = &flow.demand.resume;
    done.finished = house
        .protocols
        .of(resume.kind)?
        .finish(tx, ctx, resume, &done.outcome, Some(&done.finished))?;
    let renewed = DoneFlow {
        done_at: row.done_at,
        ..done_row(ctx, flow, &done)?
    };
    tx.flows().renew(&renewed)?;
    Ok(done)
}
