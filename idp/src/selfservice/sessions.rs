//! Where an eID is logged in, and what services hold beyond that; each can be ended (M55, docs/design.md, rule 13).

use serde::Serialize;

use super::account::Holder;
use super::shown::{maybe, moment, party};
use crate::audit::{Event, record};
use crate::ctx::Ctx;
use crate::domain::id::{GrantId, SessionId};
use crate::domain::time::Time;
use crate::login::{Ceremony, ResumeKind};
use crate::session::{Cause, end, is_usable};
use crate::storage::{Halt, SessionRow, Tx};

/// A running session.
#[derive(Debug, Clone, Serialize)]
pub(super) struct SessionLine {
    pub(super) id: String,
    /// The one in which this page is seen.
    pub(super) this: bool,
    #[serde(serialize_with = "moment")]
    pub(super) begun: Time,
    #[serde(serialize_with = "moment")]
    pub(super) seen: Time,
    #[serde(serialize_with = "moment")]
    pub(super) ends: Time,
    pub(super) level: &'static str,
    pub(super) methods: Vec<&'static str>,
    /// Services, by name.
    pub(super) services: Vec<String>,
}

/// What a service was given that outlives the session.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Lasting {
    pub(super) id: String,
    pub(super) service: String,
    pub(super) scope: String,
    #[serde(serialize_with = "moment")]
    pub(super) given: Time,
    #[serde(serialize_with = "maybe")]
    pub(super) used: Option<Time>,
    #[serde(serialize_with = "moment")]
    pub(super) until: Time,
}

/// Both.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Sessions {
    pub(super) sessions: Vec<SessionLine>,
    pub(super) lasting: Vec<Lasting>,
}

/// What is to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wish {
    /// One session.
    One(SessionId),
    /// Every session but this one.
    Others,
    /// Every session, this one too.
    All,
    /// What a service was given.
    Lasting(GrantId),
}

impl Wish {
    /// Reads a button's value.
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text {
            "others" => Some(Self::Others),
            "all" => Some(Self::All),
            text => match text.split_once('-')? {
                ("session", id) => id.parse().ok().map(Self::One),
                ("access", id) => id.parse().ok().map(Self::Lasting),
                _ => None,
            },
        }
    }
}

/// What came of it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Ended {
    /// So many sessions have ended.
    pub(super) sessions: usize,
    /// Services, by name, that cannot be told without a browser of theirs.
    pub(super) unreached: Vec<String>,
    /// The one in which this page is seen, too.
    pub(super) this: bool,
}

/// Reads them, the one that was used last first.
pub(super) fn read(tx: &mut Tx<'_>, ctx: &Ctx, house: &Ceremony, holder: &Holder) -> Result<Sessions, Halt> {
    let mut rows = usable(tx, ctx, house, holder)?;
    rows.sort_by_key(|row| std::cmp::Reverse(row.seen_at));
    let mut sessions = Vec::new();
    for row in rows {
        let participants = tx.sessions().participants(row.id)?;
        let here = participants.iter().filter(|one| one.ended_at.is_none());
        let mut services: Vec<String> = here.map(|one| party(house, &one.party, ctx.locale)).collect();
        services.sort();
        services.dedup();
        sessions.push(SessionLine {
            id: row.id.to_string(),
            this: row.id == holder.session.id,
            begun: row.authenticated_at,
            seen: row.seen_at,
            ends: row.expires_at,
            level: row.level.as_str(),
            methods: row.methods.iter().map(|method| method.as_str()).collect(),
            services,
        });
    }
    let live = |idle: Option<Time>, end: Time| idle.is_some_and(|idle| ctx.now < idle) && ctx.now < end;
    let lasting = tx
        .grants()
        .of_eid(holder.eid.id)?
        .into_iter()
        .filter(|given| given.offline && given.ended_at.is_none() && live(given.idle_until, given.expires_at))
        .map(|given| Lasting {
            id: given.id.to_string(),
            service: party(house, &given.party, ctx.locale),
            scope: given.scope,
            given: given.created_at,
            used: given.used_at,
            until: given
                .idle_until
                .map_or(given.expires_at, |idle| idle.min(given.expires_at)),
        })
        .collect();
    Ok(Sessions { sessions, lasting })
}

fn usable(tx: &mut Tx<'_>, ctx: &Ctx, house: &Ceremony, holder: &Holder) -> Result<Vec<SessionRow>, Halt> {
    let mut rows = tx.sessions().open_of_eid(holder.eid.id)?;
    rows.retain(|row| is_usable(row, house.limits, ctx.now));
    Ok(rows)
}

/// Ends what was wished for. Somebody else's is never found, so that nothing of it happens and nothing is told.
pub(super) fn end_these(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    house: &Ceremony,
    holder: &Holder,
    wish: Wish,
) -> Result<Ended, Halt> {
    holder.hold(tx, ctx, house)?;
    if let Wish::Lasting(id) = wish {
        withdraw(tx, ctx, holder, id)?;
        return Ok(Ended::default());
    }
    let this = holder.session.id;
    let wished = |id: SessionId| match wish {
        Wish::One(one) => id == one,
        Wish::Others => id != this,
        Wish::All => true,
        Wish::Lasting(_) => false,
    };
    let mut ended = Ended::default();
    for row in usable(tx, ctx, house, holder)?.into_iter().filter(|row| wished(row.id)) {
        let Some(over) = end(tx, ctx, row.id, Cause::Holder, &[])? else {
            continue;
        };
        ended.sessions += 1;
        ended.this |= row.id == this;
        let deaf = over
            .participants
            .iter()
            .filter(|one| !one.back_channel && one.protocol != ResumeKind::Own.as_str());
        ended
            .unreached
            .extend(deaf.map(|one| party(house, &one.party, ctx.locale)));
    }
    ended.unreached.sort();
    ended.unreached.dedup();
    Ok(ended)
}

/// Ends what a service was given, though its session may be over.
fn withdraw(tx: &mut Tx<'_>, ctx: &Ctx, holder: &Holder, id: GrantId) -> Result<(), Halt> {
    let given = tx
        .grants()
        .of_eid(holder.eid.id)?
        .into_iter()
        .find(|given| given.id == id);
    let Some(given) = given else { return Ok(()) };
    if tx.grants().end(id, Cause::Holder.as_str(), ctx.now)? {
        let event = Event::AccessWithdrawn {
            who: holder.who(),
            party: given.party,
            grant: id.to_string(),
        };
        record(tx, ctx, &event)?;
    }
    Ok(())
}
