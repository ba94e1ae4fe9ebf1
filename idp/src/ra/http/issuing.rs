//! The calls by which eIDs are issued, linked, opened for public use and handed over.

use actix_web::HttpResponse;

use super::read::Call;
use crate::ra::ask::RoundView;
use crate::ra::ask_person::{AnswersOfPersonWish, AskPersonWish};
use crate::ra::collect::CollectWish;
use crate::ra::order::{IssueWish, IssuedView};
use crate::ra::people::EidView;
use crate::ra::pid::{PidView, PidWish};
use crate::ra::widen::{LinkWish, LinkedView, PublicWish};

/// Issues an eID: person, eID, key card and activation password in one act, by what the law of proofing allows.
#[utoipa::path(
    post, path = "/api/ra/v1/orders", tag = "orders", operation_id = "issue", request_body = IssueWish,
    responses((status = 200, description = "What was issued, and what its holder is to be told", body = IssuedView))
)]
pub(super) async fn issue(call: Call<IssueWish>) -> HttpResponse {
    call.answered().await
}

/// Begins a round of control questions about somebody who has no eID yet.
#[utoipa::path(
    post, path = "/api/ra/v1/people/questions", tag = "orders", operation_id = "askPerson", request_body = AskPersonWish,
    responses((status = 200, description = "The round", body = RoundView))
)]
pub(super) async fn ask(call: Call<AskPersonWish>) -> HttpResponse {
    call.answered().await
}

/// Judges what the person said; a passed round is good for one order of the same officer.
#[utoipa::path(
    post, path = "/api/ra/v1/people/answers", tag = "orders", operation_id = "answerPerson",
    request_body = AnswersOfPersonWish,
    responses((status = 200, description = "How the round stands", body = RoundView))
)]
pub(super) async fn answer(call: Call<AnswersOfPersonWish>) -> HttpResponse {
    call.answered().await
}

/// Hands over what waits at this desk and was printed.
#[utoipa::path(
    post, path = "/api/ra/v1/eids/{eid}/collect", tag = "orders", operation_id = "collect", request_body = CollectWish,
    params(("eid" = String, Path, description = "The eID's id, as people/find gives it")),
    responses((status = 200, description = "How the eID stands now", body = EidView))
)]
pub(super) async fn collect(call: Call<CollectWish>) -> HttpResponse {
    call.answered().await
}

/// Opens a netbank-only eID for use outside netbank, as its holder wishes at a desk.
#[utoipa::path(
    post, path = "/api/ra/v1/eids/{eid}/public", tag = "orders", operation_id = "beginPublicUse",
    request_body = PublicWish,
    params(("eid" = String, Path, description = "The eID's id, as people/find gives it")),
    responses((status = 200, description = "How the eID stands now", body = EidView))
)]
pub(super) async fn begin_public_use(call: Call<PublicWish>) -> HttpResponse {
    call.answered().await
}

/// Links an eID that somebody else issued to the RA's bank.
#[utoipa::path(
    post, path = "/api/ra/v1/links", tag = "orders", operation_id = "linkBank", request_body = LinkWish,
    responses((status = 200, description = "The eID, and what the bank calls its holder", body = LinkedView))
)]
pub(super) async fn link(call: Call<LinkWish>) -> HttpResponse {
    call.answered().await
}

/// The public number (PID) of somebody with a CPR number: found again, or made now unless `create` is false.
#[utoipa::path(
    post, path = "/api/ra/v1/pids", tag = "orders", operation_id = "pidForCpr", request_body = PidWish,
    responses((status = 200, description = "The public number", body = PidView))
)]
pub(super) async fn pid(call: Call<PidWish>) -> HttpResponse {
    call.answered().await
}
