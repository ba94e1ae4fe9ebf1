//! `/self-service/logout`: asks, and ends this session. Services that are entered by sessions of their own are on the page of
//! sessions.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use askama::Template;

use super::receipt::Receipt;
use super::{Around, either, enter, nothing, posted, run, section};
use crate::domain::party::OWN;
use crate::login::Ceremony;
use crate::selfservice::account::Need;
use crate::session::{Cause, end};
use crate::web::cookies::Name;
use crate::web::pages::{Frame, Page};
use crate::web::{Visit, Wants, respond};

pub(super) const PATH: &str = "/self-service/logout";

#[derive(Debug, Template)]
#[template(path = "own_logout.html")]
struct LogoutPage {
    frame: Frame,
    around: Around,
}

impl Page for LogoutPage {}

pub(super) fn mount(config: &mut web::ServiceConfig) {
    config.service(
        web::resource(PATH)
            .name("own_logout")
            .route(web::get().to(show))
            .route(web::post().to(post)),
    );
}

/// One that stands here with less than a full log-in may leave, too.
async fn show(request: HttpRequest, visit: Visit, house: web::Data<Ceremony>) -> HttpResponse {
    let shown = async {
        let holder = enter(&request, &visit, &house, Need::Stop).await?;
        let around = Around::new(&visit, &house, &holder, PATH, &[]);
        Ok(section(&visit, PATH, around, &[], &nothing(), |around| LogoutPage {
            frame: Frame::of(&visit),
            around,
        }))
    };
    either(shown.await)
}

async fn post(request: HttpRequest, visit: Visit, house: web::Data<Ceremony>, body: web::Bytes) -> HttpResponse {
    let answered = async {
        let (holder, _) = posted(&request, &visit, &house, Need::Stop, PATH, &body).await?;
        let ctx = visit.ctx.clone();
        run(&visit, &house, "own.logout", move |tx| {
            end(tx, &ctx, holder.session.id, Cause::Logout, &[]).map(drop)
        })
        .await?;
        let mut answer = match visit.wants {
            Wants::Html => respond::page(&visit, StatusCode::OK, &Receipt::new(&visit, "logged-out")),
            Wants::Json => respond::json(StatusCode::OK, &serde_json::json!({ "done": "logged_out" })),
        };
        // Our own names and values are always valid in a header.
        let _set = answer.add_cookie(&visit.site.jar().clear(Name::Session(OWN)));
        Ok(answer)
    };
    either(answered.await)
}
