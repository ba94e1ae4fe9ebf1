//! The pages. They show; they decide nothing. No script on any of them but the code app's.

use actix_web::{HttpResponse, http::StatusCode, http::header};
use askama::Template;
use url::Url;

use crate::bank::{self, Customer};
use crate::config::Kind;
use crate::problem::Problem;
use crate::services::{Protocol, Service, Services};
use crate::session::{Level, Link, Session};
use crate::text::{self, Locale, Words};

/// Nothing from elsewhere, no script, in nobody's frame.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// What every page has around its content.
struct Frame<'a> {
    w: &'static Words,
    lang: &'static str,
    other_lang: &'static str,
    here: &'a str,
    service: Option<Head<'a>>,
}

/// A service, as pages name it.
struct Head<'a> {
    name: &'a str,
    title: &'a str,
    kind: &'static str,
    kind_word: &'static str,
}

impl<'a> Frame<'a> {
    fn new(locale: Locale, service: Option<&'a Service>, here: &'a str) -> Self {
        let service = service.map(|service| head(service, locale));
        Self {
            w: locale.words(),
            lang: locale.code(),
            other_lang: locale.other().code(),
            here,
            service,
        }
    }
}

fn head(service: &Service, locale: Locale) -> Head<'_> {
    let (kind, kind_word) = match service.kind {
        Kind::Public => ("public", locale.words().public),
        Kind::Bank => ("bank", locale.words().bank),
        Kind::Private => ("private", locale.words().private),
    };
    Head {
        name: &service.name,
        title: service.title(locale),
        kind,
        kind_word,
    }
}

#[derive(Template)]
#[template(path = "start.html")]
struct Start<'a> {
    f: Frame<'a>,
    services: Vec<Head<'a>>,
}

/// The list of services.
pub fn start(services: &Services, locale: Locale) -> HttpResponse {
    let mut list: Vec<&Service> = services.values().map(AsRef::as_ref).collect();
    list.sort_by_key(|service| service.kind as u8);
    let services = list.into_iter().map(|service| head(service, locale)).collect();
    render(
        StatusCode::OK,
        &Start {
            f: Frame::new(locale, None, "/"),
            services,
        },
    )
}

/// The code app: one script of ours, which speaks to this origin alone.
const APP_POLICY: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; manifest-src 'self'; style-src 'self'; img-src 'self'; \
     form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

#[derive(Template)]
#[template(path = "code_app.html")]
struct CodeApp<'a> {
    f: Frame<'a>,
    issuer: &'a str,
}

/// A code app to try.
pub fn code_app(locale: Locale, issuer: &str) -> HttpResponse {
    let f = Frame::new(locale, None, "/app");
    render_with(StatusCode::OK, &CodeApp { f, issuer }, APP_POLICY)
}

#[derive(Template)]
#[template(path = "home.html")]
struct Home<'a> {
    f: Frame<'a>,
    is_bank: bool,
    greeting: Option<&'a str>,
}

/// A service's front page.
pub fn home(service: &Service, locale: Locale, session: Option<&Session>) -> HttpResponse {
    let here = format!("/{}", service.name);
    let greeting = session.map(|session| session.name.as_deref().unwrap_or(&session.subject));
    render(
        StatusCode::OK,
        &Home {
            f: Frame::new(locale, Some(service), &here),
            is_bank: service.kind == Kind::Bank,
            greeting,
        },
    )
}

#[derive(Template)]
#[template(path = "hand_over.html")]
struct HandOver<'a> {
    f: Frame<'a>,
    target: &'a Url,
    fields: &'a [(String, String)],
}

/// A form towards the identity provider. It does not post itself, because no page of ours has a script.
pub fn hand_over(service: &Service, locale: Locale, target: &Url, fields: &[(String, String)]) -> HttpResponse {
    let here = format!("/{}", service.name);
    let policy = POLICY.replace(
        "form-action 'self'",
        &format!("form-action {}", target.origin().ascii_serialization()),
    );
    let page = HandOver {
        f: Frame::new(locale, Some(service), &here),
        target,
        fields,
    };
    render_with(StatusCode::OK, &page, &policy)
}

#[derive(Template)]
#[template(path = "me.html")]
struct Me<'a> {
    f: Frame<'a>,
    session: &'a Session,
    level: &'static str,
    protocol: &'static str,
    authenticated_at: String,
    checks: Vec<&'static str>,
    attributes: Vec<(&'a str, String)>,
    may_step_up: bool,
    may_renew: bool,
    renewed_at: Option<String>,
    is_bank: bool,
}

/// Who is logged in, and why the service believes it.
pub fn me(service: &Service, locale: Locale, session: &Session) -> HttpResponse {
    let f = Frame::new(locale, Some(service), "");
    let here = service.path("me");
    let tokens = match &session.link {
        Link::Oidc(tokens) => Some(tokens),
        Link::Saml(_) => None,
    };
    let page = Me {
        level: session.level.map_or(f.w.not_given, |level| text::level(level, locale)),
        f: Frame { here: &here, ..f },
        session,
        protocol: protocol(service),
        authenticated_at: session.authenticated_at.map(readable).unwrap_or_default(),
        checks: session
            .evidence
            .checks
            .iter()
            .map(|&check| text::check(check, locale))
            .collect(),
        attributes: session
            .attributes
            .iter()
            .map(|(name, value)| (name.as_str(), plain(value)))
            .collect(),
        may_step_up: session.level < Some(Level::Substantial),
        may_renew: tokens.is_some_and(|tokens| tokens.refresh_token.is_some()),
        renewed_at: tokens.and_then(|tokens| tokens.renewed_at).map(readable),
        is_bank: service.kind == Kind::Bank,
    };
    render(StatusCode::OK, &page)
}

/// The same for programs.
pub fn me_json(service: &Service, session: &Session) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(serde_json::json!({
            "service": service.name,
            "protocol": protocol(service),
            "pid": session.pid,
            "subject": session.subject,
            "level": session.level.map(Level::word),
            "attributes": session.attributes,
            "token_or_assertion": session.evidence.raw,
            "verified": session.is_verified(),
        }))
}

#[derive(Template)]
#[template(path = "account.html")]
struct Account<'a> {
    f: Frame<'a>,
    name: &'a str,
    customer: &'a str,
    found: &'static str,
    balance: String,
}

/// A bank's balance page: level Low is enough.
pub fn account(service: &Service, locale: Locale, session: &Session, customer: &Customer) -> HttpResponse {
    let here = service.path("account");
    let f = Frame::new(locale, Some(service), &here);
    let found = match customer.found {
        bank::Found::ByReference => f.w.customer_by_reference,
        bank::Found::BySubject => f.w.customer_by_subject,
        bank::Found::New => f.w.customer_new,
    };
    let name = session.name.as_deref().unwrap_or(f.w.not_given);
    render(
        StatusCode::OK,
        &Account {
            f,
            name,
            customer: &customer.number,
            found,
            balance: customer.balance(),
        },
    )
}

#[derive(Template)]
#[template(path = "transfers.html")]
struct Transfers<'a> {
    f: Frame<'a>,
    open: bool,
}

/// A bank's transfers: open for five minutes after a log-in at Substantial.
pub fn transfers(service: &Service, locale: Locale, open: bool) -> HttpResponse {
    let here = service.path("transfers");
    render(
        StatusCode::OK,
        &Transfers {
            f: Frame::new(locale, Some(service), &here),
            open,
        },
    )
}

/// How far a log-out reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoggedOut {
    /// Here.
    Here,
    /// Here, and the identity provider confirmed it.
    Everywhere,
    /// The identity provider could not reach every other service.
    Partly,
    /// The identity provider did not confirm.
    Failed,
}

#[derive(Template)]
#[template(path = "logged_out.html")]
struct LoggedOutPage<'a> {
    f: Frame<'a>,
    text: &'static str,
}

/// The page after a log-out.
pub fn logged_out(service: &Service, locale: Locale, reach: LoggedOut) -> HttpResponse {
    let here = service.path("logged-out");
    let f = Frame::new(locale, Some(service), &here);
    let text = match reach {
        LoggedOut::Here => f.w.logged_out_here,
        LoggedOut::Everywhere => f.w.logged_out_everywhere,
        LoggedOut::Partly => f.w.logged_out_partly,
        LoggedOut::Failed => f.w.logged_out_failed,
    };
    render(StatusCode::OK, &LoggedOutPage { f, text })
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage<'a> {
    f: Frame<'a>,
    title: &'static str,
    code: &'a str,
    text: &'static str,
    log_out: bool,
}

/// What went wrong. The details stand in the log, not on the page.
pub fn problem(problem: &Problem, locale: Locale, service: Option<&Service>, here: &str) -> HttpResponse {
    let level = match problem {
        Problem::NotFound | Problem::NotLoggedIn => log::Level::Debug,
        _ => log::Level::Warn,
    };
    log::log!(level, "{} at {here}: {problem:?}", problem.code());
    // A half-finished log-in cannot be repeated by loading its address again: the language switch leads home.
    let here = service.map_or_else(|| "/".to_owned(), |service| format!("/{}", service.name));
    let f = Frame::new(locale, service, &here);
    let title = match problem {
        Problem::NotFound => f.w.not_found_title,
        Problem::NotLoggedIn => f.w.not_logged_in_title,
        _ => f.w.problem_title,
    };
    let page = ProblemPage {
        f,
        title,
        code: problem.code(),
        text: text::problem(problem, locale),
        log_out: *problem == Problem::OtherSite,
    };
    let mut response = render(problem.status(), &page);
    if problem.status() == StatusCode::SERVICE_UNAVAILABLE {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, header::HeaderValue::from_static("10"));
    }
    response
}

/// The only stylesheet.
pub fn stylesheet() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/css; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "max-age=3600"))
        .body(include_str!("../assets/sp.css"))
}

/// What a tab of theirs shows.
pub fn icon() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "image/svg+xml"))
        .insert_header((header::CACHE_CONTROL, "max-age=3600"))
        .body(include_str!("../assets/icon.svg"))
}

fn render(status: StatusCode, page: &impl Template) -> HttpResponse {
    render_with(status, page, POLICY)
}

fn render_with(status: StatusCode, page: &impl Template, policy: &str) -> HttpResponse {
    let Ok(html) = page.render() else {
        return HttpResponse::InternalServerError().finish();
    };
    HttpResponse::build(status)
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_SECURITY_POLICY, policy))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .body(html)
}

fn protocol(service: &Service) -> &'static str {
    match service.protocol {
        Protocol::Oidc(_) => "oidc",
        Protocol::Saml(_) => "saml",
    }
}

fn readable(time: chrono::DateTime<chrono::Utc>) -> String {
    time.format("%Y-%m-%d %H:%M:%S UTC").to_string()
}

fn plain(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
