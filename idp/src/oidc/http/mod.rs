//! The front door: discovery, keys and the authorization endpoint. Parses, calls, renders; decides nothing.

mod back;
mod logout;
mod posted;
mod prepared;

use actix_web::http::header::{ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_ORIGIN, CONTENT_TYPE};
use actix_web::{HttpRequest, HttpResponse, web};

use crate::oidc::house::Oidc;
use crate::oidc::protocol::discovery::path;
use crate::oidc::protocol::{Answer, AuthorizationRequest, House, Mode, Params, Refused, WireError};

use crate::domain::refusal::{Code, Refusal};
use crate::login::{self, Ceremony};
use crate::vault::signing::TYP_JWT;
use crate::web::{Document, Visit, pages, respond};

pub use prepared::Documents;

/// Longer requests are refused on arrival.
pub(super) const REQUEST_BYTES: usize = 16_384;
pub(super) const FORM: &str = "application/x-www-form-urlencoded";

/// Mounts the slice. The app data `web::Data<Ceremony>` must be there.
pub fn mount(config: &mut web::ServiceConfig, house: &Oidc, documents: &Documents) {
    config
        .app_data(web::Data::new(house.clone()))
        .app_data(web::Data::new(documents.clone()))
        .service(
            web::resource([path::OPENID, path::OAUTH])
                .name("discovery")
                .route(web::get().to(discovery)),
        )
        .service(web::resource(path::JWKS).name("jwks").route(web::get().to(keys)))
        .service(
            web::resource(path::AUTHORIZE)
                .name("authorize")
                .route(web::get().to(authorize))
                .route(web::post().to(authorize_post)),
        );
    back::mount(config);
    logout::mount(config);
}

async fn discovery(request: HttpRequest, visit: Visit, documents: web::Data<Documents>) -> HttpResponse {
    let [openid, oauth] = &documents.discovery;
    let asked = if request.path() == oauth.path() { oauth } else { openid };
    give(&request, &visit, asked)
}

async fn keys(request: HttpRequest, visit: Visit, documents: web::Data<Documents>) -> HttpResponse {
    give(&request, &visit, &documents.keys)
}

fn give(request: &HttpRequest, visit: &Visit, document: &Document) -> HttpResponse {
    let answer = document.answer(request.headers(), visit.ctx.now);
    answer.unwrap_or_else(|fault| respond::fault(visit, &fault))
}

async fn authorize(
    request: HttpRequest,
    mut visit: Visit,
    house: web::Data<Oidc>,
    ceremony: web::Data<Ceremony>,
) -> HttpResponse {
    let query = match posted::query(&request, &visit, &house, path::AUTHORIZE) {
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
    match read(&house, &visit, &params) {
        Err(Refused::Page(code)) => respond::refusal(&visit, &Refusal::new(code)),
        Err(Refused::Client(answer, error)) => answer_error(&visit, &house, &answer, &error),
        Ok(asked) => match asked.demand() {
            Ok(demand) => login::begin(&ceremony, &request, &visit, demand).await,
            Err(fault) => respond::fault(&visit, &fault),
        },
    }
}

fn read(house: &Oidc, visit: &Visit, params: &Params) -> Result<AuthorizationRequest, Refused> {
    let id_token = |token: &str| house.vault.verify_own_jwt(token, TYP_JWT, visit.ctx.now);
    let parties = house.parties.current();
    AuthorizationRequest::read(
        params,
        &House {
            parties: &parties,
            issuer: &house.issuer,
            id_token: &id_token,
        },
    )
}

fn answer_error(visit: &Visit, house: &Oidc, answer: &Answer, error: &WireError) -> HttpResponse {
    respond::note(visit, "party", error.code.as_str());
    let pairs = answer.error(&house.issuer, error);
    match answer.mode {
        Mode::Query => respond::see_other(&answer.url(&pairs)),
        Mode::FormPost => {
            let page = pages::Done::new(visit, &answer.redirect_uri, &pairs);
            respond::page(visit, actix_web::http::StatusCode::OK, &page)
        }
    }
}

/// A form from another site comes without our session cookie (SameSite=Lax): it is asked for again as a GET of ours.
async fn authorize_post(request: HttpRequest, visit: Visit, house: web::Data<Oidc>, body: web::Bytes) -> HttpResponse {
    match form(&request, &body) {
        Err(code) => respond::refusal(&visit, &Refusal::new(code)),
        Ok((_, text)) => posted::round(&visit, &house, path::AUTHORIZE, text),
    }
}

/// A form's parameters and its text, once it is seen that it is one.
pub(super) fn form<'a>(request: &HttpRequest, body: &'a web::Bytes) -> Result<(Params, &'a str), Code> {
    let kind = request
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let is_form = kind
        .split(';')
        .next()
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case(FORM));
    if body.len() > REQUEST_BYTES {
        return Err(Code::RequestTooLarge);
    }
    let text = std::str::from_utf8(body).map_err(|_| Code::RequestMalformed)?;
    // Anything else than visible ASCII is not form encoding, and could not stand in an address.
    if !is_form || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Code::RequestMalformed);
    }
    let params = Params::parse(text).map_err(|_| Code::RequestMalformed)?;
    Ok((params, text))
}

/// Lets the pages of registered clients read an answer: those without a server of their own.
pub(super) fn share(request: &HttpRequest, house: &Oidc, response: &mut HttpResponse) {
    let Some(origin) = request.headers().get(actix_web::http::header::ORIGIN).cloned() else {
        return;
    };
    let Ok(text) = origin.to_str() else { return };
    let parties = house.parties.current();
    let mut clients = parties.iter().filter_map(|party| party.oidc.as_ref());
    response.headers_mut().insert(
        actix_web::http::header::VARY,
        "Origin".parse().unwrap_or(origin.clone()),
    );
    if clients.any(|client| client.cors_origins.iter().any(|known| known == text)) {
        response.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        let allowed = actix_web::http::header::HeaderValue::from_static("Authorization, Content-Type");
        response.headers_mut().insert(ACCESS_CONTROL_ALLOW_HEADERS, allowed);
    }
}
