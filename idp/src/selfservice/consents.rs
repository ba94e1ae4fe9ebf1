//! What services have been given, for how long, and what they may know at each log-in, each taken back as a whole (M55): what rested on it ends, and the service is told where
//! it can be told without a browser. A service asks anew at the next log-in there.

use std::collections::BTreeMap;

use serde::Serialize;

use super::account::Holder;
use super::shown::{maybe, moment, party};
use crate::audit::{Event, record};
use crate::ctx::Ctx;
use crate::domain::party::OWN;
use crate::domain::time::Time;
use crate::login::Ceremony;
use crate::session::{Cause, dismiss};
use crate::storage::{Given, Halt, Participant, Release, Tx};

/// What one service has.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Consent {
    /// The party's id.
    pub(super) id: String,
    /// The party, by name.
    pub(super) service: String,
    /// What it was given: the words of its scopes, each once.
    pub(super) data: Vec<String>,
    /// What it calls the person.
    pub(super) known_as: Option<String>,
    #[serde(serialize_with = "moment")]
    pub(super) since: Time,
    #[serde(serialize_with = "maybe")]
    pub(super) used_at: Option<Time>,
    /// It may come back while the person is logged out, until then.
    #[serde(serialize_with = "maybe")]
    pub(super) lasts_until: Option<Time>,
    /// What it may know at each log-in without asking again: words of the data.
    pub(super) remembered: Vec<String>,
}

/// What the page shows.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Consents {
    pub(super) consents: Vec<Consent>,
}

/// Everything that a service holds now.
#[derive(Default)]
struct Held {
    grants: Vec<Given>,
    parts: Vec<Participant>,
    remembered: Option<Release>,
}

/// By party: what was given and has neither ended nor lapsed, and the sessions that it takes part in.
fn held(tx: &mut Tx<'_>, ctx: &Ctx, holder: &Holder) -> Result<BTreeMap<String, Held>, Halt> {
    let mut all = BTreeMap::<String, Held>::new();
    for given in tx.grants().of_eid(holder.eid.id)? {
        let idle = given.idle_until.is_none_or(|idle| ctx.now < idle);
        if given.ended_at.is_none() && idle && ctx.now < given.expires_at {
            all.entry(given.party.clone()).or_default().grants.push(given);
        }
    }
    for session in tx.sessions().open_of_eid(holder.eid.id)? {
        for part in tx.sessions().participants(session.id)? {
            if part.ended_at.is_none() && part.party != OWN {
                all.entry(part.party.clone()).or_default().parts.push(part);
            }
        }
    }
    for release in tx.releases().of_person(holder.eid.person)? {
        let party = release.party.clone();
        all.entry(party).or_default().remembered = Some(release);
    }
    Ok(all)
}

/// Reads it.
pub(super) fn read(tx: &mut Tx<'_>, ctx: &Ctx, house: &Ceremony, holder: &Holder) -> Result<Consents, Halt> {
    let all = held(tx, ctx, holder)?;
    let mut consents: Vec<Consent> = all
        .into_iter()
        .filter_map(|(id, held)| consent(ctx, house, id, &held))
        .collect();
    consents.sort_by(|a, b| a.service.cmp(&b.service));
    Ok(Consents { consents })
}

fn consent(ctx: &Ctx, house: &Ceremony, id: String, held: &Held) -> Option<Consent> {
    let begun = held.grants.iter().map(|given| given.created_at);
    let joined = held.parts.iter().map(|part| part.joined_at);
    let remembered = held.remembered.iter().map(|release| release.given_at);
    let since = begun.chain(joined).chain(remembered).min()?;
    let scopes = held.grants.iter().flat_map(|given| given.scope.split(' '));
    let mut data: Vec<String> = scopes.filter(|scope| !scope.is_empty()).map(str::to_owned).collect();
    data.sort();
    data.dedup();
    let lasting = held
        .grants
        .iter()
        .filter(|given| given.offline && given.idle_until.is_some());
    Some(Consent {
        service: party(house, &id, ctx.locale),
        data,
        known_as: held.parts.first().map(|part| part.sub.clone()),
        since,
        used_at: held.grants.iter().filter_map(|given| given.used_at).max(),
        lasts_until: lasting
            .map(|given| {
                given
                    .idle_until
                    .map_or(given.expires_at, |idle| idle.min(given.expires_at))
            })
            .max(),
        remembered: held
            .remembered
            .iter()
            .flat_map(Release::words)
            .map(str::to_owned)
            .collect(),
        id,
    })
}

/// Takes back what a service has: its grants end, and it leaves the sessions that it takes part in. `false` when it has nothing.
pub(super) fn withdraw(tx: &mut Tx<'_>, ctx: &Ctx, house: &Ceremony, holder: &Holder, id: &str) -> Result<bool, Halt> {
    holder.hold(tx, ctx, house)?;
    let Some(held) = held(tx, ctx, holder)?.remove(id) else {
        return Ok(false);
    };
    for given in held.grants {
        if tx.grants().end(given.id, Cause::Holder.as_str(), ctx.now)? {
            let event = Event::AccessWithdrawn {
                who: holder.who(),
                party: given.party,
                grant: given.id.to_string(),
            };
            record(tx, ctx, &event)?;
        }
    }
    for part in held.parts {
        dismiss(tx, ctx, &part)?;
    }
    if tx.releases().forget(holder.eid.person, id)? {
        let (who, party) = (holder.who(), id.to_owned());
        record(tx, ctx, &Event::ConsentWithdrawn { who, party })?;
    }
    Ok(true)
}
