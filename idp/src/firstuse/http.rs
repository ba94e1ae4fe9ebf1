//! `/activate` and `/activate/order`, as pages or as JSON. Parses, calls the ceremony, renders; decides nothing.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use serde::Serialize;

use super::FirstUse;
use super::rules;
use super::service::{Coded, Wish};
use super::state::{Chosen, State, Step};
use crate::credentials::keycard::Asked;
use crate::domain::refusal::{Code, Refusal};
use crate::storage::Halt;
use crate::web::cookies::Name;
use crate::web::forms::Fields;
use crate::web::{Visit, Wants, accept, json, pages, respond};

const PATH: &str = "/activate";
/// Where the key of an eID on hardware is added.
const ADD_KEY: &str = "/self-service/passkeys/add";

/// Mounts the slice; its [`FirstUse`] must be among the app's data.
pub fn mount(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource(PATH)
                .name("activate")
                .route(web::get().to(show))
                .route(web::post().to(answer)),
        )
        .service(
            web::resource("/activate/order")
                .name("activate.order")
                .route(web::get().to(show_order))
                .route(web::post().to(order)),
        );
}

/// What is shown beside the step itself.
#[derive(Default)]
struct Shown {
    errors: Vec<Refusal>,
    /// What was typed and may be shown again.
    user_id: String,
}

fn brought(request: &HttpRequest, visit: &Visit, house: &FirstUse) -> Option<State> {
    let cookie = request.cookie(&visit.site.jar().name(Name::FirstUse))?;
    State::open(&house.house.vault, &visit.ctx, cookie.value())
}

async fn show(request: HttpRequest, visit: Visit, house: web::Data<FirstUse>) -> HttpResponse {
    let state = brought(&request, &visit, &house).unwrap_or_else(|| State::begin(&visit.ctx));
    step(&visit, &house, state, Shown::default()).await
}

async fn answer(request: HttpRequest, visit: Visit, house: web::Data<FirstUse>, body: web::Bytes) -> HttpResponse {
    let typed = match json::guard(&visit.site, request.headers())
        .and_then(|()| Fields::read(&body, accept::is_json(request.headers())))
    {
        Ok(typed) => typed,
        Err(refusal) => return respond::refusal(&visit, &refusal),
    };
    let Some(state) = brought(&request, &visit, &house) else {
        return respond::refusal(&visit, &Refusal::new(Code::ActivationExpired));
    };
    if !state.csrf_ok(&house.house.vault, typed.get("csrf")) {
        return respond::refusal(&visit, &Refusal::new(Code::LoginCsrf));
    }
    if typed.get("action") == "cancel" {
        return step(&visit, &house, State::begin(&visit.ctx), Shown::default()).await;
    }
    match advance(&visit, &house, &state, &typed).await {
        Err(halt) => halted(&visit, halt),
        Ok(Next::Step(state, shown)) => step(&visit, &house, state, shown).await,
        Ok(Next::Done { on_hardware }) => done(&visit, on_hardware),
    }
}

enum Next {
    Step(State, Shown),
    Done { on_hardware: bool },
}

async fn advance(visit: &Visit, house: &FirstUse, state: &State, typed: &Fields) -> Result<Next, Halt> {
    let ctx = &visit.ctx;
    let stays = |errors: Vec<Refusal>| {
        let shown = Shown {
            errors,
            user_id: typed.get("user_id").to_owned(),
        };
        Ok(Next::Step(state.clone(), shown))
    };
    let goes = |step: Step| Ok(Next::Step(state.at(step), Shown::default()));
    match &state.step {
        Step::Start => match house
            .tries(ctx, typed.get("user_id"), &typed.secret("activation_password"))
            .await?
        {
            Ok(right) => goes(Step::Terms(right.into())),
            Err(errors) => stays(errors),
        },
        Step::Terms(right) if typed.is_ticked("accept_terms") => goes(Step::Choose(*right)),
        Step::Terms(_) => stays(vec![Refusal::new(Code::TermsRequired).at("accept_terms")]),
        Step::Choose(right) => {
            let wish = Wish {
                password: typed.secret("password"),
                again: typed.secret("password_again"),
                user_id: typed.get("user_id"),
            };
            let right: crate::credentials::activation::Attempted = (*right).into();
            match house.chooses(ctx, right, wish).await? {
                Ok(epoch) => goes(Step::Code(Chosen {
                    person: right.who.person,
                    eid: right.who.eid,
                    epoch,
                    asked: None,
                })),
                Err(errors) => stays(errors),
            }
        }
        Step::Code(chosen) => match house.codes(ctx, chosen, typed.get("code")).await? {
            Coded::Done { on_hardware } => Ok(Next::Done { on_hardware }),
            Coded::Again(refusal, asked) => {
                let chosen = Chosen {
                    asked,
                    ..chosen.clone()
                };
                let shown = Shown {
                    errors: vec![refusal],
                    user_id: String::new(),
                };
                Ok(Next::Step(state.at(Step::Code(chosen)), shown))
            }
        },
    }
}

/// Shows a step. At the code's, the challenge that stands now, or that there is no card yet.
async fn step(visit: &Visit, house: &FirstUse, mut state: State, shown: Shown) -> HttpResponse {
    let mut waits = None;
    if let Step::Code(chosen) = &state.step {
        let chosen = match house.asks(&visit.ctx, chosen).await {
            Err(Halt::Refused(_)) => {
                return clear(visit, respond::refusal(visit, &Refusal::new(Code::ActivationExpired)));
            }
            Err(halt) => return halted(visit, halt),
            Ok(Ok(asked)) => Chosen {
                asked: Some(asked),
                ..chosen.clone()
            },
            Ok(Err(code)) => {
                waits = Some(code);
                Chosen {
                    asked: None,
                    ..chosen.clone()
                }
            }
        };
        state = state.at(Step::Code(chosen));
    }
    let mut response = page(visit, house, &state, &shown, waits);
    if let Some(sealed) = state.seal(&house.house.vault, &visit.ctx) {
        let life = state.expires_at() - visit.ctx.now;
        let cookie = visit.site.jar().at(PATH.to_owned(), Name::FirstUse, sealed, Some(life));
        // Our own names and values are always valid in a header.
        let _set = response.add_cookie(&cookie);
    }
    response
}

fn page(visit: &Visit, house: &FirstUse, state: &State, shown: &Shown, waits: Option<Code>) -> HttpResponse {
    let csrf = state.csrf(&house.house.vault);
    let asked = match &state.step {
        Step::Code(chosen) => chosen.asked.as_ref(),
        _ => None,
    };
    if visit.wants == Wants::Json {
        return respond::json(StatusCode::OK, &as_json(visit, state, csrf, shown, asked, waits));
    }
    let ok = StatusCode::OK;
    match (&state.step, waits) {
        (Step::Start, _) => {
            let page = pages::Activate::new(visit, csrf, &shown.user_id, &shown.errors);
            respond::page(visit, ok, &page)
        }
        (Step::Terms(_), _) => {
            let page = pages::Terms::new(visit, csrf, rules::said(visit.say()), &shown.errors);
            respond::page(visit, ok, &page)
        }
        (Step::Choose(_), _) => {
            let page = pages::Choose::new(visit, csrf, &shown.user_id, &shown.errors);
            respond::page(visit, ok, &page)
        }
        (Step::Code(_), Some(code)) => respond::page(visit, ok, &pages::CardLater::new(visit, &Refusal::new(code))),
        (Step::Code(_), None) => {
            let (index, card) = asked.map_or_else(Default::default, |asked| {
                (asked.index.to_string(), asked.card.to_string())
            });
            let page = pages::FirstCode::new(visit, csrf, (&index, &card), &shown.errors);
            respond::page(visit, ok, &page)
        }
    }
}

/// A step as a program reads it.
#[derive(Serialize)]
struct AsJson {
    step: &'static str,
    #[serde(skip_serializing_if = "String::is_empty")]
    csrf: String,
    challenge: Option<json::Challenge>,
    fields: Vec<&'static str>,
    errors: Vec<json::Wrong>,
    expires_at: String,
    /// Where its holder goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<&'static str>,
}

fn as_json(
    visit: &Visit,
    state: &State,
    csrf: String,
    shown: &Shown,
    asked: Option<&Asked>,
    waits: Option<Code>,
) -> AsJson {
    let mut errors = json::Wrong::all(visit.say(), &shown.errors);
    errors.extend(waits.map(|code| json::Wrong::new(visit.say(), &Refusal::new(code))));
    let fields = match (&state.step, waits) {
        (Step::Start, _) => vec!["user_id", "activation_password"],
        (Step::Terms(_), _) => vec!["accept_terms"],
        (Step::Choose(_), _) => vec!["password", "password_again", "user_id"],
        (Step::Code(_), None) => vec!["code"],
        (Step::Code(_), Some(_)) => Vec::new(),
    };
    AsJson {
        step: if waits.is_some() { "waiting" } else { state.word() },
        csrf,
        challenge: asked.map(|asked| json::Challenge {
            index: asked.index.to_string(),
            card: asked.card.to_string(),
        }),
        fields,
        errors,
        expires_at: state.expires_at().rfc3339(),
        next: None,
    }
}

fn plain_json(
    visit: &Visit,
    step: &'static str,
    csrf: String,
    fields: Vec<&'static str>,
    errors: &[Refusal],
) -> AsJson {
    AsJson {
        step,
        csrf,
        challenge: None,
        fields,
        errors: json::Wrong::all(visit.say(), errors),
        expires_at: (visit.ctx.now + super::state::LIFE).rfc3339(),
        next: None,
    }
}

fn done(visit: &Visit, on_hardware: bool) -> HttpResponse {
    let next = on_hardware.then_some(ADD_KEY);
    let response = match visit.wants {
        Wants::Json => {
            let done = plain_json(visit, "done", String::new(), Vec::new(), &[]);
            respond::json(StatusCode::OK, &AsJson { next, ..done })
        }
        Wants::Html => respond::page(visit, StatusCode::OK, &pages::Activated::new(visit, next)),
    };
    clear(visit, response)
}

/// Takes the state's cookie back.
fn clear(visit: &Visit, mut response: HttpResponse) -> HttpResponse {
    // Our own names and values are always valid in a header.
    let _set = response.add_cookie(&visit.site.jar().clear_at(PATH.to_owned(), Name::FirstUse));
    response
}

/// The page where one is ordered shares the first use's state: its cookie is what a form of ours is known by.
async fn show_order(request: HttpRequest, visit: Visit, house: web::Data<FirstUse>) -> HttpResponse {
    order_page(&request, &visit, &house, ("", ""), &[])
}

fn order_page(
    request: &HttpRequest,
    visit: &Visit,
    house: &FirstUse,
    (user_id, card): (&str, &str),
    errors: &[Refusal],
) -> HttpResponse {
    let state = brought(request, visit, house)
        .filter(|state| state.step == Step::Start)
        .unwrap_or_else(|| State::begin(&visit.ctx));
    let csrf = state.csrf(&house.house.vault);
    let mut response = match visit.wants {
        Wants::Json => {
            let fields = vec!["user_id", "card_number"];
            respond::json(StatusCode::OK, &plain_json(visit, "order", csrf, fields, errors))
        }
        Wants::Html => {
            let page = pages::OrderActivation::new(visit, csrf, (user_id, card), errors);
            respond::page(visit, StatusCode::OK, &page)
        }
    };
    if let Some(sealed) = state.seal(&house.house.vault, &visit.ctx) {
        let life = state.expires_at() - visit.ctx.now;
        let cookie = visit.site.jar().at(PATH.to_owned(), Name::FirstUse, sealed, Some(life));
        // Our own names and values are always valid in a header.
        let _set = response.add_cookie(&cookie);
    }
    response
}

async fn order(request: HttpRequest, visit: Visit, house: web::Data<FirstUse>, body: web::Bytes) -> HttpResponse {
    let typed = match json::guard(&visit.site, request.headers())
        .and_then(|()| Fields::read(&body, accept::is_json(request.headers())))
    {
        Ok(typed) => typed,
        Err(refusal) => return respond::refusal(&visit, &refusal),
    };
    let ours = brought(&request, &visit, &house)
        .is_some_and(|state| state.step == Step::Start && state.csrf_ok(&house.house.vault, typed.get("csrf")));
    if !ours {
        return respond::refusal(&visit, &Refusal::new(Code::LoginCsrf));
    }
    let (user_id, card) = (typed.get("user_id"), typed.get("card_number"));
    match house.orders(&visit.ctx, user_id, card).await {
        Err(halt) => halted(&visit, halt),
        Ok(Err(errors)) => order_page(&request, &visit, &house, (user_id, card), &errors),
        Ok(Ok(())) => match visit.wants {
            Wants::Json => respond::json(
                StatusCode::OK,
                &plain_json(&visit, "ordered", String::new(), Vec::new(), &[]),
            ),
            Wants::Html => respond::page(&visit, StatusCode::OK, &pages::ActivationOrdered::new(&visit)),
        },
    }
}

/// An act that stopped. What expired takes its cookie along, so that the next visit begins anew.
fn halted(visit: &Visit, halt: Halt) -> HttpResponse {
    match halt.into_refusal() {
        Ok(refusal) if refusal.code == Code::ActivationExpired => clear(visit, respond::refusal(visit, &refusal)),
        stopped => respond::stopped(visit, stopped),
    }
}
