//! The calls of the print queue.

use actix_web::HttpResponse;

use super::read::Call;
use crate::ra::queue::{BatchView, BatchWish, LetterView, LetterWish, PostedView, PostedWish};

/// Takes what waits to be printed, oldest first; it is printed from then on.
#[utoipa::path(
    post, path = "/api/ra/v1/print/batches", tag = "print", operation_id = "takeBatch", request_body = BatchWish,
    responses((status = 200, description = "The letters of the batch", body = BatchView))
)]
pub(super) async fn take_batch(call: Call<BatchWish>) -> HttpResponse {
    call.answered().await
}

/// Gives one letter of a batch, while it was not posted; each time is recorded.
#[utoipa::path(
    post, path = "/api/ra/v1/print/letters", tag = "print", operation_id = "fetchLetter", request_body = LetterWish,
    responses((status = 200, description = "The letter", body = LetterView))
)]
pub(super) async fn fetch_letter(call: Call<LetterWish>) -> HttpResponse {
    call.answered().await
}

/// Notes that letters were handed to the post: nothing of them is shown again.
#[utoipa::path(
    post, path = "/api/ra/v1/print/posted", tag = "print", operation_id = "notePosted", request_body = PostedWish,
    responses((status = 200, description = "How many were noted", body = PostedView))
)]
pub(super) async fn note_posted(call: Call<PostedWish>) -> HttpResponse {
    call.answered().await
}
