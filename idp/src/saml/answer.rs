//! From a received message to a Demand, and from an Outcome or a refusal to a Response.

use std::sync::Arc;

use chrono::TimeDelta;
use saml_core::{
    Incoming, Kind, ReadError,
    authn_request::AuthnRequest,
    incoming::Name,
    ns::context_class,
    post,
    response::{Assertion, Authentication, Conditions, Confirmation, Response, Sealing, Signed},
    status::{Status, Top, second},
};

use super::attributes;
use super::checks::{self, Case, Wrong};
use super::context::{self, States};
use super::given::Given;
use super::name_id;
use super::own::{Saml, fresh_id, moment, stamp};
use super::services::Service;
use super::state::{Form, State};
use super::status;
use crate::config::parties::Profile;
use crate::ctx::Ctx;
use crate::domain::assurance::{Level, nsis_loa_uri};
use crate::domain::refusal::{Code, Refusal};
use crate::fault::Fault;
use crate::login::{Continue, Demand, Fresh, Outcome, Protocol, Resume, ResumeKind};
use crate::storage::{Halt, Participant, Tx};

/// A request that does not become a Demand.
#[derive(Debug)]
pub(super) enum Rejected {
    /// A page of ours: nobody's address is verified.
    Page(Refusal),
    /// The service hears why.
    Answer(Continue),
    /// Something broke.
    Fault(Fault),
}

impl From<Fault> for Rejected {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

fn page(code: Code) -> Rejected {
    Rejected::Page(Refusal::new(code))
}

impl Saml {
    /// The service that a message claims to be from, with the message believed; or a page.
    pub(super) fn sender_of(&self, ctx: &Ctx, incoming: &Incoming) -> Result<Arc<Service>, Rejected> {
        let issuer = incoming.claimed_issuer().ok_or_else(|| page(Code::RequestMalformed))?;
        let services = self.services();
        let service = services
            .by_entity(&issuer)
            .ok_or_else(|| page(Code::RequestUnknownParty))?;
        if service.has_expired(ctx.now) {
            log::warn!(party = service.party.id.as_str(), request_id = ctx.request_id.as_str(); "the service's metadata has expired");
            return Err(page(Code::RequestUnknownParty));
        }
        Ok(Arc::clone(service))
    }

    /// Reads, believes and judges a request.
    pub(super) fn accept(&self, ctx: &Ctx, incoming: &Incoming) -> Result<Demand, Rejected> {
        if incoming.name() != Some(Name::AuthnRequest) {
            return Err(page(Code::RequestMalformed));
        }
        let service = self.sender_of(ctx, incoming)?;
        let party = service.party.id.as_str();
        let verified = incoming.verify(&service.keys).map_err(|error| {
            log::info!(party, request_id = ctx.request_id.as_str(); "SAML request not believed: {error}");
            page(Code::RequestMalformed)
        })?;
        let request = match AuthnRequest::read(verified) {
            Ok(request) => request,
            Err(ReadError::Version(fault)) => return Err(self.wrong_version(ctx, &service, fault)?),
            Err(error) => {
                log::info!(party, request_id = ctx.request_id.as_str(); "SAML request not understood: {error}");
                return Err(page(Code::RequestMalformed));
            }
        };
        let case = Case {
            own: self.own(),
            service: &service,
            request: &request,
            relay_state: incoming.relay_state(),
            now: moment(ctx.now),
        };
        let (findings, verdict) = checks::run(&case);
        let state = |acs| State {
            party: service.party.id.clone(),
            request: request.id.clone(),
            acs,
            relay_state: incoming.relay_state().map(str::to_owned),
            form: findings.form,
            qualified: findings.qualified,
            class: match &findings.context.states {
                States::Plain => Some(context_class::PASSWORD_PROTECTED_TRANSPORT.to_owned()),
                States::Class(class) => Some(class.clone()),
                States::Level => None,
            },
            attributes: request.attribute_index,
        };
        if let Err((check, wrong)) = verdict {
            log::info!(party, check, request_id = ctx.request_id.as_str(); "SAML request refused");
            return Err(match (wrong, findings.acs) {
                (Wrong::Page(refusal), _) => Rejected::Page(refusal),
                (Wrong::Status(status), Some(acs)) => Rejected::Answer(self.error(ctx, &state(acs), status)?),
                (Wrong::Status(_), None) => page(Code::RequestRedirectUri),
            });
        }
        let acs = findings.acs.ok_or_else(|| page(Code::RequestRedirectUri))?;
        let state = state(acs).write()?;
        Ok(Demand {
            party: service.party.id.clone(),
            least: service.party.least,
            wanted: findings.context.levels,
            fresh: if request.force_authn { Fresh::Force } else { Fresh::No },
            passive: request.is_passive,
            confirm: false,
            waited_since: None,
            hint: None,
            must_be: findings.must_be,
            asks: findings.asks,
            locale: None,
            purpose: service.party.purpose,
            factors: None,
            resume: Resume {
                kind: ResumeKind::Saml,
                request_id: Some((request.issuer, request.id)),
                state,
            },
        })
    }

    /// A request of another version is answered at the default address: nothing else of it is understood.
    fn wrong_version(&self, ctx: &Ctx, service: &Service, fault: saml_core::VersionFault) -> Result<Rejected, Fault> {
        let Some(acs) = service.sp.acs_default() else {
            return Ok(page(Code::RequestMalformed));
        };
        let second = match fault {
            saml_core::VersionFault::TooLow => second::VERSION_TOO_LOW,
            saml_core::VersionFault::TooHigh => second::VERSION_TOO_HIGH,
        };
        let status = Status::of(Top::VersionMismatch, second);
        Ok(Rejected::Answer(self.post_error(
            ctx,
            &acs.endpoint.location,
            None,
            None,
            status,
        )?))
    }

    /// An error Response to a verified address, signed.
    fn error(&self, ctx: &Ctx, state: &State, status: Status) -> Result<Continue, Fault> {
        let destination = self.destination(ctx, state)?;
        self.post_error(
            ctx,
            &destination,
            Some(&state.request),
            state.relay_state.as_deref(),
            status,
        )
    }

    fn post_error(
        &self,
        ctx: &Ctx,
        destination: &str,
        in_response_to: Option<&str>,
        relay_state: Option<&str>,
        status: Status,
    ) -> Result<Continue, Fault> {
        let (id, now) = stamp(ctx);
        let response = Response {
            id,
            in_response_to: in_response_to.map(str::to_owned),
            issue_instant: now,
            destination: destination.to_owned(),
            issuer: self.own().entity_id.clone(),
            status,
            assertion: None,
        };
        let key = self.signer(ctx.now)?;
        let sealing = Sealing {
            key: &key,
            signed: Signed::Response,
            encrypt: None,
        };
        let xml = response
            .seal(&sealing)
            .map_err(|e| Fault::new("an error Response cannot be made", e))?;
        Ok(Continue::Post {
            url: destination.to_owned(),
            fields: post::encode(Kind::Response, &xml, relay_state),
        })
    }

    fn service_of(&self, ctx: &Ctx, state: &State) -> Result<Arc<Service>, Fault> {
        let service = self.services().by_party(&state.party).cloned();
        service.filter(|service| !service.has_expired(ctx.now)).ok_or_else(|| {
            Fault::bare(format!(
                "the SAML service {} is gone or its metadata has expired",
                state.party
            ))
        })
    }

    /// The address of the answer, from the metadata of this moment.
    fn destination(&self, ctx: &Ctx, state: &State) -> Result<String, Fault> {
        let service = self.service_of(ctx, state)?;
        service
            .answered_at(state.acs)
            .ok_or_else(|| Fault::bare(format!("the address of {} is no longer in its metadata", state.party)))
    }

    fn response(&self, ctx: &Ctx, service: &Service, state: &State, outcome: &Outcome) -> Result<Response, Fault> {
        let own = self.own();
        let (id, now) = stamp(ctx);
        let destination = self.destination(ctx, state)?;
        let (class, level) = stated(service, state, outcome)?;
        let ends = now + own.assertion;
        let consuming = attributes::consuming(service, state.attributes).unwrap_or(None);
        let assertion = Assertion {
            id: fresh_id(&ctx.rng),
            issue_instant: now,
            issuer: own.entity_id.clone(),
            name_id: name_id::of(own, service, state.form, state.qualified, outcome),
            confirmation: Confirmation {
                recipient: destination.clone(),
                not_on_or_after: ends,
                in_response_to: state.request.clone(),
            },
            conditions: Conditions {
                // Whoever reads it with a slow clock may do so.
                not_before: now - TimeDelta::minutes(1),
                not_on_or_after: ends,
                audience: service.entity_id().to_owned(),
            },
            authentication: Authentication {
                instant: moment(outcome.at),
                session_index: outcome.sid.clone(),
                session_not_on_or_after: Some(moment(outcome.session_ends)),
                class,
            },
            attributes: attributes::of(own, service, consuming, outcome, level),
        };
        Ok(Response {
            id,
            in_response_to: Some(state.request.clone()),
            issue_instant: now,
            destination,
            issuer: own.entity_id.clone(),
            status: Status::success(),
            assertion: Some(assertion),
        })
    }
}

/// The class and the level of the answer: they never contradict each other, and neither says more than was reached.
fn stated(service: &Service, state: &State, outcome: &Outcome) -> Result<(String, Level), Fault> {
    let Some(class) = &state.class else {
        return Ok((nsis_loa_uri(outcome.level).to_owned(), outcome.level));
    };
    if context::level_of(service.profile, class).is_some_and(|needed| needed > outcome.level) {
        return Err(Fault::bare(format!(
            "an answer would state {class}, and only {} was reached",
            outcome.level.as_str()
        )));
    }
    Ok((class.clone(), Level::from_uri(class).unwrap_or(outcome.level)))
}

/// What the profile wants signed and encrypted (docs/protocol/saml.md, Profiles).
fn sealing<'a>(service: &'a Service, key: &'a saml_core::key::SigningKey) -> Sealing<'a> {
    let recipient = service.recipient.as_ref();
    let (signed, encrypt) = match service.profile {
        Profile::Oiosaml3 => (Signed::Assertion, recipient),
        Profile::Oiosaml2 => (Signed::Assertion, None),
        Profile::Saml2Int if service.sp.want_assertions_signed => (Signed::Both, recipient),
        Profile::Saml2Int => (Signed::Response, recipient),
    };
    Sealing { key, signed, encrypt }
}

impl Protocol for Saml {
    fn finish(
        &self,
        tx: &mut Tx<'_>,
        ctx: &Ctx,
        resume: &Resume,
        outcome: &Outcome,
        _previous: Option<&[u8]>,
    ) -> Result<Vec<u8>, Halt> {
        let state = State::read(&resume.state)?;
        let service = self.service_of(ctx, &state)?;
        let name_id = name_id::of(self.own(), &service, state.form, state.qualified, outcome);
        let before = tx.sessions().participant(&outcome.sid)?;
        let before = before.and_then(|participant| Given::read(&participant.detail));
        let mut given = before.unwrap_or_default();
        let handle = (state.form == Form::Transient).then(|| name_id.value.clone());
        given.add(name_id);
        let reachable = service.back_logout().is_some();
        tx.sessions()
            .set_detail(&outcome.sid, &outcome.released.sub, &given.write()?, reachable)?;
        if let Some(handle) = handle {
            tx.sessions().set_handle(&outcome.sid, &handle)?;
        }
        Ok(Vec::new())
    }

    fn answer(&self, ctx: &Ctx, resume: &Resume, outcome: &Outcome, _finished: &[u8]) -> Result<Continue, Fault> {
        let state = State::read(&resume.state)?;
        let service = self.service_of(ctx, &state)?;
        let response = self.response(ctx, &service, &state, outcome)?;
        let key = self.signer(ctx.now)?;
        let xml = response
            .seal(&sealing(&service, &key))
            .map_err(|e| Fault::new("a Response cannot be sealed", e))?;
        let fields = post::encode(Kind::Response, &xml, state.relay_state.as_deref());
        Ok(Continue::Post {
            url: response.destination,
            fields,
        })
    }

    fn refuse(&self, ctx: &Ctx, resume: &Resume, refusal: &Refusal) -> Result<Continue, Fault> {
        let state = State::read(&resume.state)?;
        self.error(ctx, &state, status::of(refusal.code))
    }

    fn form_origins(&self, resume: &Resume) -> Vec<String> {
        let Ok(state) = State::read(&resume.state) else {
            return Vec::new();
        };
        let services = self.services();
        let service = services.by_party(&state.party);
        service
            .and_then(|service| service.answered_at(state.acs))
            .into_iter()
            .collect()
    }

    fn logout_origins(&self, participant: &Participant) -> Vec<String> {
        let services = self.services();
        let front = services
            .by_party(&participant.party)
            .filter(|_| !participant.back_channel)
            .and_then(|service| service.front_logout());
        front.map(|endpoint| endpoint.location.clone()).into_iter().collect()
    }
}
