//! What all pages share: language, the operator's name and looks, the demo's banner, errors with their fields.

use crate::{
    domain::{
        locale::Locale,
        refusal::{Code, Refusal},
        time::Time,
    },
    texts::{Say, money},
    web::{
        routes::{PASSKEY, STYLE},
        site::Site,
        visit::Visit,
        when,
    },
};

/// Around every page.
#[derive(Debug, Clone)]
pub struct Frame {
    /// Says texts.
    pub t: Say,
    /// The house.
    pub site: Site,
    /// This page in the other language; `None` where a link could not lead back here.
    pub switch: Option<Switch>,
    /// Our stylesheet.
    pub style: &'static str,
}

/// The language switch.
#[derive(Debug, Clone)]
pub struct Switch {
    /// The other language's tag.
    pub lang: &'static str,
    /// Where this page speaks it.
    pub url: String,
}

impl Frame {
    /// Of a page that a GET of the same path shows again.
    #[must_use]
    pub fn of(visit: &Visit) -> Self {
        let other = match visit.ctx.locale {
            Locale::Da => Locale::En,
            Locale::En => Locale::Da,
        };
        let switch = Switch {
            lang: other.as_str(),
            url: format!("{}?lang={}", visit.path, other.as_str()),
        };
        Self {
            switch: Some(switch),
            ..Self::fixed(visit)
        }
    }

    /// Of a page that cannot be asked for again.
    #[must_use]
    pub fn fixed(visit: &Visit) -> Self {
        Self {
            t: visit.say(),
            site: visit.site.clone(),
            switch: None,
            style: &STYLE.path,
        }
    }

    /// A telephone number as an address (RFC 3966).
    #[must_use]
    pub fn tel(&self, phone: &str) -> String {
        phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect()
    }

    /// A moment, as people read it.
    #[must_use]
    pub fn when(&self, time: &Time) -> String {
        when::day_and_time(*time, self.t.0)
    }

    /// The day of a moment.
    #[must_use]
    pub fn day(&self, time: &Time) -> String {
        when::day(*time, self.t.0)
    }

    /// What something costs.
    #[must_use]
    pub fn price(&self, oere: &u32) -> String {
        money::kroner(*oere, self.t.0)
    }

    /// A stable word (a state, a kind of event) in the page's language: the text `word-<of>-<word>`.
    #[must_use]
    pub fn word(&self, of: &str, word: &str) -> String {
        self.t.say(&format!("word-{of}-{}", word.replace(['.', '_'], "-")))
    }

    /// Why something was refused.
    #[must_use]
    pub fn refused(&self, code: &Code) -> String {
        self.t.refusal(&Refusal::new(*code))
    }

    /// The language's tag.
    #[must_use]
    pub fn lang(&self) -> &'static str {
        self.t.0.as_str()
    }
}

/// A form of ours: where it goes, its token, what was wrong with what was typed.
#[derive(Debug)]
pub struct Form {
    /// Where it is sent.
    pub action: String,
    /// What it must carry.
    pub csrf: String,
    /// What was wrong.
    pub errors: Errors,
}

impl Form {
    /// A form that is sent to the page it stands on.
    #[must_use]
    pub fn of(visit: &Visit, csrf: String, wrong: &[Refusal]) -> Self {
        Self {
            action: visit.own_address(),
            csrf,
            errors: Errors(ErrorLine::all(visit.say(), wrong)),
        }
    }
}

/// What the script of a page asks the browser for.
#[derive(Debug, Clone)]
pub struct AsksPasskey {
    /// `get` or `create`.
    pub act: &'static str,
    /// `publicKey`, as JSON.
    pub options: String,
    /// The script's address.
    pub script: &'static str,
}

impl AsksPasskey {
    /// `act` is `get` or `create`.
    #[must_use]
    pub fn new(act: &'static str, options: String) -> Self {
        Self {
            act,
            options,
            script: &PASSKEY.path,
        }
    }
}

/// What was wrong, beside its field.
#[derive(Debug, Clone)]
pub struct ErrorLine {
    /// The stable code.
    pub code: &'static str,
    /// The field's id.
    pub field: Option<&'static str>,
    /// In a person's words.
    pub text: String,
}

impl ErrorLine {
    /// One.
    #[must_use]
    pub fn new(say: Say, refusal: &Refusal) -> Self {
        Self {
            code: refusal.code.as_str(),
            field: refusal.field,
            text: say.refusal(refusal),
        }
    }

    /// All of them.
    #[must_use]
    pub fn all(say: Say, refusals: &[Refusal]) -> Vec<Self> {
        refusals.iter().map(|refusal| Self::new(say, refusal)).collect()
    }
}

/// The errors of a form.
#[derive(Debug, Clone)]
pub struct Errors(pub Vec<ErrorLine>);

impl Errors {
    /// Of one field.
    #[must_use]
    pub fn of(&self, field: &str) -> Option<&ErrorLine> {
        self.0.iter().find(|error| error.field == Some(field))
    }

    /// None.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
