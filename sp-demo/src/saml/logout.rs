//! Single log-out, both ways: the user leaves here ([`begin`]), or somewhere else and we are told
//! ([`by_redirect`] in the browser's chain, [`by_soap`] from server to server).

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use chrono::TimeDelta;
use saml_core::incoming::Name;
use saml_core::logout::{LogoutRequest, LogoutResponse};
use saml_core::status::{Status, second};
use saml_core::{Incoming, Kind, ns::binding, redirect, soap};

use super::{LIMITS, Provider, id, idp::Idp, is_over};
use crate::clock;
use crate::memory;
use crate::pages::{self, LoggedOut};
use crate::problem::Problem;
use crate::services::Protocol;
use crate::session::Link;
use crate::visit::{Visit, see_other};

/// Ends the session here, and sends the browser on to end it at the identity provider.
pub async fn begin(visit: &Visit, provider: &Provider) -> Result<HttpResponse, Problem> {
    let Some(Link::Saml(participant)) = visit.end_session().map(|session| session.link) else {
        return Ok(pages::logged_out(&visit.service, visit.locale, LoggedOut::Here));
    };
    // Whatever fails from here on: here, the person is logged out.
    let Ok(idp) = visit.app.saml.idp.current(&visit.app.network).await else {
        return Ok(pages::logged_out(&visit.service, visit.locale, LoggedOut::Failed));
    };
    let Some(endpoint) = idp.metadata.slo_by(binding::REDIRECT) else {
        return Ok(pages::logged_out(&visit.service, visit.locale, LoggedOut::Here));
    };
    let (id, now) = (id()?, clock::now());
    let index = Some(participant.session_index.as_str());
    let mut request = LogoutRequest::new(
        &id,
        now,
        &provider.entity_id,
        &endpoint.location,
        participant.name_id,
        index,
    );
    request.not_on_or_after = Some(now + TimeDelta::minutes(5));
    visit.app.saml.leaving.put(id.as_str(), visit.service.name.clone());
    let xml = request.elem().write().map_err(Problem::fault)?;
    let url = redirect::encode(&endpoint.location, Kind::Request, &xml, None, Some(&provider.signing));
    Ok(see_other(&url.map_err(Problem::fault)?))
}

/// How far a log-out reached, for its page.
pub fn reach(visit: &Visit, key: &str) -> LoggedOut {
    visit.app.saml.farewells.take(key).unwrap_or(LoggedOut::Here)
}

/// `GET /{service}/slo`: the answer to our log-out, or a log-out that began elsewhere.
pub async fn by_redirect(visit: Visit) -> HttpResponse {
    let outcome = match &visit.service.protocol {
        Protocol::Saml(provider) => redirected(&visit, provider).await,
        Protocol::Oidc(_) => Err(Problem::NotFound),
    };
    visit.show(outcome)
}

async fn redirected(visit: &Visit, provider: &Provider) -> Result<HttpResponse, Problem> {
    // The signature covers the query as it was sent: not a byte of it may be decoded and encoded again.
    let incoming = redirect::decode(visit.raw_query(), &LIMITS).map_err(|_| Problem::Malformed)?;
    let idp = visit.app.saml.idp.current(&visit.app.network).await?;
    match incoming.name() {
        Some(Name::LogoutRequest) => {
            let request = end_sessions(visit, provider, &idp, &incoming)?;
            let endpoint = idp.metadata.slo_by(binding::REDIRECT);
            let location = endpoint
                .ok_or_else(|| Problem::Unreachable("no log-out service".into()))?
                .answers();
            let answer = answer(provider, location, &request)?;
            let xml = answer.elem().write().map_err(Problem::fault)?;
            let relay_state = incoming.relay_state();
            let url = redirect::encode(location, Kind::Response, &xml, relay_state, Some(&provider.signing));
            Ok(see_other(&url.map_err(Problem::fault)?))
        }
        Some(Name::LogoutResponse) => farewell(visit, provider, &idp, &incoming),
        _ => Err(Problem::Malformed),
    }
}

/// `POST /{service}/slo`: the identity provider ends a session without the browser (after a block, or a log-out elsewhere).
pub async fn by_soap(visit: Visit, body: web::Bytes) -> HttpResponse {
    let outcome = match &visit.service.protocol {
        Protocol::Saml(provider) => enveloped(&visit, provider, &body).await,
        Protocol::Oidc(_) => Err(Problem::NotFound),
    };
    match outcome {
        Ok(envelope) => HttpResponse::Ok()
            .insert_header((header::CONTENT_TYPE, soap::CONTENT_TYPE))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .body(envelope),
        Err(problem) => {
            log::warn!("{}: log-out request refused: {problem:?}", visit.service.name);
            HttpResponse::build(problem.status()).finish()
        }
    }
}

async fn enveloped(visit: &Visit, provider: &Provider, body: &[u8]) -> Result<String, Problem> {
    let incoming = soap::decode(Kind::Request, body, &LIMITS).map_err(|_| Problem::Malformed)?;
    let idp = visit.app.saml.idp.current(&visit.app.network).await?;
    let request = end_sessions(visit, provider, &idp, &incoming)?;
    let answer = answer(provider, &idp.metadata.entity_id, &request)?;
    let id = id()?;
    let answer = LogoutResponse {
        id: id.to_string(),
        destination: None,
        ..answer
    };
    soap::encode(answer.elem(), &id, &provider.signing).map_err(Problem::fault)
}

/// Believes a log-out request and does what it says. Somebody we do not know is logged out already: success too.
fn end_sessions(visit: &Visit, provider: &Provider, idp: &Idp, incoming: &Incoming) -> Result<LogoutRequest, Problem> {
    let verified = incoming.verify(&idp.keys).map_err(Problem::evidence)?;
    let request = LogoutRequest::read(verified).map_err(Problem::evidence)?;
    check_sender(&request.issuer, request.destination.as_deref(), provider, idp)?;
    if is_over(request.not_on_or_after) || is_over(Some(request.issue_instant + TimeDelta::minutes(5))) {
        return Err(Problem::evidence("NotOnOrAfter"));
    }
    if !visit.app.saml.used.put(&request.id, ()) {
        return Err(Problem::Unsolicited);
    }
    visit.app.sessions.remove_where(|session| {
        let Link::Saml(participant) = &session.link else {
            return false;
        };
        let indexes = &request.session_indexes;
        session.service == visit.service.name
            && participant.name_id.same_as(&request.name_id)
            && (indexes.is_empty() || indexes.contains(&participant.session_index))
    });
    Ok(request)
}

/// The answer to the log-out that we began: to a request of ours, once.
fn farewell(visit: &Visit, provider: &Provider, idp: &Idp, incoming: &Incoming) -> Result<HttpResponse, Problem> {
    let verified = incoming.verify(&idp.keys).map_err(Problem::evidence)?;
    let response = LogoutResponse::read(verified).map_err(Problem::evidence)?;
    check_sender(&response.issuer, response.destination.as_deref(), provider, idp)?;
    let asked = response.in_response_to.and_then(|id| visit.app.saml.leaving.take(&id));
    if asked.as_ref() != Some(&visit.service.name) {
        return Err(Problem::Unsolicited);
    }
    let reach = match (response.status.second(), response.status.is_success()) {
        (Some(second::PARTIAL_LOGOUT), _) => LoggedOut::Partly,
        (_, true) => LoggedOut::Everywhere,
        (_, false) => LoggedOut::Failed,
    };
    let key = memory::secret()?;
    visit.app.saml.farewells.put(&key, reach);
    Ok(see_other(&format!("{}?state={key}", visit.service.path("logged-out"))))
}

fn check_sender(issuer: &str, destination: Option<&str>, provider: &Provider, idp: &Idp) -> Result<(), Problem> {
    if issuer != idp.metadata.entity_id {
        return Err(Problem::Issuer);
    }
    // Signed messages must say where they go (Bindings §3.4.5.2); a SOAP body may leave it out.
    match destination {
        Some(destination) if destination != provider.slo_url => Err(Problem::evidence("Destination")),
        _ => Ok(()),
    }
}

fn answer(provider: &Provider, location: &str, request: &LogoutRequest) -> Result<LogoutResponse, Problem> {
    let (id, now) = (id()?, clock::now());
    Ok(LogoutResponse::new(
        &id,
        now,
        &provider.entity_id,
        location,
        &request.id,
        Status::success(),
    ))
}
