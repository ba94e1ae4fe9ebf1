//! One event becomes one row, in the transaction of the act it tells of.

use chrono::Datelike;
use serde_json::Value;

use super::event::{Event, personal as personal_of};
use crate::ctx::Ctx;
use crate::domain::id::AuditId;
use crate::fault::Fault;
use crate::storage::{AuditRow, Halt, Tx};
use crate::vault::{Mac, Vault};

/// Writes an event down. It is kept exactly if the act is.
///
/// # Errors
/// When the database does not answer.
pub fn record(tx: &mut Tx<'_>, ctx: &Ctx, event: &Event) -> Result<(), Halt> {
    let parts = event.parts();
    let id = AuditId::from_uuid(ctx.rng.uuid_v7(ctx.now));
    let personal = personal_of(ctx.caller.source);
    let sealed = match parts.who {
        Some(who) if !personal.is_empty() => {
            let key = tx.audit().key(who.person, ctx.now.utc_date().year(), ctx.rng.bytes())?;
            let plain = Value::Object(personal).to_string();
            Some(Vault::seal_under(&key, &id.bytes(), plain.as_bytes(), &ctx.rng))
        }
        _ => None,
    };
    let mut row = AuditRow {
        id,
        at: ctx.now,
        kind: parts.kind.to_string(),
        person: parts.who.map(|w| w.person),
        eid: parts.who.map(|w| w.eid),
        party: parts.party,
        request: ctx.request_id.to_string(),
        body: parts.body.to_string(),
        sealed,
        mac: [0; 32],
    };
    row.mac = tx.vault().mac(Mac::Audit, &covered(&row));
    tx.audit().insert(&row)
}

/// The bytes that the MAC covers: every column, each with its length, so that nothing can slide from one into the next.
pub(super) fn covered(row: &AuditRow) -> Vec<u8> {
    let mut out = Vec::with_capacity(256);
    let mut part = |bytes: Option<&[u8]>| match bytes {
        None => out.extend_from_slice(&u32::MAX.to_be_bytes()),
        Some(bytes) => {
            out.extend_from_slice(&u32::try_from(bytes.len()).unwrap_or(u32::MAX - 1).to_be_bytes());
            out.extend_from_slice(bytes);
        }
    };
    part(Some(&row.id.bytes()));
    part(Some(&row.at.micros().to_be_bytes()));
    part(Some(row.kind.as_bytes()));
    part(row.person.map(|p| p.bytes()).as_ref().map(<[u8; 16]>::as_slice));
    part(row.eid.map(|e| e.bytes()).as_ref().map(<[u8; 16]>::as_slice));
    part(row.party.as_deref().map(str::as_bytes));
    part(Some(row.request.as_bytes()));
    part(Some(row.body.as_bytes()));
    part(row.sealed.as_deref());
    out
}

/// A row as it is exported: its personal part opened, or said to be erased.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The row.
    pub row: AuditRow,
    /// Its personal part; `None` where there was none or its key has been erased.
    pub personal: Option<Value>,
}

/// Opens the personal part of a row.
///
/// # Errors
/// When the database does not answer, or the part does not open though its key is there.
pub fn personal(tx: &mut Tx<'_>, row: &AuditRow) -> Result<Option<Value>, Halt> {
    let (Some(person), Some(sealed)) = (row.person, &row.sealed) else {
        return Ok(None);
    };
    let Some(key) = tx.audit().find_key(person, row.at.utc_date().year())? else {
        return Ok(None);
    };
    let plain = Vault::open_under(&key, &row.id.bytes(), sealed)
        .map_err(|e| Fault::new(format!("the personal part of audit row {} does not open", row.id), e))?;
    let value = serde_json::from_slice(&plain).map_err(|_| Fault::corrupt("audit_rows", "sealed", row.id))?;
    Ok(Some(value))
}

/// One row, opened.
///
/// # Errors
/// As [`personal`].
pub fn read_row(tx: &mut Tx<'_>, row: AuditRow) -> Result<Reading, Halt> {
    let personal = personal(tx, &row)?;
    Ok(Reading { row, personal })
}
