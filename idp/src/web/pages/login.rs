//! The pages of the log-in, one for each step.

use askama::Template;

use super::{
    Page,
    frame::{AsksPasskey, Form, Frame},
};
use crate::{
    config::parties::Claim,
    domain::{
        factor::{Factor, Factors},
        refusal::{Code, Refusal},
        time::Time,
    },
    web::{csp::Csp, visit::Visit, when},
};

/// What every step asks with: its form, whom the log-in leads to, and the verified origins that its answer may lead to.
#[derive(Debug)]
pub struct Asks {
    form: Form,
    party: String,
    form_to: Vec<String>,
    failed: Option<Failed>,
    another: bool,
}

/// What a person should know of tries that were not theirs.
#[derive(Debug)]
struct Failed {
    count: u32,
    since: Option<String>,
}

impl Asks {
    /// `party` is the party's name in the visitor's language.
    #[must_use]
    pub fn new(visit: &Visit, csrf: String, party: &str, wrong: &[Refusal], form_to: Vec<String>) -> Self {
        Self {
            form: Form::of(visit, csrf, wrong),
            party: party.to_owned(),
            form_to,
            failed: None,
            another: false,
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
    pub fn with_failed_tries(mut self, visit: &Visit, count: u32, since: Option<Time>) -> Self {
        self.failed = (count > 0).then(|| Failed {
            count,
            since: since.map(|time| when::day_and_time(time, visit.ctx.locale)),
        });
        self
    }
}

/// Pages whose form may lead on to the party.
macro_rules! may_lead_on {
    ($($page:ident),+) => {
        $(impl Page for $page {
            fn csp(&self) -> Csp {
                Csp::Page {
                    form_to: self.asks.form_to.clone(),
                }
            }
        })+
    };
}

impl Page for PasskeyPage {
    fn csp(&self) -> Csp {
        Csp::Passkey {
            form_to: self.asks.form_to.clone(),
        }
    }
}

may_lead_on!(
    Credentials,
    CodePage,
    VoicePage,
    AppPage,
    FactorPage,
    ConsentPage,
    Notice
);

/// `data-step="credentials"`: user-ID and password.
#[derive(Debug, Template)]
#[template(path = "credentials.html")]
pub struct Credentials {
    frame: Frame,
    asks: Asks,
    user_id: String,
}

impl Credentials {
    /// `user_id` is what stands in the field already.
    #[must_use]
    pub fn new(visit: &Visit, asks: Asks, user_id: &str) -> Self {
        Self {
            frame: Frame::of(visit),
            asks,
            user_id: user_id.to_owned(),
        }
    }
}

/// `data-step="code"`: one code from the key card, or what the code token shows.
#[derive(Debug, Template)]
#[template(path = "code.html")]
pub struct CodePage {
    frame: Frame,
    asks: Asks,
    challenge: Option<Challenge>,
}

/// What the card is asked for.
#[derive(Debug)]
struct Challenge {
    index: String,
    card: String,
}

impl CodePage {
    /// The challenge of a card: four digits and the card's number; nothing for a token, which makes its code itself.
    #[must_use]
    pub fn new(visit: &Visit, asks: Asks, challenge: Option<(String, String)>) -> Self {
        Self {
            frame: Frame::of(visit),
            asks,
            challenge: challenge.map(|(index, card)| Challenge { index, card }),
        }
    }
}

/// `data-step="app"`: the number that the code app asks for; looks again by itself, without script.
#[derive(Debug, Template)]
#[template(path = "app.html")]
pub struct AppPage {
    frame: Frame,
    asks: Asks,
    number: String,
}

impl AppPage {
    /// `number` is two digits.
    #[must_use]
    pub fn new(visit: &Visit, asks: Asks, number: String) -> Self {
        Self {
            frame: Frame::of(visit),
            asks,
            number,
        }
    }
}

/// `data-step="code"` of a code that is read aloud by a telephone call.
#[derive(Debug, Template)]
#[template(path = "voice.html")]
pub struct VoicePage {
    frame: Frame,
    asks: Asks,
    ends: String,
}

impl VoicePage {
    /// `ends` are the last digits of the number.
    #[must_use]
    pub fn new(visit: &Visit, asks: Asks, ends: &str) -> Self {
        Self {
            frame: Frame::of(visit),
            asks,
            ends: ends.to_owned(),
        }
    }
}

/// `data-step="passkey"`: the browser is asked for a signature, by the one script of ours.
#[derive(Debug, Template)]
#[template(path = "passkey.html")]
pub struct PasskeyPage {
    frame: Frame,
    asks: Asks,
    asked: AsksPasskey,
}

impl PasskeyPage {
    /// `options` is `publicKey` of `navigator.credentials.get`, as JSON.
    #[must_use]
    pub fn new(visit: &Visit, asks: Asks, options: String) -> Self {
        Self {
            frame: Frame::of(visit),
            asks,
            asked: AsksPasskey::new("get", options),
        }
    }
}

/// `data-step="factor"`: which of their factors a person wants to use.
#[derive(Debug, Template)]
#[template(path = "factor.html")]
pub struct FactorPage {
    frame: Frame,
    asks: Asks,
    offers: Vec<&'static str>,
}

impl FactorPage {
    /// `offers` are the factors to choose among.
    #[must_use]
    pub fn new(visit: &Visit, asks: Asks, offers: Factors) -> Self {
        Self {
            frame: Frame::of(visit),
            asks,
            offers: offers.iter().map(Factor::as_str).collect(),
        }
    }
}

/// `data-step="consent"`: whether the party may know what it asks for.
#[derive(Debug, Template)]
#[template(path = "consent.html")]
pub struct ConsentPage {
    frame: Frame,
    asks: Asks,
    claims: Vec<&'static str>,
}

impl ConsentPage {
    /// `claims` are what the party asks for.
    #[must_use]
    pub fn new(visit: &Visit, asks: Asks, claims: &[Claim]) -> Self {
        Self {
            frame: Frame::of(visit),
            asks,
            claims: claims.iter().map(|claim| claim.as_str()).collect(),
        }
    }
}

/// `data-step="notice"`: why it cannot go on, and what to do; all that is left here is to go back to the party.
#[derive(Debug, Template)]
#[template(path = "notice.html")]
pub struct Notice {
    frame: Frame,
    asks: Asks,
    code: &'static str,
    heading: String,
    text: String,
    more: Vec<String>,
    extend: Option<String>,
}

impl Notice {
    /// The code decides heading, text and advice.
    #[must_use]
    pub fn new(visit: &Visit, asks: Asks, refusal: &Refusal) -> Self {
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
            .or(Some("/extend"))
            .filter(|_| matches!(refusal.code, Code::Oces001 | Code::Oces006))
            .map(str::to_owned);
        Self {
            frame: Frame::of(visit),
            asks,
            code: refusal.code.as_str(),
            heading,
            text: say.refusal(refusal),
            more,
            extend,
        }
    }
}

/// `data-step="wait"`: a place in the line before the log-in, or none for now; goes on by itself, without script.
#[derive(Debug, Template)]
#[template(path = "wait.html")]
pub struct Wait {
    frame: Frame,
    form: Form,
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
            form: Form::of(visit, csrf, &[]),
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
