//! `/self-service/data`: a page that says what is stored, and by POST the whole of it as a file of JSON.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::{Around, either, enter, look, nothing, posted, run, section};
use crate::login::Ceremony;
use crate::selfservice::account::Need;
use crate::selfservice::data::{ask, read};
use crate::web::pages::{Frame, Page};
use crate::web::{Visit, respond};

pub(super) const PATH: &str = "/self-service/data";

#[derive(Debug, Template)]
#[template(path = "own_data.html")]
struct DataPage {
    frame: Frame,
    around: Around,
}

impl Page for DataPage {}

pub(super) fn mount(config: &mut web::ServiceConfig) {
    config.service(
        web::resource(PATH)
            .name("own_data")
            .route(web::get().to(show))
            .route(web::post().to(download)),
    );
}

async fn show(request: HttpRequest, visit: Visit, house: web::Data<Ceremony>) -> HttpResponse {
    let shown = async {
        let holder = enter(&request, &visit, &house, Need::Change).await?;
        let around = Around::new(&visit, &house, &holder, PATH, &[]);
        Ok(section(&visit, PATH, around, &[], &nothing(), |around| DataPage {
            frame: Frame::of(&visit),
            around,
        }))
    };
    either(shown.await)
}

async fn download(request: HttpRequest, visit: Visit, house: web::Data<Ceremony>, body: web::Bytes) -> HttpResponse {
    let given = async {
        let (holder, _) = posted(&request, &visit, &house, Need::Change, PATH, &body).await?;
        let (act_house, ctx, asker) = (house.get_ref().clone(), visit.ctx.clone(), holder.clone());
        run(&visit, &house, "own.ask_data", move |tx| {
            ask(tx, &ctx, &act_house, &asker)
        })
        .await?;
        let ctx = visit.ctx.clone();
        let all = look(&visit, &house, "own.data", move |tx| read(tx, &ctx, &holder)).await?;
        let mut answer = respond::json(StatusCode::OK, &all);
        answer.headers_mut().insert(
            header::CONTENT_DISPOSITION,
            header::HeaderValue::from_static("attachment; filename=\"eid-data.json\""),
        );
        Ok(answer)
    };
    either(given.await)
}
