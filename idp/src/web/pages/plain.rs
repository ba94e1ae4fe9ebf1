//! Pages outside of a log-in: start, log-out, refusals, faults.

use askama::Template;

use super::{Page, frame::Frame};
use crate::{
    domain::refusal::Refusal,
    web::{csp::Csp, visit::Visit},
};

/// `/`
#[derive(Debug, Template)]
#[template(path = "start.html")]
pub struct Start {
    frame: Frame,
    /// Of the demo: name and address.
    services: Vec<(String, String)>,
}

impl Start {
    /// `services` to try, in the demo.
    #[must_use]
    pub fn new(visit: &Visit, services: Vec<(String, String)>) -> Self {
        Self {
            frame: Frame::of(visit),
            services,
        }
    }
}

impl Page for Start {}

/// Asks before a log-out that nobody proved to have been asked for (no ID-token hint).
#[derive(Debug, Template)]
#[template(path = "confirm_logout.html")]
pub struct ConfirmLogout {
    frame: Frame,
    action: String,
    csrf: String,
    /// Hidden fields that the form brings back.
    fields: Vec<(String, String)>,
    services: Vec<String>,
    form_to: Vec<String>,
}

impl ConfirmLogout {
    /// `services` are those of the session; `fields` come back with the answer `action=logout` or `action=cancel`.
    #[must_use]
    pub fn new(
        visit: &Visit,
        action: &str,
        csrf: String,
        fields: Vec<(String, String)>,
        services: Vec<String>,
        form_to: Vec<String>,
    ) -> Self {
        Self {
            frame: Frame::fixed(visit),
            action: action.to_owned(),
            csrf,
            fields,
            services,
            form_to,
        }
    }
}

impl Page for ConfirmLogout {
    fn csp(&self) -> Csp {
        Csp::Page {
            form_to: self.form_to.clone(),
        }
    }
}

/// After the log-out: names the services that could not be told.
#[derive(Debug, Template)]
#[template(path = "logged_out.html")]
pub struct LoggedOut {
    frame: Frame,
    unreached: Vec<String>,
    /// Where the person came from: name and verified address.
    back: Option<(String, String)>,
    /// What the service there waits for, when it wants that by a form; a link otherwise.
    fields: Option<Vec<(String, String)>>,
    form_to: Vec<String>,
}

impl LoggedOut {
    /// `unreached` services by name; `back` to where the log-out began.
    #[must_use]
    pub fn new(visit: &Visit, unreached: Vec<String>, back: Option<(String, String)>) -> Self {
        Self {
            frame: Frame::fixed(visit),
            unreached,
            back,
            fields: None,
            form_to: Vec::new(),
        }
    }

    /// The way back takes an answer along: a button posts `fields` there; `continues_to` are the origins that the service may
    /// lead on to from there.
    #[must_use]
    pub fn answering(mut self, fields: Vec<(String, String)>, continues_to: Vec<String>) -> Self {
        let back = self.back.iter().map(|(_, url)| url.clone());
        self.form_to = back.chain(continues_to).collect();
        self.fields = Some(fields);
        self
    }
}

impl Page for LoggedOut {
    fn csp(&self) -> Csp {
        Csp::Page {
            form_to: self.form_to.clone(),
        }
    }
}

/// `data-step="error"`: a refusal that no party may be told.
#[derive(Debug, Template)]
#[template(path = "refused.html")]
pub struct Refused {
    frame: Frame,
    code: &'static str,
    heading: String,
    text: String,
}

impl Refused {
    /// In a person's words.
    #[must_use]
    pub fn new(visit: &Visit, refusal: &Refusal) -> Self {
        let say = visit.say();
        let key = refusal.code.text_key().replacen("refusal-", "error-", 1);
        let heading = say
            .maybe(&format!("{key}-heading"))
            .unwrap_or_else(|| say.say("error-heading"));
        Self {
            frame: Frame::fixed(visit),
            code: refusal.code.as_str(),
            heading,
            text: say.refusal(refusal),
        }
    }
}

impl Page for Refused {}

/// `data-step="error"`: the unexpected, with its incident number.
#[derive(Debug, Template)]
#[template(path = "fault.html")]
pub struct FaultPage {
    frame: Frame,
    incident: String,
}

impl FaultPage {
    /// Under an incident number.
    #[must_use]
    pub fn new(visit: &Visit, incident: &str) -> Self {
        Self {
            frame: Frame::fixed(visit),
            incident: incident.to_owned(),
        }
    }
}

impl Page for FaultPage {}
