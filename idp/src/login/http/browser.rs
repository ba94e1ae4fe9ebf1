//! What a browser brings along and takes home: its own random value with its open flows, the sealed state of one flow, devices,
//! sessions. Only names and layout; the values are sealed or random.

use actix_web::HttpRequest;
use actix_web::cookie::Cookie;

use crate::credentials::password::DeviceClaim;
use crate::ctx::Ctx;
use crate::domain::id::FlowId;
use crate::domain::party::Sso;
use crate::domain::room::Class;
use crate::domain::time::Span;
use crate::login::ceremony::Ceremony;
use crate::login::flow::{BrowserMark, FLOW_LIFE};
use crate::login::service::Browser;
use crate::login::session::token_hash;
use crate::vault::Travel;
use crate::web::cookies::{Jar, Name};
use crate::web::{Route, Visit};

/// Flows that one browser may have open; one more expires the oldest.
const OPEN_FLOWS: usize = 5;
/// People that one browser knows devices of.
const DEVICES: usize = 4;
/// Longer values were never ours.
const SECRET_LIMIT: usize = 64;

/// The browser cookie: a random value and the open flows, oldest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Known {
    secret: String,
    flows: Vec<FlowId>,
}

impl Known {
    /// The browser behind a request; one that brings no cookie of ours gets a new value.
    pub(super) fn of(request: &HttpRequest, visit: &Visit) -> Known {
        let cookie = request.cookie(&visit.site.jar().name(Name::Browser));
        cookie
            .and_then(|cookie| Known::parse(cookie.value()))
            .unwrap_or_else(|| Known {
                secret: visit.ctx.rng.token(),
                flows: Vec::new(),
            })
    }

    pub(super) fn parse(text: &str) -> Option<Known> {
        let mut parts = text.split('.');
        let secret = parts
            .next()
            .filter(|s| s.len() >= 32 && s.len() <= SECRET_LIMIT)?
            .to_owned();
        let flows = parts
            .take(OPEN_FLOWS)
            .map(|flow| flow.parse().ok())
            .collect::<Option<Vec<_>>>()?;
        Some(Known { secret, flows })
    }

    pub(super) fn mark(&self) -> BrowserMark {
        BrowserMark::of(&self.secret)
    }

    pub(super) fn flows(&self) -> usize {
        self.flows.len()
    }

    /// Opens a flow: the cookie to set, and those of flows that make room.
    pub(super) fn open(mut self, jar: Jar, flow: FlowId, sealed: String) -> Vec<Cookie<'static>> {
        self.flows.push(flow);
        let surplus = self.flows.len().saturating_sub(OPEN_FLOWS);
        let mut cookies: Vec<_> = self
            .flows
            .drain(..surplus)
            .map(|old| jar.clear_at(Route::Login(old).to_string(), Name::Flow))
            .collect();
        let flows: String = self.flows.iter().map(|flow| format!(".{flow}")).collect();
        cookies.push(jar.set(Name::Browser, format!("{}{flows}", self.secret), None));
        cookies.push(flow_cookie(jar, flow, sealed));
        cookies
    }
}

/// The sealed state of a flow, sent to its own address only.
pub(super) fn flow_cookie(jar: Jar, flow: FlowId, sealed: String) -> Cookie<'static> {
    jar.at(Route::Login(flow).to_string(), Name::Flow, sealed, Some(FLOW_LIFE))
}

/// What the browser brings for a party that shares sessions as `sso` says.
pub(super) fn brought(request: &HttpRequest, visit: &Visit, house: &Ceremony, known: &Known, sso: &Sso) -> Browser {
    let session = match sso {
        Sso::Group(group) => session_of(request, visit, group),
        Sso::Never => None,
    };
    Browser {
        mark: known.mark(),
        devices: devices(request, visit, house),
        class: Class::Stranger,
        session,
    }
}

/// What the database knows the browser's session of a group by, if it brings one.
#[must_use]
pub fn session_of(request: &HttpRequest, visit: &Visit, group: &str) -> Option<[u8; 32]> {
    let cookie = request.cookie(&visit.site.jar().name(Name::Session(group)))?;
    Some(token_hash(cookie.value()))
}

/// The devices that a browser claims to be.
#[must_use]
pub fn devices(request: &HttpRequest, visit: &Visit, house: &Ceremony) -> Vec<DeviceClaim> {
    let Some(cookie) = request.cookie(&visit.site.jar().name(Name::Device)) else {
        return Vec::new();
    };
    let open = |sealed: &str| {
        let plain = house.vault.travel_open(Travel::Device, visit.ctx.now, sealed)?;
        serde_json::from_slice(&plain).ok()
    };
    cookie.value().split('.').take(DEVICES).filter_map(open).collect()
}

/// The device cookie with one claim renewed, the others kept.
pub(super) fn device_cookie(
    jar: Jar,
    house: &Ceremony,
    ctx: &Ctx,
    brought: &[DeviceClaim],
    claim: DeviceClaim,
) -> Option<Cookie<'static>> {
    let others = brought.iter().filter(|other| other.eid != claim.eid);
    let sealed = std::iter::once(&claim)
        .chain(others)
        .take(DEVICES)
        .map(|claim| {
            let plain = serde_json::to_vec(claim).ok()?;
            Some(house.vault.travel_seal(Travel::Device, ctx.now, &plain, &ctx.rng))
        })
        .collect::<Option<Vec<_>>>()?;
    // The key of a month opens its values until the next month ends; each log-in seals anew.
    Some(jar.set(Name::Device, sealed.join("."), Some(Span::days(180))))
}
