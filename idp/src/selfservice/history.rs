//! What has happened with an eID: the audit trail as its owner reads it, a page at a time (M55).

use serde::Serialize;
use serde_json::Value;

use super::account::Holder;
use super::shown::{moment, party};
use crate::audit::{Reading, read_row};
use crate::ctx::Ctx;
use crate::domain::id::AuditId;
use crate::domain::refusal::Code;
use crate::domain::time::Time;
use crate::login::Ceremony;
use crate::storage::{Halt, Tx};

/// Lines on a page.
const PAGE: usize = 25;
/// Events that say something to the owner; all others are in the copy of everything.
pub(super) const KINDS: &[&str] = &[
    "login.completed",
    "login.entered",
    "login.refused",
    "lane.closed",
    "lane.shut",
    "lane.notice",
    "lane.reopened",
    "password.blocked",
    "password.opened",
    "password.changed",
    "keycard.blocked",
    "keycard.used_up",
    "keycard.ordered",
    "keycard.printed",
    "keycard.activated",
    "keycard.posted",
    "keycard.expired",
    "keycard.wish",
    "factor.changed",
    "factor.usual",
    "app.asked",
    "app.answered",
    "voice.called",
    "token.ordered",
    "token.order_ended",
    "token.assigned",
    "activation.ordered",
    "activation.printed",
    "activation.posted",
    "activation.closed",
    "activation.void",
    "password.chosen",
    "session.ended",
    "session.left",
    "user_id.changed",
    "contact.changed",
    "contact.asked",
    "contact.code_wrong",
    "data.exported",
    "access.withdrawn",
    "consent.said",
    "consent.withdrawn",
    "pid.asked",
    "certificate.issued",
    "certificate.revoked",
    "certificate.expired",
    "person.changed",
    "eid.changed",
    "eid.issued",
    "eid.hardware",
    "eid.public",
    "eid.linked",
    "document.checked",
    "officer.acted",
];

/// One event.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Line {
    #[serde(serialize_with = "moment")]
    pub(super) at: Time,
    /// The event's kind.
    pub(super) kind: String,
    /// What of the kind it was, where there are several (`token-activated`).
    pub(super) change: Option<String>,
    /// The service, or whose officer it was, by name.
    pub(super) service: Option<String>,
    /// The reason that an officer gave.
    pub(super) reason: Option<String>,
    /// Factors that were shown.
    pub(super) methods: Vec<String>,
    /// Why it was refused.
    pub(super) refused: Option<Code>,
    /// The network address it came from, while it may be read.
    pub(super) source: Option<String>,
}

/// A page of them.
#[derive(Debug, Clone, Serialize)]
pub(super) struct History {
    pub(super) lines: Vec<Line>,
    /// What to ask for older ones with.
    pub(super) before: Option<String>,
}

/// Reads a page; `before` is what the page before it said.
pub(super) fn read(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    house: &Ceremony,
    holder: &Holder,
    before: Option<AuditId>,
) -> Result<History, Halt> {
    let before = match before {
        Some(id) => tx.audit().row(id)?.filter(|row| row.eid == Some(holder.eid.id)),
        None => None,
    };
    let before = before.map(|row| (row.at, row.id));
    let limit = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let mut rows = tx.audit().history(holder.eid.id, KINDS, before, limit)?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let before = rows.last().filter(|_| more).map(|row| row.id.to_string());
    let mut lines = Vec::new();
    for row in rows {
        lines.push(line(ctx, house, read_row(tx, row)?));
    }
    Ok(History { lines, before })
}

fn line(ctx: &Ctx, house: &Ceremony, Reading { row, personal }: Reading) -> Line {
    let body: Value = serde_json::from_str(&row.body).unwrap_or_default();
    let said = |field: &str| body[field].as_str();
    let change = match row.kind.as_str() {
        "factor.changed" => said("factor")
            .zip(said("how"))
            .map(|(factor, how)| format!("{factor}-{how}")),
        "eid.hardware" => body["on"]
            .as_bool()
            .map(|on| if on { "eid-hardware" } else { "eid-cards" }.to_owned()),
        "officer.acted" if said("outcome") == Some("repeated") => Some("officer-repeated".to_owned()),
        "officer.acted" => said("act").map(|act| format!("officer-{act}")),
        "app.answered" => said("answer").map(|answer| format!("app-{answer}")),
        _ => None,
    };
    let methods = body["methods"].as_array().into_iter().flatten();
    Line {
        at: row.at,
        change,
        reason: said("reason")
            .filter(|_| matches!(row.kind.as_str(), "officer.acted" | "password.opened"))
            .map(str::to_owned),
        service: row.party.as_deref().map(|id| party(house, id, ctx.locale)),
        methods: methods.filter_map(|word| word.as_str().map(str::to_owned)).collect(),
        refused: body["code"]
            .as_str()
            .filter(|_| row.kind == "login.refused")
            .and_then(Code::from_str),
        source: personal.and_then(|personal| personal["source"].as_str().map(str::to_owned)),
        kind: row.kind,
    }
}
