//! The back door: token, userinfo, introspection and revocation endpoints, in JSON.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;

use super::{form, share};
use crate::config::parties::Grant;
use crate::domain::refusal::Code;
use crate::oidc::client::{Proven, Stop};
use crate::oidc::house::Oidc;
use crate::oidc::issue::Given;
use crate::oidc::protocol::discovery::path;
use crate::oidc::protocol::{ErrorCode, Params, WireError};
use crate::web::{Visit, bearer_in, respond};

pub(super) fn mount(config: &mut web::ServiceConfig) {
    let options = || web::route().method(actix_web::http::Method::OPTIONS).to(preflight);
    config
        .service(
            web::resource(path::TOKEN)
                .name("token")
                .route(web::post().to(token))
                .route(options()),
        )
        .service(
            web::resource(path::USERINFO)
                .name("userinfo")
                .route(web::get().to(userinfo))
                .route(web::post().to(userinfo))
                .route(options()),
        )
        .service(
            web::resource(path::INTROSPECT)
                .name("introspect")
                .route(web::post().to(introspect)),
        )
        .service(
            web::resource(path::REVOKE)
                .name("revoke")
                .route(web::post().to(revoke))
                .route(options()),
        );
}

async fn preflight(request: HttpRequest, house: web::Data<Oidc>) -> HttpResponse {
    let mut response = HttpResponse::NoContent().finish();
    share(&request, &house, &mut response);
    response
}

async fn token(request: HttpRequest, visit: Visit, house: web::Data<Oidc>, body: web::Bytes) -> HttpResponse {
    let given = give(&request, &visit, &house, &body).await;
    let mut response = match given {
        Err(stop) => refuse(&request, &visit, stop),
        Ok((client, given)) => match house.answer_tokens(&visit.ctx, &client, given) {
            Ok(answer) => json(StatusCode::OK, &answer),
            Err(fault) => broken(&visit, &fault),
        },
    };
    share(&request, &house, &mut response);
    response
}

async fn give(request: &HttpRequest, visit: &Visit, house: &Oidc, body: &web::Bytes) -> Result<(Proven, Given), Stop> {
    let (client, form) = caller(request, visit, house, body).await?;
    let kind = match form
        .get("grant_type")
        .ok_or(WireError::invalid("grant_type is missing"))?
    {
        "authorization_code" => Grant::AuthorizationCode,
        "refresh_token" => Grant::RefreshToken,
        "client_credentials" => Grant::ClientCredentials,
        _ => return Err(WireError::new(ErrorCode::UnsupportedGrantType, "no such grant type here").into()),
    };
    if !client.client.grants.contains(&kind) {
        return Err(WireError::new(ErrorCode::UnauthorizedClient, "the client is not registered for this").into());
    }
    let given = match kind {
        Grant::AuthorizationCode => house.exchange(&visit.ctx, &client, &form).await?,
        Grant::RefreshToken => house.refresh(&visit.ctx, &client, &form).await?,
        Grant::ClientCredentials => house.for_itself(&visit.ctx, &client, &form).await?,
    };
    Ok((client, given))
}

/// A form from a client that has proven itself.
async fn caller(
    request: &HttpRequest,
    visit: &Visit,
    house: &Oidc,
    body: &web::Bytes,
) -> Result<(Proven, Params), Stop> {
    let (form, _) = form(request, body).map_err(|code| match code {
        Code::RequestTooLarge => WireError::invalid("the request is too large"),
        _ => WireError::invalid("the request is not a well-formed form"),
    })?;
    if form.repeated().is_some() {
        return Err(WireError::invalid("a parameter stands there twice").into());
    }
    let authorization = authorization(request)?;
    let client = house.client(&visit.ctx, authorization, &form).await?;
    Ok((client, form))
}

fn authorization(request: &HttpRequest) -> Result<Option<&str>, WireError> {
    let mut all = request.headers().get_all(header::AUTHORIZATION);
    match (all.next(), all.next()) {
        (None, _) => Ok(None),
        (Some(one), None) => one
            .to_str()
            .map(Some)
            .map_err(|_| WireError::invalid("the Authorization header cannot be read")),
        _ => Err(WireError::invalid("the Authorization header stands there twice")),
    }
}

async fn userinfo(request: HttpRequest, visit: Visit, house: web::Data<Oidc>, body: web::Bytes) -> HttpResponse {
    let answer = match bearer(&request, &body) {
        Ok(token) => house.userinfo(&visit.ctx, &token).await,
        Err(error) => Err(error.into()),
    };
    let mut response = match answer {
        Ok(claims) => json(StatusCode::OK, &claims),
        Err(stop) => refuse_bearer(&request, &visit, stop),
    };
    share(&request, &house, &mut response);
    response
}

/// RFC 6750 §2.1 and §2.2: in the header, or in the form of a POST; never in an address.
fn bearer(request: &HttpRequest, body: &web::Bytes) -> Result<String, WireError> {
    const NONE: WireError = WireError::new(ErrorCode::InvalidToken, "an access token is needed");
    let header = authorization(request)?;
    let in_form = if request.method() == actix_web::http::Method::POST && !body.is_empty() {
        let (form, _) = form(request, body).map_err(|_| WireError::invalid("the request is not a well-formed form"))?;
        if form.repeated().is_some() {
            return Err(WireError::invalid("a parameter stands there twice"));
        }
        form.get("access_token").map(str::to_owned)
    } else {
        None
    };
    match (header, in_form) {
        (Some(_), Some(_)) => Err(WireError::invalid("the access token stands there twice")),
        (None, None) => Err(NONE),
        (None, Some(token)) => Ok(token),
        (Some(header), None) => bearer_in(header).map(str::to_owned).ok_or(NONE),
    }
}

async fn introspect(request: HttpRequest, visit: Visit, house: web::Data<Oidc>, body: web::Bytes) -> HttpResponse {
    let answer = async {
        let (client, form) = caller(&request, &visit, &house, &body).await?;
        house.introspect(&visit.ctx, &client.confidential()?, &form).await
    };
    match answer.await {
        Ok(answer) => json(StatusCode::OK, &answer),
        Err(stop) => refuse(&request, &visit, stop),
    }
}

async fn revoke(request: HttpRequest, visit: Visit, house: web::Data<Oidc>, body: web::Bytes) -> HttpResponse {
    let answer = async {
        let (client, form) = caller(&request, &visit, &house, &body).await?;
        house.revoke(&visit.ctx, &client, &form).await
    };
    let mut response = match answer.await {
        Ok(()) => json(StatusCode::OK, &serde_json::json!({})),
        Err(stop) => refuse(&request, &visit, stop),
    };
    share(&request, &house, &mut response);
    response
}

fn json(status: StatusCode, body: &impl Serialize) -> HttpResponse {
    let mut response = respond::json(status, body);
    response
        .headers_mut()
        .insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    response
}

fn refuse(request: &HttpRequest, visit: &Visit, stop: Stop) -> HttpResponse {
    let error = match wire(stop) {
        Ok(error) => error,
        Err(fault) => return broken(visit, &fault),
    };
    respond::note(visit, "party", error.code.as_str());
    let mut response = failed(&error);
    // RFC 6749 §5.2: a client that tried the header is answered in the header.
    if error.code == ErrorCode::InvalidClient && request.headers().contains_key(header::AUTHORIZATION) {
        let challenge = HeaderValue::from_static("Basic realm=\"token\"");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    }
    response
}

fn refuse_bearer(request: &HttpRequest, visit: &Visit, stop: Stop) -> HttpResponse {
    let error = match wire(stop) {
        Ok(error) => error,
        Err(fault) => return broken(visit, &fault),
    };
    respond::note(visit, "party", error.code.as_str());
    let mut response = failed(&error);
    let tried = request.headers().contains_key(header::AUTHORIZATION) || error.code != ErrorCode::InvalidToken;
    let challenge = if tried {
        format!("Bearer error=\"{}\"", error.code.as_str())
    } else {
        "Bearer".to_owned()
    };
    if let Ok(challenge) = HeaderValue::from_str(&challenge) {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    }
    response
}

fn wire(stop: Stop) -> Result<WireError, crate::fault::Fault> {
    match stop {
        Stop::Wire(error) => Ok(error),
        Stop::Halt(halt) => halt.into_refusal().map(|refusal| WireError::of(&refusal)),
    }
}

fn failed(error: &WireError) -> HttpResponse {
    let status = StatusCode::from_u16(error.code.status()).unwrap_or(StatusCode::BAD_REQUEST);
    let mut response = json(status, error);
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    }
    response
}

/// Logged with its incident number by the same hand as everywhere; the client reads the word of the specification.
fn broken(visit: &Visit, fault: &crate::fault::Fault) -> HttpResponse {
    let _shown_to_nobody = respond::fault(visit, fault);
    failed(&WireError::new(ErrorCode::ServerError, "something broke here"))
}
