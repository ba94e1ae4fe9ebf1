//! `/api/…`: the officers' API and its description (docs/integrate/ra.md). Parses, calls, renders; decides nothing.

mod described;
mod issuing;
mod printing;
mod problem;
mod read;
mod routes;

use actix_web::{HttpResponse, web};

pub use described::document;

use super::Desk;
use crate::domain::refusal::Code;
use crate::web::{Document, Visit, respond};

/// Where the API is.
const BASE: &str = "/api/ra/v1";

/// Mounts the slice.
pub fn mount(config: &mut web::ServiceConfig, desk: &Desk, description: &Document) {
    config
        .app_data(web::Data::new(desk.clone()))
        .service(
            web::resource(description.path())
                .app_data(web::Data::new(description.clone()))
                .route(web::get().to(describe)),
        )
        .service(routes::mount(web::scope(BASE)).default_service(web::to(nothing_here)));
}

async fn describe(request: actix_web::HttpRequest, visit: Visit, description: web::Data<Document>) -> HttpResponse {
    let answer = description.answer(request.headers(), visit.ctx.now);
    answer.unwrap_or_else(|fault| respond::fault(&visit, &fault))
}

async fn nothing_here(visit: Visit) -> HttpResponse {
    problem::refused(&visit, Code::RequestNotFound.into())
}

#[cfg(test)]
mod tests;
