//! What every page needs to know of the house: its name and looks, how browsers reach it, whom to believe. Made once at the
//! start and shared; knows no person, no flow, no key.

use std::{fs, path::Path, sync::Arc};

use actix_web::web::Bytes;
use ipnet::IpNet;

use super::{cookies::Jar, flood::Flood};
use crate::{
    clock::Clock,
    config::{Origin, Settings},
    domain::locale::Locale,
    entropy::Entropy,
    fault::Fault,
    hex::hex,
};

/// Shared by all requests.
#[derive(Debug, Clone)]
pub struct Site(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    name: String,
    public_url: Origin,
    ui_url: Option<Origin>,
    trusted: Vec<IpNet>,
    certificate_header: Option<String>,
    tls: bool,
    demo: bool,
    default_locale: Locale,
    support_phone: Option<String>,
    support_url: Option<String>,
    extend_url: Option<String>,
    request_limit: usize,
    request_time: std::time::Duration,
    logo: Option<Asset>,
    theme: Option<Asset>,
    flood: Flood,
    clock: Clock,
    rng: Entropy,
}

/// A file that we serve.
#[derive(Debug, Clone)]
pub struct Asset {
    /// Its address, with a mark that changes when the bytes do.
    pub path: String,
    /// Its media type.
    pub media: &'static str,
    /// The whole of it.
    pub bytes: Bytes,
}

impl Asset {
    /// `name` is the last part of its address.
    #[must_use]
    pub fn new(name: &str, media: &'static str, bytes: &[u8]) -> Self {
        let digest = ring::digest::digest(&ring::digest::SHA256, bytes);
        let mark = hex(&digest.as_ref()[..6]);
        Self {
            path: format!("/assets/{name}?v={mark}"),
            media,
            bytes: Bytes::copy_from_slice(bytes),
        }
    }
}

impl Site {
    /// Reads logo and theme; both are small and kept.
    ///
    /// # Errors
    /// When one of them cannot be read.
    pub fn new(settings: &Settings, clock: Clock, rng: Entropy) -> Result<Self, Fault> {
        let web = &settings.web;
        let logo = web
            .logo
            .as_deref()
            .map(|path| match path.extension().and_then(|kind| kind.to_str()) {
                Some("svg") => read(path, "logo.svg", "image/svg+xml"),
                _ => read(path, "logo.png", "image/png"),
            });
        let theme = web
            .theme
            .as_deref()
            .map(|path| read(path, "theme.css", "text/css; charset=utf-8"));
        Ok(Self(Arc::new(Inner {
            name: web.name.clone(),
            public_url: settings.server.public_url.clone(),
            ui_url: settings.login.ui_url.clone(),
            trusted: settings.server.trusted_proxies.clone(),
            certificate_header: settings.server.client_certificate_header.clone(),
            tls: settings.server.tls.certificate.is_some(),
            demo: settings.is_demo(),
            default_locale: web.default_locale,
            support_phone: web.support_phone.clone(),
            support_url: web.support_url.as_ref().map(ToString::to_string),
            extend_url: web.extend_url.as_ref().map(ToString::to_string),
            request_limit: settings.server.request_limit_bytes,
            request_time: settings.server.request_seconds.duration(),
            logo: logo.transpose()?,
            theme: theme.transpose()?,
            flood: Flood::new(&settings.login.flood),
            clock,
            rng,
        })))
    }

    /// The operator's name of this log-in.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The address that browsers and services know us by.
    #[must_use]
    pub fn public_url(&self) -> &Origin {
        &self.0.public_url
    }

    /// The origin of the operator's own log-in pages.
    #[must_use]
    pub fn ui_url(&self) -> Option<&Origin> {
        self.0.ui_url.as_ref()
    }

    /// Proxies that are believed.
    #[must_use]
    pub fn trusted(&self) -> &[IpNet] {
        &self.0.trusted
    }

    /// The header in which they pass on the certificate of whoever is behind them.
    #[must_use]
    pub fn certificate_header(&self) -> Option<&str> {
        self.0.certificate_header.as_deref()
    }

    /// TLS ends in this process.
    #[must_use]
    pub fn ends_tls(&self) -> bool {
        self.0.tls
    }

    /// A demo says so on every page.
    #[must_use]
    pub fn is_demo(&self) -> bool {
        self.0.demo
    }

    /// Language of whoever asks for none that we speak.
    #[must_use]
    pub fn default_locale(&self) -> Locale {
        self.0.default_locale
    }

    /// Who helps by telephone.
    #[must_use]
    pub fn support_phone(&self) -> Option<&str> {
        self.0.support_phone.as_deref()
    }

    /// Who helps on the web.
    #[must_use]
    pub fn support_url(&self) -> Option<&str> {
        self.0.support_url.as_deref()
    }

    /// Where a netbank-only eID is extended.
    #[must_use]
    pub fn extend_url(&self) -> Option<&str> {
        self.0.extend_url.as_deref()
    }

    /// Largest body of a request.
    #[must_use]
    pub fn request_limit(&self) -> usize {
        self.0.request_limit
    }

    /// How long the body of a request may take.
    pub(super) fn request_time(&self) -> std::time::Duration {
        self.0.request_time
    }

    /// The operator's logo.
    #[must_use]
    pub fn logo(&self) -> Option<&Asset> {
        self.0.logo.as_ref()
    }

    /// The operator's stylesheet.
    #[must_use]
    pub fn theme(&self) -> Option<&Asset> {
        self.0.theme.as_ref()
    }

    /// Cookies as browsers will keep them.
    #[must_use]
    pub fn jar(&self) -> Jar {
        Jar::new(self.0.public_url.is_https())
    }

    /// The dam before the log-in.
    pub(super) fn flood(&self) -> &Flood {
        &self.0.flood
    }

    /// The time.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// Randomness.
    #[must_use]
    pub fn rng(&self) -> &Entropy {
        &self.0.rng
    }
}

fn read(path: &Path, name: &str, media: &'static str) -> Result<Asset, Fault> {
    let bytes = fs::read(path).map_err(|error| Fault::new(format!("reading {}", path.display()), error))?;
    Ok(Asset::new(name, media, &bytes))
}
