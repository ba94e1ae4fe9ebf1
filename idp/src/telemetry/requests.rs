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
    let labels = [
        ("method", method.to_owned()),
        ("route", route.to_owned()),
        ("status", status.as_u16().to_string()),
    ];
    metrics::histogram!("idp_request_seconds", &labels).record(seconds);
    let ms = (seconds * 10_000.0).round() / 10.0;
    let status = status.as_u16();
    log::info!(request_id, method, route, status, ms; "request");
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
