//! The pages, and the same as JSON: each section is a module with its page, its GET and its POST. Parses, calls, renders; decides
//! nothing. A new section is a module, a line in [`MENU`] and a line in [`mount`].

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use serde_json::Value;

use super::account::{Holder, Need, Standing, stands};
use super::approval::Typed;
use crate::config::Settings;
use crate::credentials::keycard::Asked;
use crate::domain::party::OWN;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::time::Span;
use crate::login::{self, Ceremony, session_of};
use crate::storage::{Durability, Halt, Tx};
use crate::web::forms::Fields;
use crate::web::pages::{ErrorLine, Errors, Page};
use crate::web::{Visit, Wants, accept, json, respond};

mod apps;
mod block;
mod cards;
mod certificate;
mod close;
mod consents;
mod contact;
mod data;
mod extend;
mod history;
mod logout;
mod overview;
mod passkeys;
mod password;
mod public;
mod receipt;
mod sessions;
mod tokens;
mod user_id;
mod voice;

/// Mounts the slice. The app data `web::Data<Ceremony>` and `web::Data<Offers>` must be there.
pub fn mount(config: &mut web::ServiceConfig) {
    overview::mount(config);
    history::mount(config);
    sessions::mount(config);
    consents::mount(config);
    public::mount(config);
    extend::mount(config);
    password::mount(config);
    user_id::mount(config);
    contact::mount(config);
    cards::mount(config);
    tokens::mount(config);
    apps::mount(config);
    passkeys::mount(config);
    voice::mount(config);
    certificate::mount(config);
    data::mount(config);
    close::mount(config);
    logout::mount(config);
    block::mount(config);
}

/// What a holder may order for themself, as the operator set it.
#[derive(Debug, Clone, Copy)]
pub struct Offers {
    /// Unused cards at once by their own order.
    extra_cards: usize,
    /// The price of a code token, in øre.
    token_price_oere: u32,
}

impl Offers {
    /// From the settings.
    #[must_use]
    pub const fn of(settings: &Settings) -> Self {
        Self {
            extra_cards: settings.keycard.extra_cards,
            token_price_oere: settings.token.price_oere,
        }
    }
}

/// The sections in the order of the menu: the word for the label (`own-menu-…`) and the address.
const MENU: &[(&str, &str)] = &[
    ("overview", overview::PATH),
    ("history", history::PATH),
    ("sessions", sessions::PATH),
    ("consents", consents::PATH),
    ("public", public::PATH),
    ("password", password::PATH),
    ("user-id", user_id::PATH),
    ("cards", cards::PATH),
    ("tokens", tokens::PATH),
    ("apps", apps::PATH),
    ("passkeys", passkeys::PATH),
    ("voice", voice::PATH),
    ("certificate", certificate::PATH),
    ("contact", contact::PATH),
    ("data", data::PATH),
    ("block", block::PATH),
    ("close", close::PATH),
    ("logout", logout::PATH),
];

/// A session is noted as used no oftener.
const TOUCH: Span = Span::minutes(1);

/// A line of the menu.
#[derive(Debug, Clone)]
pub(super) struct Item {
    label: String,
    path: &'static str,
    here: bool,
}

/// What all sections share.
#[derive(Debug, Clone)]
pub(super) struct Around {
    menu: Vec<Item>,
    /// Where the form is sent.
    action: String,
    csrf: String,
    errors: Errors,
    /// What has just been done.
    done: Option<String>,
}

impl Around {
    /// Of the section at `path`; its form's act is the path, too.
    fn new(visit: &Visit, house: &Ceremony, holder: &Holder, path: &'static str, errors: &[Refusal]) -> Self {
        let say = visit.say();
        let item = |(word, at): &(&str, &'static str)| Item {
            label: say.say(&format!("own-menu-{word}")),
            path: at,
            here: *at == path,
        };
        Self {
            menu: MENU.iter().map(item).collect(),
            action: visit.own_address(),
            csrf: holder.csrf(&house.vault, path),
            errors: Errors(ErrorLine::all(say, errors)),
            done: None,
        }
    }

    /// Tells that something was done, by a text's key.
    fn with_done(mut self, visit: &Visit, key: Option<&str>) -> Self {
        self.done = key.map(|key| visit.say().say(key));
        self
    }
}

/// A section as JSON.
#[derive(Debug, Serialize)]
struct Data<'a, T: Serialize> {
    section: &'a str,
    csrf: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<json::Wrong>,
    #[serde(flatten)]
    data: &'a T,
}

/// A section as it was asked for: the page, or `data` as JSON.
fn section<P: Page, T: Serialize>(
    visit: &Visit,
    path: &str,
    around: Around,
    errors: &[Refusal],
    data: &T,
    page: impl FnOnce(Around) -> P,
) -> HttpResponse {
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    match visit.wants {
        Wants::Html => respond::page(visit, status, &page(around)),
        Wants::Json => {
            let body = Data {
                section: path.rsplit('/').next().unwrap_or_default(),
                csrf: &around.csrf,
                errors: json::Wrong::all(visit.say(), errors),
                data,
            };
            respond::json(status, &body)
        }
    }
}

/// An act is done: the page is shown again by a GET that says so, or JSON says so at once.
fn done(visit: &Visit, path: &str, word: &str) -> HttpResponse {
    match visit.wants {
        Wants::Html => respond::see_other(&format!("{path}?done={word}")),
        Wants::Json => respond::json(StatusCode::OK, &serde_json::json!({ "done": word })),
    }
}

/// The text that a page shows after [`done`], if the word is one of the section's.
fn done_key(request: &HttpRequest, known: &[(&str, &'static str)]) -> Option<&'static str> {
    let word = request
        .query_string()
        .split('&')
        .find_map(|pair| pair.strip_prefix("done="))?;
    known.iter().find(|(known, _)| *known == word).map(|(_, key)| *key)
}

/// Whoever stands before a page: in, or on the way through the log-in and back here (JSON is told so).
async fn enter(request: &HttpRequest, visit: &Visit, house: &Ceremony, need: Need) -> Result<Holder, HttpResponse> {
    enter_as(request, visit, house, need, false).await
}

/// The same holder, or a log-in by their key first, where `wants` says that this is the key's alone.
async fn keyed(
    request: &HttpRequest,
    visit: &Visit,
    house: &Ceremony,
    (holder, posts): (Holder, bool),
    wants: fn(&mut Tx<'_>, &Holder) -> Result<bool, Halt>,
) -> Result<Holder, HttpResponse> {
    let asked = holder.clone();
    if look(visit, house, "own.wants_key", move |tx| wants(tx, &asked)).await? {
        enter_as(request, visit, house, Need::Alone, posts).await
    } else {
        Ok(holder)
    }
}

async fn enter_as(
    request: &HttpRequest,
    visit: &Visit,
    house: &Ceremony,
    need: Need,
    posts: bool,
) -> Result<Holder, HttpResponse> {
    let token = session_of(request, visit, OWN);
    let (act_house, ctx) = (house.clone(), visit.ctx.clone());
    let standing = house
        .store
        .read("own.session", move |tx| {
            stands(tx, &ctx, &act_house, token, need, posts)
        })
        .await
        .map_err(|halt| halted(visit, halt))?;
    match standing {
        Standing::In(holder) => {
            touch(visit, house, &holder).await;
            Ok(*holder)
        }
        Standing::Out(person) if visit.wants == Wants::Json => {
            let code = person.map_or(Code::OwnLogIn, |_| Code::OwnAgain);
            Err(respond::refusal(visit, &Refusal::new(code)))
        }
        Standing::Out(person) => {
            let demand = need.demand(&visit.path, person, visit.ctx.locale);
            Err(login::begin(house, request, visit, demand).await)
        }
    }
}

/// Notes that the session was used; one that is lost with the power makes it end a little sooner.
async fn touch(visit: &Visit, house: &Ceremony, holder: &Holder) {
    let (id, now) = (holder.session.id, visit.ctx.now);
    if now < holder.session.seen_at + TOUCH {
        return;
    }
    let _later = house
        .store
        .transact("own.touch", Durability::Soft, move |tx| tx.sessions().touch(id, now))
        .await;
}

/// A form of ours, from whoever stands there: origin, session, fields, token, in this order.
async fn posted(
    request: &HttpRequest,
    visit: &Visit,
    house: &Ceremony,
    need: Need,
    act: &str,
    body: &[u8],
) -> Result<(Holder, Fields), HttpResponse> {
    let refused = |refusal: Refusal| respond::refusal(visit, &refusal);
    json::guard(&visit.site, request.headers()).map_err(refused)?;
    let holder = enter_as(request, visit, house, need, true).await?;
    let typed = Fields::read(body, accept::is_json(request.headers())).map_err(refused)?;
    if holder.csrf_ok(&house.vault, act, typed.get("csrf")) {
        Ok((holder, typed))
    } else {
        Err(refused(Refusal::new(Code::LoginCsrf)))
    }
}

/// Reads what a page shows.
async fn look<T: Send + 'static>(
    visit: &Visit,
    house: &Ceremony,
    name: &'static str,
    act: impl FnMut(&mut Tx<'_>) -> Result<T, Halt> + Send + 'static,
) -> Result<T, HttpResponse> {
    house.store.read(name, act).await.map_err(|halt| halted(visit, halt))
}

/// Runs an act.
async fn run<T: Send + 'static>(
    visit: &Visit,
    house: &Ceremony,
    name: &'static str,
    act: impl FnMut(&mut Tx<'_>) -> Result<T, Halt> + Send + 'static,
) -> Result<T, HttpResponse> {
    let done = house.store.transact(name, Durability::Full, act).await;
    done.map_err(|halt| halted(visit, halt))
}

fn halted(visit: &Visit, halt: Halt) -> HttpResponse {
    respond::stopped(visit, halt.into_refusal())
}

/// Either way it is an answer.
fn either(answer: Result<HttpResponse, HttpResponse>) -> HttpResponse {
    answer.unwrap_or_else(|answer| answer)
}

/// What the card asks for, where a code of it approves an act.
#[derive(Debug, Clone, Serialize)]
struct Challenge {
    index: String,
    card: String,
}

impl Challenge {
    fn of(asked: &Asked) -> Self {
        Self {
            index: asked.index.to_string(),
            card: asked.card.to_string(),
        }
    }
}

/// The card's part of a form that a code of it approves.
fn card_code(typed: &Fields) -> Typed {
    Typed {
        card: typed.get("card").to_owned(),
        index: typed.get("index").to_owned(),
        code: typed.secret("code"),
    }
}

/// The price that was shown and accepted, in øre.
fn accepted(typed: &Fields) -> Option<u32> {
    let ticked = typed.is_ticked("accept");
    ticked.then(|| typed.get("price").parse().ok()).flatten()
}

/// Nothing beyond what every section has.
fn nothing() -> Value {
    Value::Object(serde_json::Map::new())
}
