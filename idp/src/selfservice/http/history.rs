//! `/self-service/history`: `?before=…` leads to older events.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::{Around, either, enter, look, section};
use crate::domain::id::AuditId;
use crate::login::Ceremony;
use crate::selfservice::account::Need;
use crate::selfservice::history::{History, Line, read};
use crate::web::Visit;
use crate::web::pages::{Frame, Page};

pub(super) const PATH: &str = "/self-service/history";

#[derive(Debug, Template)]
#[template(path = "own_history.html")]
struct HistoryPage {
    frame: Frame,
    around: Around,
    history: History,
    path: &'static str,
}

impl Page for HistoryPage {}

impl HistoryPage {
    /// What happened, in words: the change where it has a text of its own, else the kind.
    fn label(&self, line: &Line) -> String {
        let change = line.change.as_deref().map(|change| change.replace('_', "-"));
        let own = change.and_then(|change| self.frame.t.maybe(&format!("word-change-{change}")));
        own.unwrap_or_else(|| self.frame.word("event", &line.kind))
    }
}

pub(super) fn mount(config: &mut web::ServiceConfig) {
    config.service(web::resource(PATH).name("own_history").route(web::get().to(show)));
}

async fn show(request: HttpRequest, visit: Visit, house: web::Data<Ceremony>) -> HttpResponse {
    either(page(&request, &visit, &house).await)
}

/// A value of ours or nothing: anything else shows the newest.
fn before(request: &HttpRequest) -> Option<AuditId> {
    let pair = request.query_string().split('&');
    pair.filter_map(|pair| pair.strip_prefix("before="))
        .next()?
        .parse()
        .ok()
}

async fn page(request: &HttpRequest, visit: &Visit, house: &Ceremony) -> Result<HttpResponse, HttpResponse> {
    let holder = enter(request, visit, house, Need::See).await?;
    let around = Around::new(visit, house, &holder, PATH, &[]);
    let (act_house, ctx, before) = (house.clone(), visit.ctx.clone(), before(request));
    let history = look(visit, house, "own.history", move |tx| {
        read(tx, &ctx, &act_house, &holder, before)
    })
    .await?;
    Ok(section(visit, PATH, around, &[], &history, |around| HistoryPage {
        frame: Frame::of(visit),
        around,
        history: history.clone(),
        path: PATH,
    }))
}
