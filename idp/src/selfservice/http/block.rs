//! `/block`: what can be stopped, for everybody to read; `/block/{what}`: after user-ID and password, to stop it.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use askama::Template;
use serde::Serialize;

use super::receipt::logged_out_by;
use super::{either, enter, halted, look, posted};
use crate::domain::refusal::{Code, Refusal};
use crate::login::Ceremony;
use crate::selfservice::account::{Holder, Need};
use crate::selfservice::block::{Open, What, open, stop};
use crate::storage::Durability;
use crate::web::pages::{ErrorLine, Errors, Frame, Page};
use crate::web::{Visit, Wants, json, respond};

pub(super) const PATH: &str = "/block";

/// Where one is led to choose.
#[derive(Debug, Template)]
#[template(path = "block.html")]
struct BlockPage {
    frame: Frame,
}

impl Page for BlockPage {}

/// Where one confirms.
#[derive(Debug, Template)]
#[template(path = "block_confirm.html")]
struct ConfirmPage {
    frame: Frame,
    what: &'static str,
    heading: String,
    lead: Vec<String>,
    action: String,
    csrf: String,
    number: String,
    /// Of what there may be several.
    several: bool,
    choices: Vec<Choice>,
    errors: Errors,
}

impl Page for ConfirmPage {}

#[derive(Debug)]
struct Choice {
    value: String,
    label: String,
}

#[derive(Debug, Serialize)]
struct Shown<'a> {
    what: What,
    csrf: &'a str,
    eid_number: &'a str,
    #[serde(flatten)]
    open: &'a Open,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<json::Wrong>,
}

pub(super) fn mount(config: &mut web::ServiceConfig) {
    config
        .service(web::resource(PATH).name("block").route(web::get().to(choose)))
        .service(
            web::resource("/block/{what}")
                .name("block_what")
                .route(web::get().to(show))
                .route(web::post().to(post)),
        );
}

async fn choose(visit: Visit) -> HttpResponse {
    match visit.wants {
        Wants::Html => {
            let frame = Frame::of(&visit);
            respond::page(&visit, StatusCode::OK, &BlockPage { frame })
        }
        Wants::Json => {
            let ways = What::ALL.map(|what| format!("{PATH}/{}", what.as_str()));
            respond::json(StatusCode::OK, &serde_json::json!({ "block": ways }))
        }
    }
}

/// There is nothing of that name to be stopped.
fn nothing_such(visit: &Visit) -> HttpResponse {
    respond::refusal(visit, &Refusal::new(Code::RequestNotFound))
}

async fn show(request: HttpRequest, visit: Visit, word: web::Path<String>, house: web::Data<Ceremony>) -> HttpResponse {
    let shown = async {
        let what = What::parse(&word).ok_or_else(|| nothing_such(&visit))?;
        let holder = enter(&request, &visit, &house, Need::Stop).await?;
        page(&visit, &house, holder, what, &[]).await
    };
    either(shown.await)
}

async fn post(
    request: HttpRequest,
    visit: Visit,
    word: web::Path<String>,
    house: web::Data<Ceremony>,
    body: web::Bytes,
) -> HttpResponse {
    let answered = async {
        let what = What::parse(&word).ok_or_else(|| nothing_such(&visit))?;
        let (holder, typed) = posted(&request, &visit, &house, Need::Stop, &act(what), &body).await?;
        let (act_house, ctx) = (house.get_ref().clone(), visit.ctx.clone());
        let (act_holder, which) = (holder.clone(), typed.get(what.as_str()).to_owned());
        let stopped = house
            .store
            .transact("own.block", Durability::Full, move |tx| {
                stop(tx, &ctx, &act_house, &act_holder, (what, &which))
            })
            .await
            .map_err(|halt| halted(&visit, halt))?;
        match stopped {
            Ok(()) => Ok(receipt(&visit, what)),
            Err(refusal) => page(&visit, &house, holder, what, &[refusal]).await,
        }
    };
    either(answered.await)
}

/// The act that a form's token is bound to.
fn act(what: What) -> String {
    format!("{PATH}/{}", what.as_str())
}

/// Every session has ended, this one too.
fn receipt(visit: &Visit, what: What) -> HttpResponse {
    let (word, done) = match what {
        What::Password => ("blocked-password", "password_blocked"),
        What::Card => ("blocked-card", "card_blocked"),
        What::Token => ("blocked-token", "token_blocked"),
        What::App => ("blocked-app", "app_blocked"),
        What::Passkey => ("blocked-passkey", "passkey_blocked"),
        What::Voice => ("blocked-voice", "voice_blocked"),
        What::Certificate => ("blocked-certificate", "certificate_revoked"),
        What::Eid => ("blocked-eid", "eid_blocked"),
    };
    logged_out_by(visit, word, done)
}

/// Of what there may be several, each as a button: its id, and what it says.
fn choices(visit: &Visit, open: &Open) -> Vec<Choice> {
    let (say, frame) = (visit.say(), Frame::fixed(visit));
    let cards = open.cards.iter().map(|card| Choice {
        value: card.number.clone(),
        label: format!(
            "{} ({})",
            say.with("block-this-card", "number", &card.number),
            frame.word("card", card.state)
        ),
    });
    let tokens = open.tokens.iter().map(|token| Choice {
        value: token.serial.clone(),
        label: say.with("block-this-token", "number", &token.serial),
    });
    let apps = open.apps.iter().map(|app| Choice {
        value: app.id.clone(),
        label: say.with("block-this-app", "name", &app.name),
    });
    let passkeys = open.passkeys.iter().map(|passkey| Choice {
        value: passkey.id.clone(),
        label: say.with("block-this-passkey", "name", &passkey.name),
    });
    cards.chain(tokens).chain(apps).chain(passkeys).collect()
}

async fn page(
    visit: &Visit,
    house: &Ceremony,
    holder: Holder,
    what: What,
    wrong: &[Refusal],
) -> Result<HttpResponse, HttpResponse> {
    let (number, csrf) = (holder.eid.number.grouped(), holder.csrf(&house.vault, &act(what)));
    let ctx = visit.ctx.clone();
    let open = look(visit, house, "own.open", move |tx| open(tx, &ctx, &holder, what)).await?;
    let status = if wrong.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    if visit.wants == Wants::Json {
        let shown = Shown {
            what,
            csrf: &csrf,
            eid_number: &number,
            open: &open,
            errors: json::Wrong::all(visit.say(), wrong),
        };
        return Ok(respond::json(status, &shown));
    }
    let say = visit.say();
    let word = what.as_str();
    let lead = (1..=4).map_while(|number| say.maybe(&format!("block-{word}-{number}")));
    let confirm = ConfirmPage {
        frame: Frame::of(visit),
        what: word,
        heading: say.say(&format!("block-{word}-heading")),
        lead: lead.collect(),
        action: visit.own_address(),
        csrf,
        number,
        several: matches!(what, What::Card | What::Token | What::App | What::Passkey),
        choices: choices(visit, &open),
        errors: Errors(ErrorLine::all(say, wrong)),
    };
    Ok(respond::page(visit, status, &confirm))
}
