//! The way out: a service sends the browser here to log out.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};

use super::{REQUEST_BYTES, form, posted};
use crate::domain::party::{OWN, Sso};
use crate::domain::refusal::{Code, Refusal};
use crate::login::Ceremony;
use crate::oidc::house::Oidc;
use crate::oidc::logout::{Next, Over, Wish};
use crate::oidc::protocol::Params;
use crate::oidc::protocol::discovery::path;
use crate::oidc::resume::sha256;
use crate::session::Onward;
use crate::storage::{Halt, Participant};
use crate::web::cookies::Name;
use crate::web::{Visit, json, pages, respond};

pub(super) fn mount(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource(path::END_SESSION)
                .name("end_session")
                .route(web::get().to(end))
                .route(web::post().to(end_post)),
        )
        .service(
            web::resource(path::END_SESSION_CONFIRM)
                .name("end_session_confirm")
                .route(web::post().to(confirm)),
        );
}

async fn end(
    request: HttpRequest,
    mut visit: Visit,
    house: web::Data<Oidc>,
    ceremony: web::Data<Ceremony>,
) -> HttpResponse {
    let query = match posted::query(&request, &visit, &house, path::END_SESSION) {
        Ok(query) => query,
        Err(refusal) => return respond::refusal(&visit, &refusal),
    };
    if query.len() > REQUEST_BYTES {
        return respond::refusal(&visit, &Refusal::new(Code::RequestTooLarge));
    }
    let Ok(params) = Params::parse(&query) else {
        return respond::refusal(&visit, &Refusal::new(Code::RequestMalformed));
    };
    visit.speak(params.get("ui_locales"));
    let wish = match Wish::read(&house, &visit.ctx, &params) {
        Ok(wish) => wish,
        Err(code) => return respond::refusal(&visit, &Refusal::new(code)),
    };
    let held = held(&request, &visit, &house);
    match house.log_out(&visit.ctx, wish, held).await {
        Err(halt) => halted(&visit, halt),
        Ok(Next::Done(over)) => done(&visit, &house, over),
        Ok(Next::Ask {
            sealed,
            participants,
            back,
        }) => {
            let names = names(&visit, &house, participants.iter().map(|one| one.party.as_str()));
            let form_to = form_to(&house, &ceremony, &participants, back);
            let page = pages::ConfirmLogout::new(&visit, path::END_SESSION_CONFIRM, sealed, Vec::new(), names, form_to);
            respond::page(&visit, StatusCode::OK, &page)
        }
    }
}

/// As at the authorization endpoint: the session cookie comes with a GET only.
async fn end_post(request: HttpRequest, visit: Visit, house: web::Data<Oidc>, body: web::Bytes) -> HttpResponse {
    match form(&request, &body) {
        Err(code) => respond::refusal(&visit, &Refusal::new(code)),
        Ok((_, text)) => posted::round(&visit, &house, path::END_SESSION, text),
    }
}

async fn confirm(request: HttpRequest, visit: Visit, house: web::Data<Oidc>, body: web::Bytes) -> HttpResponse {
    let read = json::guard(&visit.site, request.headers()).and_then(|()| form(&request, &body).map_err(Refusal::new));
    let params = match read {
        Ok((params, _)) => params,
        Err(refusal) => return respond::refusal(&visit, &refusal),
    };
    let yes = params.get("action") == Some("logout");
    match house
        .answered(&visit.ctx, params.get("csrf").unwrap_or_default(), yes)
        .await
    {
        Ok(over) if yes => done(&visit, &house, over),
        Ok(_) => respond::see_other("/"),
        Err(halt) => halted(&visit, halt),
    }
}

/// Hashes of the session cookies that the browser brings, of whatever group.
fn held(request: &HttpRequest, visit: &Visit, house: &Oidc) -> Vec<[u8; 32]> {
    let mut groups: Vec<String> = house
        .parties
        .current()
        .iter()
        .filter_map(|party| match &party.sso {
            Sso::Group(group) => Some(group.clone()),
            Sso::Never => None,
        })
        .chain([OWN.to_owned()])
        .collect();
    groups.sort();
    groups.dedup();
    let jar = visit.site.jar();
    let cookie = |group: &String| request.cookie(&jar.name(Name::Session(group)));
    groups
        .iter()
        .filter_map(cookie)
        .map(|cookie| sha256(cookie.value()))
        .collect()
}

/// Where the form's redirects may lead on to: the verified address, where services of whatever protocol are told by way of the
/// browser, and what the parties' own redirects lead on to.
fn form_to(house: &Oidc, ceremony: &Ceremony, participants: &[Participant], back: Option<String>) -> Vec<String> {
    let known = house.parties.current();
    let continues = participants
        .iter()
        .filter_map(|one| known.get(&one.party))
        .flat_map(|party| party.continues_to.clone());
    let told = ceremony.protocols.logout_origins(participants);
    back.into_iter().chain(told).chain(continues).collect()
}

/// What people know parties by, each once.
fn names<'a>(visit: &Visit, house: &Oidc, parties: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut names: Vec<String> = parties.filter_map(|party| house.name(&visit.ctx, party)).collect();
    names.sort();
    names.dedup();
    names
}

fn done(visit: &Visit, house: &Oidc, over: Over) -> HttpResponse {
    let groups = over.groups.clone();
    let mut response = if over.onward.is_empty() {
        arrived(visit, house, over)
    } else {
        let onward = Onward::new(&visit.ctx, over.onward, over.unreached, over.party.zip(over.back));
        match onward.address(&house.vault, &visit.ctx) {
            Ok(address) => respond::see_other(&address),
            Err(fault) => respond::fault(visit, &fault),
        }
    };
    for group in &groups {
        // Our own names and values are always valid in a header.
        let _set = response.add_cookie(&visit.site.jar().clear(Name::Session(group)));
    }
    response
}

/// There is nobody else to be told by way of the browser.
fn arrived(visit: &Visit, house: &Oidc, over: Over) -> HttpResponse {
    match &over.back {
        Some(url) if over.unreached.is_empty() => respond::see_other(url),
        back => {
            let unreached = names(visit, house, over.unreached.iter().map(String::as_str));
            let name = over.party.as_ref().and_then(|party| house.name(&visit.ctx, party));
            let page = pages::LoggedOut::new(visit, unreached, name.zip(back.clone()));
            respond::page(visit, StatusCode::OK, &page)
        }
    }
}

fn halted(visit: &Visit, halt: Halt) -> HttpResponse {
    respond::stopped(visit, halt.into_refusal())
}
