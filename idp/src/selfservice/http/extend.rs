//! `/extend`: the form and the rules without a log-in, then the full log-in, the choice, the eID's number, done.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Serialize;

mod stand;

use self::stand::{EXTENSION, NUMBER, Standing, Where, act, back_to_form, posted, stands};
use super::certificate::entry;
use super::{either, enter, halted, public};
use crate::domain::denmark;
use crate::domain::refusal::{Code, Refusal};
use crate::issuing::http::wizard::{self, with, without};
use crate::issuing::online::Orders;
use crate::login::{Ceremony, waits_for};
use crate::registers::{Registers, Unreachable};
use crate::selfservice::account::Need;
use crate::selfservice::extend::{Extension, Last, checked, count};
use crate::storage::{Durability, Halt, Tx};
use crate::web::pages::{ErrorLine, Errors, Form, Frame, Page};
use crate::web::{Visit, Wants, json, respond};

const DONE: &str = "/self-service/extend/done";

pub(super) fn mount(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/extend").name("extend").route(web::get().to(begin)))
        .service(
            web::resource(EXTENSION.path)
                .name("own_extend")
                .route(web::get().to(show_details))
                .route(web::post().to(post_details)),
        )
        .service(
            web::resource(EXTENSION.rules)
                .name("own_extend_rules")
                .route(web::get().to(show_rules))
                .route(web::post().to(post_rules)),
        )
        .service(
            web::resource(EXTENSION.after)
                .name("own_extend_choose")
                .route(web::get().to(show_choice))
                .route(web::post().to(choose)),
        )
        .service(
            web::resource(NUMBER)
                .name("own_extend_confirm")
                .route(web::get().to(show_number))
                .route(web::post().to(confirm)),
        )
        .service(web::resource(DONE).name("own_extend_done").route(web::get().to(done)));
}

async fn begin() -> HttpResponse {
    respond::see_other(EXTENSION.path)
}

async fn show_details(request: HttpRequest, visit: Visit, orders: web::Data<Orders>) -> HttpResponse {
    wizard::show_details(request, visit, orders, EXTENSION).await
}

async fn post_details(request: HttpRequest, visit: Visit, orders: web::Data<Orders>, body: web::Bytes) -> HttpResponse {
    wizard::post_details(request, visit, orders, body, EXTENSION).await
}

async fn show_rules(request: HttpRequest, visit: Visit, orders: web::Data<Orders>) -> HttpResponse {
    wizard::show_rules(request, visit, orders, EXTENSION).await
}

async fn post_rules(request: HttpRequest, visit: Visit, orders: web::Data<Orders>, body: web::Bytes) -> HttpResponse {
    match wizard::accept_rules(&request, &visit, &orders, &body, EXTENSION).await {
        Err(answer) => answer,
        Ok(state) => {
            let on = match visit.wants {
                Wants::Html => respond::see_other(EXTENSION.after),
                Wants::Json => respond::json(
                    StatusCode::OK,
                    &serde_json::json!({ "step": "log_in", "errors": [], "next": EXTENSION.after }),
                ),
            };
            with(&visit, &orders, EXTENSION, &state, on)
        }
    }
}

#[derive(Debug, Template)]
#[template(path = "extend_choose.html")]
struct ChoicePage {
    frame: Frame,
    form: Form,
    own: Extension,
}

impl Page for ChoicePage {}

#[derive(Debug, Template)]
#[template(path = "extend_confirm.html")]
struct NumberPage {
    frame: Frame,
    form: Form,
    own: Extension,
    another: bool,
    /// The office where another one is fetched.
    office: Option<String>,
}

impl Page for NumberPage {}

#[derive(Debug, Template)]
#[template(path = "extend_done.html")]
struct DonePage {
    frame: Frame,
    /// The service whose request waits.
    back: Option<String>,
}

impl Page for DonePage {}

#[derive(Serialize)]
struct AsJson<'a> {
    step: &'static str,
    csrf: String,
    fields: &'static [&'static str],
    errors: Vec<json::Wrong>,
    next: &'static str,
    #[serde(flatten)]
    own: &'a Extension,
    #[serde(skip_serializing_if = "Option::is_none")]
    another: Option<bool>,
}

async fn show_choice(
    request: HttpRequest,
    visit: Visit,
    house: web::Data<Ceremony>,
    orders: web::Data<Orders>,
) -> HttpResponse {
    let shown = async {
        let stands = stands(&request, &visit, &house, &orders, (Where::Choice, false)).await?;
        Ok(choice(&visit, &house, &orders, &stands, &[]))
    };
    either(shown.await)
}

fn form(visit: &Visit, house: &Ceremony, stands: &Standing, (at, wrong): (Where, &[Refusal])) -> Form {
    Form {
        action: format!("{}?lang={}", at.path(), visit.ctx.locale.as_str()),
        csrf: stands.holder.csrf(&house.vault, &act(at, &stands.state)),
        errors: Errors(ErrorLine::all(visit.say(), wrong)),
    }
}

fn choice(visit: &Visit, house: &Ceremony, orders: &Orders, stands: &Standing, wrong: &[Refusal]) -> HttpResponse {
    let form = form(visit, house, stands, (Where::Choice, wrong));
    let json = AsJson {
        step: "choose",
        csrf: form.csrf.clone(),
        fields: &["choice"],
        errors: json::Wrong::all(visit.say(), wrong),
        next: EXTENSION.after,
        own: &stands.own,
        another: None,
    };
    let page = ChoicePage {
        frame: Frame::of(visit),
        form,
        own: stands.own.clone(),
    };
    answer(visit, orders, stands, wizard::status(wrong), (&page, &json))
}

/// A page as it was asked for, with the state that travels on.
fn answer(
    visit: &Visit,
    orders: &Orders,
    stands: &Standing,
    status: StatusCode,
    (page, json): (&impl Page, &AsJson<'_>),
) -> HttpResponse {
    let response = match visit.wants {
        Wants::Html => respond::page(visit, status, page),
        Wants::Json => respond::json(status, json),
    };
    with(visit, orders, EXTENSION, &stands.state, response)
}

/// The choice is made: the document's number is looked up now, counted before.
async fn choose(
    request: HttpRequest,
    visit: Visit,
    house: web::Data<Ceremony>,
    orders: web::Data<Orders>,
    body: web::Bytes,
) -> HttpResponse {
    let answered = async {
        let (stands, typed) = posted(&request, &visit, &house, &orders, (Where::Choice, &body)).await?;
        let another = match typed.get("choice") {
            "" | "use" if !stands.own.public => false,
            "another" => true,
            _ => {
                return Err(choice(
                    &visit,
                    &house,
                    &orders,
                    &stands,
                    &[Refusal::new(Code::OwnConfirm).at("choice")],
                ));
            }
        };
        match look_up(&visit, &house, &orders, &stands).await {
            Ok(()) => {}
            Err(Halt::Refused(refusal)) if refusal.code == Code::OrderTooMany => {
                let again = choice(&visit, &house, &orders, &stands, &[refusal]);
                return Err(respond::later(again, wizard::DAY));
            }
            Err(halt) => return Err(back_to_form(&visit, &orders, &stands.state, halt)),
        }
        let state = stands.state.confirmed(stands.holder.eid.id, another);
        let stands = Standing { state, ..stands };
        Ok(match visit.wants {
            Wants::Json => number(&visit, &house, &orders, &stands),
            Wants::Html => with(&visit, &orders, EXTENSION, &stands.state, respond::see_other(NUMBER)),
        })
    };
    either(answered.await)
}

async fn look_up(visit: &Visit, house: &Ceremony, orders: &Orders, stands: &Standing) -> Result<(), Halt> {
    orders.may(&visit.ctx)?;
    let (ctx, act_house, holder) = (visit.ctx.clone(), house.clone(), stands.holder.clone());
    let (cpr, most) = (stands.details.cpr.clone(), orders.checks_per_person());
    let counted = move |tx: &mut Tx<'_>| count(tx, &ctx, &act_house, &holder, (&cpr, most));
    let check = house
        .store
        .transact("own.extend_count", Durability::Full, counted)
        .await?;
    let (documents, asked) = (orders.registers().documents.clone(), stands.details.clone());
    let on = denmark::date(visit.ctx.now);
    let said = web::block(move || documents.check(&asked.cpr, asked.document, &asked.number, on)).await;
    let Ok(said) = said.unwrap_or(Err(Unreachable::Register)) else {
        let forgets = move |tx: &mut Tx<'_>| tx.online_orders().forget_check(&check);
        house
            .store
            .transact("own.extend_uncounted", Durability::Full, forgets)
            .await?;
        return Err(Unreachable::Register.into());
    };
    orders.count(&visit.ctx);
    let (ctx, holder, details) = (visit.ctx.clone(), stands.holder.clone(), stands.details.clone());
    let noted = move |tx: &mut Tx<'_>| checked(tx, &ctx, &holder, &details, said);
    let outcome = house
        .store
        .transact("own.extend_checked", Durability::Full, noted)
        .await?;
    Ok(outcome?)
}

async fn show_number(
    request: HttpRequest,
    visit: Visit,
    house: web::Data<Ceremony>,
    orders: web::Data<Orders>,
) -> HttpResponse {
    let shown = async {
        let stands = stands(&request, &visit, &house, &orders, (Where::Number, false)).await?;
        Ok(number(&visit, &house, &orders, &stands))
    };
    either(shown.await)
}

fn number(visit: &Visit, house: &Ceremony, orders: &Orders, stands: &Standing) -> HttpResponse {
    let form = form(visit, house, stands, (Where::Number, &[]));
    let another = stands.another();
    let json = AsJson {
        step: "confirm",
        csrf: form.csrf.clone(),
        fields: &[],
        errors: Vec::new(),
        next: NUMBER,
        own: &stands.own,
        another: Some(another),
    };
    let page = NumberPage {
        frame: Frame::of(visit),
        form,
        own: stands.own.clone(),
        another,
        office: wizard::office(visit, orders, &stands.details),
    };
    answer(visit, orders, stands, StatusCode::OK, (&page, &json))
}

async fn confirm(
    request: HttpRequest,
    visit: Visit,
    house: web::Data<Ceremony>,
    orders: web::Data<Orders>,
    registers: web::Data<Registers>,
    body: web::Bytes,
) -> HttpResponse {
    let answered = async {
        let (stands, _typed) = posted(&request, &visit, &house, &orders, (Where::Number, &body)).await?;
        let entry = entry(&visit, &house, &registers, &stands.holder).await?;
        let (ctx, act_house, rules) = (visit.ctx.clone(), house.get_ref().clone(), *orders.rules());
        let (holder, details, state) = (stands.holder.clone(), stands.details.clone(), stands.state.clone());
        let more = stands.another();
        let ended = house.store.transact("own.extend", Durability::Full, move |tx| {
            let last = Last {
                state: &state,
                details: &details,
                entry: entry.as_ref(),
            };
            last.ends(tx, &ctx, (&act_house, &rules), &holder, more)
        });
        match ended.await {
            Ok(()) => {}
            // Where it goes and what it is on are asked on the form.
            Err(Halt::Refused(refusal)) if matches!(refusal.code, Code::OrderDelivery | Code::OrderNoAddress) => {
                return Err(back_to_form(
                    &visit,
                    &orders,
                    &stands.state,
                    refusal.at("office").into(),
                ));
            }
            Err(halt) => return Err(halted(&visit, halt)),
        }
        let on = if more {
            DONE.to_owned()
        } else {
            format!("{}?done=public", public::PATH)
        };
        let response = match visit.wants {
            Wants::Html => respond::see_other(&on),
            Wants::Json => respond::json(
                StatusCode::OK,
                &serde_json::json!({ "step": "done", "errors": [], "another": more }),
            ),
        };
        Ok(without(&visit, EXTENSION, response))
    };
    either(answered.await)
}

/// Another eID is on its way.
async fn done(request: HttpRequest, visit: Visit, house: web::Data<Ceremony>) -> HttpResponse {
    let shown = async {
        let holder = enter(&request, &visit, &house, Need::See).await?;
        let back = waits_for(&request, &visit, &house, holder.eid.id);
        let page = DonePage {
            frame: Frame::of(&visit),
            back,
        };
        Ok(respond::page(&visit, StatusCode::OK, &page))
    };
    either(shown.await)
}
