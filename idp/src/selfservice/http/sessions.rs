//! `/self-service/sessions`: `end` says what is to end (`session-…`, `access-…`, `others`, `all`).

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use askama::Template;

use super::receipt::Receipt;
use super::{Around, either, enter, look, posted, run, section};
use crate::domain::party::OWN;
use crate::domain::refusal::{Code, Refusal};
use crate::login::Ceremony;
use crate::selfservice::account::{Holder, Need};
use crate::selfservice::sessions::{Ended, Sessions, Wish, end_these, read};
use crate::web::cookies::Name;
use crate::web::pages::{Frame, Page};
use crate::web::{Visit, Wants, respond};

pub(super) const PATH: &str = "/self-service/sessions";

#[derive(Debug, Template)]
#[template(path = "own_sessions.html")]
struct SessionsPage {
    frame: Frame,
    around: Around,
    all: Sessions,
    /// Services that could not be told of what has just ended.
    unreached: Vec<String>,
}

impl Page for SessionsPage {}

pub(super) fn mount(config: &mut web::ServiceConfig) {
    config.service(
        web::resource(PATH)
            .name("own_sessions")
            .route(web::get().to(show))
            .route(web::post().to(end)),
    );
}

async fn show(request: HttpRequest, visit: Visit, house: web::Data<Ceremony>) -> HttpResponse {
    let shown = async {
        let holder = enter(&request, &visit, &house, Need::See).await?;
        page(&visit, &house, holder, None).await
    };
    either(shown.await)
}

async fn end(request: HttpRequest, visit: Visit, house: web::Data<Ceremony>, body: web::Bytes) -> HttpResponse {
    either(end_and_tell(&request, &visit, &house, &body).await)
}

async fn end_and_tell(
    request: &HttpRequest,
    visit: &Visit,
    house: &Ceremony,
    body: &[u8],
) -> Result<HttpResponse, HttpResponse> {
    let (holder, typed) = posted(request, visit, house, Need::See, PATH, body).await?;
    let wish = Wish::parse(typed.get("end"));
    let wish = wish.ok_or_else(|| respond::refusal(visit, &Refusal::new(Code::RequestMalformed)))?;
    let (act_house, ctx, act_holder) = (house.clone(), visit.ctx.clone(), holder.clone());
    let ended = run(visit, house, "own.end_sessions", move |tx| {
        end_these(tx, &ctx, &act_house, &act_holder, wish)
    })
    .await?;
    if !ended.this {
        return page(visit, house, holder, Some(ended)).await;
    }
    let mut answer = match visit.wants {
        Wants::Html => respond::page(visit, StatusCode::OK, &Receipt::new(visit, "logged-out")),
        Wants::Json => respond::json(StatusCode::OK, &serde_json::json!({ "done": "ended" })),
    };
    // Our own names and values are always valid in a header.
    let _set = answer.add_cookie(&visit.site.jar().clear(Name::Session(OWN)));
    Ok(answer)
}

/// The list as it is now; after an act, with what came of it.
async fn page(
    visit: &Visit,
    house: &Ceremony,
    holder: Holder,
    ended: Option<Ended>,
) -> Result<HttpResponse, HttpResponse> {
    let key = ended.as_ref().map(|_| "own-done-sessions");
    let around = Around::new(visit, house, &holder, PATH, &[]).with_done(visit, key);
    let (act_house, ctx) = (house.clone(), visit.ctx.clone());
    let all = look(visit, house, "own.sessions", move |tx| {
        read(tx, &ctx, &act_house, &holder)
    })
    .await?;
    let unreached = ended.map(|ended| ended.unreached).unwrap_or_default();
    Ok(section(visit, PATH, around, &[], &all, |around| SessionsPage {
        frame: Frame::of(visit),
        around,
        all: all.clone(),
        unreached,
    }))
}
