//! `/saml/…`: parses, calls, renders; decides nothing.
//!
//! A POST from another site comes without our cookies (SameSite=Lax). So what it asked for is sealed and the browser is
//! sent back to us with a GET, before a session or the cookie of a log-out is looked for.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use saml_core::{Incoming, Kind, post, redirect, redirect::BindingError};
use serde::{Deserialize, Serialize};

use super::answer::Rejected;
use super::logout::{Heard, Round, Turn};
use super::own::Saml;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::time::{Span, Time};
use crate::fault::Fault;
use crate::login::{self, Ceremony, Continue, Demand};
use crate::session::Onward;
use crate::storage::Halt;
use crate::vault::Travel;
use crate::web::cookies::Name;
use crate::web::{Document, Visit, pages, respond};

/// Where everybody reads who we are.
const METADATA: &str = "/saml/metadata";
/// Where a POSTed request goes on.
const SSO_ON: &str = "/saml/sso/continue";
/// The path of the log-out's cookie.
const SLO: &str = "/saml/slo";
/// Where a POSTed answer goes on.
const SLO_ON: &str = "/saml/slo/next";
/// What is sealed for the way back to us is used at once.
const ON_LIFE: Span = Span::minutes(5);

/// Mounts the slice. The app data `web::Data<Saml>` and `web::Data<Ceremony>` must be there.
pub fn mount(config: &mut web::ServiceConfig, metadata_document: &Document) {
    config
        .app_data(web::Data::new(metadata_document.clone()))
        .service(
            web::resource(METADATA)
                .name("saml-metadata")
                .route(web::get().to(metadata)),
        )
        .service(
            web::resource("/saml/sso")
                .name("saml-sso")
                .route(web::get().to(sso))
                .route(web::post().to(sso_post)),
        )
        .service(web::resource(SSO_ON).route(web::get().to(sso_on)))
        .service(
            web::resource(SLO)
                .name("saml-slo")
                .route(web::get().to(slo))
                .route(web::post().to(slo_post)),
        )
        .service(web::resource(SLO_ON).route(web::get().to(slo_on)))
        .service(web::resource(Onward::PATH).route(web::get().to(onward)));
}

/// Our metadata, which everybody reads; made once, for all workers.
#[must_use]
pub fn metadata_document(saml: &Saml) -> Document {
    let (saml, https) = (saml.clone(), saml.own().sso.starts_with("https:"));
    Document::new(METADATA, "application/samlmetadata+xml", false, https, move |now| {
        Ok(saml.metadata(now)?.into_bytes())
    })
}

async fn metadata(request: HttpRequest, visit: Visit, document: web::Data<Document>) -> HttpResponse {
    let answer = document.answer(request.headers(), visit.ctx.now);
    answer.unwrap_or_else(|fault| respond::fault(&visit, &fault))
}

async fn sso(request: HttpRequest, visit: Visit, saml: web::Data<Saml>, house: web::Data<Ceremony>) -> HttpResponse {
    let incoming = match redirect::decode(request.query_string(), &saml.own().limits) {
        Ok(incoming) => incoming,
        Err(error) => return undecodable(&visit, &error),
    };
    match saml.accept(&visit.ctx, &incoming) {
        Ok(demand) => login::begin(&house, &request, &visit, demand).await,
        Err(rejected) => reject(&visit, rejected),
    }
}

/// A demand on its way back to us.
#[derive(Serialize, Deserialize)]
struct OnItsWay {
    demand: Demand,
    at: i64,
}

async fn sso_post(visit: Visit, saml: web::Data<Saml>, body: web::Bytes) -> HttpResponse {
    let incoming = match post::decode(&body, &saml.own().limits) {
        Ok(incoming) => incoming,
        Err(error) => return undecodable(&visit, &error),
    };
    let demand = match saml.accept(&visit.ctx, &incoming) {
        Ok(demand) => demand,
        Err(rejected) => return reject(&visit, rejected),
    };
    let ctx = &visit.ctx;
    let plain = match serde_json::to_vec(&OnItsWay {
        demand,
        at: ctx.now.secs(),
    }) {
        Ok(plain) => plain,
        Err(error) => return respond::fault(&visit, &Fault::new("a demand cannot be sealed", error)),
    };
    let sealed = saml.vault().travel_seal(Travel::Ticket, ctx.now, &plain, &ctx.rng);
    respond::see_other(&format!("{SSO_ON}?t={sealed}"))
}

async fn sso_on(request: HttpRequest, visit: Visit, saml: web::Data<Saml>, house: web::Data<Ceremony>) -> HttpResponse {
    let now = visit.ctx.now;
    let on = ticket(&request)
        .and_then(|sealed| saml.vault().travel_open(Travel::Ticket, now, sealed))
        .and_then(|plain| serde_json::from_slice::<OnItsWay>(&plain).ok())
        .filter(|on| now < Time::from_secs(on.at) + ON_LIFE);
    match on {
        Some(on) => login::begin(&house, &request, &visit, on.demand).await,
        None => respond::refusal(&visit, &Refusal::new(Code::LoginExpired)),
    }
}

async fn slo(request: HttpRequest, visit: Visit, saml: web::Data<Saml>, house: web::Data<Ceremony>) -> HttpResponse {
    let incoming = match redirect::decode(request.query_string(), &saml.own().limits) {
        Ok(incoming) => incoming,
        Err(error) => return undecodable(&visit, &error),
    };
    match incoming.kind() {
        Kind::Request => asked(&visit, &saml, &house, &incoming).await,
        Kind::Response => match saml.hear(&visit.ctx, &incoming) {
            Ok(heard) => take_up(&request, &visit, &saml, &house, &heard).await,
            Err(rejected) => reject(&visit, rejected),
        },
    }
}

async fn slo_post(visit: Visit, saml: web::Data<Saml>, house: web::Data<Ceremony>, body: web::Bytes) -> HttpResponse {
    let incoming = match post::decode(&body, &saml.own().limits) {
        Ok(incoming) => incoming,
        Err(error) => return undecodable(&visit, &error),
    };
    if incoming.kind() == Kind::Request {
        return asked(&visit, &saml, &house, &incoming).await;
    }
    let sealed = saml
        .hear(&visit.ctx, &incoming)
        .and_then(|heard| Ok(heard.seal(saml.vault(), &visit.ctx)?));
    match sealed {
        Ok(sealed) => respond::see_other(&format!("{SLO_ON}?t={sealed}")),
        Err(rejected) => reject(&visit, rejected),
    }
}

async fn slo_on(request: HttpRequest, visit: Visit, saml: web::Data<Saml>, house: web::Data<Ceremony>) -> HttpResponse {
    let heard = ticket(&request).and_then(|sealed| Heard::open(saml.vault(), visit.ctx.now, sealed));
    match heard {
        Some(heard) => take_up(&request, &visit, &saml, &house, &heard).await,
        None => respond::refusal(&visit, &Refusal::new(Code::LoginExpired)),
    }
}

/// A log-out that began at another protocol or at our own page: its sessions have ended, now the SAML services are told.
async fn onward(request: HttpRequest, visit: Visit, saml: web::Data<Saml>, house: web::Data<Ceremony>) -> HttpResponse {
    let onward = ticket(&request).and_then(|sealed| Onward::open(saml.vault(), visit.ctx.now, sealed));
    let Some(onward) = onward else {
        return respond::refusal(&visit, &Refusal::new(Code::LoginExpired));
    };
    match saml.round_of(&visit.ctx, onward).await {
        Ok(round) => turn(&visit, &saml, &house, round).await,
        Err(halt) => halted(&visit, halt),
    }
}

async fn asked(visit: &Visit, saml: &Saml, house: &Ceremony, incoming: &Incoming) -> HttpResponse {
    match saml.asked_to_log_out(&visit.ctx, incoming).await {
        Ok(round) => turn(visit, saml, house, round).await,
        Err(rejected) => reject(visit, rejected),
    }
}

/// Goes on with the round in the browser's cookie, if the answer belongs to its open question.
async fn take_up(request: &HttpRequest, visit: &Visit, saml: &Saml, house: &Ceremony, heard: &Heard) -> HttpResponse {
    let cookie = request.cookie(&visit.site.jar().name(Name::Logout));
    let round = cookie.and_then(|cookie| Round::open(saml.vault(), visit.ctx.now, cookie.value()));
    match round.and_then(|round| round.hear(heard)) {
        Some(round) => turn(visit, saml, house, round).await,
        None => respond::refusal(visit, &Refusal::new(Code::LoginExpired)),
    }
}

async fn turn(visit: &Visit, saml: &Saml, house: &Ceremony, round: Round) -> HttpResponse {
    let jar = visit.site.jar();
    let (mut response, cookie) = match saml.turn(&visit.ctx, round).await {
        Err(halt) => return halted(visit, halt),
        Ok(Turn::On(go_to, round)) => match round.seal(saml.vault(), &visit.ctx) {
            Ok(sealed) => (
                go_on(visit, &go_to),
                jar.at(SLO.to_owned(), Name::Logout, sealed, Some(Span::minutes(10))),
            ),
            Err(fault) => return respond::fault(visit, &fault),
        },
        Ok(Turn::Over(go_to)) => (go_on(visit, &go_to), jar.clear_at(SLO.to_owned(), Name::Logout)),
        Ok(Turn::Page(unreached, back)) => {
            let name = |id: &str| {
                let party = house.party(id).map(|party| party.name.get(visit.ctx.locale).to_owned());
                party.unwrap_or_else(|_| id.to_owned())
            };
            let unreached = unreached.iter().map(|id| name(id)).collect();
            let page = match back {
                Some((party, Continue::Post { url, fields })) => {
                    let continues = house.party(&party).map(|party| party.continues_to.clone());
                    pages::LoggedOut::new(visit, unreached, Some((name(&party), url)))
                        .answering(fields, continues.unwrap_or_default())
                }
                Some((party, Continue::Redirect { url })) => {
                    pages::LoggedOut::new(visit, unreached, Some((name(&party), url)))
                }
                None => pages::LoggedOut::new(visit, unreached, None),
            };
            let page = respond::page(visit, StatusCode::OK, &page);
            (page, jar.clear_at(SLO.to_owned(), Name::Logout))
        }
    };
    // Our own names and values are always valid in a header.
    let _set = response.add_cookie(&cookie);
    response
}

fn go_on(visit: &Visit, go_to: &Continue) -> HttpResponse {
    match go_to {
        Continue::Redirect { url } => respond::see_other(url),
        Continue::Post { url, fields } => respond::page(visit, StatusCode::OK, &pages::Done::new(visit, url, fields)),
    }
}

fn ticket(request: &HttpRequest) -> Option<&str> {
    request
        .query_string()
        .split('&')
        .find_map(|pair| pair.strip_prefix("t="))
}

fn undecodable(visit: &Visit, error: &BindingError) -> HttpResponse {
    let code = match error {
        BindingError::TooLarge | BindingError::Xml(saml_core::xml::XmlError::TooLarge) => Code::RequestTooLarge,
        BindingError::Duplicate(_) | BindingError::TwoMessages => Code::RequestDuplicate,
        _ => Code::RequestMalformed,
    };
    log::info!(request_id = visit.ctx.request_id.as_str(); "SAML message not decoded: {error}");
    respond::refusal(visit, &Refusal::new(code))
}

fn reject(visit: &Visit, rejected: Rejected) -> HttpResponse {
    match rejected {
        Rejected::Page(refusal) => respond::refusal(visit, &refusal),
        Rejected::Answer(go_to) => {
            respond::note(visit, "party", "saml.rejected");
            go_on(visit, &go_to)
        }
        Rejected::Fault(fault) => respond::fault(visit, &fault),
    }
}

fn halted(visit: &Visit, halt: Halt) -> HttpResponse {
    respond::stopped(visit, halt.into_refusal())
}
