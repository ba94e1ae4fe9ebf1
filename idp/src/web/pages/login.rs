//! The pages of the log-in, one for each step.

use askama::Template;

use super::{
    Page,
    frame::{ErrorLine, Errors, Frame},
};
use crate::{
    domain::refusal::{Code, Refusal},
    web::{csp::Csp, visit::Visit, when},
};

/// `data-step="credentials"`: user-ID and password.
#[derive(Debug, Template)]
#[template(path = "credentials.html")]
pub struct Credentials {
    frame: Frame,
    action: String,
    csrf: String,
    party: String,
    user_id: String,
    errors: Errors,
    form_to: Vec<String>,
}

impl Credentials {
    /// `user_id` is what stands in the field already; `form_to` the verified origins that the answer may lead to.
    #[must_use]
    pub fn new(
        visit: &Visit,
        csrf: String,
        party: &str,
        user_id: &str,
        errors: &[Refusal],
        form_to: Vec<String>,
    ) -> Self {
        Self {
            frame: Frame::of(visit),
            action: visit.own_address(),
            csrf,
            party: party.to_owned(),
            user_id: user_id.to_owned(),
            errors: Errors(ErrorLine::all(visit.say(), errors)),
            form_to,
        }
    }
}

impl Page for Credentials {
    fn csp(&self) -> Csp {
        Csp::Page {
            form_to: self.form_to.clone(),
        }
    }
}

/// `data-step="code"`: one code from the key card.
#[derive(Debug, Template)]
#[template(path = "code.html")]
pub struct CodePage {
    frame: Frame,
    action: String,
    csrf: String,
    party: String,
    index: String,
    card: String,
    failed: Option<Failed>,
    errors: Errors,
    form_to: Vec<String>,
}

/// What a person should know of tries that were not theirs.
#[derive(Debug)]
struct Failed {
    count: u32,
    since: Option<String>,
}

impl CodePage {
    /// `index` is four digits, `card` the card's number.
    #[must_use]
    pub fn new(
        visit: &Visit,
        csrf: String,
        party: &str,
        (index, card): (&str, &str),
        errors: &[Refusal],
        form_to: Vec<String>,
    ) -> Self {
        Self {
            frame: Frame::of(visit),
            action: visit.own_address(),
            csrf,
            party: party.to_owned(),
            index: index.to_owned(),
            card: card.to_owned(),
            failed: None,
            errors: Errors(ErrorLine::all(visit.say(), errors)),
            form_to,
        }
    }

    /// Tells how often others failed, and since when.
    #[must_use]
    pub fn with_failed_tries(mut self, count: u32, since: Option<crate::domain::time::Time>) -> Self {
        self.failed = (count > 0).then(|| Failed {
            count,
            since: since.map(|time| when::day_and_time(time, self.frame.t.0)),
        });
        self
    }
}

impl Page for CodePage {
    fn csp(&self) -> Csp {
        Csp::Page {
            form_to: self.form_to.clone(),
        }
    }
}

/// `data-step="notice"`: why it cannot go on, and what to do; all that is left here is to go back to the party.
#[derive(Debug, Template)]
#[template(path = "notice.html")]
pub struct Notice {
    frame: Frame,
    action: String,
    csrf: String,
    party: String,
    code: &'static str,
    heading: String,
    text: String,
    more: Vec<String>,
    extend: Option<String>,
    form_to: Vec<String>,
}

impl Notice {
    /// The code decides heading, text and advice.
    #[must_use]
    pub fn new(visit: &Visit, csrf: String, party: &str, refusal: &Refusal, form_to: Vec<String>) -> Self {
        let say = visit.say();
        let key = refusal.code.text_key().replacen("refusal-", "notice-", 1);
        let heading = say
            .maybe(&format!("{key}-heading"))
            .unwrap_or_else(|| say.say("notice-heading"));
        let more = (1..=4)
            .map_while(|number| say.maybe(&format!("{key}-{number}")))
            .collect();
        let extend = visit
            .site
            .extend_url()
            .filter(|_| refusal.code == Code::Oces001)
            .map(str::to_owned);
        Self {
            frame: Frame::of(visit),
            action: visit.own_address(),
            csrf,
            party: party.to_owned(),
            code: refusal.code.as_str(),
            heading,
            text: say.refusal(refusal),
            more,
            extend,
            form_to,
        }
    }
}

impl Page for Notice {
    fn csp(&self) -> Csp {
        Csp::Page {
            form_to: self.form_to.clone(),
        }
    }
}

/// `data-step="wait"`: a place in the line before the log-in, or none for now; goes on by itself, without script.
#[derive(Debug, Template)]
#[template(path = "wait.html")]
pub struct Wait {
    frame: Frame,
    action: String,
    csrf: String,
    code: &'static str,
    text: String,
    seconds: Option<u32>,
    again: u64,
    form_to: Vec<String>,
}

impl Wait {
    /// The page asks for itself again after `again` seconds; `seconds` is the whole wait, where it is known.
    #[must_use]
    pub fn new(
        visit: &Visit,
        csrf: String,
        refusal: &Refusal,
        seconds: Option<u32>,
        again: u64,
        form_to: Vec<String>,
    ) -> Self {
        Self {
            frame: Frame::of(visit),
            action: visit.own_address(),
            csrf,
            code: refusal.code.as_str(),
            text: visit.say().refusal(refusal),
            seconds,
            again,
            form_to,
        }
    }
}

impl Page for Wait {
    fn csp(&self) -> Csp {
        Csp::Page {
            form_to: self.form_to.clone(),
        }
    }
}

/// `data-step="done"`: posts the answer on to the party by itself; a button for browsers without script.
#[derive(Debug, Template)]
#[template(path = "done.html")]
pub struct Done {
    frame: Frame,
    url: String,
    fields: Vec<(String, String)>,
    nonce: String,
}

impl Done {
    /// A form to an address that was verified before.
    #[must_use]
    pub fn new(visit: &Visit, url: &str, fields: &[(String, String)]) -> Self {
        let nonce = visit.ctx.rng.token();
        Self {
            frame: Frame::fixed(visit),
            url: url.to_owned(),
            fields: fields.to_vec(),
            nonce,
        }
    }
}

impl Page for Done {
    fn csp(&self) -> Csp {
        Csp::AutoSubmit {
            nonce: self.nonce.clone(),
        }
    }
}
