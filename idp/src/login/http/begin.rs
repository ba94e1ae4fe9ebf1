//! The way in for protocols: a Demand becomes an answer, a refusal, or a redirect to the first page.

use actix_web::{HttpRequest, HttpResponse};

use super::browser::{Known, brought};
use super::{go_on, halted};
use crate::login::ceremony::Ceremony;
use crate::login::demand::Demand;
use crate::login::numbers;
use crate::login::service::Stand;
use crate::web::{Route, Visit, respond};

/// Takes a protocol's demand. The answer goes to the party by way of the browser: at once where a running session suffices,
/// as a refusal where no page may be shown, else after a redirect to the log-in page.
pub async fn begin(house: &Ceremony, request: &HttpRequest, visit: &Visit, demand: Demand) -> HttpResponse {
    begin_on(house, request, visit, demand, None).await
}

/// The same; a fresh log-in of our own pages, by its session, answers where it may.
pub(super) async fn begin_on(
    house: &Ceremony,
    request: &HttpRequest,
    visit: &Visit,
    demand: Demand,
    own: Option<[u8; 32]>,
) -> HttpResponse {
    let party = match house.party(&demand.party) {
        Ok(party) => party,
        Err(refusal) => return respond::refusal(visit, &refusal),
    };
    let known = Known::of(request, visit);
    let browser = brought(request, visit, house, &known, &party.sso);
    match house.take_on(&visit.ctx, &browser, demand, own).await {
        Err(halt) => halted(visit, halt),
        Ok(Stand::Over(over)) => {
            numbers::ended(&over, "session");
            go_on(visit, house, &browser, *over)
        }
        Ok(Stand::Page { flow, .. }) => match flow.seal(&house.vault, &visit.ctx) {
            Err(refusal) => respond::refusal(visit, &refusal),
            Ok(sealed) => {
                let path = Route::Login(flow.id).to_string();
                let url = visit.site.ui_url().map_or(path.clone(), |ui| ui.at(&path));
                let mut response = respond::see_other(&url);
                for cookie in known.open(visit.site.jar(), flow.id, sealed) {
                    // Our own names and values are always valid in a header.
                    let _set = response.add_cookie(&cookie);
                }
                response
            }
        },
    }
}
