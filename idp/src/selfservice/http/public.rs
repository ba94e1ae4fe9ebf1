//! `/self-service/public`: each consent is a tick of its own, with the version of the texts that were read.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::certificate::entry;
use super::{Around, done, done_key, either, enter, look, posted, run, section};
use crate::domain::refusal::Refusal;
use crate::issuing::http::wizard::missing;
use crate::login::{Ceremony, take_up, waits_for};
use crate::registers::Registers;
use crate::selfservice::account::{Holder, Need};
use crate::selfservice::public::{PublicUse, begin, read};
use crate::web::pages::{Frame, Page};
use crate::web::{Visit, respond};

pub(super) const PATH: &str = "/self-service/public";
/// Where the request that waits is taken up.
const CONTINUE: &str = "/self-service/public/continue";

#[derive(Debug, Template)]
#[template(path = "own_public.html")]
struct PublicPage {
    frame: Frame,
    around: Around,
    own: PublicUse,
    /// The service whose request waits.
    back: Option<String>,
}

impl Page for PublicPage {}

pub(super) fn mount(config: &mut web::ServiceConfig) {
    config.service(
        web::resource(PATH)
            .name("own_public")
            .route(web::get().to(show))
            .route(web::post().to(post)),
    );
    config.service(
        web::resource(CONTINUE)
            .name("own_public_continue")
            .route(web::get().to(go_back)),
    );
}

async fn show(request: HttpRequest, visit: Visit, house: web::Data<Ceremony>) -> HttpResponse {
    let shown = async {
        let holder = enter(&request, &visit, &house, Need::Change).await?;
        let key = done_key(&request, &[("public", "own-done-public")]);
        page(&request, &visit, &house, &holder, (&[], key)).await
    };
    either(shown.await)
}

async fn post(
    request: HttpRequest,
    visit: Visit,
    house: web::Data<Ceremony>,
    registers: web::Data<Registers>,
    body: web::Bytes,
) -> HttpResponse {
    let answered = async {
        let (holder, typed) = posted(&request, &visit, &house, Need::Change, PATH, &body).await?;
        let wrong = missing(&typed);
        if !wrong.is_empty() {
            return page(&request, &visit, &house, &holder, (&wrong, None)).await;
        }
        let entry = entry(&visit, &house, &registers, &holder).await?;
        let (act_house, ctx) = (house.get_ref().clone(), visit.ctx.clone());
        run(&visit, &house, "own.public", move |tx| {
            begin(tx, &ctx, &act_house, &holder, entry.as_ref())
        })
        .await?;
        Ok(done(&visit, PATH, "public"))
    };
    either(answered.await)
}

/// Back to the service that refused, for the log-in that it asked for.
async fn go_back(request: HttpRequest, visit: Visit, house: web::Data<Ceremony>) -> HttpResponse {
    let answered = async {
        let holder = enter(&request, &visit, &house, Need::See).await?;
        let taken_up = take_up(&house, &request, &visit, holder.eid.id).await;
        Ok(taken_up.unwrap_or_else(|| respond::see_other(PATH)))
    };
    either(answered.await)
}

async fn page(
    request: &HttpRequest,
    visit: &Visit,
    house: &web::Data<Ceremony>,
    holder: &Holder,
    (wrong, done): (&[Refusal], Option<&'static str>),
) -> Result<HttpResponse, HttpResponse> {
    let back = waits_for(request, visit, house, holder.eid.id);
    let around = Around::new(visit, house, holder, PATH, wrong).with_done(visit, done);
    let (ctx, act_holder) = (visit.ctx.clone(), holder.clone());
    let own = look(visit, house, "own.public", move |tx| read(tx, &ctx, &act_holder)).await?;
    Ok(section(visit, PATH, around, wrong, &own, |around| PublicPage {
        frame: Frame::of(visit),
        around,
        own: own.clone(),
        back: back.clone().filter(|_| own.state == "public"),
    }))
}
