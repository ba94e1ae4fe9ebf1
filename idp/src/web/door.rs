//! What every request passes: who it comes from, its `Visit`, the security headers, a calm page for what no route answered,
//! CORS for the operator's own log-in pages. Knows no route but the log-in's prefix.

use std::fmt;

use actix_web::{
    Error, HttpMessage, HttpResponse, ResponseError,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        ConnectionType, Method, StatusCode,
        header::{self, HeaderMap, HeaderValue},
    },
    middleware::Next,
    web,
};

use super::{body, cookies::Name, flood::Reach, line::Traffic, respond, site::Site, source, visit::Visit};
use crate::{
    domain::{
        refusal::{Code, Refusal},
        time::Span,
    },
    shed::{self, Cause},
};

/// Requests at a time on one connection (HTTP/2; HTTP/1 has one).
const AT_ONCE: u32 = 64;

const LOG_IN: &str = "/login/";
/// Where an answer costs a password hash, a try at a short secret, or a row.
const COSTLY: [&str; 6] = [
    LOG_IN,
    "/self-service/password",
    "/activate",
    "/app/bind",
    "/order/online",
    "/self-service/extend",
];

/// A route was mounted outside of the door.
#[derive(Debug, Clone, Copy)]
pub struct NoDoor;

impl fmt::Display for NoDoor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the request did not come through the door")
    }
}

impl ResponseError for NoDoor {
    fn status_code(&self) -> StatusCode {
        StatusCode::INTERNAL_SERVER_ERROR
    }
}

/// The outermost middleware but the log's. `App::wrap(middleware::from_fn(web::door))`.
///
/// # Errors
/// None of its own.
pub async fn door(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let Some(site) = request.app_data::<web::Data<Site>>().map(|site| site.as_ref().clone()) else {
        return Ok(request.error_response(NoDoor));
    };
    let visit = Visit::new(&site, &request);
    let traffic = request.conn_data::<Traffic>().cloned().unwrap_or_default();
    let crowded = traffic.under_way() > AT_ONCE;
    let body = body::timed(&mut request, site.request_time());
    let cross = Cross::of(&site, &request);
    let preflight = cross.is_some() && request.method() == Method::OPTIONS;
    // By itself too: the log knows nothing of visits.
    request.extensions_mut().insert(visit.ctx.request_id.clone());
    request.extensions_mut().insert(visit.clone());
    let mut response = if came_in_the_clear(&site, &request) {
        request.into_response(plain_text(StatusCode::FORBIDDEN, "https only\n"))
    } else if crowded {
        shed::note(Cause::Streams);
        request.into_response(respond::unavailable(&visit))
    } else if let Some(wait) = flooded(&visit, &request) {
        request.into_response(respond::busy(&visit, wait))
    } else if preflight {
        request.into_response(HttpResponse::NoContent().finish())
    } else {
        let answered = next.call(request).await;
        if body.has_rest() {
            traffic.leaves_a_rest();
        }
        match answered {
            Ok(response) => response.map_into_boxed_body(),
            // An extractor's refusal or a broken body: the request is gone with it.
            Err(error) => return Err(Rejected::wrap(&visit, &error).into()),
        }
    };
    if body.has_rest() {
        traffic.leaves_a_rest();
    }
    if body.is_cut() {
        response = response.into_response(page_for(&visit, StatusCode::REQUEST_TIMEOUT));
        response
            .response_mut()
            .head_mut()
            .set_connection_type(ConnectionType::Close);
    } else if response.status() == StatusCode::PAYLOAD_TOO_LARGE {
        shed::note(Cause::BodyLarge);
    }
    if is_bare(response.response()) {
        response = calm(&visit, response);
    }
    dress(&site, response.headers_mut(), cross.as_ref());
    Ok(response)
}

/// A request over plain HTTP from somewhere that is neither this machine nor a named proxy.
#[must_use]
pub fn came_in_the_clear(site: &Site, request: &ServiceRequest) -> bool {
    let from_outside = |peer: std::net::SocketAddr| source::plain_is_fine(peer.ip(), site.trusted()).is_err();
    !site.ends_tls() && request.peer_addr().is_some_and(from_outside)
}

/// The path as routes are found by it: a letter that was written as `%6C` is that letter. Judged by anything else, a door could be
/// reached under a name that its guard does not know.
#[must_use]
pub fn path(request: &ServiceRequest) -> &str {
    request.match_info().as_str()
}

/// Answers to the log-in cost a hash: the dam is asked before anything else is. Whoever shows something of a known device is
/// counted by address alone, until it is looked at (`Visit::is_flooding`).
fn flooded(visit: &Visit, request: &ServiceRequest) -> Option<Span> {
    let costly = request.method() == Method::POST && COSTLY.iter().any(|prefix| path(request).starts_with(prefix));
    let source = visit.ctx.caller.source.filter(|_| costly)?;
    // Only the log-in looks at the device, and holds a stranger to account after all.
    let shows_device =
        path(request).starts_with(LOG_IN) && request.cookie(&visit.site.jar().name(Name::Device)).is_some();
    let reach = if shows_device { Reach::Address } else { Reach::All };
    visit.site.flood().admit(source, reach, visit.ctx.now).err()
}

fn plain_text(status: StatusCode, text: &'static str) -> HttpResponse {
    HttpResponse::build(status)
        .content_type("text/plain; charset=utf-8")
        .body(text)
}

/// An error that the framework made (no content type, or its own plain text), not one of ours.
fn is_bare(response: &HttpResponse) -> bool {
    let status = response.status();
    let ours = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| !kind.as_bytes().starts_with(b"text/plain"));
    (status.is_client_error() || status.is_server_error()) && !ours && status != StatusCode::FORBIDDEN
}

/// The same answer as a page or JSON.
fn calm(visit: &Visit, response: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
    let allow = response.headers().get(header::ALLOW).cloned();
    let mut page = page_for(visit, response.status());
    if let Some(allow) = allow {
        page.headers_mut().insert(header::ALLOW, allow);
    }
    response.into_response(page)
}

fn page_for(visit: &Visit, status: StatusCode) -> HttpResponse {
    let code = match status {
        StatusCode::NOT_FOUND => Code::RequestNotFound,
        StatusCode::METHOD_NOT_ALLOWED => Code::RequestMethod,
        StatusCode::PAYLOAD_TOO_LARGE | StatusCode::URI_TOO_LONG => Code::RequestTooLarge,
        StatusCode::REQUEST_TIMEOUT => Code::RequestTooSlow,
        status if status.is_server_error() && status != StatusCode::SERVICE_UNAVAILABLE => {
            return respond::fault(visit, &crate::fault::Fault::bare(format!("answered {status}")));
        }
        StatusCode::SERVICE_UNAVAILABLE => Code::RequestUnavailable,
        _ => Code::RequestMalformed,
    };
    respond::refusal(visit, &Refusal::new(code))
}

/// A request that was refused before a handler saw it.
struct Rejected {
    status: StatusCode,
    visit: Visit,
}

impl Rejected {
    fn wrap(visit: &Visit, error: &Error) -> Self {
        Self {
            status: error.as_response_error().status_code(),
            visit: visit.clone(),
        }
    }
}

impl fmt::Debug for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rejected with {}", self.status)
    }
}

impl ResponseError for Rejected {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = page_for(&self.visit, self.status);
        dress(&self.visit.site, response.headers_mut(), None);
        response
    }
}

fn dress(site: &Site, headers: &mut HeaderMap, cross: Option<&Cross>) {
    respond::secure(headers, site.public_url().is_https());
    if let Some(cross) = cross {
        cross.dress(headers);
    }
}

/// A request from the operator's own log-in pages (`login.ui_url`), to the log-in and nowhere else.
struct Cross {
    origin: Option<HeaderValue>,
}

impl Cross {
    fn of(site: &Site, request: &ServiceRequest) -> Option<Self> {
        if !path(request).starts_with(LOG_IN) {
            return None;
        }
        let origin = request.headers().get(header::ORIGIN).filter(|origin| {
            site.ui_url()
                .is_some_and(|ui| ui.as_str().as_bytes() == origin.as_bytes())
        });
        Some(Self {
            origin: origin.cloned(),
        })
    }

    fn dress(&self, headers: &mut HeaderMap) {
        headers.insert(header::VARY, HeaderValue::from_static("Origin, Accept"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        let Some(origin) = &self.origin else { return };
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        headers.insert(
            header::ACCESS_CONTROL_ALLOW_CREDENTIALS,
            HeaderValue::from_static("true"),
        );
        headers.insert(
            header::ACCESS_CONTROL_ALLOW_METHODS,
            HeaderValue::from_static("GET, POST"),
        );
        headers.insert(
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            HeaderValue::from_static("Content-Type"),
        );
    }
}
