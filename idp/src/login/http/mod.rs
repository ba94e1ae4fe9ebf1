//! `/login/{flow}`: one address for every step, as a page or as JSON. Parses, calls the ceremony, renders; decides nothing.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use serde_json::Value;

use super::ceremony::Ceremony;
use super::consent::YesOrNo;
use super::demand::Continue;
use super::flow::{Flow, Step};
use super::numbers;
use super::room::Comes;
use super::service::{Browser, Credentials, Over, Stand};
use crate::config::parties::Party;
use crate::credentials::second::Asked;
use crate::domain::factor::{Factor, Factors};
use crate::domain::id::FlowId;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::time::Span;
use crate::storage::Halt;
use crate::web::cookies::Name;
use crate::web::forms::Fields;
use crate::web::{Visit, Wants, accept, json, pages, respond};

mod begin;
mod browser;
mod wait;
mod waiting;

pub use begin::begin;
use browser::{Known, brought, device_cookie, flow_cookie};
pub use browser::{devices, session_of};
use wait::Passed;
pub use waiting::{take_up, waits_for};

/// Mounts the log-in.
pub fn mount(config: &mut web::ServiceConfig) {
    numbers::begin();
    config.service(
        web::resource("/login/{flow}")
            .name("login")
            .route(web::get().to(show))
            .route(web::post().to(answer)),
    );
}

/// An open flow, with all that a step of it needs.
struct Opened {
    flow: Flow,
    browser: Browser,
}

fn open(request: &HttpRequest, visit: &mut Visit, house: &Ceremony, id: &str) -> Result<Opened, Refusal> {
    let id: FlowId = id.parse().map_err(|_| Refusal::new(Code::RequestNotFound))?;
    let jar = visit.site.jar();
    let known = Known::of(request, visit);
    let cookie = request.cookie(&jar.name(Name::Flow));
    let flow = Flow::open(
        &house.vault,
        &visit.ctx,
        id,
        Some(known.mark()),
        cookie.as_ref().map(|c| c.value()),
    )?;
    let party = house.party(&flow.demand.party)?;
    visit.speak_as(flow.demand.locale);
    let browser = brought(request, visit, house, &known, &party.sso);
    Ok(Opened { flow, browser })
}

async fn show(
    request: HttpRequest,
    mut visit: Visit,
    id: web::Path<String>,
    house: web::Data<Ceremony>,
) -> HttpResponse {
    let mut opened = match open(&request, &mut visit, &house, &id) {
        Ok(opened) => opened,
        Err(refusal) => return respond::refusal(&visit, &refusal),
    };
    match wait::stand(&request, &visit, &house, &mut opened, Comes::ToLook) {
        Passed::Waits(answer) => answer,
        Passed::Through { .. } if matches!(opened.flow.step, Step::Code(Asked::App(_))) => {
            let Opened { flow, browser } = opened;
            let stand = house.look_again(&visit.ctx, &browser, flow).await;
            if let Ok(Stand::Over(over)) = &stand {
                numbers::ended(over, "completed");
            }
            stood(&visit, &house, &browser, stand, "").await
        }
        Passed::Through { ticket, .. } => {
            let mut answer = step_page(&visit, &house, &opened.flow, &[], "").await;
            if let Some(ticket) = ticket {
                wait::keep(&visit, &mut answer, ticket, Span::ZERO);
            }
            answer
        }
    }
}

async fn answer(
    request: HttpRequest,
    mut visit: Visit,
    id: web::Path<String>,
    house: web::Data<Ceremony>,
    body: web::Bytes,
) -> HttpResponse {
    let opened = json::guard(&visit.site, request.headers()).and_then(|()| open(&request, &mut visit, &house, &id));
    let mut opened = match opened {
        Ok(opened) => opened,
        Err(refusal) => return respond::refusal(&visit, &refusal),
    };
    let typed = match Fields::read(&body, accept::is_json(request.headers())) {
        Ok(typed) => typed,
        Err(refusal) => return respond::refusal(&visit, &refusal),
    };
    if !opened.flow.csrf_ok(&house.vault, typed.get("csrf")) {
        return respond::refusal(&visit, &Refusal::new(Code::LoginCsrf));
    }
    let leaving = typed.get("action") == "cancel" || matches!(opened.flow.step, Step::Notice(_));
    let mut spent = None;
    if !leaving {
        match wait::stand(&request, &visit, &house, &mut opened, Comes::ToTry) {
            Passed::Waits(answer) => return answer,
            Passed::Through { spent: ticket, .. } => spent = ticket,
        }
    }
    let Opened { flow, browser } = opened;
    let before = (flow.step == Step::Credentials).then(|| flow.clone());
    let user_id = typed.get("user_id").to_owned();
    let another = typed.get("action") == "other";
    let factor = numbers::asked(&flow).filter(|_| !leaving && !another);
    let stand = match &flow.step {
        _ if leaving => house.leave(&visit.ctx, &flow),
        _ if another => house.other(flow),
        Step::Credentials => {
            let credentials = Credentials {
                user_id: user_id.clone(),
                password: typed.secret("password"),
            };
            house.credentials(&visit.ctx, &browser, flow, credentials).await
        }
        Step::Code(asked) => {
            let field = if matches!(asked, Asked::Passkey(_)) {
                "assertion"
            } else {
                "code"
            };
            house.code(&visit.ctx, &browser, flow, typed.get(field)).await
        }
        Step::Factor => {
            let (factor, usual) = (Factor::parse(typed.get("factor")), typed.is_ticked("usual"));
            house.choose(&visit.ctx, flow, factor, usual).await
        }
        Step::Consent(_) => {
            let said = said(typed.get("consent"), typed.is_ticked("remember"));
            house.consent(&visit.ctx, &browser, flow, said).await
        }
        Step::Notice(_) => house.leave(&visit.ctx, &flow),
    };
    numbers::answered(factor, &stand);
    match (stand, before) {
        (Err(Halt::Unavailable), Some(flow)) if !leaving => wait::no_turn(&visit, &house, &flow, browser.class, spent),
        (stand, _) => stood(&visit, &house, &browser, stand, &user_id).await,
    }
}

/// Where the log-in stands, as an answer.
async fn stood(
    visit: &Visit,
    house: &Ceremony,
    browser: &Browser,
    stand: Result<Stand, Halt>,
    user_id: &str,
) -> HttpResponse {
    match stand {
        Err(halt) => halted(visit, halt),
        Ok(Stand::Over(over)) => go_on(visit, house, browser, *over),
        Ok(Stand::Page { flow, errors }) => {
            let mut response = step_page(visit, house, &flow, &errors, user_id).await;
            waiting::keep(visit, house, &flow, &mut response);
            match flow.seal(&house.vault, &visit.ctx) {
                Ok(sealed) => {
                    // Our own names and values are always valid in a header.
                    let _set = response.add_cookie(&flow_cookie(visit.site.jar(), flow.id, sealed));
                    response
                }
                Err(refusal) => respond::refusal(visit, &refusal),
            }
        }
    }
}

/// For [`crate::fuzzing`].
pub(crate) fn fuzz_form(body: &[u8], is_json: bool) -> bool {
    Fields::read(body, is_json).is_ok()
}

/// For [`crate::fuzzing`].
pub(crate) fn fuzz_browser(value: &str) -> Option<usize> {
    Known::parse(value).map(|known| known.flows())
}

/// Where the answer may lead to, for `form-action`.
fn form_to(house: &Ceremony, flow: &Flow) -> Vec<String> {
    let resume = &flow.demand.resume;
    let mut origins = house
        .protocols
        .of(resume.kind)
        .map(|protocol| protocol.form_origins(resume))
        .unwrap_or_default();
    if let Ok(party) = house.party(&flow.demand.party) {
        origins.extend(party.continues_to.iter().cloned());
    }
    origins
}

async fn step_page(visit: &Visit, house: &Ceremony, flow: &Flow, errors: &[Refusal], user_id: &str) -> HttpResponse {
    let passkey = match house.passkey_options(&visit.ctx, flow).await {
        Ok(options) => options,
        Err(halt) => return halted(visit, halt),
    };
    let party = match house.party(&flow.demand.party) {
        Ok(party) => party,
        Err(refusal) => return respond::refusal(visit, &refusal),
    };
    let (name, csrf) = (party.name.get(visit.ctx.locale), flow.csrf(&house.vault));
    if visit.wants == Wants::Json {
        return respond::json(
            StatusCode::OK,
            &as_json(visit, flow, csrf, (&party, name), errors, passkey),
        );
    }
    let asks = pages::Asks::new(visit, csrf, name, errors, form_to(house, flow));
    let asks = match &flow.proven {
        Some(proven) => asks.with_failed_tries(visit, proven.failed, proven.last_login),
        None => asks,
    };
    let asks = asks.with_another(matches!(flow.step, Step::Code(_)) && offers(flow).len() > 1);
    match &flow.step {
        Step::Credentials => {
            let filled = if user_id.is_empty() {
                flow.demand.hint.as_deref().unwrap_or_default()
            } else {
                user_id
            };
            let page = pages::Credentials::new(visit, asks, filled);
            respond::page(visit, StatusCode::OK, &page)
        }
        Step::Code(Asked::App(asked)) => {
            let number = asked.number.to_string();
            let page = pages::AppPage::new(visit, asks, number);
            respond::page(visit, StatusCode::OK, &page)
        }
        Step::Code(Asked::Voice(call)) => {
            let page = pages::VoicePage::new(visit, asks, &call.ends());
            respond::page(visit, StatusCode::OK, &page)
        }
        Step::Code(Asked::Passkey(_)) => {
            let options = passkey.unwrap_or_default().to_string();
            let page = pages::PasskeyPage::new(visit, asks, options);
            respond::page(visit, StatusCode::OK, &page)
        }
        Step::Code(asked) => {
            let challenge = match asked {
                Asked::Card(asked) => Some((asked.index.to_string(), asked.card.to_string())),
                Asked::Token(_) | Asked::App(_) | Asked::Passkey(_) | Asked::Voice(_) => None,
            };
            let page = pages::CodePage::new(visit, asks, challenge);
            respond::page(visit, StatusCode::OK, &page)
        }
        Step::Factor => {
            let page = pages::FactorPage::new(visit, asks, offers(flow));
            respond::page(visit, StatusCode::OK, &page)
        }
        Step::Consent(claims) => {
            let page = pages::ConsentPage::new(visit, asks, claims);
            respond::page(visit, StatusCode::OK, &page)
        }
        Step::Notice(code) => {
            let page = pages::Notice::new(visit, asks, &Refusal::new(*code));
            respond::page(visit, StatusCode::OK, &page)
        }
    }
}

/// Yes or no; anything else is neither.
fn said(word: &str, remember: bool) -> Option<YesOrNo> {
    let yes = match word {
        "yes" => true,
        "no" => false,
        _ => return None,
    };
    Some(YesOrNo { yes, remember })
}

/// What can be asked of this person here.
fn offers(flow: &Flow) -> Factors {
    flow.proven.as_ref().map_or(Factors::NONE, |proven| proven.offers)
}

fn as_json(
    visit: &Visit,
    flow: &Flow,
    csrf: String,
    (party, name): (&Party, &str),
    errors: &[Refusal],
    passkey: Option<Value>,
) -> json::Step {
    let mut errors = json::Wrong::all(visit.say(), errors);
    let (challenge, fields) = match &flow.step {
        Step::Credentials => (None, vec!["user_id", "password"]),
        Step::Code(Asked::Card(asked)) => {
            let challenge = json::Challenge {
                index: asked.index.to_string(),
                card: asked.card.to_string(),
            };
            (Some(challenge), vec!["code"])
        }
        Step::Code(Asked::Token(_) | Asked::Voice(_)) => (None, vec!["code"]),
        Step::Code(Asked::App(_)) => (None, Vec::new()),
        Step::Code(Asked::Passkey(_)) => (None, vec!["assertion"]),
        Step::Factor => (None, vec!["factor", "usual"]),
        Step::Consent(_) => (None, vec!["consent", "remember"]),
        Step::Notice(code) => {
            errors.push(json::Wrong::new(visit.say(), &Refusal::new(*code)));
            (None, Vec::new())
        }
    };
    json::Step {
        flow: flow.id.to_string(),
        step: flow.step.word(),
        csrf,
        party: json::Party {
            id: party.id.clone(),
            name: name.to_owned(),
        },
        factor: flow.step.factor().map(Factor::as_str),
        factors: offers(flow).iter().map(Factor::as_str).collect(),
        number: match &flow.step {
            Step::Code(Asked::App(asked)) => Some(asked.number.to_string()),
            _ => None,
        },
        asks: match &flow.step {
            Step::Consent(claims) => claims.iter().map(|claim| claim.as_str()).collect(),
            _ => Vec::new(),
        },
        challenge,
        passkey,
        fields,
        errors,
        expires_at: flow.expires_at().rfc3339(),
    }
}

/// The browser goes on to the party, with the cookies of what it has proven.
pub(super) fn go_on(visit: &Visit, house: &Ceremony, browser: &Browser, over: Over) -> HttpResponse {
    if let Some(code) = over.refused {
        respond::note(visit, "party", code.as_str());
    }
    let at_login = visit.path.starts_with("/login/");
    let mut response = match (&over.go_on, visit.wants) {
        (Continue::Redirect { url }, Wants::Json) if at_login => respond::json(StatusCode::OK, &json::Done::get(url)),
        (Continue::Post { url, fields }, Wants::Json) if at_login => {
            respond::json(StatusCode::OK, &json::Done::post(url, fields))
        }
        (Continue::Redirect { url }, _) => respond::see_other(url),
        (Continue::Post { url, fields }, _) => {
            respond::page(visit, StatusCode::OK, &pages::Done::new(visit, url, fields))
        }
    };
    let jar = visit.site.jar();
    let session = over
        .session
        .map(|(group, token)| jar.set(Name::Session(&group), token, None));
    let device = over
        .device
        .and_then(|claim| device_cookie(jar, house, &visit.ctx, &browser.devices, claim));
    for cookie in session.iter().chain(&device) {
        // Our own names and values are always valid in a header.
        let _set = response.add_cookie(cookie);
    }
    response
}

/// An act that stopped, as a page or JSON of ours; never on to the party.
pub(super) fn halted(visit: &Visit, halt: Halt) -> HttpResponse {
    respond::stopped(visit, halt.into_refusal())
}
