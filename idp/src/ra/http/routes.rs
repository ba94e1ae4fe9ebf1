//! Each call of the API: what it takes and what it gives. What is done stands with the wish (`Wanted`).

use std::future::ready;

use actix_web::dev::Handler;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{FromRequest, HttpResponse, Resource, Responder, Scope, web};

use super::issuing;
use super::printing::{fetch_letter, note_posted, take_batch};
use super::problem::refused;
use super::read::Call;
use crate::domain::refusal::Code;
use crate::ra::ask::{AnswersWish, AskWish, RoundView};
use crate::ra::company::{CompanyView, CompanyWish};
use crate::ra::lift::{ActivationWish, CardWish, HandOverWish, OpenWish};
use crate::ra::myself::{LookWish, OfficerView};
use crate::ra::people::{EidView, FindWish, PersonView};
use crate::ra::stop::StopWish;
use crate::web::Visit;

/// Mounts them.
pub(super) fn mount(scope: Scope) -> Scope {
    scope
        .service(get("/officer", who_am_i))
        .service(post("/people/find", find_person))
        .service(post("/eids/{eid}/block", block))
        .service(post("/eids/{eid}/open", open))
        .service(post("/eids/{eid}/activation", order_activation))
        .service(post("/eids/{eid}/cards", order_card))
        .service(post("/eids/{eid}/hand-over", hand_over_card))
        .service(post("/eids/{eid}/questions", ask))
        .service(post("/eids/{eid}/answers", answer))
        .service(post("/orders", issuing::issue))
        .service(post("/people/questions", issuing::ask))
        .service(post("/people/answers", issuing::answer))
        .service(post("/eids/{eid}/collect", issuing::collect))
        .service(post("/eids/{eid}/public", issuing::begin_public_use))
        .service(post("/links", issuing::link))
        .service(post("/pids", issuing::pid))
        .service(post("/companies/find", find_company))
        .service(post("/print/batches", take_batch))
        .service(post("/print/letters", fetch_letter))
        .service(post("/print/posted", note_posted))
}

/// A call by GET.
fn get<H, A>(path: &str, call: H) -> Resource
where
    H: Handler<A, Output: Responder + 'static>,
    A: FromRequest + 'static,
{
    only("GET", web::resource(path).route(web::get().to(call)))
}

/// A call by POST.
fn post<H, A>(path: &str, call: H) -> Resource
where
    H: Handler<A, Output: Responder + 'static>,
    A: FromRequest + 'static,
{
    only("POST", web::resource(path).route(web::post().to(call)))
}

/// RFC 9110 §15.5.6: any other method is refused with the one that is taken.
fn only(method: &'static str, resource: Resource) -> Resource {
    resource.default_service(web::to(move |visit: Visit| {
        let mut response = refused(&visit, Code::RequestMethod.into());
        let taken = HeaderValue::from_static(method);
        response.headers_mut().insert(header::ALLOW, taken);
        ready(response)
    }))
}

/// Says who calls, as we understood it: to try keys and assertions with.
#[utoipa::path(
    get, path = "/api/ra/v1/officer", tag = "officer", operation_id = "officer",
    responses((status = 200, description = "Who calls", body = OfficerView))
)]
pub(super) async fn who_am_i(call: Call<LookWish>) -> HttpResponse {
    call.answered().await
}

/// Finds one person by CPR number or eID number, with the eIDs that are a matter of this RA.
#[utoipa::path(
    post, path = "/api/ra/v1/people/find", tag = "people", operation_id = "findPerson", request_body = FindWish,
    responses((status = 200, description = "The person", body = PersonView))
)]
pub(super) async fn find_person(call: Call<FindWish>) -> HttpResponse {
    call.answered().await
}

/// Stops the password, a card, a token, an app or the whole eID.
#[utoipa::path(
    post, path = "/api/ra/v1/eids/{eid}/block", tag = "eids", operation_id = "block", request_body = StopWish,
    params(("eid" = String, Path, description = "The eID's id, as people/find gives it")),
    responses((status = 200, description = "How the eID stands now", body = EidView))
)]
pub(super) async fn block(call: Call<StopWish>) -> HttpResponse {
    call.answered().await
}

/// Opens a blocked eID, password, token or strangers' lane again, for somebody who has shown who they are.
#[utoipa::path(
    post, path = "/api/ra/v1/eids/{eid}/open", tag = "eids", operation_id = "open", request_body = OpenWish,
    params(("eid" = String, Path, description = "The eID's id, as people/find gives it")),
    responses((status = 200, description = "How the eID stands now", body = EidView))
)]
pub(super) async fn open(call: Call<OpenWish>) -> HttpResponse {
    call.answered().await
}

/// Orders an activation password for somebody who has shown who they are; until it is used, the eID serves for nothing.
#[utoipa::path(
    post, path = "/api/ra/v1/eids/{eid}/activation", tag = "eids", operation_id = "orderActivation",
    request_body = ActivationWish,
    params(("eid" = String, Path, description = "The eID's id, as people/find gives it")),
    responses((status = 200, description = "How the eID stands now", body = EidView))
)]
pub(super) async fn order_activation(call: Call<ActivationWish>) -> HttpResponse {
    call.answered().await
}

/// Orders a key card to the registered address, for somebody whose document was seen or whose document's number the register knows.
#[utoipa::path(
    post, path = "/api/ra/v1/eids/{eid}/cards", tag = "eids", operation_id = "orderCard", request_body = CardWish,
    params(("eid" = String, Path, description = "The eID's id, as people/find gives it")),
    responses((status = 200, description = "How the eID stands now", body = EidView))
)]
pub(super) async fn order_card(call: Call<CardWish>) -> HttpResponse {
    call.answered().await
}

/// Hands a printed card over at a desk, to whoever has shown a document with a photo.
#[utoipa::path(
    post, path = "/api/ra/v1/eids/{eid}/hand-over", tag = "eids", operation_id = "handOver", request_body = HandOverWish,
    params(("eid" = String, Path, description = "The eID's id, as people/find gives it")),
    responses((status = 200, description = "How the eID stands now", body = EidView))
)]
pub(super) async fn hand_over_card(call: Call<HandOverWish>) -> HttpResponse {
    call.answered().await
}

/// Begins a round of control questions; what is to be read out to the person.
#[utoipa::path(
    post, path = "/api/ra/v1/eids/{eid}/questions", tag = "eids", operation_id = "askQuestions", request_body = AskWish,
    params(("eid" = String, Path, description = "The eID's id, as people/find gives it")),
    responses((status = 200, description = "The round", body = RoundView))
)]
pub(super) async fn ask(call: Call<AskWish>) -> HttpResponse {
    call.answered().await
}

/// Judges what the person said; a passed round is good for one act of the same officer.
#[utoipa::path(
    post, path = "/api/ra/v1/eids/{eid}/answers", tag = "eids", operation_id = "answerQuestions", request_body = AnswersWish,
    params(("eid" = String, Path, description = "The eID's id, as people/find gives it")),
    responses((status = 200, description = "How the round stands", body = RoundView))
)]
pub(super) async fn answer(call: Call<AnswersWish>) -> HttpResponse {
    call.answered().await
}

/// Looks a company up by its CVR number, and whether a person may sign for it.
#[utoipa::path(
    post, path = "/api/ra/v1/companies/find", tag = "companies", operation_id = "findCompany", request_body = CompanyWish,
    responses((status = 200, description = "The company", body = CompanyView))
)]
pub(super) async fn find_company(call: Call<CompanyWish>) -> HttpResponse {
    call.answered().await
}
