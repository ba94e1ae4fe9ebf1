//! `/order`, the menu (M38), and `/order/online`, the order of somebody who is not logged in (M32).

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Serialize;

use super::wizard::{self, AsJson, ORDER, brought, judged, posted, with, without};
use crate::domain::refusal::{Code, Refusal};
use crate::domain::time::Span;
use crate::issuing::online::{Details, Orders, State, Step};
use crate::storage::Halt;
use crate::web::pages::{ErrorLine, Errors, Form, Frame, Page};
use crate::web::{Visit, Wants, json, respond};

const DONE: &str = "/order/online/done";
/// What was full is asked again no sooner.
const RETRY: Span = Span::hours(1);

pub(super) fn mount(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/order").name("order").route(web::get().to(menu)))
        .service(
            web::resource(ORDER.path)
                .name("order_online")
                .route(web::get().to(show_details))
                .route(web::post().to(post_details)),
        )
        .service(
            web::resource(ORDER.rules)
                .name("order_rules")
                .route(web::get().to(show_rules))
                .route(web::post().to(post_rules)),
        )
        .service(
            web::resource(ORDER.after)
                .name("order_confirm")
                .route(web::get().to(show_confirm))
                .route(web::post().to(confirm)),
        )
        .service(web::resource(DONE).name("order_done").route(web::get().to(done)));
}

/// The ways to an eID, each with its address.
const MENU: [(&str, &str); 4] = [
    ("private", ORDER.path),
    ("bank", "/extend"),
    ("in-person", "/order/before"),
    ("hardware", "/order/online?on=hardware"),
];

#[derive(Debug, Serialize)]
struct Way {
    id: &'static str,
    url: &'static str,
    text: String,
    about: String,
}

#[derive(Debug, Template)]
#[template(path = "order_menu.html")]
struct MenuPage {
    frame: Frame,
    ways: Vec<Way>,
}

impl Page for MenuPage {}

#[derive(Template)]
#[template(path = "order_confirm.html")]
struct ConfirmPage<'a> {
    frame: Frame,
    form: Form,
    cpr: String,
    document: String,
    state: &'a State,
    office: Option<String>,
}

impl Page for ConfirmPage<'_> {}

#[derive(Debug, Template)]
#[template(path = "order_done.html")]
struct DonePage {
    frame: Frame,
}

impl Page for DonePage {}

async fn menu(visit: Visit) -> HttpResponse {
    let say = visit.say();
    let ways = MENU.map(|(id, url)| Way {
        id,
        url,
        text: say.say(&format!("order-way-{id}")),
        about: say.say(&format!("order-way-{id}-about")),
    });
    match visit.wants {
        Wants::Json => respond::json(StatusCode::OK, &serde_json::json!({ "ways": ways })),
        Wants::Html => {
            let page = MenuPage {
                frame: Frame::of(&visit),
                ways: ways.into(),
            };
            respond::page(&visit, StatusCode::OK, &page)
        }
    }
}

async fn show_details(request: HttpRequest, visit: Visit, orders: web::Data<Orders>) -> HttpResponse {
    wizard::show_details(request, visit, orders, ORDER).await
}

async fn post_details(request: HttpRequest, visit: Visit, orders: web::Data<Orders>, body: web::Bytes) -> HttpResponse {
    wizard::post_details(request, visit, orders, body, ORDER).await
}

async fn show_rules(request: HttpRequest, visit: Visit, orders: web::Data<Orders>) -> HttpResponse {
    wizard::show_rules(request, visit, orders, ORDER).await
}

async fn post_rules(request: HttpRequest, visit: Visit, orders: web::Data<Orders>, body: web::Bytes) -> HttpResponse {
    match wizard::accept_rules(&request, &visit, &orders, &body, ORDER).await {
        Err(answer) => answer,
        Ok(state) if visit.wants == Wants::Json => confirm_page(&visit, &orders, &state, &[]),
        Ok(state) => with(&visit, &orders, ORDER, &state, respond::see_other(ORDER.after)),
    }
}

async fn show_confirm(request: HttpRequest, visit: Visit, orders: web::Data<Orders>) -> HttpResponse {
    match brought(&request, &visit, &orders, ORDER) {
        Some(state) if state.step >= Step::Accepted && state.stands().is_some() => {
            confirm_page(&visit, &orders, &state, &[])
        }
        Some(state) if state.step >= Step::Rules => respond::see_other(ORDER.rules),
        _ => respond::see_other(ORDER.path),
    }
}

fn confirm_page(visit: &Visit, orders: &Orders, state: &State, wrong: &[Refusal]) -> HttpResponse {
    let details = match judged(visit, orders, &state.typed) {
        Ok(details) => details,
        Err(wrong) => return wizard::details(visit, orders, ORDER, state, (&state.typed, &wrong)),
    };
    let (say, csrf) = (visit.say(), state.csrf(orders.vault(), ORDER.after));
    let status = wizard::status(wrong);
    let response = match visit.wants {
        Wants::Html => {
            let page = ConfirmPage {
                frame: Frame::of(visit),
                form: Form {
                    action: format!("{}?lang={}", ORDER.after, visit.ctx.locale.as_str()),
                    csrf,
                    errors: Errors(ErrorLine::all(say, wrong)),
                },
                cpr: grouped(&details),
                document: say.say(&format!(
                    "order-document-{}",
                    details.document.as_str().replace('_', "-")
                )),
                office: wizard::office(visit, orders, &details),
                state,
            };
            respond::page(visit, status, &page)
        }
        Wants::Json => {
            let page = AsJson {
                step: "confirm",
                csrf: &csrf,
                fields: &[],
                values: Some(&state.typed),
                errors: json::Wrong::all(say, wrong),
                next: ORDER.after,
                expires_at: state.expires_at().rfc3339(),
            };
            respond::json(status, &page)
        }
    };
    with(visit, orders, ORDER, state, response)
}

/// `DDMMYY-SSSS`
fn grouped(details: &Details) -> String {
    let digits = details.cpr.digits();
    digits
        .split_at_checked(6)
        .map_or_else(|| digits.to_owned(), |(day, serial)| format!("{day}-{serial}"))
}

async fn confirm(request: HttpRequest, visit: Visit, orders: web::Data<Orders>, body: web::Bytes) -> HttpResponse {
    let (state, _fields) = match posted(&request, &visit, &orders, (ORDER, ORDER.after), &body).await {
        Ok(posted) => posted,
        Err(refused) => return refused,
    };
    if state.step < Step::Accepted || state.stands().is_none() {
        return respond::see_other(ORDER.rules);
    }
    let details = match judged(&visit, &orders, &state.typed) {
        Ok(details) => details,
        Err(wrong) => return wizard::details(&visit, &orders, ORDER, &state, (&state.typed, &wrong)),
    };
    match orders.place(&visit.ctx, &state, &details).await {
        Ok(()) if visit.wants == Wants::Json => without(&visit, ORDER, placed()),
        Ok(()) => without(&visit, ORDER, respond::see_other(DONE)),
        Err(Halt::Refused(refusal)) if matches!(refusal.code, Code::OrderFull | Code::OrderTooMany) => {
            respond::note(&visit, "person", refusal.code.as_str());
            let wait = if refusal.code == Code::OrderFull {
                RETRY
            } else {
                wizard::DAY
            };
            respond::later(confirm_page(&visit, &orders, &state, &[refusal]), wait)
        }
        Err(halt) => respond::stopped(&visit, halt.into_refusal()),
    }
}

fn placed() -> HttpResponse {
    respond::json(StatusCode::OK, &serde_json::json!({ "step": "done", "errors": [] }))
}

async fn done(visit: Visit) -> HttpResponse {
    match visit.wants {
        Wants::Json => placed(),
        Wants::Html => {
            let page = DonePage {
                frame: Frame::of(&visit),
            };
            respond::page(&visit, StatusCode::OK, &page)
        }
    }
}
