//! Our addresses as types, and what `web` itself answers: the start page, stylesheet and logo. Slices mount their own.

use std::fmt;
use std::sync::LazyLock;

use actix_web::{HttpRequest, HttpResponse, web};

use super::{
    pages, respond,
    site::{Asset, Site},
    visit::Visit,
};
use crate::{
    config::parties::SharedParties,
    domain::{
        id::FlowId,
        refusal::{Code, Refusal},
    },
};

/// An address of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// The start page.
    Start,
    /// The page of one log-in.
    Login(FlowId),
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start => f.write_str("/"),
            Self::Login(flow) => write!(f, "/login/{flow}"),
        }
    }
}

/// The stylesheet; the bytes are part of the program.
pub(super) static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    let bytes = include_bytes!("../../assets/style.css");
    Asset::new("style.css", "text/css; charset=utf-8", bytes)
});

/// The script of the pages that ask for a passkey; no other page has one of these.
pub(super) static PASSKEY: LazyLock<Asset> = LazyLock::new(|| {
    let bytes = include_bytes!("../../assets/passkey.js");
    Asset::new("passkey.js", "text/javascript; charset=utf-8", bytes)
});

/// The picture in the browser's tab.
static ICON: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("icon.svg", "image/svg+xml", include_bytes!("../../assets/icon.svg")));

/// Mounts what `web` itself answers and the limits of bodies. The app data `web::Data<Site>` and `SharedParties` must be there.
pub fn mount(config: &mut web::ServiceConfig, site: &Site) {
    let limit = site.request_limit();
    config
        .app_data(web::PayloadConfig::new(limit))
        .app_data(web::FormConfig::default().limit(limit))
        .app_data(web::JsonConfig::default().limit(limit))
        .service(web::resource("/").name("start").route(web::get().to(start)))
        .service(
            web::resource("/assets/{name}")
                .name("assets")
                .route(web::get().to(asset)),
        )
        .service(web::resource("/robots.txt").route(web::get().to(robots)));
}

/// For `App::default_service`: nothing is here.
pub async fn nothing_here(visit: Visit) -> HttpResponse {
    respond::refusal(&visit, &Refusal::new(Code::RequestNotFound))
}

async fn start(visit: Visit, parties: Option<web::Data<SharedParties>>) -> HttpResponse {
    let mut services = Vec::new();
    if let Some(parties) = parties.filter(|_| visit.site.is_demo()) {
        for party in parties.current().iter() {
            if let Some(home) = &party.home_url {
                services.push((party.name.get(visit.ctx.locale).to_owned(), home.to_string()));
            }
        }
    }
    respond::page(
        &visit,
        actix_web::http::StatusCode::OK,
        &pages::Start::new(&visit, services),
    )
}

async fn asset(visit: Visit, name: web::Path<String>, request: HttpRequest) -> HttpResponse {
    let asset = match name.as_str() {
        "style.css" => Some(&*STYLE),
        "icon.svg" => Some(&*ICON),
        "passkey.js" => Some(&*PASSKEY),
        "theme.css" => visit.site.theme(),
        "logo.svg" | "logo.png" => visit.site.logo().filter(|logo| logo.path.contains(name.as_str())),
        _ => None,
    };
    let Some(asset) = asset else {
        return nothing_here(visit).await;
    };
    let marked = request
        .query_string()
        .strip_prefix("v=")
        .is_some_and(|mark| asset.path.ends_with(mark));
    respond::picture(asset.media, asset.bytes.clone(), marked)
}

async fn robots() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .body("User-agent: *\nDisallow: /\n")
}
