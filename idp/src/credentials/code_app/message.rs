//! What apps sign: lines of text, the first of which says what it is, so that a signature of one kind is none of another. What stands in
//! them is what the app shows.

use crate::domain::code_app::{Decision, Handover};
use crate::domain::factor::Purpose;
use crate::domain::id::{AuthenticatorId, QuestionId};

/// What an app shows of a question.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    /// The question.
    pub question: QuestionId,
    /// The party's id.
    pub party: &'a str,
    /// The party's name in the language that the app shows.
    pub name: &'a str,
    /// What for.
    pub purpose: Purpose,
}

/// Signed with the key that is handed over: whoever sends it holds it. A push address is a line more.
#[must_use]
pub fn bind_message(issuer: &str, handover: &Handover, public_key: &str, push: Option<&str>) -> String {
    let digits = handover.digits();
    let lines = ["nogle-app-bind-1", issuer, &digits, public_key];
    let lines: Vec<&str> = lines.into_iter().chain(push).collect();
    lines.join("\n")
}

/// Signed at each look for a question. `time` is seconds since 1970.
#[must_use]
pub fn poll_message(issuer: &str, app: AuthenticatorId, time: i64) -> String {
    let (app, time) = (app.to_string(), time.to_string());
    ["nogle-app-poll-1", issuer, &app, &time].join("\n")
}

/// Signed to be woken elsewhere from now on; nowhere where `push` is empty.
#[must_use]
pub fn push_message(issuer: &str, app: AuthenticatorId, time: i64, push: &str) -> String {
    let (app, time) = (app.to_string(), time.to_string());
    ["nogle-app-push-1", issuer, &app, &time, push].join("\n")
}

/// Signed to approve or reject.
#[must_use]
pub fn answer_message(issuer: &str, app: AuthenticatorId, shown: Shown<'_>, decision: Decision) -> String {
    let (app, question) = (app.to_string(), shown.question.to_string());
    let (word, number) = match decision {
        Decision::Approve(number) => ("approve", number.to_string()),
        Decision::Reject => ("reject", String::new()),
    };
    let purpose = shown.purpose.as_str();
    let lines = [
        "nogle-app-answer-1",
        issuer,
        &app,
        &question,
        shown.party,
        shown.name,
        purpose,
        word,
        &number,
    ];
    lines.join("\n")
}
