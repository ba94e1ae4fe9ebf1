//! What time it is. The demo's clock can be moved on, here as at the identity provider, so that a test need not wait for
//! eight hours to pass; a real service has no such file.

use std::sync::atomic::{AtomicI64, Ordering};

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;

static OFFSET: AtomicI64 = AtomicI64::new(0);

/// Now, by the demo's clock.
#[expect(clippy::disallowed_methods, reason = "the one place that asks the machine")]
pub fn now() -> DateTime<Utc> {
    Utc::now() + TimeDelta::seconds(OFFSET.load(Ordering::Relaxed))
}

/// How far the demo's clock is to be from the machine's.
#[derive(Deserialize)]
pub struct Offset {
    offset_seconds: i32,
}

/// `POST /demo/clock {"offset_seconds": N}`, from this machine only.
pub async fn set(request: HttpRequest, offset: web::Json<Offset>) -> HttpResponse {
    if !request.peer_addr().is_some_and(|peer| peer.ip().is_loopback()) {
        return HttpResponse::NotFound().finish();
    }
    OFFSET.store(offset.offset_seconds.into(), Ordering::Relaxed);
    HttpResponse::NoContent().finish()
}
