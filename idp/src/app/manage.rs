//! The management listener: for the operator and the load balancer, never for the public. Health, readiness, metrics; the clock of a demo.

use actix_web::{HttpResponse, web};
use serde::Deserialize;

use super::server::is_ready;
use super::{House, gauges};
use crate::work::Work;

/// Mounts the management routes.
pub(super) fn mount(config: &mut web::ServiceConfig) {
    config
        .route("/health/live", web::get().to(live))
        .route("/health/ready", web::get().to(ready))
        .route("/metrics", web::get().to(metrics))
        .route("/demo/clock", web::post().to(set_clock));
}

async fn live() -> HttpResponse {
    HttpResponse::Ok().json(serde_json::json!({ "status": "live" }))
}

async fn ready(house: web::Data<House>) -> HttpResponse {
    let health = is_ready(&house).await;
    if health.is_ready() {
        HttpResponse::Ok().json(&health)
    } else {
        HttpResponse::ServiceUnavailable().json(&health)
    }
}

async fn metrics(house: web::Data<House>, work: web::Data<Work>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4; charset=utf-8")
        .body(gauges::read(&house, &work))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Offset {
    offset_seconds: i64,
}

/// Moves the demo's clock; there is no such address in production.
async fn set_clock(house: web::Data<House>, offset: web::Json<Offset>) -> HttpResponse {
    if !house.settings.is_demo() {
        return HttpResponse::NotFound().finish();
    }
    house.clock.set_offset(offset.offset_seconds);
    HttpResponse::Ok().json(serde_json::json!({ "offset_seconds": house.clock.offset() }))
}
