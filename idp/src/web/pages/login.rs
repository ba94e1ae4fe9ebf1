//! The pages of the log-in, one for each step.

use askama::Template;

use super::{
    Page,
    frame::{ErrorLine, Errors, Frame},
};
use crate::{
    domain::{
        factor::{Factor, Factors},
        refusal::{Code, Refusal},
    },
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

/// `data-step="code"`: one code from the key card, or what the code token shows.
#[derive(Debug, Template)]
#[template(path = "code.html")]
pub struct CodePage {
    frame: Frame,
    action: String,
    csrf: String,
    party: String,
    challenge: Option<Challenge>,
    another: bool,
    failed: Option<Failed>,
    errors: Errors,
    form_to: Vec<String>,
}

/// What the card is asked for.
#[derive(Debug)]
struct Challenge {
    index: String,
    card: String,
}

/// What a person should know of tries that were not theirs.
#[derive(Debug)]
struct Failed {
    count: u32,
    since: Option<String>,
}

impl CodePage {
    /// The challenge of a card: four digits and the card's number; nothing for a token, which makes its code itself.
    #[must_use]
    pub fn new(
        visit: &Visit,
        csrf: String,
        party: &str,
        challenge: Option<(String, String)>,
        errors: &[Refusal],
        form_to: Vec<String>,
    ) -> Self {
        Self {
            frame: Frame::of(visit),
            action: visit.own_address(),
            csrf,
            party: party.to_owned(),
            challenge: challenge.map(|(index, card)| Challenge { index, card }),
            another: false,
            failed: None,
            errors: Errors(ErrorLine::all(visit.say(), errors)),
            form_to,
        }
    }

    /// Offers to use another factor.
    #[must_use]
    pub const fn with_another(mut self, another: bool) -> Self {
        self.another = another;
        self
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

/// `data-step="app"`: the number that the code app asks for; looks again by itself, without script.
#[derive(Debug, Template)]
#[template(path = "app.html")]
pub struct AppPage {
    frame: Frame,
    action: String,
    csrf: String,
    party: String,
    number: String,
    another: bool,
    errors: Errors,
    form_to: Vec<String>,
}

impl AppPage {
    /// `number` is two digits.
    #[must_use]
    pub fn new(
        visit: &Visit,
        csrf: String,
        party: &str,
        number: String,
        errors: &[Refusal],
        form_to: Vec<String>,
    ) -> Self {
        Self {
            frame: Frame::of(visit),
            action: visit.own_address(),
            csrf,
            party: party.to_owned(),
            number,
            another: false,
            errors: Errors(ErrorLine::all(visit.say(), errors)),
            form_to,
        }
    }

    /// Offers to use another factor.
    #[must_use]
    pub const fn with_another(mut self, another: bool) -> Self {
        self.another = another;
        self
    }
}

impl Page for AppPage {
    fn csp(&self) -> Csp {
        Csp::Page {
            form_to: self.form_to.clone(),
        }
    }
}

/// `data-step="factor"`: which of their factors a person wants to use.
#[derive(Debug, Template)]
#[template(path = "factor.html")]
pub struct FactorPage {
    frame: Frame,
    action: String,
    csrf: String,
    party: String,
    offers: Vec<&'static str>,
    errors: Errors,
    form_to: Vec<String>,
}

impl FactorPage {
    /// `offers` are the factors to choose among.
    #[must_use]
    pub fn new(
        visit: &Visit,
        csrf: String,
        party: &str,
        offers: Factors,
        errors: &[Refusal],
        form_to: Vec<String>,
    ) -> Self {
        Self {
            frame: Frame::of(visit),
            action: visit.own_address(),
            csrf,
            party: party.to_owned(),
            offers: offers.iter().map(Factor::as_str).collect(),
            errors: Errors(ErrorLine::all(visit.say(), errors)),
            form_to,
        }
    }
}

impl Page for FactorPage {
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
