//! `/self-service/close`: the tick `sure`, and a button.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use askama::Template;

use super::receipt::Receipt;
use super::{Around, either, enter, nothing, posted, run, section};
use crate::domain::party::OWN;
use crate::domain::refusal::{Code, Refusal};
use crate::login::Ceremony;
use crate::selfservice::account::{Holder, Need};
use crate::selfservice::close::close;
use crate::web::cookies::Name;
use crate::web::pages::{Frame, Page};
use crate::web::{Visit, Wants, respond};

pub(super) const PATH: &str = "/self-service/close";

#[derive(Debug, Template)]
#[template(path = "own_close.html")]
struct ClosePage {
    frame: Frame,
    around: Around,
    number: String,
}

impl Page for ClosePage {}

pub(super) fn mount(config: &mut web::ServiceConfig) {
    config.service(
        web::resource(PATH)
            .name("own_close")
            .route(web::get().to(show))
            .route(web::post().to(post)),
    );
}

async fn show(request: HttpRequest, visit: Visit, house: web::Data<Ceremony>) -> HttpResponse {
    let shown = async {
        let holder = enter(&request, &visit, &house, Need::Change).await?;
        Ok(page(&visit, &house, &holder, &[]))
    };
    either(shown.await)
}

async fn post(request: HttpRequest, visit: Visit, house: web::Data<Ceremony>, body: web::Bytes) -> HttpResponse {
    let answered = async {
        let (holder, typed) = posted(&request, &visit, &house, Need::Change, PATH, &body).await?;
        if !typed.is_ticked("sure") {
            let wrong = [Refusal::new(Code::OwnConfirm).at("sure")];
            return Ok(page(&visit, &house, &holder, &wrong));
        }
        let (act_house, ctx) = (house.get_ref().clone(), visit.ctx.clone());
        run(&visit, &house, "own.close", move |tx| {
            close(tx, &ctx, &act_house, &holder)
        })
        .await?;
        let mut answer = match visit.wants {
            Wants::Html => respond::page(&visit, StatusCode::OK, &Receipt::new(&visit, "closed")),
            Wants::Json => respond::json(StatusCode::OK, &serde_json::json!({ "done": "closed" })),
        };
        // Our own names and values are always valid in a header.
        let _set = answer.add_cookie(&visit.site.jar().clear(Name::Session(OWN)));
        Ok(answer)
    };
    either(answered.await)
}

fn page(visit: &Visit, house: &Ceremony, holder: &Holder, wrong: &[Refusal]) -> HttpResponse {
    let around = Around::new(visit, house, holder, PATH, wrong);
    section(visit, PATH, around, wrong, &nothing(), |around| ClosePage {
        frame: Frame::of(visit),
        around,
        number: holder.eid.number.grouped(),
    })
}
