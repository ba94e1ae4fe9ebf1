//! What a person reads after something that cannot be undone by going back: what was done, what follows, where to turn.

use askama::Template;

use crate::web::Visit;
use crate::web::pages::{Frame, Page};

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
