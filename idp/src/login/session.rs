//! The browser's session as the ceremony uses it: the value of its cookie, what it is worth to a demand, and how a log-in opens
//! or raises one. Never ends one but that of somebody else in the same browser.

use super::admission::{allowed, identity};
use super::ceremony::Ceremony;
use super::demand::{Demand, Fresh};
use super::flow::Flow;
use crate::config::parties::Party;
use crate::ctx::Ctx;
use crate::domain::assurance::{Level, Method};
use crate::domain::factor;
use crate::domain::id::{FlowId, SessionId};
use crate::domain::party::Sso;
use crate::domain::refusal::Code;
use crate::domain::time::Time;
use crate::session::{Cause, end, is_usable};
use crate::storage::{Eid, Halt, NewSession, SessionRow, Tx};
use crate::vault::{Mac, Vault, sha256};

/// The value of a session's cookie: known to whoever holds the vault and can name the session and the finish that set it; stored
/// nowhere.
pub(super) fn session_token(vault: &Vault, session: SessionId, flow: FlowId) -> String {
    use base64::Engine;
    let token = vault.mac(Mac::Session, &[session.bytes(), flow.bytes()].concat());
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(token)
}

/// What the database knows a cookie's value by.
pub(super) fn token_hash(token: &str) -> [u8; 32] {
    sha256(token.as_bytes())
}

/// Whether a session reaches the level by a factor that the party takes, and is as fresh as the party wants.
pub(super) fn suffices((session, eid): (&SessionRow, &Eid), party: &Party, demand: &Demand, now: Time) -> bool {
    let reaches = |level| {
        session.level >= level && (level == Level::Low || factor::suits(&session.methods, allowed(party, demand, eid)))
    };
    demand.level(identity(party, eid)).is_some_and(reaches) && is_fresh(session, demand, now)
}

/// Whether the proof behind a session is as fresh as the party wants.
pub(super) fn is_fresh(session: &SessionRow, demand: &Demand, now: Time) -> bool {
    match demand.fresh {
        Fresh::No => true,
        Fresh::MaxAge(age) => now < session.authenticated_at + age,
        Fresh::Force => false,
    }
}

/// What a log-in rests on.
pub(super) struct Proof<'a> {
    pub eid: &'a Eid,
    pub methods: &'a [Method],
    pub level: Level,
    /// When the oldest of its factors was shown.
    pub at: Time,
}

/// The session that a finished log-in is held by: raises the browser's own one, or makes another. Somebody else's in the same
/// browser ends first: never a mixed session. A proof that is weaker than the running session renews nothing of it: what comes
/// back then says what this log-in has shown, while the session stays what it was.
pub(super) fn open_session(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    house: &Ceremony,
    party: &Party,
    flow: &Flow,
    proof: &Proof<'_>,
    browsers_session: Option<[u8; 32]>,
) -> Result<SessionRow, Halt> {
    let eid = proof.eid;
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
            if renew(tx, ctx, &running, &token, proof)? {
                return Ok(SessionRow {
                    level: proof.level,
                    methods: proof.methods.to_vec(),
                    authenticated_at: proof.at,
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

/// Gives the running session a new cookie value and, where the proof is at least as strong as what it rests on, that proof.
/// `false` when it had ended meanwhile.
fn renew(tx: &mut Tx<'_>, ctx: &Ctx, running: &SessionRow, token: &[u8; 32], proof: &Proof<'_>) -> Result<bool, Halt> {
    if proof.level < running.level {
        return tx.sessions().renew_token(running.id, token, ctx.now);
    }
    tx.sessions()
        .step_up(running.id, token, proof.level, proof.methods, proof.at, ctx.now)
}

fn insert(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    house: &Ceremony,
    (id, token_hash): (SessionId, [u8; 32]),
    (sso, party): (Option<String>, Option<String>),
    &Proof {
        eid,
        methods,
        level,
        at,
    }: &Proof<'_>,
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
        at,
        expires_at,
    })?;
    let (authenticated_at, seen_at) = (at, at);
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
