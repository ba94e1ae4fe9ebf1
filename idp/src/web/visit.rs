//! One request as the slices see it: its `Ctx`, its language, the form of answer it wants. Made once, at the door; never
//! holds a secret.

use std::future::{Ready, ready};

use actix_web::{
    FromRequest, HttpMessage, HttpRequest,
    dev::{Payload, ServiceRequest},
    http::header::{ACCEPT_LANGUAGE, HeaderName, USER_AGENT},
};

use super::{
    accept::Wants,
    certificate,
    cookies::Name,
    door::{self, NoDoor},
    flood::Reach,
    site::Site,
    source,
};
use crate::{
    ctx::{Agent, Caller, Ctx, RequestId},
    domain::{locale::Locale, time::Span},
    texts::Say,
};

/// One request.
#[derive(Debug, Clone)]
pub struct Visit {
    /// The house.
    pub site: Site,
    /// One moment, one source of randomness, who calls.
    pub ctx: Ctx,
    /// The form of answer.
    pub wants: Wants,
    /// The path alone: what the language switch and forms lead back to.
    pub path: String,
    /// The language that the person chose with the switch, in this very request.
    pub chosen: Option<Locale>,
    cookie: Option<String>,
    accept_language: Option<String>,
}

impl Visit {
    /// Reads everything that the network tells.
    #[must_use]
    pub fn new(site: &Site, request: &ServiceRequest) -> Self {
        let headers = request.headers();
        let header = |name: HeaderName| {
            headers
                .get(name)
                .and_then(|value| value.to_str().ok())
                .map(str::to_owned)
        };
        let cookie = request
            .cookie(&site.jar().name(Name::Language))
            .map(|cookie| cookie.value().to_owned());
        let accept_language = header(ACCEPT_LANGUAGE);
        let chosen = request
            .query_string()
            .split('&')
            .find_map(|pair| Locale::parse(pair.strip_prefix("lang=")?));
        let locale = chosen.unwrap_or_else(|| {
            Locale::pick(
                None,
                cookie.as_deref(),
                accept_language.as_deref(),
                site.default_locale(),
            )
        });
        // The word alone, never the header: it is neither logged nor stored.
        let agent = if header(USER_AGENT).is_some_and(|agent| agent.starts_with("Mozilla/")) {
            Agent::Browser
        } else {
            Agent::Machine("unnamed".to_owned())
        };
        // Read whatever bytes there are: what the proxy appended stands at the end, however the caller began the line.
        let forwarded: Vec<_> = headers
            .get_all("x-forwarded-for")
            .map(|value| String::from_utf8_lossy(value.as_bytes()))
            .collect();
        let forwarded: Vec<&str> = forwarded.iter().map(AsRef::as_ref).collect();
        let source = request
            .peer_addr()
            .map(|peer| source::of(peer.ip(), &forwarded, site.trusted()));
        let ctx = Ctx {
            now: site.clock().now(),
            rng: site.rng().clone(),
            caller: Caller {
                source,
                agent,
                certificate: certificate::shown(site, request),
            },
            request_id: RequestId::draw(site.rng()),
            locale,
        };
        let path = door::path(request).to_owned();
        Self {
            site: site.clone(),
            ctx,
            wants: Wants::of(headers),
            path,
            chosen,
            cookie,
            accept_language,
        }
    }

    /// Takes up the language that the party asked for (`ui_locales`); the person's own choice in this request stays.
    pub fn speak(&mut self, ui_locales: Option<&str>) {
        self.ctx.locale = self.chosen.unwrap_or_else(|| {
            let default = self.site.default_locale();
            Locale::pick(
                ui_locales,
                self.cookie.as_deref(),
                self.accept_language.as_deref(),
                default,
            )
        });
    }

    /// Takes up the language that a flow was begun in; the person's own choice in this request stays.
    pub fn speak_as(&mut self, begun: Option<Locale>) {
        self.speak(begun.map(Locale::as_str));
    }

    /// For whoever showed something of a known device and turned out to be a stranger: counted in the wider circles, too. When
    /// to try again, if that is too many.
    #[must_use]
    pub fn is_flooding(&self) -> Option<Span> {
        let source = self.ctx.caller.source?;
        self.site.flood().admit(source, Reach::Beyond, self.ctx.now).err()
    }

    /// Says texts in the visit's language.
    #[must_use]
    pub fn say(&self) -> Say {
        Say(self.ctx.locale)
    }

    /// The address of this page for its own form: keeps the language that was chosen with the switch.
    #[must_use]
    pub fn own_address(&self) -> String {
        self.chosen.map_or_else(
            || self.path.clone(),
            |locale| format!("{}?lang={}", self.path, locale.as_str()),
        )
    }

    /// The visit of a request that came through the door.
    #[must_use]
    pub fn of(request: &HttpRequest) -> Option<Self> {
        request.extensions().get::<Self>().cloned()
    }
}

impl FromRequest for Visit {
    type Error = NoDoor;
    type Future = Ready<Result<Self, NoDoor>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        ready(Self::of(request).ok_or(NoDoor))
    }
}
