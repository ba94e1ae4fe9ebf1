//! One line and one number for each request: method, route pattern, status, duration. Never the path as it was asked for (it
//! holds flow ids), never the query.

use std::time::Instant;

use actix_web::{
    Error, HttpMessage,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{Method, StatusCode},
    middleware::Next,
};

use crate::ctx::RequestId;

/// The outermost middleware: `App::wrap(middleware::from_fn(telemetry::observe))` after all others.
///
/// # Errors
/// None of its own.
pub async fn observe(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    #[expect(clippy::disallowed_methods, reason = "measures, decides nothing")]
    let begun = Instant::now();
    let method = known(request.method());
    let answered = next.call(request).await;
    let seconds = begun.elapsed().as_secs_f64();
    match &answered {
        Ok(response) => {
            let request = response.request();
            let route = request.match_pattern().unwrap_or_else(|| "unmatched".to_owned());
            let id = request.extensions().get::<RequestId>().map(ToString::to_string);
            record(
                method,
                &route,
                response.status(),
                seconds,
                id.as_deref().unwrap_or_default(),
            );
        }
        Err(error) => record(
            method,
            "unmatched",
            error.as_response_error().status_code(),
            seconds,
            "",
        ),
    }
    answered
}

fn record(method: &'static str, route: &str, status: StatusCode, seconds: f64, request_id: &str) {
    number_of(method, route, status).record(seconds);
    line(method, route, status, seconds, request_id);
}

fn number_of(method: &'static str, route: &str, status: StatusCode) -> metrics::Histogram {
    let labels = [
        ("method", method.to_owned()),
        ("route", route.to_owned()),
        ("status", status.as_u16().to_string()),
    ];
    metrics::histogram!("idp_request_seconds", &labels)
}

fn line(method: &'static str, route: &str, status: StatusCode, seconds: f64, request_id: &str) {
    let ms = (seconds * 10_000.0).round() / 10.0;
    let status = status.as_u16();
    log::info!(request_id, method, route, status, ms; "request");
}

/// A route whose answers lie ready: its numbers are found once and not at each request. The line and the numbers are the same.
#[derive(Clone)]
pub struct Quick {
    route: &'static str,
    given: metrics::Histogram,
    unchanged: metrics::Histogram,
}

impl Quick {
    /// GETs of `route`, answered 200 or 304. After [`super::start`].
    #[must_use]
    pub fn new(route: &'static str) -> Self {
        Self {
            route,
            given: number_of("GET", route, StatusCode::OK),
            unchanged: number_of("GET", route, StatusCode::NOT_MODIFIED),
        }
    }

    /// Answered.
    pub fn note(&self, status: StatusCode, begun: Instant, id: &RequestId) {
        let seconds = begun.elapsed().as_secs_f64();
        match status {
            StatusCode::OK => self.given.record(seconds),
            StatusCode::NOT_MODIFIED => self.unchanged.record(seconds),
            other => number_of("GET", self.route, other).record(seconds),
        }
        line("GET", self.route, status, seconds, id.as_str());
    }
}

/// A made-up method must not make a number of its own.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
