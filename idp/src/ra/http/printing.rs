//! The calls of the print queue.

use actix_web::{HttpRequest, HttpResponse, web};

use super::problem::answered;
use super::read::{self, Body};
use crate::domain::officer::Act;
use crate::ra::Desk;
use crate::ra::queue::{BatchView, BatchWish, LetterView, LetterWish, PostedView, PostedWish, posted, show, take};
use crate::web::Visit;

/// Takes what waits to be printed, oldest first; it is printed from then on.
#[utoipa::path(
    post, path = "/api/ra/v1/print/batches", tag = "print", operation_id = "takeBatch", request_body = BatchWish,
    responses((status = 200, description = "The letters of the batch", body = BatchView))
)]
pub(super) async fn take_batch(request: HttpRequest, visit: Visit, desk: web::Data<Desk>, body: Body) -> HttpResponse {
    let head = read::head(&request, &visit);
    let wish = read::order::<BatchWish>(&request, &visit, body);
    answered(&visit, desk.run(&visit.ctx, &head, Act::Print, wish, take).await)
}

/// Gives one letter of a batch, while it was not posted; each time is recorded.
#[utoipa::path(
    post, path = "/api/ra/v1/print/letters", tag = "print", operation_id = "fetchLetter", request_body = LetterWish,
    responses((status = 200, description = "The letter", body = LetterView))
)]
pub(super) async fn fetch_letter(
    request: HttpRequest,
    visit: Visit,
    desk: web::Data<Desk>,
    body: Body,
) -> HttpResponse {
    let head = read::head(&request, &visit);
    let wish = read::question::<LetterWish>(&request, body);
    answered(&visit, desk.run(&visit.ctx, &head, Act::Print, wish, show).await)
}

/// Notes that letters were handed to the post: nothing of them is shown again.
#[utoipa::path(
    post, path = "/api/ra/v1/print/posted", tag = "print", operation_id = "notePosted", request_body = PostedWish,
    responses((status = 200, description = "How many were noted", body = PostedView))
)]
pub(super) async fn note_posted(request: HttpRequest, visit: Visit, desk: web::Data<Desk>, body: Body) -> HttpResponse {
    let head = read::head(&request, &visit);
    let wish = read::order::<PostedWish>(&request, &visit, body);
    answered(&visit, desk.run(&visit.ctx, &head, Act::Print, wish, posted).await)
}
