//! The JSON form of the log-in and of refusals (docs/protocol/log-in-page.md). Owns the shapes, and the rule which requests
//! may be JSON at all.

use actix_web::http::header::{HeaderMap, ORIGIN};
use serde::Serialize;

use super::{accept, site::Site};
use crate::domain::refusal::{Code, Refusal};
use crate::texts::Say;

/// What was wrong.
#[derive(Debug, Clone, Serialize)]
pub struct Wrong {
    /// The stable code.
    pub code: String,
    /// The field that it is about.
    pub field: Option<&'static str>,
    /// For people, in the visit's language.
    pub text: String,
}

impl Wrong {
    /// In a person's words.
    #[must_use]
    pub fn new(say: Say, refusal: &Refusal) -> Self {
        Self {
            code: refusal.code.as_str().to_owned(),
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

/// A step of a log-in.
#[derive(Debug, Clone, Serialize)]
pub struct Step {
    /// The flow's id.
    pub flow: String,
    /// `credentials`, `consent`, `code`, `app`, `passkey`, `factor`, `notice`.
    pub step: &'static str,
    /// To be sent back with the answer.
    pub csrf: String,
    /// Who asks.
    pub party: Party,
    /// The factor whose code is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub factor: Option<&'static str>,
    /// The factors that can be asked instead: an answer with `action=other` leads to the step `factor`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub factors: Vec<&'static str>,
    /// What the app is to be told: two digits. A GET of the same address says when it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// What the party wants to know, at the step `consent`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub asks: Vec<&'static str>,
    /// The card's challenge.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub challenge: Option<Challenge>,
    /// What a passkey is asked to sign: `publicKey` of `navigator.credentials.get`, binary values in base64url.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passkey: Option<serde_json::Value>,
    /// Names of the fields that are asked for.
    pub fields: Vec<&'static str>,
    /// What was wrong with the last answer, or why it cannot go on.
    pub errors: Vec<Wrong>,
    /// RFC 3339, UTC.
    pub expires_at: String,
}

/// Who asks for the log-in.
#[derive(Debug, Clone, Serialize)]
pub struct Party {
    /// Its id.
    pub id: String,
    /// Its name in the visit's language.
    pub name: String,
}

/// Which code is asked for.
#[derive(Debug, Clone, Serialize)]
pub struct Challenge {
    /// Four digits.
    pub index: String,
    /// The card's number.
    pub card: String,
}

/// A wait before the log-in: the same request is sent again after `retry_after` seconds, with the cookies of this answer.
#[derive(Debug, Clone, Serialize)]
pub struct Waits {
    /// The flow's id.
    pub flow: String,
    /// `wait`.
    pub step: &'static str,
    /// To be sent back with an answer (`action=cancel`).
    pub csrf: String,
    /// Seconds until the next try.
    pub retry_after: u64,
    /// Seconds of the whole wait, where there is a place in the line.
    pub wait_seconds: Option<u32>,
    /// Why.
    pub errors: Vec<Wrong>,
    /// RFC 3339, UTC: the log-in's own end.
    pub expires_at: String,
}

/// The end of a log-in.
#[derive(Debug, Clone, Serialize)]
pub struct Done {
    step: &'static str,
    #[serde(rename = "continue")]
    go_on: GoOn,
}

/// How the browser goes on to the party.
#[derive(Debug, Clone, Serialize)]
pub struct GoOn {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// Where to.
    pub url: String,
    /// Hidden fields of a POST.
    pub fields: serde_json::Map<String, serde_json::Value>,
}

impl Done {
    /// By a GET.
    #[must_use]
    pub fn get(url: &str) -> Self {
        let go_on = GoOn {
            method: "GET",
            url: url.to_owned(),
            fields: serde_json::Map::new(),
        };
        Self { step: "done", go_on }
    }

    /// By a POST.
    #[must_use]
    pub fn post(url: &str, fields: &[(String, String)]) -> Self {
        let fields = fields
            .iter()
            .map(|(name, value)| (name.clone(), value.clone().into()))
            .collect();
        Self {
            step: "done",
            go_on: GoOn {
                method: "POST",
                url: url.to_owned(),
                fields,
            },
        }
    }
}

/// A refusal outside of a flow.
#[derive(Debug, Clone, Serialize)]
pub struct Refused {
    step: &'static str,
    errors: Vec<Wrong>,
}

impl Refused {
    /// One refusal.
    #[must_use]
    pub fn new(say: Say, refusal: &Refusal) -> Self {
        Self {
            step: "error",
            errors: vec![Wrong::new(say, refusal)],
        }
    }
}

/// The unexpected.
#[derive(Debug, Clone, Serialize)]
pub struct Faulty {
    step: &'static str,
    incident: String,
    errors: Vec<Wrong>,
}

impl Faulty {
    /// Under an incident number.
    #[must_use]
    pub fn new(say: Say, incident: &str) -> Self {
        let text = say.with("fault-number", "number", incident);
        let wrong = Wrong {
            code: "fault".to_owned(),
            field: None,
            text,
        };
        Self {
            step: "error",
            incident: incident.to_owned(),
            errors: vec![wrong],
        }
    }
}

/// A POST of ours: a form of our own pages, or JSON from our own origin or the operator's log-in pages. What another site
/// could make a browser send is refused.
///
/// # Errors
/// `login.csrf`.
pub fn guard(site: &Site, headers: &HeaderMap) -> Result<(), Refusal> {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"));
    let json = accept::is_json(headers);
    let ours = site.public_url().as_str();
    let origin_fits = match text(ORIGIN.as_str()) {
        None => true,
        Some(origin) => origin == ours || (json && site.ui_url().is_some_and(|ui| ui.as_str() == origin)),
    };
    let site_fits = match text("sec-fetch-site") {
        None | Some("same-origin") => true,
        Some("same-site") => json,
        // A form sent by hand: the address bar, a bookmark.
        Some("none") => !json,
        Some(_) => false,
    };
    if origin_fits && site_fits {
        Ok(())
    } else {
        Err(Refusal::new(Code::LoginCsrf))
    }
}
