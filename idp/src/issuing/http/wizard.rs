//! The pages that the online order and the extension of an eID share: the form, then the rules with the four consents. Each has an address of its
//! own, so that the browser's Back leads to the page before, with what was typed.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Serialize;

use super::texts::{self, Asked};
use crate::domain::consent::{Consent, VERSION};
use crate::domain::denmark;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::time::Span;
use crate::issuing::online::{Details, Kind, Orders, State, Step, Typed};
use crate::web::cookies::Name;
use crate::web::forms::Fields;
use crate::web::pages::{ErrorLine, Errors, Form, Frame, Page};
use crate::web::{Visit, Wants, accept, json, respond};

/// Where the pages of one kind are, and where they lead.
#[derive(Debug, Clone, Copy)]
pub struct Pages {
    /// What they are for.
    pub kind: Kind,
    /// The form's address; the path of the cookie.
    pub path: &'static str,
    /// The address of the rules.
    pub rules: &'static str,
    /// Where the accepted rules lead.
    pub after: &'static str,
    /// Where somebody goes who gives up.
    pub out: &'static str,
    /// The word by which their texts are found.
    pub word: &'static str,
}

impl Pages {
    /// The fields of the form. Contact addresses are changed in self-service, by whoever reads there, and another eID is on cards.
    const fn fields(self) -> &'static [&'static str] {
        match self.kind {
            Kind::Order => &Typed::FIELDS,
            Kind::Extension => &["cpr", "document_type", "document_number", "office"],
        }
    }
}

/// The online order.
pub const ORDER: Pages = Pages {
    kind: Kind::Order,
    path: "/order/online",
    rules: "/order/online/rules",
    after: "/order/online/confirm",
    out: "/order",
    word: "order",
};

/// The consents that a form has not given; all of them, where other texts were read than those in force.
#[must_use]
pub fn missing(typed: &Fields) -> Vec<Refusal> {
    let of_now = typed.get("version") == VERSION;
    let code = if of_now { Code::OwnConfirm } else { Code::OwnTextChanged };
    let missing = Consent::ALL.into_iter().map(Consent::field);
    missing
        .filter(|field| !of_now || !typed.is_ticked(field))
        .map(|field| Refusal::new(code).at(field))
        .collect()
}

/// A page as a program reads it.
#[derive(Serialize)]
pub(super) struct AsJson<'a> {
    pub(super) step: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) csrf: &'a str,
    pub(super) fields: &'a [&'static str],
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) values: Option<&'a Typed>,
    pub(super) errors: Vec<json::Wrong>,
    /// Where it goes on.
    pub(super) next: &'static str,
    pub(super) expires_at: String,
}

#[derive(Serialize)]
struct WithOffices<'a> {
    #[serde(flatten)]
    page: AsJson<'a>,
    offices: &'a [Office],
}

#[derive(Serialize)]
struct WithConsents<'a> {
    #[serde(flatten)]
    page: AsJson<'a>,
    version: &'static str,
    rules: &'a [String],
    consents: &'a [Asked],
}

/// Where letters may be fetched.
#[derive(Debug, Serialize)]
struct Office {
    id: String,
    name: String,
}

#[derive(Template)]
#[template(path = "order_details.html")]
struct DetailsPage<'a> {
    frame: Frame,
    form: Form,
    pages: Pages,
    title: String,
    lead: String,
    typed: &'a Typed,
    offices: &'a [Office],
}

impl Page for DetailsPage<'_> {}

#[derive(Template)]
#[template(path = "order_rules.html")]
struct RulesPage<'a> {
    frame: Frame,
    form: Form,
    pages: Pages,
    version: &'static str,
    said: &'a [String],
    asked: &'a [Asked],
}

impl Page for RulesPage<'_> {}

/// What a request brought of an order that is on its way.
#[must_use]
pub fn brought(request: &HttpRequest, visit: &Visit, orders: &Orders, pages: Pages) -> Option<State> {
    let cookie = request.cookie(&visit.site.jar().name(Name::Order))?;
    State::open(orders.vault(), &visit.ctx, pages.kind, cookie.value())
}

/// Lets the state travel on with an answer.
#[must_use]
pub fn with(visit: &Visit, orders: &Orders, pages: Pages, state: &State, mut response: HttpResponse) -> HttpResponse {
    if let Some(sealed) = state.seal(orders.vault(), &visit.ctx) {
        let life = state.expires_at() - visit.ctx.now;
        let path = pages.path.to_owned();
        // Our own names and values are always valid in a header.
        let _set = response.add_cookie(&visit.site.jar().at(path, Name::Order, sealed, Some(life)));
    }
    response
}

/// Takes the state back.
#[must_use]
pub fn without(visit: &Visit, pages: Pages, mut response: HttpResponse) -> HttpResponse {
    // Our own names and values are always valid in a header.
    let _set = response.add_cookie(&visit.site.jar().clear_at(pages.path.to_owned(), Name::Order));
    response
}

/// A form of ours: origin, fields, state, token of the page at `at`, in this order.
///
/// # Errors
/// The answer that refuses it.
pub async fn posted(
    request: &HttpRequest,
    visit: &Visit,
    orders: &Orders,
    (pages, at): (Pages, &str),
    body: &[u8],
) -> Result<(State, Fields), HttpResponse> {
    let refused = |refusal: Refusal| respond::refusal(visit, &refusal);
    json::guard(&visit.site, request.headers()).map_err(refused)?;
    let typed = Fields::read(body, accept::is_json(request.headers())).map_err(refused)?;
    let state = brought(request, visit, orders, pages).ok_or_else(|| refused(Refusal::new(Code::OrderExpired)))?;
    if state.csrf_ok(orders.vault(), at, typed.get("csrf")) {
        Ok((state, typed))
    } else {
        Err(refused(Refusal::new(Code::LoginCsrf)))
    }
}

/// What has been too often today is asked again no sooner.
pub const DAY: Span = Span::hours(24);

/// What was typed, judged.
///
/// # Errors
/// Everything that is wrong.
pub fn judged(visit: &Visit, orders: &Orders, typed: &Typed) -> Result<Details, Vec<Refusal>> {
    let offices: Vec<String> = orders.offices(visit.ctx.locale).into_iter().map(|(id, _)| id).collect();
    typed.judge(orders.is_demo(), &offices, denmark::date(visit.ctx.now))
}

/// The name of the office where letters are fetched, of whoever chose one.
#[must_use]
pub fn office(visit: &Visit, orders: &Orders, details: &Details) -> Option<String> {
    let wanted = details.office.as_ref()?;
    let offices = orders.offices(visit.ctx.locale).into_iter();
    offices.filter(|(id, _)| id == wanted).map(|(_, name)| name).next()
}

/// GET of the form.
pub async fn show_details(request: HttpRequest, visit: Visit, orders: web::Data<Orders>, pages: Pages) -> HttpResponse {
    let mut state = brought(&request, &visit, &orders, pages).unwrap_or_else(|| State::begin(&visit.ctx, pages.kind));
    if pages.kind == Kind::Order && request.query_string().split('&').any(|pair| pair == "on=hardware") {
        "hardware".clone_into(&mut state.typed.on);
    }
    let typed = state.typed.clone();
    details(&visit, &orders, pages, &state, (&typed, &[]))
}

/// The form, with what was typed and what was wrong with it.
#[must_use]
pub fn details(
    visit: &Visit,
    orders: &Orders,
    pages: Pages,
    state: &State,
    (typed, wrong): (&Typed, &[Refusal]),
) -> HttpResponse {
    let csrf = state.csrf(orders.vault(), pages.path);
    let offices = orders.offices(visit.ctx.locale).into_iter();
    let offices: Vec<Office> = offices.map(|(id, name)| Office { id, name }).collect();
    let status = status(wrong);
    let response = match visit.wants {
        Wants::Html => {
            let form = Form {
                action: format!("{}?lang={}", pages.path, visit.ctx.locale.as_str()),
                csrf,
                errors: Errors(ErrorLine::all(visit.say(), wrong)),
            };
            let page = DetailsPage {
                frame: Frame::of(visit),
                form,
                pages,
                title: visit.say().say(&format!("{}-details-title", pages.word)),
                lead: visit.say().say(&format!("{}-details-lead", pages.word)),
                typed,
                offices: &offices,
            };
            respond::page(visit, status, &page)
        }
        Wants::Json => {
            let page = AsJson {
                step: "details",
                csrf: &csrf,
                fields: pages.fields(),
                values: Some(typed),
                errors: json::Wrong::all(visit.say(), wrong),
                next: pages.path,
                expires_at: state.expires_at().rfc3339(),
            };
            let offices = &offices;
            respond::json(status, &WithOffices { page, offices })
        }
    };
    with(visit, orders, pages, state, response)
}

/// POST of the form.
pub async fn post_details(
    request: HttpRequest,
    visit: Visit,
    orders: web::Data<Orders>,
    body: web::Bytes,
    pages: Pages,
) -> HttpResponse {
    let (state, fields) = match posted(&request, &visit, &orders, (pages, pages.path), &body).await {
        Ok(posted) => posted,
        Err(refused) => return refused,
    };
    if fields.get("action") == "cancel" {
        return without(&visit, pages, respond::see_other(pages.out));
    }
    let asked = |name: &'static str| {
        if pages.fields().contains(&name) {
            fields.get(name)
        } else {
            ""
        }
    };
    let typed = Typed::read(asked);
    if let Err(wrong) = judged(&visit, &orders, &typed) {
        return details(&visit, &orders, pages, &state, (&typed, &wrong));
    }
    let state = state.filled_in(typed);
    let response = match visit.wants {
        Wants::Html => respond::see_other(pages.rules),
        Wants::Json => return rules(&visit, &orders, pages, &state, &[]),
    };
    with(&visit, &orders, pages, &state, response)
}

/// GET of the rules; whoever has not filled in the form does that first.
pub async fn show_rules(request: HttpRequest, visit: Visit, orders: web::Data<Orders>, pages: Pages) -> HttpResponse {
    match brought(&request, &visit, &orders, pages).filter(|state| state.step >= Step::Rules) {
        Some(state) => rules(&visit, &orders, pages, &state, &[]),
        None => respond::see_other(pages.path),
    }
}

fn rules(visit: &Visit, orders: &Orders, pages: Pages, state: &State, wrong: &[Refusal]) -> HttpResponse {
    let (say, csrf) = (visit.say(), state.csrf(orders.vault(), pages.rules));
    let (said, asked) = (texts::said(say), texts::asked(say));
    let status = status(wrong);
    let response = match visit.wants {
        Wants::Html => {
            let page = RulesPage {
                frame: Frame::of(visit),
                form: Form {
                    action: format!("{}?lang={}", pages.rules, visit.ctx.locale.as_str()),
                    csrf,
                    errors: Errors(ErrorLine::all(say, wrong)),
                },
                pages,
                version: VERSION,
                said: &said,
                asked: &asked,
            };
            respond::page(visit, status, &page)
        }
        Wants::Json => {
            let mut fields = vec!["version"];
            fields.extend(Consent::ALL.into_iter().map(Consent::field));
            let page = AsJson {
                step: "rules",
                csrf: &csrf,
                fields: &fields,
                values: None,
                errors: json::Wrong::all(say, wrong),
                next: pages.rules,
                expires_at: state.expires_at().rfc3339(),
            };
            let body = WithConsents {
                page,
                version: VERSION,
                rules: &said,
                consents: &asked,
            };
            respond::json(status, &body)
        }
    };
    with(visit, orders, pages, state, response)
}

/// POST of the rules: the state that has accepted them, else the answer.
///
/// # Errors
/// The page again, or what refuses the form.
pub async fn accept_rules(
    request: &HttpRequest,
    visit: &Visit,
    orders: &Orders,
    body: &[u8],
    pages: Pages,
) -> Result<State, HttpResponse> {
    let (state, fields) = posted(request, visit, orders, (pages, pages.rules), body).await?;
    if state.step < Step::Rules {
        return Err(respond::see_other(pages.path));
    }
    let wrong = missing(&fields);
    if wrong.is_empty() {
        Ok(state.accepts(&visit.ctx))
    } else {
        Err(rules(visit, orders, pages, &state, &wrong))
    }
}

/// The status of a form that is shown again, by what was wrong first.
#[must_use]
pub fn status(wrong: &[Refusal]) -> StatusCode {
    match wrong.first().map(|refusal| respond::status_of(refusal.code)) {
        None => StatusCode::OK,
        Some(status @ (StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS)) => status,
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
    }
}
