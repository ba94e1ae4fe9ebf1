//! Documents that everybody reads are given before anything is made for a request: no visit, no route, no slice. Owns the shelf
//! they lie on; the slices own what they say.

use std::sync::Arc;
use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::Next;
use actix_web::{Error, web};

use crate::ctx::RequestId;
use crate::telemetry::Quick;
use crate::web::{Document, Site, came_in_the_clear};

/// What lies ready. Clones share it.
#[derive(Clone)]
pub(super) struct Shelf(Arc<[(Document, Quick)]>);

impl Shelf {
    pub(super) fn new(documents: Vec<Document>) -> Self {
        let with_numbers = |document: Document| {
            let numbers = Quick::new(document.path());
            (document, numbers)
        };
        Self(documents.into_iter().map(with_numbers).collect())
    }
}

/// The outermost middleware: `App::wrap(from_fn(shelf::give))` after all others. What is not on the shelf, and what the door must
/// look at (a plain request from outside, a document that cannot be made), goes on.
///
/// # Errors
/// None of its own.
pub(super) async fn give(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    #[expect(clippy::disallowed_methods, reason = "measures, decides nothing")]
    let begun = Instant::now();
    let ready = match (
        request.app_data::<web::Data<Shelf>>(),
        request.app_data::<web::Data<Site>>(),
    ) {
        (Some(shelf), Some(site)) if request.method() == Method::GET && !came_in_the_clear(site, &request) => {
            let found = shelf.0.iter().find(|(document, _)| document.path() == request.path());
            found.and_then(|(document, numbers)| {
                let response = document.answer(request.headers(), site.clock().now()).ok()?;
                numbers.note(response.status(), begun, &RequestId::draw(site.rng()));
                Some(response)
            })
        }
        _ => None,
    };
    match ready {
        Some(response) => Ok(request.into_response(response)),
        None => Ok(next.call(request).await?.map_into_boxed_body()),
    }
}
