//! A request that was refused because the eID is for netbank alone waits in the browser, sealed, while its holder opens the eID for use
//! elsewhere (M40). Owns what waits and for how long: the request and the eID, no proof of a factor. A fresh log-in of our own pages answers it
//! where it may (`login::resting`), else a log-in like any other.

use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};

use super::begin::begin_on;
use super::browser::{Known, session_of};
use crate::domain::id::{EidId, PersonId};
use crate::domain::party::OWN;
use crate::domain::refusal::Code;
use crate::domain::time::{Span, Time};
use crate::login::ceremony::Ceremony;
use crate::login::demand::{Demand, MustBe};
use crate::login::flow::{BrowserMark, Flow, Step};
use crate::vault::Travel;
use crate::web::Visit;
use crate::web::cookies::Name;

/// It is taken up for so long.
const LIFE: Span = Span::minutes(60);
/// The pages by which an eID is opened: nowhere else is it sent.
const PATH: &str = "/self-service";

#[derive(Serialize, Deserialize)]
struct Waiting {
    demand: Demand,
    eid: EidId,
    person: PersonId,
    browser: BrowserMark,
    since: Time,
}

/// Lets the request of a flow wait that ended since the eID is not for public use, and may be. One that does not fit does not wait: the service is asked again.
pub(super) fn keep(visit: &Visit, house: &Ceremony, flow: &Flow, response: &mut HttpResponse) {
    let (Step::Notice(Code::Oces001 | Code::Oces003 | Code::Oces006), Some(proven)) = (&flow.step, &flow.proven) else {
        return;
    };
    let waiting = Waiting {
        demand: flow.demand.clone(),
        eid: proven.eid,
        person: proven.person,
        browser: flow.browser,
        // Whoever lets it wait again does not begin anew.
        since: flow.demand.waited_since.unwrap_or(visit.ctx.now),
    };
    let Ok(plain) = postcard::to_allocvec(&waiting) else {
        return;
    };
    let sealed = house
        .vault
        .travel_seal(Travel::Extension, visit.ctx.now, &plain, &visit.ctx.rng);
    let cookie = visit.site.jar().at(PATH.to_owned(), Name::Waiting, sealed, Some(LIFE));
    // Our own names and values are always valid in a header.
    let _set = response.add_cookie(&cookie);
}

fn open(request: &HttpRequest, visit: &Visit, house: &Ceremony, eid: EidId) -> Option<Demand> {
    let cookie = request.cookie(&visit.site.jar().name(Name::Waiting))?;
    let plain = house
        .vault
        .travel_open(Travel::Extension, visit.ctx.now, cookie.value())?;
    let waiting: Waiting = postcard::from_bytes(&plain).ok()?;
    let in_time = visit.ctx.now < waiting.since + LIFE;
    let here = waiting.browser == Known::of(request, visit).mark();
    let demand = Demand {
        waited_since: Some(waiting.since),
        // Whoever else has logged in here meanwhile does not answer for them.
        must_be: waiting.demand.must_be.or(Some(MustBe::Person(waiting.person))),
        ..waiting.demand
    };
    (in_time && here && waiting.eid == eid).then_some(demand)
}

/// The service whose request waits for this eID in this browser, by name.
#[must_use]
pub fn waits_for(request: &HttpRequest, visit: &Visit, house: &Ceremony, eid: EidId) -> Option<String> {
    let demand = open(request, visit, house, eid)?;
    let party = house.party(&demand.party).ok()?;
    Some(party.name.get(visit.ctx.locale).to_owned())
}

/// Takes the request up again, from its first page on; nothing when none waits. It waits no longer.
pub async fn take_up(house: &Ceremony, request: &HttpRequest, visit: &Visit, eid: EidId) -> Option<HttpResponse> {
    let demand = open(request, visit, house, eid)?;
    let own = session_of(request, visit, OWN);
    let mut response = begin_on(house, request, visit, demand, own).await;
    let gone = visit.site.jar().clear_at(PATH.to_owned(), Name::Waiting);
    // Our own names and values are always valid in a header.
    let _set = response.add_cookie(&gone);
    Some(response)
}
