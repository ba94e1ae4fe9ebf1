//! How an officers' call is refused: problem details (RFC 9457) with our stable code, the request's id and a text for people.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::web::Bytes;
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::refusal::{Code, Refusal};
use crate::domain::time::Span;
use crate::ra::call::Stop;
use crate::ra::given::Given;
use crate::web::{Visit, respond};

/// A refusal or a fault. Its `type` is `about:blank` (RFC 9457 §4.2.1): `code` says what it is.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Problem {
    /// What the HTTP status is called.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// The stable code; it never changes its meaning.
    #[schema(example = "ra.not_found")]
    code: String,
    /// For people, in the language that `Accept-Language` asks for.
    detail: String,
    /// The member of the body that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'static str>,
    /// The id of the request, as the audit trail and the log have it.
    request: String,
}

const REQUEST_ID: HeaderName = HeaderName::from_static("request-id");

/// An answer, or why there is none.
pub(super) fn answered(visit: &Visit, result: Result<Given, Stop>) -> HttpResponse {
    match result {
        Ok(given) => marked(
            visit,
            HttpResponse::Ok()
                .insert_header((header::CACHE_CONTROL, "no-store"))
                .content_type("application/json")
                // Wiped when the last of it was sent.
                .body(Bytes::from_owner(given.into_text())),
        ),
        Err(Stop::Refused(refusal)) => refused(visit, refusal),
        Err(Stop::Later(wait)) => {
            let response = refused(visit, Code::RaTooMany.into());
            respond::later(response, wait)
        }
        Err(Stop::Fault(fault)) => {
            let _logged = respond::fault(visit, &fault);
            let text = visit
                .say()
                .with("fault-number", "number", visit.ctx.request_id.as_str());
            problem(visit, StatusCode::INTERNAL_SERVER_ERROR, "fault", text, None)
        }
    }
}

/// A refusal.
pub(super) fn refused(visit: &Visit, refusal: Refusal) -> HttpResponse {
    respond::note(visit, "party", refusal.code.as_str());
    let (status, text) = (status_of(refusal.code), visit.say().refusal(&refusal));
    let response = problem(visit, status, refusal.code.as_str(), text, refusal.field);
    match status {
        StatusCode::SERVICE_UNAVAILABLE => respond::later(response, Span::secs(5)),
        _ => response,
    }
}

fn problem(visit: &Visit, status: StatusCode, code: &str, detail: String, field: Option<&'static str>) -> HttpResponse {
    let problem = Problem {
        title: status.canonical_reason().unwrap_or_default(),
        status: status.as_u16(),
        code: code.to_owned(),
        detail,
        field,
        request: visit.ctx.request_id.to_string(),
    };
    let mut response = respond::json(status, &problem);
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    if status == StatusCode::UNAUTHORIZED {
        // RFC 6750 §3: the token, or the officer's assertion beside it.
        headers.insert(
            header::WWW_AUTHENTICATE,
            HeaderValue::from_static("Bearer error=\"invalid_token\""),
        );
    }
    marked(visit, response)
}

fn marked(visit: &Visit, mut response: HttpResponse) -> HttpResponse {
    if let Ok(id) = HeaderValue::from_str(visit.ctx.request_id.as_str()) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// The codes of each status, as the description lists them; every other code is of a field of the body.
pub(super) const STATUSES: [(StatusCode, &[Code]); 9] = [
    (
        StatusCode::UNAUTHORIZED,
        &[Code::RaToken, Code::RaAssertion, Code::RaReplayed],
    ),
    (
        StatusCode::FORBIDDEN,
        &[Code::RaScope, Code::RaRole, Code::RaOwnCase, Code::RaProof],
    ),
    (
        StatusCode::NOT_FOUND,
        &[
            Code::RaNotFound,
            Code::KeycardNotFound,
            Code::TokenNotFound,
            Code::AppUnknown,
            Code::PasskeyUnknown,
            Code::VoiceUnknown,
            Code::RequestNotFound,
        ],
    ),
    (StatusCode::METHOD_NOT_ALLOWED, &[Code::RequestMethod]),
    (
        StatusCode::CONFLICT,
        &[
            Code::EidState,
            Code::PasswordState,
            Code::KeycardState,
            Code::KeycardEnough,
            Code::TokenState,
            Code::TokenInUse,
            Code::QuestionsUnfit,
            Code::QuestionsFew,
            Code::QuestionsRest,
            Code::QuestionsOver,
            Code::OrderHasEid,
            Code::OrderCustomerTaken,
            Code::CertificateNone,
        ],
    ),
    (StatusCode::PAYLOAD_TOO_LARGE, &[Code::RequestTooLarge]),
    (StatusCode::UNPROCESSABLE_ENTITY, &[Code::RaKeyReused, Code::Oces004]),
    (StatusCode::TOO_MANY_REQUESTS, &[Code::RaTooMany]),
    (
        StatusCode::SERVICE_UNAVAILABLE,
        &[Code::RequestUnavailable, Code::RegisterUnavailable, Code::Oces005],
    ),
];

fn status_of(code: Code) -> StatusCode {
    match STATUSES.iter().find(|(_, codes)| codes.contains(&code)) {
        Some((status, _)) => *status,
        None if code.is_of_an_order() => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::BAD_REQUEST,
    }
}
