//! `/self-service/contact`: `email`, `phone`. A new address is confirmed at `/self-service/contact/confirm`: `email` and `email_code`,
//! `phone` and `phone_code`.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Serialize;

use super::{Around, done, done_key, either, enter, keyed, look, posted, run, section};
use crate::domain::refusal::Refusal;
use crate::login::Ceremony;
use crate::selfservice::account::{Holder, Need};
use crate::selfservice::cards::wants_key;
use crate::selfservice::contact::{Confirmed, Contact, Wish, ask, confirm, proposed, read};
use crate::web::pages::{Frame, Page};
use crate::web::{Visit, respond};

pub(super) const PATH: &str = "/self-service/contact";
const CONFIRM: &str = "/self-service/contact/confirm";

#[derive(Debug, Template)]
#[template(path = "own_contact.html")]
struct ContactPage {
    frame: Frame,
    around: Around,
    contact: Contact,
    /// It was typed with the order, and nobody keeps it yet.
    is_proposed: bool,
}

impl Page for ContactPage {}

/// What is kept, and what was typed with the order.
#[derive(Debug, Serialize)]
struct WithProposal<'a> {
    #[serde(flatten)]
    contact: &'a Contact,
    #[serde(skip_serializing_if = "Option::is_none")]
    proposed: Option<&'a Contact>,
}

#[derive(Debug, Template)]
#[template(path = "own_contact_confirm.html")]
struct ConfirmPage {
    frame: Frame,
    around: Around,
    action: &'static str,
    waits: Contact,
}

impl Page for ConfirmPage {}

#[derive(Debug, Serialize)]
struct Shown<'a> {
    /// Addresses that a code was sent to.
    confirm: &'a Contact,
}

pub(super) fn mount(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource(PATH)
                .name("own_contact")
                .route(web::get().to(show))
                .route(web::post().to(post)),
        )
        .service(
            web::resource(CONFIRM)
                .name("own_contact_confirm")
                .route(web::get().to(begin_again))
                .route(web::post().to(post_confirm)),
        );
}

async fn show(request: HttpRequest, visit: Visit, house: web::Data<Ceremony>) -> HttpResponse {
    let shown = async {
        let holder = enter(&request, &visit, &house, Need::Change).await?;
        let key = done_key(&request, &[("changed", "own-done-contact")]);
        let reader = holder.clone();
        let (kept, proposal) = look(&visit, &house, "own.contact", move |tx| {
            let kept = read(tx, &reader)?;
            let proposal = proposed(tx, &reader, &kept)?;
            Ok((kept, proposal))
        })
        .await?;
        Ok(page(&visit, &house, &holder, (kept, proposal), &[], key))
    };
    either(shown.await)
}

async fn post(request: HttpRequest, visit: Visit, house: web::Data<Ceremony>, body: web::Bytes) -> HttpResponse {
    let answered = async {
        let (holder, typed) = posted(&request, &visit, &house, Need::Change, PATH, &body).await?;
        // Where a key is what opens services, notices about it are not turned aside without it.
        let holder = keyed(&request, &visit, &house, (holder, true), wants_key).await?;
        let contact = Contact {
            email: typed.get("email").to_owned(),
            phone: typed.get("phone").to_owned(),
        };
        let wish = match Wish::parse(&contact) {
            Ok(wish) => wish,
            Err(wrong) => return Ok(page(&visit, &house, &holder, (contact, None), &wrong, None)),
        };
        let (act_house, ctx, act_holder) = (house.get_ref().clone(), visit.ctx.clone(), holder.clone());
        let asked = run(&visit, &house, "own.change_contact", move |tx| {
            ask(tx, &ctx, &act_house, &act_holder, &wish)
        })
        .await?;
        Ok(match asked {
            Ok(waits) if waits == Contact::default() => done(&visit, PATH, "changed"),
            Ok(waits) => confirm_page(&visit, &house, &holder, waits, &[]),
            Err(refusal) => page(&visit, &house, &holder, (contact, None), &[refusal], None),
        })
    };
    either(answered.await)
}

/// What was typed is gone: it begins with the address.
async fn begin_again() -> HttpResponse {
    respond::see_other(PATH)
}

async fn post_confirm(
    request: HttpRequest,
    visit: Visit,
    house: web::Data<Ceremony>,
    body: web::Bytes,
) -> HttpResponse {
    let answered = async {
        let (holder, typed) = posted(&request, &visit, &house, Need::Change, CONFIRM, &body).await?;
        let waits = Contact {
            email: typed.get("email").to_owned(),
            phone: typed.get("phone").to_owned(),
        };
        let confirmed = Confirmed {
            waits: waits.clone(),
            email_code: typed.secret("email_code"),
            phone_code: typed.secret("phone_code"),
        };
        let (act_house, ctx, act_holder) = (house.get_ref().clone(), visit.ctx.clone(), holder.clone());
        let kept = run(&visit, &house, "own.confirm_contact", move |tx| {
            confirm(tx, &ctx, &act_house, &act_holder, &confirmed)
        })
        .await?;
        Ok(match kept {
            Ok(()) => done(&visit, PATH, "changed"),
            Err(wrong) => confirm_page(&visit, &house, &holder, waits, &wrong),
        })
    };
    either(answered.await)
}

fn page(
    visit: &Visit,
    house: &Ceremony,
    holder: &Holder,
    (contact, proposed): (Contact, Option<Contact>),
    wrong: &[Refusal],
    key: Option<&str>,
) -> HttpResponse {
    let around = Around::new(visit, house, holder, PATH, wrong).with_done(visit, key);
    let data = WithProposal {
        contact: &contact,
        proposed: proposed.as_ref(),
    };
    section(visit, PATH, around, wrong, &data, |around| ContactPage {
        frame: Frame::of(visit),
        around,
        is_proposed: proposed.is_some(),
        contact: proposed.clone().unwrap_or_else(|| contact.clone()),
    })
}

/// Where the codes are typed; the new addresses travel with the form.
fn confirm_page(visit: &Visit, house: &Ceremony, holder: &Holder, waits: Contact, wrong: &[Refusal]) -> HttpResponse {
    let around = Around::new(visit, house, holder, CONFIRM, wrong);
    let shown = Shown { confirm: &waits };
    section(visit, CONFIRM, around, wrong, &shown, |around| ConfirmPage {
        frame: Frame::fixed(visit),
        around,
        action: CONFIRM,
        waits: waits.clone(),
    })
}
