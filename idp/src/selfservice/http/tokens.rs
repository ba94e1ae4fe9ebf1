//! `/self-service/tokens`: `action` = `order` (with `accept`, and `price`, which was shown, in øre), `take_back`.
//! `/self-service/tokens/{activate,block,reopen}`: `serial`, `shown`, and a code of the card (`card`, `index`, `code`).

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Serialize;

use super::receipt::logged_out_by;
use super::{
    Around, Challenge, Offers, accepted, card_code, done, done_key, either, enter, halted, look, posted, run, section,
};
use crate::credentials::keycard::Asked;
use crate::domain::refusal::{Code, Refusal};
use crate::login::Ceremony;
use crate::selfservice::account::{Holder, Need};
use crate::selfservice::tokens::{Act, Form, Tokens, act, ask, order, read, take_back};
use crate::storage::{Halt, Tx};
use crate::web::pages::{Frame, Page};
use crate::web::{Visit, respond};

pub(super) const PATH: &str = "/self-service/tokens";
const DONE: &[(&str, &str)] = &[
    ("ordered", "own-done-token-ordered"),
    ("taken_back", "own-done-token-taken-back"),
    ("activated", "own-done-token-activated"),
    ("reopened", "own-done-token-reopened"),
];

#[derive(Debug, Template)]
#[template(path = "own_tokens.html")]
struct TokensPage {
    frame: Frame,
    around: Around,
    own: Tokens,
}

impl Page for TokensPage {}

/// Where a code of the card approves it.
#[derive(Debug, Template)]
#[template(path = "own_token_act.html")]
struct ActPage {
    frame: Frame,
    around: Around,
    act: &'static str,
    challenge: Challenge,
    serial: String,
}

impl Page for ActPage {}

#[derive(Debug, Serialize)]
struct Shown<'a> {
    act: &'static str,
    challenge: &'a Challenge,
}

pub(super) fn mount(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource(PATH)
                .name("own_tokens")
                .route(web::get().to(show))
                .route(web::post().to(post)),
        )
        .service(
            web::resource("/self-service/tokens/{act}")
                .name("own_token_act")
                .route(web::get().to(show_act))
                .route(web::post().to(post_act)),
        );
}

async fn show(
    request: HttpRequest,
    visit: Visit,
    house: web::Data<Ceremony>,
    offers: web::Data<Offers>,
) -> HttpResponse {
    let shown = async {
        let holder = enter(&request, &visit, &house, Need::Change).await?;
        let key = done_key(&request, DONE);
        page(&visit, &house, holder, offers.token_price_oere, &[], key).await
    };
    either(shown.await)
}

async fn post(
    request: HttpRequest,
    visit: Visit,
    house: web::Data<Ceremony>,
    offers: web::Data<Offers>,
    body: web::Bytes,
) -> HttpResponse {
    either(answered(&request, &visit, &house, offers.token_price_oere, &body).await)
}

async fn answered(
    request: &HttpRequest,
    visit: &Visit,
    house: &Ceremony,
    price: u32,
    body: &[u8],
) -> Result<HttpResponse, HttpResponse> {
    let (holder, typed) = posted(request, visit, house, Need::Change, PATH, body).await?;
    let (act_house, ctx, act_holder) = (house.clone(), visit.ctx.clone(), holder.clone());
    match typed.get("action") {
        "order" => {
            let accepted = accepted(&typed);
            let ordered = run(visit, house, "own.order_token", move |tx| {
                order(tx, &ctx, &act_house, &act_holder, (price, accepted))
            })
            .await?;
            match ordered {
                Ok(()) => Ok(done(visit, PATH, "ordered")),
                Err(refusal) => page(visit, house, holder, price, &[refusal], None).await,
            }
        }
        "take_back" => {
            run(visit, house, "own.take_back_token", move |tx| {
                take_back(tx, &ctx, &act_house, &act_holder)
            })
            .await?;
            Ok(done(visit, PATH, "taken_back"))
        }
        _ => Err(respond::refusal(visit, &Refusal::new(Code::RequestMalformed))),
    }
}

async fn page(
    visit: &Visit,
    house: &Ceremony,
    holder: Holder,
    price: u32,
    wrong: &[Refusal],
    key: Option<&str>,
) -> Result<HttpResponse, HttpResponse> {
    let around = Around::new(visit, house, &holder, PATH, wrong).with_done(visit, key);
    let own = look(visit, house, "own.tokens", move |tx| read(tx, &holder, price)).await?;
    Ok(section(visit, PATH, around, wrong, &own, |around| TokensPage {
        frame: Frame::of(visit),
        around,
        own: own.clone(),
    }))
}

/// Address of an act, which its form's token is bound to.
const fn path(act: Act) -> &'static str {
    match act {
        Act::Activate => "/self-service/tokens/activate",
        Act::Block => "/self-service/tokens/block",
        Act::Reopen => "/self-service/tokens/reopen",
    }
}

/// Nothing of that name is done to a token.
fn nothing_such(visit: &Visit) -> HttpResponse {
    respond::refusal(visit, &Refusal::new(Code::RequestNotFound))
}

async fn show_act(
    request: HttpRequest,
    visit: Visit,
    word: web::Path<String>,
    house: web::Data<Ceremony>,
) -> HttpResponse {
    let shown = async {
        let act = Act::parse(&word).ok_or_else(|| nothing_such(&visit))?;
        let holder = enter(&request, &visit, &house, Need::Change).await?;
        let (ctx, reader) = (visit.ctx.clone(), holder.clone());
        let asked = look(&visit, &house, "own.ask_token", move |tx| ask(tx, &ctx, &reader, act)).await?;
        Ok(act_page(&visit, &house, &holder, act, &asked, "", &[]))
    };
    either(shown.await)
}

async fn post_act(
    request: HttpRequest,
    visit: Visit,
    word: web::Path<String>,
    house: web::Data<Ceremony>,
    body: web::Bytes,
) -> HttpResponse {
    let answered = async {
        let act_meant = Act::parse(&word).ok_or_else(|| nothing_such(&visit))?;
        let (holder, typed) = posted(&request, &visit, &house, Need::Change, path(act_meant), &body).await?;
        let form = Form {
            serial: typed.get("serial").to_owned(),
            shown: typed.secret("shown"),
            card: card_code(&typed),
        };
        let (act_house, ctx, act_holder) = (house.get_ref().clone(), visit.ctx.clone(), holder.clone());
        let outcome = run(&visit, &house, "own.token", move |tx: &mut Tx<'_>| {
            act(tx, &ctx, &act_house, &act_holder, (act_meant, &form))
        })
        .await?;
        match (outcome, act_meant) {
            (Ok(()), Act::Activate) => Ok(done(&visit, PATH, "activated")),
            (Ok(()), Act::Reopen) => Ok(done(&visit, PATH, "reopened")),
            (Ok(()), Act::Block) => Ok(logged_out_by(&visit, "blocked-token", "token_blocked")),
            (Err((refusal, Some(asked))), _) => {
                let serial = typed.get("serial");
                Ok(act_page(&visit, &house, &holder, act_meant, &asked, serial, &[refusal]))
            }
            (Err((refusal, None)), _) => Err(halted(&visit, Halt::Refused(refusal))),
        }
    };
    either(answered.await)
}

fn act_page(
    visit: &Visit,
    house: &Ceremony,
    holder: &Holder,
    act: Act,
    asked: &Asked,
    serial: &str,
    wrong: &[Refusal],
) -> HttpResponse {
    let around = Around::new(visit, house, holder, path(act), wrong);
    let challenge = Challenge::of(asked);
    let shown = Shown {
        act: act.as_str(),
        challenge: &challenge,
    };
    section(visit, path(act), around, wrong, &shown, |around| ActPage {
        frame: Frame::of(visit),
        around,
        act: act.as_str(),
        challenge: challenge.clone(),
        serial: serial.to_owned(),
    })
}
