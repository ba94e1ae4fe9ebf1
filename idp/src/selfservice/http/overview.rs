//! `/self-service`

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::{Around, either, enter, look, section};
use crate::login::Ceremony;
use crate::selfservice::account::Need;
use crate::selfservice::overview::{Overview, read};
use crate::web::Visit;
use crate::web::pages::{Frame, Page};

pub(super) const PATH: &str = "/self-service";

#[derive(Debug, Template)]
#[template(path = "own_overview.html")]
struct OverviewPage {
    frame: Frame,
    around: Around,
    own: Overview,
}

impl Page for OverviewPage {}

pub(super) fn mount(config: &mut web::ServiceConfig) {
    config.service(web::resource(PATH).name("own_overview").route(web::get().to(show)));
}

async fn show(request: HttpRequest, visit: Visit, house: web::Data<Ceremony>) -> HttpResponse {
    either(page(&request, &visit, &house).await)
}

async fn page(request: &HttpRequest, visit: &Visit, house: &Ceremony) -> Result<HttpResponse, HttpResponse> {
    let holder = enter(request, visit, house, Need::See).await?;
    let around = Around::new(visit, house, &holder, PATH, &[]);
    let (act_house, ctx) = (house.clone(), visit.ctx.clone());
    let own = look(visit, house, "own.overview", move |tx| {
        read(tx, &ctx, &act_house, &holder)
    })
    .await?;
    Ok(section(visit, PATH, around, &[], &own, |around| OverviewPage {
        frame: Frame::of(visit),
        around,
        own: own.clone(),
    }))
}
