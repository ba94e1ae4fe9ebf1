//! `/self-service/consents`: `withdraw` names the service whose access is taken back.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::{Around, done, done_key, either, enter, look, posted, run, section};
use crate::domain::refusal::{Code, Refusal};
use crate::login::Ceremony;
use crate::selfservice::account::Need;
use crate::selfservice::consents::{Consents, read, withdraw};
use crate::web::pages::{Frame, Page};
use crate::web::{Visit, respond};

pub(super) const PATH: &str = "/self-service/consents";

#[derive(Debug, Template)]
#[template(path = "own_consents.html")]
struct ConsentsPage {
    frame: Frame,
    around: Around,
    own: Consents,
}

impl Page for ConsentsPage {}

pub(super) fn mount(config: &mut web::ServiceConfig) {
    config.service(
        web::resource(PATH)
            .name("own_consents")
            .route(web::get().to(show))
            .route(web::post().to(post)),
    );
}

async fn show(request: HttpRequest, visit: Visit, house: web::Data<Ceremony>) -> HttpResponse {
    let shown = async {
        let holder = enter(&request, &visit, &house, Need::See).await?;
        let key = done_key(&request, &[("withdrawn", "own-done-consent")]);
        let around = Around::new(&visit, &house, &holder, PATH, &[]).with_done(&visit, key);
        let (act_house, ctx) = (house.get_ref().clone(), visit.ctx.clone());
        let own = look(&visit, &house, "own.consents", move |tx| {
            read(tx, &ctx, &act_house, &holder)
        })
        .await?;
        Ok(section(&visit, PATH, around, &[], &own, |around| ConsentsPage {
            frame: Frame::of(&visit),
            around,
            own: own.clone(),
        }))
    };
    either(shown.await)
}

async fn post(request: HttpRequest, visit: Visit, house: web::Data<Ceremony>, body: web::Bytes) -> HttpResponse {
    let answered = async {
        let (holder, typed) = posted(&request, &visit, &house, Need::See, PATH, &body).await?;
        let party = typed.get("withdraw").to_owned();
        let (act_house, ctx) = (house.get_ref().clone(), visit.ctx.clone());
        let had = run(&visit, &house, "own.withdraw", move |tx| {
            withdraw(tx, &ctx, &act_house, &holder, &party)
        })
        .await?;
        if had {
            Ok(done(&visit, PATH, "withdrawn"))
        } else {
            Err(respond::refusal(&visit, &Refusal::new(Code::OwnNothing)))
        }
    };
    either(answered.await)
}
