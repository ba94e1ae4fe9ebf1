//! `/self-service/passkeys`: the list. `/self-service/passkeys/{passkey}`: `name`, and `action` = `rename`, `block`.
//! `/self-service/passkeys/add`: `asked`, `name`, `passkey`; the one page of these with a script. `/self-service/passkeys/alone`: the tick
//! `sure`, and a button.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde_json::Value;

use super::receipt::logged_out_by;
use super::{Around, done, done_key, either, enter, halted, keyed, look, posted, run, section};
use crate::credentials::passkey::AddAsked;
use crate::domain::id::AuthenticatorId;
use crate::domain::passkey::name;
use crate::domain::refusal::{Code, Refusal};
use crate::login::Ceremony;
use crate::selfservice::account::{Holder, Need};
use crate::selfservice::passkeys::{
    Alone, Line, Passkeys, add, alone, ask, before_alone, block, check, one, read, rename, wants_key,
};
use crate::storage::Tx;
use crate::web::pages::{AsksPasskey, Frame, Page};
use crate::web::{Csp, Visit, Wants, respond};

pub(super) const PATH: &str = "/self-service/passkeys";
const ADD: &str = "/self-service/passkeys/add";
/// What the form of any one of them is bound to.
const ONE: &str = "/self-service/passkey";
const ALONE: &str = "/self-service/passkeys/alone";
const DONE: &[(&str, &str)] = &[
    ("added", "own-done-passkey-added"),
    ("renamed", "own-done-passkey-renamed"),
    ("alone", "own-done-passkeys-alone"),
];

#[derive(Debug, Template)]
#[template(path = "own_passkeys.html")]
struct PasskeysPage {
    frame: Frame,
    around: Around,
    own: Passkeys,
}

impl Page for PasskeysPage {}

#[derive(Debug, Template)]
#[template(path = "own_passkey.html")]
struct OnePage {
    frame: Frame,
    around: Around,
    own: Line,
    /// What stands in the field.
    name: String,
}

impl Page for OnePage {}

#[derive(Debug, Template)]
#[template(path = "own_passkey_add.html")]
struct AddPage {
    frame: Frame,
    around: Around,
    adding: Adding,
    asked: AsksPasskey,
}

impl Page for AddPage {
    fn csp(&self) -> Csp {
        Csp::Passkey { form_to: Vec::new() }
    }
}

#[derive(Debug, Template)]
#[template(path = "own_passkeys_alone.html")]
struct AlonePage {
    frame: Frame,
    around: Around,
    own: Alone,
}

impl Page for AlonePage {}

/// What is asked of a browser that adds one.
#[derive(Debug, Clone, Serialize)]
struct Adding {
    /// Comes back with the answer.
    asked: String,
    /// What stands in the field.
    name: String,
    /// `publicKey` of `navigator.credentials.create`.
    passkey: Value,
}

pub(super) fn mount(config: &mut web::ServiceConfig) {
    config
        .service(web::resource(PATH).name("own_passkeys").route(web::get().to(show)))
        .service(
            web::resource(ADD)
                .name("own_passkey_add")
                .route(web::get().to(show_add))
                .route(web::post().to(post_add)),
        )
        .service(
            web::resource(ALONE)
                .name("own_passkeys_alone")
                .route(web::get().to(show_alone))
                .route(web::post().to(post_alone)),
        )
        .service(
            web::resource("/self-service/passkeys/{passkey}")
                .name("own_passkey")
                .route(web::get().to(show_one))
                .route(web::post().to(post_one)),
        );
}

async fn show(request: HttpRequest, visit: Visit, house: web::Data<Ceremony>) -> HttpResponse {
    let shown = async {
        let holder = enter(&request, &visit, &house, Need::See).await?;
        let around = Around::new(&visit, &house, &holder, PATH, &[]).with_done(&visit, done_key(&request, DONE));
        let (ctx, act_house) = (visit.ctx.clone(), house.get_ref().clone());
        let own = look(&visit, &house, "own.passkeys", move |tx| {
            read(tx, &ctx, &act_house, &holder)
        })
        .await?;
        Ok(section(&visit, PATH, around, &[], &own, |around| PasskeysPage {
            frame: Frame::of(&visit),
            around,
            own: own.clone(),
        }))
    };
    either(shown.await)
}

/// Nobody has such a passkey.
fn unknown(visit: &Visit) -> HttpResponse {
    respond::refusal(visit, &Refusal::new(Code::PasskeyUnknown))
}

async fn show_one(
    request: HttpRequest,
    visit: Visit,
    id: web::Path<String>,
    house: web::Data<Ceremony>,
) -> HttpResponse {
    let shown = async {
        let id: AuthenticatorId = id.parse().map_err(|_| unknown(&visit))?;
        let holder = enter(&request, &visit, &house, Need::See).await?;
        one_page(&visit, &house, holder, id, None).await
    };
    either(shown.await)
}

/// `wrong`: what was refused, and what was typed.
async fn one_page(
    visit: &Visit,
    house: &Ceremony,
    holder: Holder,
    id: AuthenticatorId,
    wrong: Option<(Refusal, String)>,
) -> Result<HttpResponse, HttpResponse> {
    let refusals: Vec<Refusal> = wrong.iter().map(|(refusal, _)| refusal.clone()).collect();
    let around = Around::new(visit, house, &holder, ONE, &refusals);
    let ctx = visit.ctx.clone();
    let own = look(visit, house, "own.passkey", move |tx| one(tx, &ctx, &holder, id)).await?;
    let name = wrong.map_or_else(|| own.name.clone(), |(_, typed)| typed);
    Ok(section(visit, ONE, around, &refusals, &own, |around| OnePage {
        frame: Frame::of(visit),
        around,
        own: own.clone(),
        name,
    }))
}

async fn post_one(
    request: HttpRequest,
    visit: Visit,
    id: web::Path<String>,
    house: web::Data<Ceremony>,
    body: web::Bytes,
) -> HttpResponse {
    let answered = async {
        let id: AuthenticatorId = id.parse().map_err(|_| unknown(&visit))?;
        let (holder, typed) = posted(&request, &visit, &house, Need::See, ONE, &body).await?;
        let (act_house, ctx, act_holder) = (house.get_ref().clone(), visit.ctx.clone(), holder.clone());
        match typed.get("action") {
            "block" => {
                let act = move |tx: &mut Tx<'_>| block(tx, &ctx, &act_house, &act_holder, id);
                run(&visit, &house, "own.block_passkey", act).await?;
                Ok(logged_out_by(&visit, "blocked-passkey", "passkey_blocked"))
            }
            "rename" | "" => {
                let called = typed.get("name").to_owned();
                let kept = called.clone();
                let act = move |tx: &mut Tx<'_>| rename(tx, &ctx, &act_house, &act_holder, (id, &called));
                match run(&visit, &house, "own.rename_passkey", act).await? {
                    Ok(()) => Ok(done(&visit, PATH, "renamed")),
                    Err(refusal) => one_page(&visit, &house, holder, id, Some((refusal, kept))).await,
                }
            }
            _ => Err(respond::refusal(&visit, &Refusal::new(Code::RequestMalformed))),
        }
    };
    either(answered.await)
}

async fn show_add(request: HttpRequest, visit: Visit, house: web::Data<Ceremony>) -> HttpResponse {
    let shown = async {
        let holder = enter(&request, &visit, &house, Need::Change).await?;
        let holder = keyed(&request, &visit, &house, (holder, false), wants_key).await?;
        add_page(&visit, &house, holder, None).await
    };
    either(shown.await)
}

/// Asks anew each time; `wrong`: what was refused, and the name that was typed.
async fn add_page(
    visit: &Visit,
    house: &Ceremony,
    holder: Holder,
    wrong: Option<(Refusal, String)>,
) -> Result<HttpResponse, HttpResponse> {
    let refusals: Vec<Refusal> = wrong.iter().map(|(refusal, _)| refusal.clone()).collect();
    let around = Around::new(visit, house, &holder, ADD, &refusals);
    let (asked, act_house) = (AddAsked::new(&visit.ctx), house.clone());
    let options = look(visit, house, "own.ask_passkey", move |tx| {
        ask(tx, &act_house, &holder, &asked)
    })
    .await?;
    let adding = Adding {
        asked: URL_SAFE_NO_PAD.encode(asked.bytes()),
        name: wrong.map_or_else(String::new, |(_, typed)| typed),
        passkey: options,
    };
    Ok(section(visit, ADD, around, &refusals, &adding, |around| AddPage {
        frame: Frame::of(visit),
        around,
        asked: AsksPasskey::new("create", adding.passkey.to_string()),
        adding: adding.clone(),
    }))
}

async fn post_add(request: HttpRequest, visit: Visit, house: web::Data<Ceremony>, body: web::Bytes) -> HttpResponse {
    let answered = async {
        let (holder, typed) = posted(&request, &visit, &house, Need::Change, ADD, &body).await?;
        let holder = keyed(&request, &visit, &house, (holder, true), wants_key).await?;
        let called = typed.get("name").to_owned();
        // A name that is none is told before the device's answer is looked at.
        if let Err(code) = name(&called) {
            let refusal = Refusal::new(code).at("name");
            return add_page(&visit, &house, holder, Some((refusal, called))).await;
        }
        let asked = URL_SAFE_NO_PAD.decode(typed.get("asked")).ok();
        let asked = asked.and_then(|bytes| AddAsked::from_bytes(&bytes));
        let asked = asked.ok_or_else(|| respond::refusal(&visit, &Refusal::new(Code::RequestMalformed)))?;
        let came = check(&house, &visit.ctx, &holder, &asked, typed.get("passkey"));
        let came = match came.map_err(|halt| halted(&visit, halt))? {
            Ok(came) => came,
            Err(code) => return add_page(&visit, &house, holder, Some((code.into(), called))).await,
        };
        let (act_house, ctx, act_holder) = (house.get_ref().clone(), visit.ctx.clone(), holder.clone());
        let kept = called.clone();
        let act = move |tx: &mut Tx<'_>| add(tx, &ctx, &act_house, &act_holder, (&came, &called));
        match run(&visit, &house, "own.add_passkey", act).await? {
            // On hardware the key is to be the only one: it shows at once that it works, and everything else is switched off.
            Ok(true) if holder.eid.on_hardware && visit.wants == Wants::Html => Ok(respond::see_other(ALONE)),
            Ok(_) => Ok(done(&visit, PATH, "added")),
            Err(refusal) if refusal.code == Code::PasskeyTooMany => Err(respond::refusal(&visit, &refusal)),
            Err(refusal) => add_page(&visit, &house, holder, Some((refusal, kept))).await,
        }
    };
    either(answered.await)
}

async fn show_alone(request: HttpRequest, visit: Visit, house: web::Data<Ceremony>) -> HttpResponse {
    let shown = async {
        let holder = enter(&request, &visit, &house, Need::Alone).await?;
        alone_page(&visit, &house, holder, &[]).await
    };
    either(shown.await)
}

async fn post_alone(request: HttpRequest, visit: Visit, house: web::Data<Ceremony>, body: web::Bytes) -> HttpResponse {
    let answered = async {
        let (holder, typed) = posted(&request, &visit, &house, Need::Alone, ALONE, &body).await?;
        if !typed.is_ticked("sure") {
            let wrong = [Refusal::new(Code::OwnConfirm).at("sure")];
            return alone_page(&visit, &house, holder, &wrong).await;
        }
        let (act_house, ctx) = (house.get_ref().clone(), visit.ctx.clone());
        let act = move |tx: &mut Tx<'_>| alone(tx, &ctx, &act_house, &holder);
        run(&visit, &house, "own.passkeys_alone", act).await?;
        Ok(done(&visit, PATH, "alone"))
    };
    either(answered.await)
}

async fn alone_page(
    visit: &Visit,
    house: &Ceremony,
    holder: Holder,
    wrong: &[Refusal],
) -> Result<HttpResponse, HttpResponse> {
    let around = Around::new(visit, house, &holder, ALONE, wrong);
    let ctx = visit.ctx.clone();
    let own = look(visit, house, "own.before_alone", move |tx| {
        before_alone(tx, &ctx, &holder)
    })
    .await?;
    Ok(section(visit, ALONE, around, wrong, &own, |around| AlonePage {
        frame: Frame::of(visit),
        around,
        own: own.clone(),
    }))
}
