//! Puts the parts together: what the process shares, which path goes where, http or https.

use std::{net::TcpListener, time::Duration};

use actix_web::{App as Actix, HttpRequest, HttpResponse, HttpServer, dev::Server, web};
use serde::Deserialize;

use crate::config::{Settings, Tls};
use crate::memory::Shelf;
use crate::network::Network;
use crate::pages::{self, LoggedOut};
use crate::problem::Problem;
use crate::services::{self, Protocol, Services};
use crate::session::{Level, Session, Then, Wish};
use crate::visit::{Visit, see_other};
use crate::{bank, browser, clock, code_app, oidc, saml, text::Locale};

/// What all requests share.
pub struct App {
    /// The demo services.
    pub services: Services,
    /// The identity provider, as it names itself.
    pub issuer: String,
    /// The HTTP client towards the identity provider.
    pub network: Network,
    /// Who is logged in.
    pub sessions: Shelf<Session>,
    /// What OIDC remembers.
    pub oidc: oidc::Desk,
    /// What SAML remembers.
    pub saml: saml::Desk,
    /// The banks' customers.
    pub customers: bank::Customers,
}

/// Starts the demo services on `listener`; the server runs when it is awaited.
pub fn start(settings: Settings, listener: TcpListener) -> Result<Server, Box<dyn std::error::Error>> {
    // Whoever installed a provider before us (a test) has installed the same one.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let app = web::Data::new(App {
        services: services::load(&settings)?,
        issuer: settings.issuer.clone(),
        network: Network::new(&settings.issuer, settings.extra_ca.as_deref())?,
        sessions: Shelf::new(10_000, Duration::from_secs(3600)),
        oidc: oidc::Desk::new(&settings.issuer)?,
        saml: saml::Desk::new(&settings)?,
        customers: bank::Customers::default(),
    });
    let server = HttpServer::new(move || Actix::new().app_data(app.clone()).configure(routes)).workers(2);
    let server = match &settings.tls {
        Some(files) => server.listen_rustls_0_23(listener, tls(files)?)?,
        None => server.listen(listener)?,
    };
    Ok(server.shutdown_timeout(2).run())
}

/// Every path, in one place.
fn routes(to: &mut web::ServiceConfig) {
    let malformed = |_: &dyn std::fmt::Display, request: &HttpRequest| {
        let page = pages::problem(&Problem::Malformed, Locale::of(request), None, request.path());
        actix_web::Error::from(actix_web::error::InternalError::from_response("malformed", page))
    };
    to.app_data(web::QueryConfig::default().error_handler(move |fault, request| malformed(&fault, request)))
        .app_data(
            web::FormConfig::default()
                .limit(256 * 1024)
                .error_handler(move |fault, request| malformed(&fault, request)),
        )
        .route("/", web::get().to(index))
        .route("/assets/sp.css", web::get().to(|| async { pages::stylesheet() }))
        .route("/assets/icon.svg", web::get().to(|| async { pages::icon() }))
        .route("/language/{code}", web::get().to(language))
        .route("/app", web::get().to(code_app::show))
        .route("/app/manifest.webmanifest", web::get().to(code_app::manifest))
        .route("/app/api/{act}", web::post().to(code_app::pass_on))
        .route("/assets/code-app.js", web::get().to(code_app::script))
        .route("/health", web::get().to(|| async { "ok" }))
        .route("/demo/clock", web::post().to(clock::set))
        .route("/{service}", web::get().to(home))
        .route("/{service}/login", web::get().to(login))
        .route("/{service}/me", web::get().to(me))
        .route("/{service}/logout", web::get().to(logout))
        .route("/{service}/logged-out", web::get().to(logged_out))
        .route("/{service}/account", web::get().to(bank::account))
        .route("/{service}/transfers", web::get().to(bank::transfers))
        .route("/{service}/callback", web::get().to(oidc::callback::by_query))
        .route("/{service}/callback", web::post().to(oidc::callback::by_form))
        .route("/{service}/refresh", web::post().to(oidc::refresh::renew))
        .route(
            "/{service}/backchannel-logout",
            web::post().to(oidc::backchannel::receive),
        )
        .route("/{service}/acs", web::post().to(saml::acs::receive))
        .route("/{service}/slo", web::get().to(saml::logout::by_redirect))
        .route("/{service}/slo", web::post().to(saml::logout::by_soap))
        .route("/{service}/metadata", web::get().to(saml::metadata::show))
        .default_service(web::to(nowhere));
}

fn tls(files: &Tls) -> Result<rustls::ServerConfig, Box<dyn std::error::Error>> {
    use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
    let chain = CertificateDer::pem_file_iter(&files.certificate)?.collect::<Result<_, _>>()?;
    let key = PrivateKeyDer::from_pem_file(&files.key)?;
    Ok(rustls::ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(chain, key)?)
}

async fn index(request: HttpRequest, app: web::Data<App>) -> HttpResponse {
    pages::start(&app.services, Locale::of(&request))
}

async fn nowhere(request: HttpRequest) -> HttpResponse {
    pages::problem(&Problem::NotFound, Locale::of(&request), None, "/")
}

async fn home(visit: Visit) -> HttpResponse {
    pages::home(&visit.service, visit.locale, visit.session().as_ref())
}

/// What the log-in links may ask for.
#[derive(Deserialize)]
struct LoginQuery {
    level: Option<String>,
    force: Option<String>,
    passive: Option<String>,
    binding: Option<String>,
    then: Option<String>,
}

async fn login(visit: Visit, query: web::Query<LoginQuery>) -> HttpResponse {
    if let Some(address) = visit.proper_address() {
        return see_other(&address);
    }
    let outcome = match wish(&visit, &query) {
        Err(problem) => Err(problem),
        Ok(wish) => match &visit.service.protocol {
            Protocol::Oidc(client) => oidc::login::begin(&visit, client, wish).await,
            Protocol::Saml(provider) => saml::login::begin(&visit, provider, wish).await,
        },
    };
    visit.show(outcome)
}

fn wish(visit: &Visit, query: &LoginQuery) -> Result<Wish, Problem> {
    let level = match query.level.as_deref() {
        None | Some("") => None,
        Some(word) => Some(Level::parse(word).ok_or(Problem::Malformed)?),
    };
    let is_on = |flag: &Option<String>| flag.as_deref().is_some_and(|flag| flag != "0");
    let session = visit.session();
    // Whoever is logged in and asks for more must come back as the same person. Asking for nothing more may change persons.
    let must_be = session
        .as_ref()
        .filter(|_| level.is_some())
        .map(|session| session.subject.clone());
    Ok(Wish {
        level,
        force: is_on(&query.force),
        passive: is_on(&query.passive),
        by_post: query.binding.as_deref() == Some("post"),
        then: Then::parse(query.then.as_deref()),
        must_be,
        replaces: session.and(visit.session_key()),
        since: clock::now(),
    })
}

async fn me(visit: Visit) -> HttpResponse {
    match visit.session() {
        Some(session) if visit.wants_json() => pages::me_json(&visit.service, &session),
        Some(session) => pages::me(&visit.service, visit.locale, &session),
        None if visit.wants_json() => {
            HttpResponse::Unauthorized().json(serde_json::json!({ "error": Problem::NotLoggedIn.code() }))
        }
        None => visit.show(Err(Problem::NotLoggedIn)),
    }
}

/// A link, not a form: browsers hold a form's whole chain of redirects, through every service of the session, against `form-action`.
async fn logout(visit: Visit) -> HttpResponse {
    if visit.is_from_another_site() {
        return visit.show(Err(Problem::OtherSite));
    }
    let outcome = match &visit.service.protocol {
        Protocol::Oidc(client) => oidc::logout::begin(&visit, client).await,
        Protocol::Saml(provider) => saml::logout::begin(&visit, provider).await,
    };
    visit.show(outcome)
}

#[derive(Deserialize)]
struct LoggedOutQuery {
    state: Option<String>,
}

async fn logged_out(visit: Visit, query: web::Query<LoggedOutQuery>) -> HttpResponse {
    let reach = query
        .state
        .as_deref()
        .map_or(LoggedOut::Here, |state| match &visit.service.protocol {
            Protocol::Oidc(_) => oidc::logout::reach(&visit, state),
            Protocol::Saml(_) => saml::logout::reach(&visit, state),
        });
    pages::logged_out(&visit.service, visit.locale, reach)
}

#[derive(Deserialize)]
struct LanguageQuery {
    back: Option<String>,
}

async fn language(code: web::Path<String>, query: web::Query<LanguageQuery>) -> HttpResponse {
    // Only a path of ours: `//evil.example` and `/\evil.example` are addresses of somebody else.
    let ours = |back: &&str| {
        back.starts_with('/')
            && back
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"/-".contains(&byte))
    };
    let back = query
        .back
        .as_deref()
        .filter(ours)
        .filter(|back| !back.starts_with("//"))
        .unwrap_or("/");
    let mut response = see_other(back);
    let cookie = browser::language(Locale::parse(&code).code());
    match response.add_cookie(&cookie) {
        Ok(()) => response,
        Err(_) => HttpResponse::InternalServerError().finish(),
    }
}
