//! A form that another site posted to a door that needs our session cookie: the cookie does not come with such a form
//! (SameSite=Lax), so the form comes back as a GET of ours. What it said travels sealed, so that neither history nor logs keep a
//! person's hint or token. Owns only that way round.

use std::borrow::Cow;

use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};

use crate::domain::refusal::{Code, Refusal};
use crate::domain::time::{Span, Time};
use crate::fault::Fault;
use crate::oidc::house::Oidc;
use crate::vault::Travel;
use crate::web::{Visit, respond};

/// The browser comes back at once.
const LIFE: Span = Span::minutes(5);

#[derive(Serialize, Deserialize)]
struct OnItsWay {
    path: String,
    text: String,
    at: i64,
}

/// Sends a form round to the GET of the same path.
pub(super) fn round(visit: &Visit, house: &Oidc, path: &str, text: &str) -> HttpResponse {
    let ctx = &visit.ctx;
    let on = OnItsWay {
        path: path.to_owned(),
        text: text.to_owned(),
        at: ctx.now.secs(),
    };
    match postcard::to_allocvec(&on) {
        Ok(plain) => {
            let sealed = house
                .vault
                .travel_seal(Travel::PostedRequest, ctx.now, &plain, &ctx.rng);
            respond::see_other(&format!("{path}?t={sealed}"))
        }
        Err(error) => respond::fault(visit, &Fault::new("a posted request cannot be sealed", error)),
    }
}

/// The parameters of a request to `path`: its query, or the form that came round.
///
/// # Errors
/// `login.expired` for a form that is old, another path's or none of ours.
pub(super) fn query<'a>(
    request: &'a HttpRequest,
    visit: &Visit,
    house: &Oidc,
    path: &str,
) -> Result<Cow<'a, str>, Refusal> {
    let query = request.query_string();
    let Some(sealed) = query.strip_prefix("t=").filter(|rest| !rest.contains('&')) else {
        return Ok(Cow::Borrowed(query));
    };
    let now = visit.ctx.now;
    let on = house
        .vault
        .travel_open(Travel::PostedRequest, now, sealed)
        .and_then(|plain| postcard::from_bytes::<OnItsWay>(&plain).ok())
        .filter(|on| on.path == path && now < Time::from_secs(on.at) + LIFE);
    match on {
        Some(on) => Ok(Cow::Owned(on.text)),
        None => Err(Refusal::new(Code::LoginExpired)),
    }
}
