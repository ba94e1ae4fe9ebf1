//! The round: who is still to be told, who could not be, what the one who asked hears at the end.

use saml_core::{
    Incoming, Kind, dsig,
    incoming::Name,
    logout::{LogoutRequest, LogoutResponse},
    metadata::Endpoint,
    ns::binding,
    post, redirect,
    status::{Status, Top, second},
    xml::Elem,
};
use serde::{Deserialize, Serialize};

use super::ask::SAML;
use crate::ctx::Ctx;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::time::{Span, Time};
use crate::fault::Fault;
use crate::login::Continue;
use crate::saml::answer::Rejected;
use crate::saml::given::Given;
use crate::saml::own::{Saml, stamp};
use crate::session::Onward;
use crate::storage::Halt;
use crate::vault::{Travel, Vault};

/// A round that is not over by then is forgotten.
const LIFE: Span = Span::minutes(10);
/// Services told in one round; the cookie holds no more.
const LONGEST: usize = 12;

/// Who asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::saml) struct AskedBy {
    pub(super) party: String,
    pub(super) request: String,
    pub(super) relay_state: Option<String>,
    pub(super) asynchronous: bool,
}

/// A question that is out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Pending {
    request: String,
    party: String,
}

/// A service that is to be told of the end of a session, under one of the names that it knows the person by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stop {
    /// What it calls the session.
    pub(super) sid: String,
    /// Which of the names.
    pub(super) name: usize,
}

/// A status that was settled before the round began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Refusing {
    second: String,
}

impl From<Status> for Refusing {
    fn from(status: Status) -> Self {
        Self {
            second: status.second().unwrap_or_default().to_owned(),
        }
    }
}

/// What travels with the browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::saml) struct Round {
    asked_by: Option<AskedBy>,
    pending: Option<Pending>,
    /// Services still to be told, the last one first.
    left: Vec<Stop>,
    /// Parties that could not be told.
    unreached: Vec<String>,
    /// The question itself was refused.
    pub(super) status: Option<Refusing>,
    /// Where the person goes afterwards: party and verified address; of a log-out that no SAML service asked for.
    back: Option<(String, String)>,
    began: i64,
}

/// An answer that was believed, on its way to the cookie that it belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::saml) struct Heard {
    party: String,
    in_response_to: String,
    done: bool,
    at: i64,
}

/// What the browser does next.
#[derive(Debug)]
pub(in crate::saml) enum Turn {
    /// On to a service, and back to us afterwards.
    On(Continue, Box<Round>),
    /// The round is over and everybody was told.
    Over(Continue),
    /// The round is over: a page names these parties, and leads on to where it began (party and way).
    Page(Vec<String>, Option<(String, Continue)>),
}

impl Round {
    pub(super) fn new(ctx: &Ctx, asked_by: Option<AskedBy>) -> Self {
        Self {
            asked_by,
            pending: None,
            left: Vec::new(),
            unreached: Vec::new(),
            status: None,
            back: None,
            began: ctx.now.secs(),
        }
    }

    /// One more to be told, as long as the cookie holds it.
    pub(super) fn visit(&mut self, stop: Stop, party: &str) {
        if self.left.len() < LONGEST {
            self.left.push(stop);
        } else {
            self.miss(party);
        }
    }

    pub(super) fn miss(&mut self, party: &str) {
        if !self.unreached.iter().any(|known| known == party) {
            self.unreached.push(party.to_owned());
        }
    }

    pub(in crate::saml) fn seal(&self, vault: &Vault, ctx: &Ctx) -> Result<String, Fault> {
        seal(Travel::Logout, self, vault, ctx)
    }

    pub(in crate::saml) fn open(vault: &Vault, now: Time, text: &str) -> Option<Self> {
        let round: Self = open(Travel::Logout, vault, now, text)?;
        (now < Time::from_secs(round.began) + LIFE).then_some(round)
    }

    /// Takes the answer to the outstanding question; any other answer belongs to no round.
    pub(in crate::saml) fn hear(mut self, heard: &Heard) -> Option<Self> {
        let pending = self.pending.take()?;
        if pending.party != heard.party || pending.request != heard.in_response_to {
            return None;
        }
        if !heard.done {
            self.miss(&pending.party);
        }
        Some(self)
    }
}

impl Heard {
    pub(in crate::saml) fn seal(&self, vault: &Vault, ctx: &Ctx) -> Result<String, Fault> {
        seal(Travel::LogoutHeard, self, vault, ctx)
    }

    pub(in crate::saml) fn open(vault: &Vault, now: Time, text: &str) -> Option<Self> {
        let heard: Self = open(Travel::LogoutHeard, vault, now, text)?;
        (now < Time::from_secs(heard.at) + LIFE).then_some(heard)
    }
}

fn seal(purpose: Travel, value: &impl Serialize, vault: &Vault, ctx: &Ctx) -> Result<String, Fault> {
    let plain = serde_json::to_vec(value).map_err(|e| Fault::new("a log-out cannot be sealed", e))?;
    Ok(vault.travel_seal(purpose, ctx.now, &plain, &ctx.rng))
}

fn open<T: serde::de::DeserializeOwned>(purpose: Travel, vault: &Vault, now: Time, text: &str) -> Option<T> {
    serde_json::from_slice(&vault.travel_open(purpose, now, text)?).ok()
}

impl Saml {
    /// Believes a LogoutResponse. To which question it belongs is judged when its cookie is there.
    pub(in crate::saml) fn hear(&self, ctx: &Ctx, incoming: &Incoming) -> Result<Heard, Rejected> {
        let malformed = || Rejected::Page(Refusal::new(Code::RequestMalformed));
        if incoming.name() != Some(Name::LogoutResponse) {
            return Err(malformed());
        }
        let service = self.sender_of(ctx, incoming)?;
        let verified = incoming.verify(&service.keys).map_err(|_| malformed())?;
        let response = LogoutResponse::read(verified).map_err(|_| malformed())?;
        // A signed message says where it is meant to go (Bindings §3.4.5.2, §3.5.5.2).
        if response.destination.as_deref() != Some(self.own().slo.as_str()) {
            return Err(malformed());
        }
        Ok(Heard {
            party: service.party.id.clone(),
            in_response_to: response.in_response_to.ok_or_else(malformed)?,
            done: response.status.is_success(),
            at: ctx.now.secs(),
        })
    }

    /// A round over the SAML services of sessions that have ended already, for log-outs that began elsewhere.
    pub(in crate::saml) async fn round_of(&self, ctx: &Ctx, onward: Onward) -> Result<Round, Halt> {
        let sessions = onward.sessions;
        let lists = self
            .store()
            .read("saml.round", move |tx| {
                sessions
                    .iter()
                    .map(|id| tx.sessions().participants(*id))
                    .collect::<Result<Vec<_>, _>>()
            })
            .await?;
        let mut round = Round::new(ctx, None);
        round.back = onward.back;
        for party in &onward.unreached {
            round.miss(party);
        }
        for participant in lists
            .iter()
            .flatten()
            .filter(|participant| participant.protocol == SAML)
        {
            self.enlist(&mut round, participant);
        }
        Ok(round)
    }

    /// The next service, or the end.
    pub(in crate::saml) async fn turn(&self, ctx: &Ctx, mut round: Round) -> Result<Turn, Halt> {
        while let Some(Stop { sid, name }) = round.left.pop() {
            let index = sid.clone();
            let found = self
                .store()
                .read("saml.participant", move |tx| tx.sessions().participant(&index))
                .await?;
            let Some(participant) = found else { continue };
            let services = self.services();
            let service = services
                .by_party(&participant.party)
                .filter(|service| !service.has_expired(ctx.now));
            let given = Given::read(&participant.detail);
            let name_id = given.and_then(|given| given.names().nth(name));
            if let (Some(service), Some(name_id)) = (service, name_id)
                && let Some(endpoint) = service.front_logout()
            {
                let (id, now) = stamp(ctx);
                let own = &self.own().entity_id;
                let mut request = LogoutRequest::new(&id, now, own, &endpoint.location, name_id, Some(&sid));
                request.not_on_or_after = Some(now + self.own().assertion);
                round.pending = Some(Pending {
                    request: request.id.clone(),
                    party: participant.party.clone(),
                });
                let go_on = self.send(
                    ctx,
                    endpoint,
                    &endpoint.location,
                    Kind::Request,
                    (request.elem(), &id),
                    None,
                )?;
                return Ok(Turn::On(go_on, Box::new(round)));
            }
            round.miss(&participant.party);
        }
        Ok(self.over(ctx, round)?)
    }

    /// Tells whoever asked.
    fn over(&self, ctx: &Ctx, round: Round) -> Result<Turn, Fault> {
        let Some(asked_by) = &round.asked_by else {
            let back = round.back.map(|(party, url)| (party, Continue::Redirect { url }));
            return Ok(match back {
                Some((_, go_on)) if round.unreached.is_empty() => Turn::Over(go_on),
                back => Turn::Page(round.unreached, back),
            });
        };
        let services = self.services();
        let service = services
            .by_party(&asked_by.party)
            .filter(|service| !asked_by.asynchronous && !service.has_expired(ctx.now));
        let Some(endpoint) = service.and_then(|service| service.front_logout()) else {
            return Ok(Turn::Page(round.unreached, None));
        };
        let go_on = self.answer_logout(ctx, endpoint, asked_by, status(&round))?;
        if round.unreached.is_empty() {
            return Ok(Turn::Over(go_on));
        }
        // A person who is still logged in somewhere sees that, whichever way the answer travels.
        Ok(Turn::Page(round.unreached, Some((asked_by.party.clone(), go_on))))
    }

    fn answer_logout(
        &self,
        ctx: &Ctx,
        endpoint: &Endpoint,
        asked_by: &AskedBy,
        status: Status,
    ) -> Result<Continue, Fault> {
        let (id, now) = stamp(ctx);
        let own = &self.own().entity_id;
        let response = LogoutResponse::new(&id, now, own, endpoint.answers(), &asked_by.request, status);
        let relay_state = asked_by.relay_state.as_deref();
        self.send(
            ctx,
            endpoint,
            endpoint.answers(),
            Kind::Response,
            (response.elem(), &id),
            relay_state,
        )
    }

    /// Signs a message in the way of the endpoint's binding.
    fn send(
        &self,
        ctx: &Ctx,
        endpoint: &Endpoint,
        location: &str,
        kind: Kind,
        (message, id): (Elem, &saml_core::Id),
        relay_state: Option<&str>,
    ) -> Result<Continue, Fault> {
        let key = self.signer(ctx.now)?;
        if endpoint.binding == binding::REDIRECT {
            let xml = message
                .write()
                .map_err(|e| Fault::new("a log-out cannot be written", e))?;
            let url = redirect::encode(location, kind, &xml, relay_state, Some(&key));
            return Ok(Continue::Redirect {
                url: url.map_err(|e| Fault::new("a log-out cannot be signed", e))?,
            });
        }
        let xml = dsig::enveloped(message, id, &key).map_err(|e| Fault::new("a log-out cannot be signed", e))?;
        Ok(Continue::Post {
            url: location.to_owned(),
            fields: post::encode(kind, &xml, relay_state),
        })
    }
}

/// Success is about our own session; that somebody else was not told stands below it.
fn status(round: &Round) -> Status {
    match &round.status {
        Some(refusing) => Status::of(Top::Requester, &refusing.second),
        None if round.unreached.is_empty() => Status::success(),
        None => Status::of(Top::Success, second::PARTIAL_LOGOUT),
    }
}
