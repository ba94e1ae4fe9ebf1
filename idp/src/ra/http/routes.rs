//! Each call of the API: what it takes, what it gives, and the act behind it.

use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, Scope, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::printing;
use super::problem::{answered, refused};
use super::read::{self, Body};
use crate::ctx::Ctx;
use crate::domain::officer::{Act, Role};
use crate::domain::refusal::Code;
use crate::ra::Desk;
use crate::ra::ask::{self as questions, AnswersWish, AskWish, RoundView};
use crate::ra::call::{Case, Done, Facts, Officer};
use crate::ra::lift::{ActivationWish, CardWish, HandOverWish, OpenWish, activation, card, hand_over, lift};
use crate::ra::people::{EidView, FindWish, PersonView, find};
use crate::ra::stop::{StopWish, stop};
use crate::storage::Tx;
use crate::web::Visit;

/// Mounts them.
pub(super) fn mount(scope: Scope) -> Scope {
    let only = |resource: actix_web::Resource| resource.default_service(web::to(wrong_method));
    scope
        .service(only(web::resource("/officer").route(web::get().to(who_am_i))))
        .service(only(web::resource("/people/find").route(web::post().to(find_person))))
        .service(only(web::resource("/eids/{eid}/block").route(web::post().to(block))))
        .service(only(web::resource("/eids/{eid}/open").route(web::post().to(open))))
        .service(only(
            web::resource("/eids/{eid}/activation").route(web::post().to(order_activation)),
        ))
        .service(only(
            web::resource("/print/batches").route(web::post().to(printing::take_batch)),
        ))
        .service(only(
            web::resource("/print/letters").route(web::post().to(printing::fetch_letter)),
        ))
        .service(only(
            web::resource("/print/posted").route(web::post().to(printing::note_posted)),
        ))
        .service(only(
            web::resource("/eids/{eid}/cards").route(web::post().to(order_card)),
        ))
        .service(only(
            web::resource("/eids/{eid}/hand-over").route(web::post().to(hand_over_card)),
        ))
        .service(only(web::resource("/eids/{eid}/questions").route(web::post().to(ask))))
        .service(only(web::resource("/eids/{eid}/answers").route(web::post().to(answer))))
}

/// RFC 9110 §15.5.6: with the method that is taken.
async fn wrong_method(request: HttpRequest, visit: Visit) -> HttpResponse {
    let mut response = refused(&visit, Code::RequestMethod.into());
    let taken = if request.path().ends_with("/officer") {
        "GET"
    } else {
        "POST"
    };
    response
        .headers_mut()
        .insert(header::ALLOW, HeaderValue::from_static(taken));
    response
}

/// Who calls, as we understood it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OfficerView {
    /// The RA.
    ra: String,
    /// The officer.
    officer: String,
    /// `support`, `registrar` or `printer`.
    role: &'static str,
    /// What the role may do.
    may: Vec<&'static str>,
}

/// Says who calls, as we understood it: to try keys and assertions with.
#[utoipa::path(
    get, path = "/api/ra/v1/officer", tag = "officer", operation_id = "officer",
    responses((status = 200, description = "Who calls", body = OfficerView))
)]
pub(super) async fn who_am_i(request: HttpRequest, visit: Visit, desk: web::Data<Desk>) -> HttpResponse {
    let head = read::head(&request, &visit);
    let result = desk
        .run(&visit.ctx, &head, Act::Look, read::bare(), |_, _, officer, _, (), _| {
            Ok(Done {
                body: OfficerView {
                    ra: officer.ra.id.clone(),
                    officer: officer.id.to_string(),
                    role: officer.role.as_str(),
                    may: may(officer.role),
                },
                about: None,
                detail: String::new(),
            })
        })
        .await;
    answered(&visit, result)
}

fn may(role: Role) -> Vec<&'static str> {
    let acts = Act::ALL.into_iter().filter(|act| role.may(*act));
    acts.map(Act::as_str).collect()
}

/// Finds one person by CPR number or eID number, with the eIDs that are a matter of this RA.
#[utoipa::path(
    post, path = "/api/ra/v1/people/find", tag = "people", operation_id = "findPerson", request_body = FindWish,
    responses((status = 200, description = "The person", body = PersonView))
)]
pub(super) async fn find_person(request: HttpRequest, visit: Visit, desk: web::Data<Desk>, body: Body) -> HttpResponse {
    let head = read::head(&request, &visit);
    let wish = read::question::<FindWish>(&request, body);
    answered(&visit, desk.run(&visit.ctx, &head, Act::Find, wish, find).await)
}

/// Stops the password, a card, a token, an app or the whole eID.
#[utoipa::path(
    post, path = "/api/ra/v1/eids/{eid}/block", tag = "eids", operation_id = "block", request_body = StopWish,
    params(("eid" = String, Path, description = "The eID's id, as people/find gives it")),
    responses((status = 200, description = "How the eID stands now", body = EidView))
)]
pub(super) async fn block(
    request: HttpRequest,
    visit: Visit,
    desk: web::Data<Desk>,
    eid: web::Path<String>,
    body: Body,
) -> HttpResponse {
    let head = read::head(&request, &visit);
    let wish = read::act::<StopWish>(&request, &visit, &eid, body);
    answered(&visit, desk.run(&visit.ctx, &head, Act::Block, wish, stop).await)
}

/// Opens a blocked eID, password, token or strangers' lane again, for somebody who has shown who they are.
#[utoipa::path(
    post, path = "/api/ra/v1/eids/{eid}/open", tag = "eids", operation_id = "open", request_body = OpenWish,
    params(("eid" = String, Path, description = "The eID's id, as people/find gives it")),
    responses((status = 200, description = "How the eID stands now", body = EidView))
)]
pub(super) async fn open(
    request: HttpRequest,
    visit: Visit,
    desk: web::Data<Desk>,
    eid: web::Path<String>,
    body: Body,
) -> HttpResponse {
    let head = read::head(&request, &visit);
    let wish = read::act::<OpenWish>(&request, &visit, &eid, body);
    answered(&visit, desk.run(&visit.ctx, &head, Act::Open, wish, lift).await)
}

/// Orders an activation password for somebody who has shown who they are; until it is used, the eID serves for nothing.
#[utoipa::path(
    post, path = "/api/ra/v1/eids/{eid}/activation", tag = "eids", operation_id = "orderActivation",
    request_body = ActivationWish,
    params(("eid" = String, Path, description = "The eID's id, as people/find gives it")),
    responses((status = 200, description = "How the eID stands now", body = EidView))
)]
pub(super) async fn order_activation(
    request: HttpRequest,
    visit: Visit,
    desk: web::Data<Desk>,
    eid: web::Path<String>,
    body: Body,
) -> HttpResponse {
    let head = read::head(&request, &visit);
    let wish = read::act::<ActivationWish>(&request, &visit, &eid, body);
    let (rules, _) = desk.rules();
    let act = move |tx: &mut Tx<'_>,
                    ctx: &Ctx,
                    officer: &Officer,
                    case: Option<&Case>,
                    wish: &ActivationWish,
                    facts: &Facts| { activation(tx, ctx, (officer, case), (wish, facts), rules) };
    answered(&visit, desk.run(&visit.ctx, &head, Act::Activation, wish, act).await)
}

/// Orders a key card to the registered address, for somebody whose document was seen or whose document's number the register knows.
#[utoipa::path(
    post, path = "/api/ra/v1/eids/{eid}/cards", tag = "eids", operation_id = "orderCard", request_body = CardWish,
    params(("eid" = String, Path, description = "The eID's id, as people/find gives it")),
    responses((status = 200, description = "How the eID stands now", body = EidView))
)]
pub(super) async fn order_card(
    request: HttpRequest,
    visit: Visit,
    desk: web::Data<Desk>,
    eid: web::Path<String>,
    body: Body,
) -> HttpResponse {
    let head = read::head(&request, &visit);
    let wish = read::act::<CardWish>(&request, &visit, &eid, body);
    let (_, limit) = desk.rules();
    let act =
        move |tx: &mut Tx<'_>, ctx: &Ctx, officer: &Officer, case: Option<&Case>, wish: &CardWish, facts: &Facts| {
            card(tx, ctx, (officer, case), (wish, facts), limit)
        };
    answered(&visit, desk.run(&visit.ctx, &head, Act::Card, wish, act).await)
}

/// Hands a printed card over at a desk, to whoever has shown a document with a photo.
#[utoipa::path(
    post, path = "/api/ra/v1/eids/{eid}/hand-over", tag = "eids", operation_id = "handOver", request_body = HandOverWish,
    params(("eid" = String, Path, description = "The eID's id, as people/find gives it")),
    responses((status = 200, description = "How the eID stands now", body = EidView))
)]
pub(super) async fn hand_over_card(
    request: HttpRequest,
    visit: Visit,
    desk: web::Data<Desk>,
    eid: web::Path<String>,
    body: Body,
) -> HttpResponse {
    let head = read::head(&request, &visit);
    let wish = read::act::<HandOverWish>(&request, &visit, &eid, body);
    answered(&visit, desk.run(&visit.ctx, &head, Act::Card, wish, hand_over).await)
}

/// Begins a round of control questions; what is to be read out to the person.
#[utoipa::path(
    post, path = "/api/ra/v1/eids/{eid}/questions", tag = "eids", operation_id = "askQuestions", request_body = AskWish,
    params(("eid" = String, Path, description = "The eID's id, as people/find gives it")),
    responses((status = 200, description = "The round", body = RoundView))
)]
pub(super) async fn ask(
    request: HttpRequest,
    visit: Visit,
    desk: web::Data<Desk>,
    eid: web::Path<String>,
    body: Body,
) -> HttpResponse {
    let head = read::head(&request, &visit);
    let wish = read::act::<AskWish>(&request, &visit, &eid, body);
    answered(
        &visit,
        desk.run(&visit.ctx, &head, Act::Ask, wish, questions::begin).await,
    )
}

/// Judges what the person said; a passed round is good for one act of the same officer.
#[utoipa::path(
    post, path = "/api/ra/v1/eids/{eid}/answers", tag = "eids", operation_id = "answerQuestions", request_body = AnswersWish,
    params(("eid" = String, Path, description = "The eID's id, as people/find gives it")),
    responses((status = 200, description = "How the round stands", body = RoundView))
)]
pub(super) async fn answer(
    request: HttpRequest,
    visit: Visit,
    desk: web::Data<Desk>,
    eid: web::Path<String>,
    body: Body,
) -> HttpResponse {
    let head = read::head(&request, &visit);
    let wish = read::act::<AnswersWish>(&request, &visit, &eid, body);
    answered(
        &visit,
        desk.run(&visit.ctx, &head, Act::Ask, wish, questions::answer).await,
    )
}
