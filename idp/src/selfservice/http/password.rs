//! `/self-service/password`: `old`, `new`, `again`.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::{Around, done, done_key, either, enter, halted, nothing, posted, section};
use crate::domain::refusal::Refusal;
use crate::login::{Ceremony, devices};
use crate::selfservice::account::{Holder, Need};
use crate::selfservice::password::{Wish, change};
use crate::web::Visit;
use crate::web::pages::{Frame, Page};

pub(super) const PATH: &str = "/self-service/password";

#[derive(Debug, Template)]
#[template(path = "own_password.html")]
struct PasswordPage {
    frame: Frame,
    around: Around,
}

impl Page for PasswordPage {}

pub(super) fn mount(config: &mut web::ServiceConfig) {
    config.service(
        web::resource(PATH)
            .name("own_password")
            .route(web::get().to(show))
            .route(web::post().to(post)),
    );
}

async fn show(request: HttpRequest, visit: Visit, house: web::Data<Ceremony>) -> HttpResponse {
    let shown = async {
        let holder = enter(&request, &visit, &house, Need::Change).await?;
        let key = done_key(&request, &[("changed", "own-done-password")]);
        Ok(page(&visit, &house, &holder, &[], key))
    };
    either(shown.await)
}

async fn post(request: HttpRequest, visit: Visit, house: web::Data<Ceremony>, body: web::Bytes) -> HttpResponse {
    let answered = async {
        let (holder, typed) = posted(&request, &visit, &house, Need::Change, PATH, &body).await?;
        let wish = Wish {
            old: typed.secret("old"),
            new: typed.secret("new"),
            again: typed.secret("again"),
        };
        let devices = devices(&request, &visit, &house);
        let wrong = change(&house, &visit.ctx, &holder, devices, wish).await;
        let wrong = wrong.map_err(|halt| halted(&visit, halt))?;
        Ok(if wrong.is_empty() {
            done(&visit, PATH, "changed")
        } else {
            page(&visit, &house, &holder, &wrong, None)
        })
    };
    either(answered.await)
}

fn page(visit: &Visit, house: &Ceremony, holder: &Holder, wrong: &[Refusal], key: Option<&str>) -> HttpResponse {
    let around = Around::new(visit, house, holder, PATH, wrong).with_done(visit, key);
    section(visit, PATH, around, wrong, &nothing(), |around| PasswordPage {
        frame: Frame::of(visit),
        around,
    })
}
