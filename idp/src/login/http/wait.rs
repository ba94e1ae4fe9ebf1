//! The waiting room's door: looks at device and ticket, shows the waiting page or lets through. Decides nothing: that is
//! `login::room`.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode};

use super::{Opened, form_to};
use crate::domain::refusal::{Code, Refusal};
use crate::domain::room::{Class, TICKET_SERVES};
use crate::domain::time::Span;
use crate::login::ceremony::Ceremony;
use crate::login::flow::{Flow, Step};
use crate::login::room::{Comes, Entry, Visitor, looks_again};
use crate::web::cookies::Name;
use crate::web::{Visit, Wants, json, pages, respond};

/// What came of standing before the room.
pub(super) enum Passed {
    /// They may go on; what to give back if it comes to nothing.
    Through {
        /// A ticket to keep.
        ticket: Option<String>,
        /// The one that was spent.
        spent: Option<[u8; 16]>,
    },
    /// They wait: this is the answer.
    Waits(HttpResponse),
}

/// Asked before the page that asks for a password is shown, and before a password is tried. Other steps cost no hash.
pub(super) fn stand(
    request: &HttpRequest,
    visit: &Visit,
    house: &Ceremony,
    opened: &mut Opened,
    comes: Comes,
) -> Passed {
    if opened.flow.step != Step::Credentials {
        return Passed::Through {
            ticket: None,
            spent: None,
        };
    }
    let shows_device = request.cookie(&visit.site.jar().name(Name::Device)).is_some();
    let browser = &mut opened.browser;
    browser.class = match comes {
        Comes::ToTry => house.room.class_of(&browser.devices),
        Comes::ToLook if browser.devices.is_empty() => Class::Stranger,
        Comes::ToLook => Class::Known,
    };
    if comes == Comes::ToTry
        && shows_device
        && browser.devices.is_empty()
        && let Some(wait) = visit.is_flooding()
    {
        return Passed::Waits(respond::busy(visit, wait));
    }
    let ticket = request.cookie(&visit.site.jar().name(Name::Place));
    let visitor = Visitor {
        browser: browser.mark,
        class: browser.class,
        ticket: ticket.as_ref().map(|cookie| cookie.value()),
    };
    match house.room.enters(&house.vault, &visit.ctx, visitor, comes) {
        Entry::Through { ticket, spent } => Passed::Through { ticket, spent },
        entry => Passed::Waits(waiting(visit, house, &opened.flow, entry)),
    }
}

/// A password could not be tried after all: nobody loses their place by that.
pub(super) fn no_turn(
    visit: &Visit,
    house: &Ceremony,
    flow: &Flow,
    class: Class,
    spent: Option<[u8; 16]>,
) -> HttpResponse {
    if let Some(ticket) = spent {
        house.room.gives_back(ticket);
    }
    if class == Class::Known {
        return respond::unavailable(visit);
    }
    let soon = Entry::Wait {
        ticket: None,
        wait: Span::secs(2),
    };
    waiting(visit, house, flow, soon)
}

/// The waiting page, or its JSON: 503, when to try again, and the ticket to keep.
fn waiting(visit: &Visit, house: &Ceremony, flow: &Flow, entry: Entry) -> HttpResponse {
    let again = looks_again(&entry);
    let (code, ticket, wait) = match entry {
        Entry::Wait { ticket, wait } => (Code::LoginWait, ticket, Some(wait)),
        Entry::Full | Entry::Through { .. } => (Code::LoginFull, None, None),
    };
    let seconds = wait.map(|wait| u32::try_from(wait.as_secs().max(0) + 1).unwrap_or(u32::MAX));
    let (refusal, csrf) = (Refusal::new(code), flow.csrf(&house.vault));
    let status = StatusCode::SERVICE_UNAVAILABLE;
    let answer = match visit.wants {
        Wants::Html => {
            let page = pages::Wait::new(visit, csrf, &refusal, seconds, again.as_secs(), form_to(house, flow));
            respond::page(visit, status, &page)
        }
        Wants::Json => {
            let body = json::Waits {
                flow: flow.id.to_string(),
                step: "wait",
                csrf,
                retry_after: again.as_secs(),
                wait_seconds: seconds,
                errors: vec![json::Wrong::new(visit.say(), &refusal)],
                expires_at: flow.expires_at().rfc3339(),
            };
            respond::json(status, &body)
        }
    };
    let mut answer = respond::later(answer, Span::secs(i64::try_from(again.as_secs()).unwrap_or(i64::MAX)));
    if let Some(ticket) = ticket {
        keep(visit, &mut answer, ticket, wait.unwrap_or(Span::ZERO));
    }
    answer
}

/// Lets the browser keep a ticket for as long as it serves.
pub(super) fn keep(visit: &Visit, answer: &mut HttpResponse, ticket: String, wait: Span) {
    let cookie = visit
        .site
        .jar()
        .at("/login".to_owned(), Name::Place, ticket, Some(wait + TICKET_SERVES));
    // Our own names and values are always valid in a header.
    let _set = answer.add_cookie(&cookie);
}
