//! `/self-service/contact`: `email`, `phone`.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::{Around, done, done_key, either, enter, look, posted, run, section};
use crate::domain::refusal::Refusal;
use crate::login::Ceremony;
use crate::selfservice::account::{Holder, Need};
use crate::selfservice::contact::{Contact, Wish, change, read};
use crate::web::Visit;
use crate::web::pages::{Frame, Page};

pub(super) const PATH: &str = "/self-service/contact";

#[derive(Debug, Template)]
#[template(path = "own_contact.html")]
struct ContactPage {
    frame: Frame,
    around: Around,
    contact: Contact,
}

impl Page for ContactPage {}

pub(super) fn mount(config: &mut web::ServiceConfig) {
    config.service(
        web::resource(PATH)
            .name("own_contact")
            .route(web::get().to(show))
            .route(web::post().to(post)),
    );
}

async fn show(request: HttpRequest, visit: Visit, house: web::Data<Ceremony>) -> HttpResponse {
    let shown = async {
        let holder = enter(&request, &visit, &house, Need::Change).await?;
        let key = done_key(&request, &[("changed", "own-done-contact")]);
        let reader = holder.clone();
        let contact = look(&visit, &house, "own.contact", move |tx| read(tx, &reader)).await?;
        Ok(page(&visit, &house, &holder, contact, &[], key))
    };
    either(shown.await)
}

async fn post(request: HttpRequest, visit: Visit, house: web::Data<Ceremony>, body: web::Bytes) -> HttpResponse {
    let answered = async {
        let (holder, typed) = posted(&request, &visit, &house, Need::Change, PATH, &body).await?;
        let contact = Contact {
            email: typed.get("email").to_owned(),
            phone: typed.get("phone").to_owned(),
        };
        let wish = match Wish::parse(&contact) {
            Ok(wish) => wish,
            Err(wrong) => return Ok(page(&visit, &house, &holder, contact, &wrong, None)),
        };
        let (act_house, ctx) = (house.get_ref().clone(), visit.ctx.clone());
        run(&visit, &house, "own.change_contact", move |tx| {
            change(tx, &ctx, &act_house, &holder, &wish)
        })
        .await?;
        Ok(done(&visit, PATH, "changed"))
    };
    either(answered.await)
}

fn page(
    visit: &Visit,
    house: &Ceremony,
    holder: &Holder,
    contact: Contact,
    wrong: &[Refusal],
    key: Option<&str>,
) -> HttpResponse {
    let around = Around::new(visit, house, holder, PATH, wrong).with_done(visit, key);
    section(visit, PATH, around, wrong, &contact, |around| ContactPage {
        frame: Frame::of(visit),
        around,
        contact: contact.clone(),
    })
}
