//! What a person reads after something that cannot be undone by going back: what was done, what follows, where to turn.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use crate::domain::party::OWN;
use crate::web::cookies::Name;
use crate::web::pages::{Frame, Page};
use crate::web::{Visit, Wants, respond};

/// `<main data-step="receipt">`
#[derive(Debug, Template)]
#[template(path = "receipt.html")]
pub(super) struct Receipt {
    frame: Frame,
    word: &'static str,
    heading: String,
    done: String,
    more: Vec<String>,
}

impl Receipt {
    /// The texts `receipt-<word>-heading`, `-done`, and `-1` to `-5` as far as they go.
    pub(super) fn new(visit: &Visit, word: &'static str) -> Self {
        let say = visit.say();
        let more = (1..=5).map_while(|number| say.maybe(&format!("receipt-{word}-{number}")));
        Self {
            frame: Frame::fixed(visit),
            word,
            heading: say.say(&format!("receipt-{word}-heading")),
            done: say.say(&format!("receipt-{word}-done")),
            more: more.collect(),
        }
    }
}

impl Page for Receipt {}

/// Something was stopped, and every session with it: this one too. `done` is what JSON says.
pub(super) fn logged_out_by(visit: &Visit, word: &'static str, done: &str) -> HttpResponse {
    let mut answer = match visit.wants {
        Wants::Html => respond::page(visit, StatusCode::OK, &Receipt::new(visit, word)),
        Wants::Json => respond::json(StatusCode::OK, &serde_json::json!({ "done": done })),
    };
    // Our own names and values are always valid in a header.
    let _set = answer.add_cookie(&visit.site.jar().clear(Name::Session(OWN)));
    answer
}
