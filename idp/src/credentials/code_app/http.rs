//! `/app/*`: what apps send (docs/integrate/app.md), JSON only, without cookies. Parses, checks signatures, calls; decides nothing.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;

use super::ask::{Answered, Settled, settle};
use super::handover::{receive, wake_at};
use super::message::{Shown, answer_message, bind_message, poll_message, push_message};
use crate::config::parties::SharedParties;
use crate::domain::code_app::{Decision, Handover, Number, QuestionState, device_name, push_address};
use crate::domain::id::{AuthenticatorId, QuestionId};
use crate::domain::locale::Locale;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::time::Span;
use crate::storage::{AppQuestion, CodeApp, Durability, Halt, NewDevice, Store};
use crate::vault::Vault;
use crate::vault::device_key::DeviceKey;
use crate::web::forms::Fields;
use crate::web::{Visit, accept, respond};

/// How far an app's clock may be off when it looks for a question.
const CLOCK: u64 = 300;

/// What apps are answered from.
#[derive(Clone)]
pub struct Desk {
    /// The memory.
    pub store: Store,
    /// The safe.
    pub vault: Vault,
    /// Whose names are shown.
    pub parties: SharedParties,
    /// The name that signatures are for.
    pub issuer: String,
    /// How long a new device waits before it may be used.
    pub waits: Span,
}

/// Mounts what apps send to.
pub fn mount(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/app/bind").route(web::post().to(bind)))
        .service(web::resource("/app/push").route(web::post().to(push)))
        .service(web::resource("/app/poll").route(web::post().to(poll)))
        .service(web::resource("/app/answer").route(web::post().to(answer)));
}

#[derive(Serialize)]
struct Bound {
    app: String,
    name: String,
    issuer: String,
    usable_at: String,
}

#[derive(Serialize)]
struct Looked {
    name: String,
    usable_at: String,
    question: Option<Asks>,
}

#[derive(Serialize)]
struct Asks {
    id: String,
    party: Party,
    purpose: &'static str,
    expires_at: String,
}

#[derive(Serialize)]
struct Party {
    id: String,
    name: String,
}

#[derive(Serialize)]
struct Woken<'a> {
    push: &'a str,
}

#[derive(Serialize)]
struct Heard {
    answer: &'static str,
}

/// What was sent: JSON and nothing else, so that no page can make a browser send it for somebody.
fn fields(request: &HttpRequest, body: &web::Bytes) -> Result<Fields, Refusal> {
    if !accept::is_json(request.headers()) {
        return Err(Refusal::new(Code::RequestMalformed));
    }
    Fields::read(body, true)
}

fn decoded(fields: &Fields, name: &str) -> Result<Vec<u8>, Refusal> {
    URL_SAFE_NO_PAD
        .decode(fields.get(name))
        .map_err(|_| Refusal::new(Code::RequestMalformed))
}

fn id(fields: &Fields) -> Result<AuthenticatorId, Refusal> {
    fields.get("app").parse().map_err(|_| Refusal::new(Code::AppUnknown))
}

fn answered(visit: &Visit, result: Result<HttpResponse, Halt>) -> HttpResponse {
    result.unwrap_or_else(|halt| respond::stopped(visit, halt.into_refusal()))
}

async fn bind(request: HttpRequest, visit: Visit, desk: web::Data<Desk>, body: web::Bytes) -> HttpResponse {
    let result = take_in(&request, &visit, &desk, &body).await;
    answered(&visit, result)
}

async fn take_in(request: &HttpRequest, visit: &Visit, desk: &Desk, body: &web::Bytes) -> Result<HttpResponse, Halt> {
    let fields = fields(request, body)?;
    let handover = Handover::parse(fields.get("handover")).ok_or(Code::AppHandover)?;
    let name = device_name(fields.get("name")).ok_or(Refusal::new(Code::AppName).at("name"))?;
    let key = DeviceKey::from_bytes(&decoded(&fields, "public_key")?).ok_or(Code::AppSignature)?;
    let push = wakes_at(&fields)?;
    let message = bind_message(&desk.issuer, &handover, fields.get("public_key"), push.as_deref());
    if !key.has_signed(message.as_bytes(), &decoded(&fields, "signature")?) {
        return Err(Code::AppSignature.into());
    }
    let (ctx, vault, waits) = (visit.ctx.clone(), desk.vault.clone(), desk.waits);
    let app = desk
        .store
        .transact("app.bind", Durability::Full, move |tx| {
            let device = NewDevice {
                key: &key,
                name: &name,
                push: push.as_deref(),
            };
            receive(tx, &ctx, &vault, &handover, device, waits)
        })
        .await?;
    let bound = Bound {
        usable_at: usable_at(&app),
        app: app.id.to_string(),
        name: app.name,
        issuer: desk.issuer.clone(),
    };
    Ok(respond::json(StatusCode::CREATED, &bound))
}

fn usable_at(app: &CodeApp) -> String {
    app.usable_at.map(|at| at.rfc3339()).unwrap_or_default()
}

/// Where the app wants to be woken, if anywhere.
fn wakes_at(fields: &Fields) -> Result<Option<String>, Refusal> {
    match fields.get("push") {
        "" => Ok(None),
        text => push_address(text)
            .map(Some)
            .ok_or(Refusal::new(Code::AppPush).at("push")),
    }
}

/// The app's time, as far as it may be off.
fn time(visit: &Visit, fields: &Fields) -> Result<i64, Refusal> {
    let time = fields.get("time").parse::<i64>().unwrap_or(0);
    if visit.ctx.now.secs().abs_diff(time) > CLOCK {
        return Err(Refusal::new(Code::AppClock));
    }
    Ok(time)
}

async fn push(request: HttpRequest, visit: Visit, desk: web::Data<Desk>, body: web::Bytes) -> HttpResponse {
    let result = move_push(&request, &visit, &desk, &body).await;
    answered(&visit, result)
}

async fn move_push(request: &HttpRequest, visit: &Visit, desk: &Desk, body: &web::Bytes) -> Result<HttpResponse, Halt> {
    let fields = fields(request, body)?;
    let (id, time, to) = (id(&fields)?, time(visit, &fields)?, wakes_at(&fields)?);
    let (app, _) = read(desk, id).await?;
    signed_by(&app, &push_message(&desk.issuer, id, time, fields.get("push")), &fields)?;
    let ctx = visit.ctx.clone();
    desk.store
        .transact("app.push", Durability::Full, move |tx| {
            wake_at(tx, &ctx, id, to.as_deref())
        })
        .await?;
    Ok(respond::json(
        StatusCode::OK,
        &Woken {
            push: fields.get("push"),
        },
    ))
}

async fn poll(request: HttpRequest, visit: Visit, desk: web::Data<Desk>, body: web::Bytes) -> HttpResponse {
    let result = look(&request, &visit, &desk, &body).await;
    answered(&visit, result)
}

async fn look(request: &HttpRequest, visit: &Visit, desk: &Desk, body: &web::Bytes) -> Result<HttpResponse, Halt> {
    let fields = fields(request, body)?;
    let (id, time) = (id(&fields)?, time(visit, &fields)?);
    let (app, question) = read(desk, id).await?;
    signed_by(&app, &poll_message(&desk.issuer, id, time), &fields)?;
    let now = visit.ctx.now;
    let ready = app.usable_at.is_some_and(|usable| usable <= now);
    let open = question
        .filter(|asked| ready && asked.question.state == QuestionState::Open && now < asked.question.expires_at);
    let asks = match open {
        Some(asked) => Some(Asks {
            id: asked.id.to_string(),
            party: Party {
                name: name(desk, &asked.party, visit.ctx.locale)?,
                id: asked.party,
            },
            purpose: asked.purpose.as_str(),
            expires_at: asked.question.expires_at.rfc3339(),
        }),
        None => None,
    };
    let looked = Looked {
        usable_at: usable_at(&app),
        name: app.name,
        question: asks,
    };
    Ok(respond::json(StatusCode::OK, &looked))
}

async fn answer(request: HttpRequest, visit: Visit, desk: web::Data<Desk>, body: web::Bytes) -> HttpResponse {
    let result = decide(&request, &visit, &desk, &body).await;
    answered(&visit, result)
}

async fn decide(request: &HttpRequest, visit: &Visit, desk: &Desk, body: &web::Bytes) -> Result<HttpResponse, Halt> {
    let fields = fields(request, body)?;
    let id = id(&fields)?;
    let question: QuestionId = fields.get("question").parse().map_err(|_| Code::AppNoQuestion)?;
    let decision = match fields.get("decision") {
        "approve" => {
            let number = Number::parse(fields.get("number"));
            Decision::Approve(number.ok_or(Refusal::new(Code::AppNumber).at("number"))?)
        }
        "reject" => Decision::Reject,
        _ => return Err(Code::RequestMalformed.into()),
    };
    let (app, asked) = read(desk, id).await?;
    let asked = asked.filter(|asked| asked.id == question).ok_or(Code::AppNoQuestion)?;
    // The app signs the name that it shows, in whichever language it shows it.
    let mut signed = Err(Refusal::new(Code::AppSignature));
    for locale in Locale::ALL {
        let name = name(desk, &asked.party, locale)?;
        let shown = Shown {
            question,
            party: &asked.party,
            name: &name,
            purpose: asked.purpose,
        };
        signed = signed.or(signed_by(
            &app,
            &answer_message(&desk.issuer, id, shown, decision),
            &fields,
        ));
    }
    signed?;
    let ctx = visit.ctx.clone();
    let given = Answered {
        app,
        question,
        decision,
    };
    let settled = desk
        .store
        .transact("app.answer", Durability::Full, move |tx| settle(tx, &ctx, &given))
        .await?;
    let heard = Heard {
        answer: match settled {
            Settled::Approved => "approved",
            Settled::Rejected => "rejected",
        },
    };
    Ok(respond::json(StatusCode::OK, &heard))
}

/// The device, and the question of its eID. A device that nobody knows is answered as one that was blocked.
async fn read(desk: &Desk, id: AuthenticatorId) -> Result<(CodeApp, Option<AppQuestion>), Halt> {
    desk.store
        .read("app.read", move |tx| {
            let found = tx.code_apps().find(id)?;
            let app = found.filter(|app| app.key.is_some()).ok_or(Code::AppUnknown)?;
            let question = tx.code_apps().question(app.eid)?;
            Ok((app, question))
        })
        .await
}

fn signed_by(app: &CodeApp, message: &str, fields: &Fields) -> Result<(), Refusal> {
    let signature = decoded(fields, "signature")?;
    let key = app.key.as_ref();
    if key.is_some_and(|key| key.has_signed(message.as_bytes(), &signature)) {
        Ok(())
    } else {
        Err(Refusal::new(Code::AppSignature))
    }
}

fn name(desk: &Desk, party: &str, locale: Locale) -> Result<String, Refusal> {
    let parties = desk.parties.current();
    let party = parties.get(party).ok_or(Refusal::new(Code::RequestUnknownParty))?;
    Ok(party.name.get(locale).to_owned())
}
