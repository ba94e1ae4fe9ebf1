//! `/self-service/apps`. `/self-service/apps/add`: a code of the card (`card`, `index`, `code`), answered by the hand-over, which is shown
//! this once. `/self-service/apps/{app}/name`: `name`.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use askama::Template;

use super::{Around, Challenge, card_code, done, done_key, either, enter, halted, look, posted, run, section};
use crate::credentials::code_app::Begun;
use crate::credentials::keycard::Asked;
use crate::domain::code_app::address;
use crate::domain::id::AuthenticatorId;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::time::Time;
use crate::login::Ceremony;
use crate::selfservice::account::{Holder, Need};
use crate::selfservice::apps::{Apps, ask, begin, one, read, rename};
use crate::storage::Halt;
use crate::web::pages::{Frame, Page};
use crate::web::qr::Picture;
use crate::web::{Visit, Wants, respond};

pub(super) const PATH: &str = "/self-service/apps";
const ADD: &str = "/self-service/apps/add";
const NAME: &str = "/self-service/apps/name";
const DONE: &[(&str, &str)] = &[("renamed", "own-done-app-renamed")];

#[derive(Debug, Template)]
#[template(path = "own_apps.html")]
struct AppsPage {
    frame: Frame,
    around: Around,
    own: Apps,
}

impl Page for AppsPage {}

#[derive(Debug, Template)]
#[template(path = "own_app_add.html")]
struct AddPage {
    frame: Frame,
    around: Around,
    challenge: Challenge,
}

impl Page for AddPage {}

#[derive(Debug, Template)]
#[template(path = "own_app_handover.html")]
struct HandoverPage {
    frame: Frame,
    around: Around,
    digits: String,
    issuer: String,
    until: Time,
    picture: Option<Picture>,
}

impl Page for HandoverPage {}

#[derive(Debug, Template)]
#[template(path = "own_app_name.html")]
struct NamePage {
    frame: Frame,
    around: Around,
    typed: String,
}

impl Page for NamePage {}

pub(super) fn mount(config: &mut web::ServiceConfig) {
    config
        .service(web::resource(PATH).name("own_apps").route(web::get().to(show)))
        .service(
            web::resource(ADD)
                .name("own_app_add")
                .route(web::get().to(show_add))
                .route(web::post().to(post_add)),
        )
        .service(
            web::resource("/self-service/apps/{app}/name")
                .name("own_app_name")
                .route(web::get().to(show_name))
                .route(web::post().to(post_name)),
        );
}

async fn show(request: HttpRequest, visit: Visit, house: web::Data<Ceremony>) -> HttpResponse {
    let shown = async {
        let holder = enter(&request, &visit, &house, Need::Change).await?;
        let around = Around::new(&visit, &house, &holder, PATH, &[]).with_done(&visit, done_key(&request, DONE));
        let ctx = visit.ctx.clone();
        let own = look(&visit, &house, "own.apps", move |tx| read(tx, &ctx, &holder)).await?;
        Ok(section(&visit, PATH, around, &[], &own, |around| AppsPage {
            frame: Frame::of(&visit),
            around,
            own: own.clone(),
        }))
    };
    either(shown.await)
}

async fn show_add(request: HttpRequest, visit: Visit, house: web::Data<Ceremony>) -> HttpResponse {
    let shown = async {
        let holder = enter(&request, &visit, &house, Need::Change).await?;
        let (ctx, reader) = (visit.ctx.clone(), holder.clone());
        let asked = look(&visit, &house, "own.ask_app", move |tx| ask(tx, &ctx, &reader)).await?;
        Ok(add_page(&visit, &house, &holder, &asked, &[]))
    };
    either(shown.await)
}

async fn post_add(request: HttpRequest, visit: Visit, house: web::Data<Ceremony>, body: web::Bytes) -> HttpResponse {
    let answered = async {
        let (holder, typed) = posted(&request, &visit, &house, Need::Change, ADD, &body).await?;
        let (act_house, ctx, act_holder) = (house.get_ref().clone(), visit.ctx.clone(), holder.clone());
        let card = card_code(&typed);
        let outcome = run(&visit, &house, "own.begin_app", move |tx| {
            begin(tx, &ctx, &act_house, &act_holder, &card)
        })
        .await?;
        match outcome {
            Ok(begun) => Ok(handed_over(&visit, &house, &holder, &begun)),
            Err((refusal, Some(asked))) => Ok(add_page(&visit, &house, &holder, &asked, &[refusal])),
            Err((refusal, None)) => Err(halted(&visit, Halt::Refused(refusal))),
        }
    };
    either(answered.await)
}

fn add_page(visit: &Visit, house: &Ceremony, holder: &Holder, asked: &Asked, wrong: &[Refusal]) -> HttpResponse {
    let around = Around::new(visit, house, holder, ADD, wrong);
    let challenge = Challenge::of(asked);
    let shown = serde_json::json!({ "challenge": challenge });
    section(visit, ADD, around, wrong, &shown, |around| AddPage {
        frame: Frame::of(visit),
        around,
        challenge: challenge.clone(),
    })
}

/// The digits, and the same as a picture: shown this once, stored nowhere.
fn handed_over(visit: &Visit, house: &Ceremony, holder: &Holder, begun: &Begun) -> HttpResponse {
    let issuer = visit.site.public_url().as_str().to_owned();
    let address = address(&issuer, &begun.handover);
    let digits = begun.handover.shown();
    match visit.wants {
        Wants::Html => {
            let page = HandoverPage {
                frame: Frame::fixed(visit),
                around: Around::new(visit, house, holder, ADD, &[]),
                picture: Picture::of(&address),
                digits,
                issuer,
                until: begun.until,
            };
            respond::page(visit, StatusCode::OK, &page)
        }
        Wants::Json => {
            let body = serde_json::json!({
                "done": "handed_over", "handover": digits, "address": address, "until": begun.until.rfc3339(),
            });
            respond::json(StatusCode::OK, &body)
        }
    }
}

/// No device is called so.
fn unknown(visit: &Visit) -> HttpResponse {
    respond::refusal(visit, &Refusal::new(Code::AppUnknown))
}

async fn show_name(
    request: HttpRequest,
    visit: Visit,
    id: web::Path<String>,
    house: web::Data<Ceremony>,
) -> HttpResponse {
    let shown = async {
        let id: AuthenticatorId = id.parse().map_err(|_| unknown(&visit))?;
        let holder = enter(&request, &visit, &house, Need::Change).await?;
        let (ctx, reader) = (visit.ctx.clone(), holder.clone());
        let app = look(&visit, &house, "own.app", move |tx| one(tx, &ctx, &reader, id)).await?;
        Ok(name_page(&visit, &house, &holder, &app.name, &[]))
    };
    either(shown.await)
}

async fn post_name(
    request: HttpRequest,
    visit: Visit,
    id: web::Path<String>,
    house: web::Data<Ceremony>,
    body: web::Bytes,
) -> HttpResponse {
    let answered = async {
        let id: AuthenticatorId = id.parse().map_err(|_| unknown(&visit))?;
        let (holder, typed) = posted(&request, &visit, &house, Need::Change, NAME, &body).await?;
        let name = typed.get("name").to_owned();
        let (act_house, ctx, act_holder) = (house.get_ref().clone(), visit.ctx.clone(), holder.clone());
        let renamed = run(&visit, &house, "own.rename_app", move |tx| {
            rename(tx, &ctx, &act_house, &act_holder, (id, &name))
        })
        .await?;
        Ok(match renamed {
            Ok(()) => done(&visit, PATH, "renamed"),
            Err(refusal) => name_page(&visit, &house, &holder, typed.get("name"), &[refusal]),
        })
    };
    either(answered.await)
}

fn name_page(visit: &Visit, house: &Ceremony, holder: &Holder, typed: &str, wrong: &[Refusal]) -> HttpResponse {
    let around = Around::new(visit, house, holder, NAME, wrong);
    let shown = serde_json::json!({ "name": typed });
    section(visit, NAME, around, wrong, &shown, |around| NamePage {
        frame: Frame::of(visit),
        around,
        typed: typed.to_owned(),
    })
}
