//! All that is stored about a person, as JSON (M55). Secrets are not among it, for they are not stored readable or not at all:
//! passwords, card codes, cookies, tokens.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::account::Holder;
use super::overview::cards;
use crate::audit::{Event, read_row, record};
use crate::certificates;
use crate::ctx::Ctx;
use crate::domain::id::{AuditId, EidId};
use crate::domain::time::Time;
use crate::login::Ceremony;
use crate::storage::{AuditRow, Authenticator, Eid, Halt, LaneId, Tx, VoiceLine};

/// Audit rows read at a time.
const ROWS: i64 = 500;

/// Notes that it was asked for; what is handed out then holds this, too.
pub(super) fn ask(tx: &mut Tx<'_>, ctx: &Ctx, house: &Ceremony, holder: &Holder) -> Result<(), Halt> {
    holder.hold(tx, ctx, house)?;
    record(tx, ctx, &Event::DataExported { who: holder.who() })
}

/// Reads everything.
pub(super) fn read(tx: &mut Tx<'_>, ctx: &Ctx, holder: &Holder) -> Result<Value, Halt> {
    let id = holder.eid.person;
    let person = tx.people().find(id)?;
    let cprs = tx.people().cprs(id)?;
    let cprs = cprs
        .iter()
        .map(|(cpr, current)| json!({ "cpr": cpr.digits(), "current": current }));
    let cprs: Vec<Value> = cprs.collect();
    let names = tx.subjects().of_person(id)?;
    let names: Vec<Value> = names
        .iter()
        .map(|(sector, sub)| json!({ "sector": sector, "sub": sub }))
        .collect();
    let releases = tx.releases().of_person(id)?;
    let releases: Vec<Value> = releases
        .iter()
        .map(|release| {
            let claims: Vec<&str> = release.words().collect();
            json!({ "service": release.party, "data": claims, "since": release.given_at.rfc3339() })
        })
        .collect();
    let mut eids = Vec::new();
    for eid in tx.eids().of_person(id)? {
        // What another eID of the same person has done is shown to whoever logs in with that one.
        eids.push(if eid.id == holder.eid.id {
            this_eid(tx, &eid)?
        } else {
            brief(tx, &eid)?
        });
    }
    Ok(json!({
        "made_at": ctx.now.rfc3339(),
        "person": {
            "name": person.name,
            "address": person.address,
            "protected": person.protected,
            "birth_date": person.birth_date.map(|date| date.to_string()),
            "cpr_numbers": cprs,
            "email": person.email,
            "phone": person.phone,
            "language": person.language.as_str(),
            "status": person.status.as_str(),
            "pid": tx.pids().find(id)?.map(|pid| pid.as_str().to_owned()),
            "known_to_services_as": names,
            "services_may_know": releases,
        },
        "eids": eids,
    }))
}

fn brief(tx: &mut Tx<'_>, eid: &Eid) -> Result<Value, Halt> {
    // Where nothing was written down nothing is stored, whatever it is taken for.
    let issue = tx.issues().find(eid.id)?;
    Ok(json!({
        "number": eid.number.as_str(),
        "status": eid.status.as_str(),
        "public": eid.public,
        "on_hardware": eid.on_hardware,
        "identified_to": issue.map(|issue| issue.level.as_str()),
        "issuer": eid.issuer,
        "created_at": eid.created_at.rfc3339(),
        "last_login_at": when(eid.last_login_at),
    }))
}

fn this_eid(tx: &mut Tx<'_>, eid: &Eid) -> Result<Value, Halt> {
    let names: Vec<Value> = tx
        .aliases()
        .of_eid(eid.id)?
        .iter()
        .map(|(kind, text)| json!({ "kind": kind.as_str(), "text": text }))
        .collect();
    let banks: Vec<Value> = tx
        .eids()
        .banks(eid.id)?
        .iter()
        .map(|link| json!({ "bank": link.bank, "customer_ref": link.customer_ref }))
        .collect();
    let password = tx.passwords().find(eid.id)?;
    let set_at = tx.passwords().set_at(eid.id)?;
    let devices: Vec<Value> = tx
        .devices()
        .of_eid(eid.id, eid.epoch)?
        .iter()
        .map(|[created, used, expires]| {
            json!({ "created_at": created.rfc3339(), "used_at": used.rfc3339(), "expires_at": expires.rfc3339() })
        })
        .collect();
    let failed = tx.lanes().find(LaneId::Strangers(eid.id))?.0.since_reset;
    let mut all = brief(tx, eid)?;
    all["user_ids"] = names.into();
    all["banks"] = banks.into();
    all["password"] = password.map_or(Value::Null, |password| {
        json!({
            "set_at": when(set_at),
            "four_digits": password.four_digits,
            "blocked": password.blocked,
            "block_cause": password.cause.map(|cause| cause.as_str()),
        })
    });
    all["failed_attempts"] = failed.into();
    all["key_cards"] = json!(cards(tx, eid.id)?);
    all["card_wishes"] = wishes(tx, eid.id)?;
    all["tokens_and_apps"] = factors(tx, eid.id)?;
    all["token_order"] = order(tx, eid.id)?;
    all["certificates"] = certificates(tx, eid.id)?;
    all["activation_password"] = activation(tx, eid.id)?;
    all["known_browsers"] = devices.into();
    all["sessions"] = sessions(tx, eid.id)?;
    all["given_to_services"] = grants(tx, eid.id)?;
    all["consents"] = agreed(tx, eid.id)?;
    all["events"] = events(tx, eid.id)?;
    Ok(all)
}

/// What was consented to for use outside netbank, in the version that was read.
fn agreed(tx: &mut Tx<'_>, eid: EidId) -> Result<Value, Halt> {
    let given = tx.issues().consents(eid)?;
    let given = given.iter().map(|one| {
        json!({
            "consent": one.consent.as_str(),
            "version": one.version,
            "channel": one.channel,
            "given_at": one.given_at.rfc3339(),
        })
    });
    Ok(given.collect())
}

fn wishes(tx: &mut Tx<'_>, eid: EidId) -> Result<Value, Halt> {
    let wish = tx.card_wishes().of(eid)?;
    Ok(json!({ "reorder_at": wish.reorder_at.get(), "large_print": wish.large_print }))
}

/// What the eID is or was proven with beside the card.
fn factors(tx: &mut Tx<'_>, eid: EidId) -> Result<Value, Halt> {
    let held = tx.authenticators().of_eid(eid)?;
    let (in_use, waiting) = (tx.voices().in_use(eid)?, tx.voices().waiting(eid)?);
    let lines: Vec<VoiceLine> = in_use.into_iter().chain(waiting).collect();
    let calls = |one: &Authenticator| {
        let line = lines.iter().find(|line| line.id == one.id)?.line.as_ref()?;
        Some(line.as_str().to_owned())
    };
    let held = held.iter().map(|one| {
        json!({
            "kind": one.factor.as_str(),
            "number": one.serial,
            "telephone": calls(one),
            "name": one.name,
            "status": one.state.as_str(),
            "asked_for_first": one.usual,
            "activated_at": when(one.active_at),
            "usable_at": when(one.usable_at),
            "used_at": when(one.used_at),
        })
    });
    Ok(held.collect::<Vec<Value>>().into())
}

fn certificates(tx: &mut Tx<'_>, eid: EidId) -> Result<Value, Halt> {
    let mut all = Vec::new();
    for one in tx.certificates().of_eid(eid)? {
        all.push(json!({
            "serial": one.serial.to_string(),
            "subject": certificates::subject(&one.der)?,
            "issued_at": one.issued_at.rfc3339(),
            "ends_at": one.ends_at.rfc3339(),
            "revoked_at": when(one.revoked.map(|(at, _)| at)),
            "reason": one.revoked.map(|(_, reason)| reason.as_str()),
            "certificate": STANDARD.encode(&one.der),
        }));
    }
    Ok(all.into())
}

fn order(tx: &mut Tx<'_>, eid: EidId) -> Result<Value, Halt> {
    let order = tx.code_tokens().open_order(eid)?;
    Ok(order.map_or(
        Value::Null,
        |order| json!({ "price_oere": order.price_oere, "ordered_at": order.ordered_at.rfc3339() }),
    ))
}

fn activation(tx: &mut Tx<'_>, eid: EidId) -> Result<Value, Halt> {
    let activation = tx.activations().find(eid)?;
    Ok(activation.map_or(Value::Null, |activation| {
        json!({
            "status": activation.state.as_str(),
            "ordered_at": activation.ordered_at.rfc3339(),
            "expires_at": activation.expires_at.rfc3339(),
            "printed_at": when(activation.printed_at),
        })
    }))
}

fn sessions(tx: &mut Tx<'_>, eid: EidId) -> Result<Value, Halt> {
    let mut all = Vec::new();
    for session in tx.sessions().of_eid(eid)? {
        let services: Vec<Value> = tx
            .sessions()
            .participants(session.id)?
            .iter()
            .map(|one| {
                json!({
                    "service": one.party, "protocol": one.protocol, "known_as": one.sub,
                    "joined_at": one.joined_at.rfc3339(), "left_at": when(one.ended_at),
                })
            })
            .collect();
        all.push(json!({
            "id": session.id.to_string(),
            "group": session.sso,
            "level": session.level.as_str(),
            "methods": session.methods.iter().map(|method| method.as_str()).collect::<Vec<_>>(),
            "authenticated_at": session.authenticated_at.rfc3339(),
            "seen_at": session.seen_at.rfc3339(),
            "expires_at": session.expires_at.rfc3339(),
            "ended_at": when(session.ended_at),
            "services": services,
        }));
    }
    Ok(all.into())
}

fn grants(tx: &mut Tx<'_>, eid: EidId) -> Result<Value, Halt> {
    let given = tx.grants().of_eid(eid)?;
    let given = given.iter().map(|given| {
        json!({
            "service": given.party,
            "scope": given.scope,
            "survives_log_out": given.offline,
            "created_at": given.created_at.rfc3339(),
            "used_at": when(given.used_at),
            "expires_at": given.expires_at.rfc3339(),
            "ended_at": when(given.ended_at),
        })
    });
    Ok(given.collect::<Vec<Value>>().into())
}

fn events(tx: &mut Tx<'_>, eid: EidId) -> Result<Value, Halt> {
    let mut all = Vec::new();
    let mut before: Option<(Time, AuditId)> = None;
    loop {
        let rows = tx.audit().all_of_eid(eid, before, ROWS)?;
        let Some(last) = rows.last() else { break };
        before = Some((last.at, last.id));
        for row in rows {
            all.push(event(tx, row)?);
        }
    }
    Ok(all.into())
}

fn event(tx: &mut Tx<'_>, row: AuditRow) -> Result<Value, Halt> {
    let reading = read_row(tx, row)?;
    let row = reading.row;
    Ok(json!({
        "at": row.at.rfc3339(),
        "kind": row.kind,
        "service": row.party,
        "request": row.request,
        "detail": serde_json::from_str::<Value>(&row.body).unwrap_or_default(),
        "personal": reading.personal,
    }))
}

fn when(time: Option<Time>) -> Option<String> {
    time.map(Time::rfc3339)
}
