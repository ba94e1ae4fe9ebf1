//! A service asks us to log somebody out: is it believed, is the session one of its own, what follows.

use std::sync::Arc;

use saml_core::{
    Incoming,
    incoming::Name,
    logout::LogoutRequest,
    name_id::NameId,
    status::{Status, Top, second},
};

use super::round::{AskedBy, Round, Stop};
use crate::ctx::Ctx;
use crate::domain::refusal::{Code, Refusal};
use crate::saml::answer::Rejected;
use crate::saml::checks::{FRESH, RELAY_STATE};
use crate::saml::given::Given;
use crate::saml::name_id;
use crate::saml::own::{Saml, moment};
use crate::saml::services::Service;
use crate::session::{Cause, Ended, end};
use crate::storage::{Durability, Halt, Participant, Tx};

/// What this slice's participants are stored under: the word of `ResumeKind::Saml`.
pub(super) const SAML: &str = "saml";

impl Saml {
    /// Reads a LogoutRequest, ends the session and begins the round.
    pub(in crate::saml) async fn asked_to_log_out(&self, ctx: &Ctx, incoming: &Incoming) -> Result<Round, Rejected> {
        let page = |code| Rejected::Page(Refusal::new(code));
        if incoming.name() != Some(Name::LogoutRequest) {
            return Err(page(Code::RequestMalformed));
        }
        let service = self.sender_of(ctx, incoming)?;
        let verified = incoming.verify(&service.keys).map_err(|error| {
            let party = service.party.id.as_str();
            log::info!(party, request_id = ctx.request_id.as_str(); "SAML log-out not believed: {error}");
            page(Code::RequestMalformed)
        })?;
        let request = LogoutRequest::read(verified).map_err(|_| page(Code::RequestMalformed))?;
        self.is_for_us_and_fresh(ctx, &request)?;
        if incoming.relay_state().is_some_and(|state| state.len() > RELAY_STATE) {
            return Err(page(Code::RequestTooLarge));
        }
        let asked_by = AskedBy {
            party: service.party.id.clone(),
            request: request.id.clone(),
            relay_state: incoming.relay_state().map(str::to_owned),
            asynchronous: request.asynchronous,
        };
        let mut round = Round::new(ctx, Some(asked_by));
        match self.end_sessions(ctx, &service, &request).await {
            Ok(None) => round.status = Some(Status::of(Top::Requester, second::UNKNOWN_PRINCIPAL).into()),
            Ok(Some(ended)) => {
                // Whoever asked is not told; what it has by another protocol is told of by that one's back channel.
                let all = ended.iter().flat_map(|ended| &ended.participants);
                for other in all.filter(|participant| participant.party != service.party.id) {
                    self.enlist(&mut round, other);
                }
            }
            Err(Halt::Refused(refusal)) => return Err(Rejected::Page(refusal)),
            Err(Halt::Fault(fault)) => return Err(Rejected::Fault(fault)),
            Err(Halt::Again | Halt::Unavailable) => return Err(page(Code::RequestUnavailable)),
        }
        Ok(round)
    }

    fn is_for_us_and_fresh(&self, ctx: &Ctx, request: &LogoutRequest) -> Result<(), Rejected> {
        let (own, now) = (self.own(), moment(ctx.now));
        if request.destination.as_deref() != Some(own.slo.as_str()) {
            return Err(Rejected::Page(Refusal::new(Code::RequestMalformed)));
        }
        let early = request.issue_instant > now + own.skew;
        let late = request.issue_instant < now - own.skew - FRESH;
        let over = request.not_on_or_after.is_some_and(|time| time <= now - own.skew);
        if early || late || over {
            return Err(Rejected::Page(Refusal::new(Code::LoginExpired)));
        }
        Ok(())
    }

    /// Ends the sessions that the request names, if each is one that this service takes part in under this very name: all of
    /// them or none. Gives those that had not ended before. `None`: it is not; nothing is said about whether there is such a
    /// session.
    async fn end_sessions(
        &self,
        ctx: &Ctx,
        service: &Arc<Service>,
        request: &LogoutRequest,
    ) -> Result<Option<Vec<Ended>>, Halt> {
        let (act_ctx, service, request) = (ctx.clone(), Arc::clone(service), request.clone());
        self.store()
            .transact("saml.logout", Durability::Full, move |tx| {
                let own = if request.session_indexes.is_empty() {
                    all_of(tx, &service, &request.name_id)?
                } else {
                    each_of(tx, &service, &request)?
                };
                let Some(own) = own else { return Ok(None) };
                let sids: Vec<String> = own.iter().map(|participant| participant.sid.clone()).collect();
                let mut ended = Vec::new();
                for participant in &own {
                    ended.extend(end(tx, &act_ctx, participant.session, Cause::Logout, &sids)?);
                }
                Ok(Some(ended))
            })
            .await
    }

    /// Puts a participant of an ended session on the list of the round, once for each name that it knows the person by, or among
    /// those that cannot be told.
    pub(super) fn enlist(&self, round: &mut Round, participant: &Participant) {
        if participant.back_channel {
            return;
        }
        let services = self.services();
        let front = services
            .by_party(&participant.party)
            .and_then(|service| service.front_logout());
        let names = Given::read(&participant.detail).map_or(0, |given| given.names().len());
        if participant.protocol != SAML || front.is_none() || names == 0 {
            round.miss(&participant.party);
            return;
        }
        for name in 0..names {
            let sid = participant.sid.clone();
            round.visit(Stop { sid, name }, &participant.party);
        }
    }
}

/// Whether the service calls the person so in this session.
fn knows(service: &Service, participant: &Participant, name_id: &NameId) -> bool {
    participant.party == service.party.id
        && participant.protocol == SAML
        && Given::read(&participant.detail).is_some_and(|given| given.has(name_id))
}

/// The sessions that the request names by SessionIndex, if every one is the service's own.
fn each_of(tx: &mut Tx<'_>, service: &Service, request: &LogoutRequest) -> Result<Option<Vec<Participant>>, Halt> {
    let mut own = Vec::new();
    for index in &request.session_indexes {
        let found = tx.sessions().participant(index)?;
        let Some(found) = found.filter(|participant| knows(service, participant, &request.name_id)) else {
            return Ok(None);
        };
        own.push(found);
    }
    Ok(Some(own))
}

/// Without a SessionIndex: every session that the service has of that person under that name (Core §3.7.1). None may be left,
/// as long as the name is one that we gave.
fn all_of(tx: &mut Tx<'_>, service: &Service, name_id: &NameId) -> Result<Option<Vec<Participant>>, Halt> {
    let Some(sub) = name_id::sub_of(service, name_id) else {
        let by_handle = tx.sessions().by_handle(&name_id.value)?;
        let own: Vec<_> = by_handle
            .into_iter()
            .filter(|one| knows(service, one, name_id))
            .collect();
        return Ok(Some(own).filter(|own| !own.is_empty()));
    };
    let Some(person) = tx.subjects().person(&service.party.sector, &sub)? else {
        return Ok(None);
    };
    let mut own = Vec::new();
    for eid in tx.eids().of_person(person)? {
        for session in tx.sessions().open_of_eid(eid.id)? {
            let participants = tx.sessions().participants(session.id)?;
            own.extend(participants.into_iter().filter(|one| knows(service, one, name_id)));
        }
    }
    Ok(Some(own))
}
