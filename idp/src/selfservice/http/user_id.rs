//! `/self-service/user-id`: `user_id`, and `action` = `choose`, `remove`, `cpr_on`, `cpr_off`.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Serialize;

use super::{Around, done, done_key, either, enter, look, posted, run, section};
use crate::domain::refusal::{Code, Refusal};
use crate::login::Ceremony;
use crate::selfservice::account::{Holder, Need};
use crate::selfservice::overview::{UserId, user_ids};
use crate::selfservice::user_id::{Wish, change};
use crate::web::pages::{Frame, Page};
use crate::web::{Visit, respond};

pub(super) const PATH: &str = "/self-service/user-id";
const DONE: &[(&str, &str)] = &[
    ("chosen", "own-done-user-id"),
    ("removed", "own-done-user-id-removed"),
    ("cpr_on", "own-done-cpr-on"),
    ("cpr_off", "own-done-cpr-off"),
];

#[derive(Debug, Template)]
#[template(path = "own_user_id.html")]
struct UserIdPage {
    frame: Frame,
    around: Around,
    user_ids: Vec<UserId>,
    typed: String,
}

impl UserIdPage {
    fn has(&self, kind: &str) -> bool {
        self.user_ids.iter().any(|one| one.kind == kind)
    }
}

impl Page for UserIdPage {}

#[derive(Debug, Serialize)]
struct Shown {
    user_ids: Vec<UserId>,
}

pub(super) fn mount(config: &mut web::ServiceConfig) {
    config.service(
        web::resource(PATH)
            .name("own_user_id")
            .route(web::get().to(show))
            .route(web::post().to(post)),
    );
}

async fn show(request: HttpRequest, visit: Visit, house: web::Data<Ceremony>) -> HttpResponse {
    let shown = async {
        let holder = enter(&request, &visit, &house, Need::Change).await?;
        page(&visit, &house, holder, &[], "", done_key(&request, DONE)).await
    };
    either(shown.await)
}

async fn post(request: HttpRequest, visit: Visit, house: web::Data<Ceremony>, body: web::Bytes) -> HttpResponse {
    either(answered(&request, &visit, &house, &body).await)
}

async fn answered(
    request: &HttpRequest,
    visit: &Visit,
    house: &Ceremony,
    body: &[u8],
) -> Result<HttpResponse, HttpResponse> {
    let (holder, typed) = posted(request, visit, house, Need::Change, PATH, body).await?;
    let wish = Wish::parse(typed.get("action"), typed.get("user_id"));
    let wish = wish.ok_or_else(|| respond::refusal(visit, &Refusal::new(Code::RequestMalformed)))?;
    let how = wish.how();
    let (act_house, ctx, act_holder) = (house.clone(), visit.ctx.clone(), holder.clone());
    let changed = run(visit, house, "own.user_id", move |tx| {
        change(tx, &ctx, &act_house, &act_holder, &wish)
    })
    .await?;
    match changed {
        Ok(()) => Ok(done(visit, PATH, how)),
        Err(refusal) => page(visit, house, holder, &[refusal], typed.get("user_id"), None).await,
    }
}

async fn page(
    visit: &Visit,
    house: &Ceremony,
    holder: Holder,
    wrong: &[Refusal],
    typed: &str,
    key: Option<&str>,
) -> Result<HttpResponse, HttpResponse> {
    let around = Around::new(visit, house, &holder, PATH, wrong).with_done(visit, key);
    let user_ids = look(visit, house, "own.user_ids", move |tx| user_ids(tx, &holder)).await?;
    let shown = Shown { user_ids };
    Ok(section(visit, PATH, around, wrong, &shown, |around| UserIdPage {
        frame: Frame::of(visit),
        around,
        user_ids: shown.user_ids.clone(),
        typed: typed.to_owned(),
    }))
}
