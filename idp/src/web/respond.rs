//! How an answer leaves the house: status, headers, policy. Owns the security headers and the pages that any slice may need
//! (refusal, fault); never decides why.

use actix_web::{
    HttpResponse, HttpResponseBuilder,
    http::{
        StatusCode,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
    web::Bytes,
};
use serde::Serialize;

use super::{
    accept::Wants,
    cookies::Name,
    csp::Csp,
    json,
    pages::{self, Page},
    visit::Visit,
};
use crate::{
    domain::{
        refusal::{Code, Refusal},
        time::Span,
    },
    fault::Fault,
};

/// Seconds after which a client that was turned away may try again.
const RETRY_AFTER: &str = "5";

/// A page.
#[must_use]
pub fn page(visit: &Visit, status: StatusCode, page: &impl Page) -> HttpResponse {
    let body = match page.render() {
        Ok(body) => body,
        Err(error) => return broken_page(visit, &Fault::new("rendering a page", error)),
    };
    let mut response = builder(status, &page.csp());
    if let Some(locale) = visit.chosen {
        let year = Some(Span::days(365));
        response.cookie(visit.site.jar().set(Name::Language, locale.as_str().to_owned(), year));
    }
    response
        .insert_header((header::CONTENT_LANGUAGE, visit.ctx.locale.as_str()))
        .content_type("text/html; charset=utf-8")
        .body(body)
}

/// JSON.
#[must_use]
pub fn json(status: StatusCode, body: &impl Serialize) -> HttpResponse {
    builder(status, &Csp::Data).json(body)
}

/// 303: the browser goes on with a GET, whatever it came with.
#[must_use]
pub fn see_other(url: &str) -> HttpResponse {
    let mut response = builder(StatusCode::SEE_OTHER, &Csp::Data);
    match HeaderValue::from_str(url) {
        Ok(url) => response.insert_header((header::LOCATION, url)).finish(),
        Err(_) => HttpResponse::BadRequest().finish(),
    }
}

/// A refusal that no party may be told: a page of ours, or JSON.
#[must_use]
pub fn refusal(visit: &Visit, refusal: &Refusal) -> HttpResponse {
    note(visit, "person", refusal.code.as_str());
    let status = status_of(refusal.code);
    let mut response = match visit.wants {
        Wants::Html => page(visit, status, &pages::Refused::new(visit, refusal)),
        Wants::Json => json(status, &json::Refused::new(visit.say(), refusal)),
    };
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER));
    }
    response
}

/// Counts a refusal and writes a line for it: that it was, never whom it met. `told` is `person` or `party`.
pub fn note(visit: &Visit, told: &'static str, code: &'static str) {
    metrics::counter!("idp_refusals_total", "told" => told, "code" => code).increment(1);
    log::info!(request_id = visit.ctx.request_id.as_str(), told, code; "refused");
}

/// For the moment we cannot answer: 503 with Retry-After.
#[must_use]
pub fn unavailable(visit: &Visit) -> HttpResponse {
    refusal(visit, &Refusal::new(Code::RequestUnavailable))
}

/// Too many answers from there: 503, and when to try again.
#[must_use]
pub fn busy(visit: &Visit, wait: Span) -> HttpResponse {
    metrics::counter!("idp_flooded_total").increment(1);
    later(unavailable(visit), wait)
}

/// The same answer, with the time to try again.
#[must_use]
pub fn later(mut response: HttpResponse, wait: Span) -> HttpResponse {
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs().max(1)));
    response
}

/// A picture or a stylesheet; `marked` when it was asked for under an address that changes with its bytes.
#[must_use]
pub fn picture(media: &'static str, bytes: Bytes, marked: bool) -> HttpResponse {
    /// The longest that browsers know.
    const FOR_GOOD: &str = "public, max-age=31536000, immutable";
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, if marked { FOR_GOOD } else { "no-cache" }))
        // A picture may hold no script, whoever opens it on its own.
        .insert_header((
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; sandbox",
        ))
        .content_type(media)
        .body(bytes)
}

/// What stopped an act: a refusal of the law, or the unexpected.
#[must_use]
pub fn stopped(visit: &Visit, stopped: Result<Refusal, Fault>) -> HttpResponse {
    match stopped {
        Ok(reason) => refusal(visit, &reason),
        Err(broken) => fault(visit, &broken),
    }
}

/// The unexpected: logged once, here, under the incident number that the person is shown.
#[must_use]
pub fn fault(visit: &Visit, fault: &Fault) -> HttpResponse {
    let incident = incident(visit, fault);
    let status = StatusCode::INTERNAL_SERVER_ERROR;
    match visit.wants {
        Wants::Html => page(visit, status, &pages::FaultPage::new(visit, &incident)),
        Wants::Json => json(status, &json::Faulty::new(visit.say(), &incident)),
    }
}

/// Not even the page could be made.
fn broken_page(visit: &Visit, fault: &Fault) -> HttpResponse {
    let incident = incident(visit, fault);
    builder(StatusCode::INTERNAL_SERVER_ERROR, &Csp::Data)
        .content_type("text/plain; charset=utf-8")
        .body(visit.say().with("fault-number", "number", incident))
}

fn incident(visit: &Visit, fault: &Fault) -> String {
    let incident = visit.ctx.request_id.as_str();
    log::error!(request_id = incident; "{fault}");
    metrics::counter!("idp_faults_total").increment(1);
    incident.to_owned()
}

/// The HTTP status of a refusal that is shown as a page of its own.
#[must_use]
pub fn status_of(code: Code) -> StatusCode {
    match code {
        Code::RequestNotFound | Code::KeycardNotFound | Code::AppNoQuestion | Code::AppHandover => {
            StatusCode::NOT_FOUND
        }
        Code::RequestMethod => StatusCode::METHOD_NOT_ALLOWED,
        Code::RequestTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Code::RequestTooSlow => StatusCode::REQUEST_TIMEOUT,
        Code::RequestUnavailable | Code::LoginWait | Code::LoginFull | Code::OrderFull => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        Code::AppUnknown | Code::AppSignature | Code::LoginCsrf | Code::LoginWrongBrowser => StatusCode::FORBIDDEN,
        Code::OwnLogIn | Code::OwnAgain => StatusCode::UNAUTHORIZED,
        Code::OrderTooMany => StatusCode::TOO_MANY_REQUESTS,
        _ => StatusCode::BAD_REQUEST,
    }
}

fn builder(status: StatusCode, csp: &Csp) -> HttpResponseBuilder {
    let mut response = HttpResponseBuilder::new(status);
    response
        .insert_header((header::CONTENT_SECURITY_POLICY, csp.header()))
        .insert_header((header::CACHE_CONTROL, "no-store"));
    response
}

/// What every answer carries; what an answer has set itself stays. `strict-origin` and not `no-referrer`: with the latter
/// browsers send `Origin: null` with our own forms.
pub fn secure(headers: &mut HeaderMap, https: bool) {
    const ALWAYS: &[(HeaderName, &str)] = &[
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "strict-origin"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; frame-ancestors 'none'",
        ),
    ];
    for (name, value) in ALWAYS {
        if !headers.contains_key(name) {
            headers.insert(name.clone(), HeaderValue::from_static(value));
        }
    }
    headers.insert(
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), geolocation=(), microphone=()"),
    );
    if https {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=63072000"),
        );
    }
}
