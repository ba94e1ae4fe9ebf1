//! A service asks us to log somebody out: is it believed, is the session one of its own, what follows.

use saml_core::{
    Incoming,
    incoming::Name,
    logout::LogoutRequest,
    status::{Status, Top, second},
};

use super::round::{AskedBy, Round};
use crate::ctx::Ctx;
use crate::domain::refusal::{Code, Refusal};
use crate::saml::answer::{Detail, Rejected};
use crate::saml::checks::FRESH;
use crate::saml::own::{Saml, moment};
use crate::saml::services::Service;
use crate::session::{Cause, Ended, end};
use crate::storage::{Durability, Halt, Participant, Tx};

/// How the question is judged before anything is looked up.
const SESSIONS: usize = 8;

impl Saml {
    /// Reads a LogoutRequest, ends the session and begins the round.
    pub(in crate::saml) async fn asked_to_log_out(&self, ctx: &Ctx, incoming: &Incoming) -> Result<Round, Rejected> {
        let page = |code| Rejected::Page(Refusal::new(code));
        if incoming.name() != Some(Name::LogoutRequest) {
            return Err(page(Code::RequestMalformed));
        }
        let service = self.sender_of(incoming)?;
        let verified = incoming.verify(&service.keys).map_err(|error| {
            let party = service.party.id.as_str();
            log::info!(party, request_id = ctx.request_id.as_str(); "SAML log-out not believed: {error}");
            page(Code::RequestMalformed)
        })?;
        let request = LogoutRequest::read(verified).map_err(|_| page(Code::RequestMalformed))?;
        self.is_for_us_and_fresh(ctx, &request)?;
        if incoming.relay_state().is_some_and(|state| state.len() > 1_200) {
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
                for participant in ended.iter().flat_map(|ended| &ended.participants) {
                    self.enlist(&mut round, participant, Some(&service.party.id));
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

    /// Ends the sessions that the request names, if each is one that this service takes part in under this very name.
    /// `None`: it is not; nothing is said about whether there is such a session.
    async fn end_sessions(
        &self,
        ctx: &Ctx,
        service: &Service,
        request: &LogoutRequest,
    ) -> Result<Option<Vec<Ended>>, Halt> {
        let (act_ctx, party, request) = (ctx.clone(), service.party.id.clone(), request.clone());
        self.store()
            .transact("saml.logout", Durability::Full, move |tx| {
                let mut ended = Vec::new();
                if request.session_indexes.is_empty() || request.session_indexes.len() > SESSIONS {
                    return Ok(None);
                }
                for index in &request.session_indexes {
                    let Some(own) = participant_of(tx, &party, index, &request)? else {
                        return Ok(None);
                    };
                    ended.extend(end(tx, &act_ctx, own.session, Cause::Logout, &[own.sid])?);
                }
                Ok(Some(ended))
            })
            .await
    }

    /// Puts a participant of an ended session on the list of the round, or among those that cannot be told.
    pub(super) fn enlist(&self, round: &mut Round, participant: &Participant, except: Option<&str>) {
        if Some(participant.party.as_str()) == except || participant.back_channel {
            return;
        }
        let services = self.services();
        let front = services
            .by_party(&participant.party)
            .and_then(|service| service.front_logout());
        if participant.protocol == "saml" && front.is_some() && round.left.len() < super::round::LONGEST {
            round.left.push(participant.sid.clone());
        } else {
            round.miss(&participant.party);
        }
    }
}

fn participant_of(
    tx: &mut Tx<'_>,
    party: &str,
    index: &str,
    request: &LogoutRequest,
) -> Result<Option<Participant>, Halt> {
    let found = tx.sessions().participant(index)?;
    Ok(found.filter(|participant| {
        let named = Detail::read(&participant.detail).is_some_and(|d| d.name_id().same_as(&request.name_id));
        participant.party == party && participant.protocol == "saml" && named
    }))
}
