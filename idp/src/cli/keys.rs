//! `idp keys`: the signing keys and their rotation. Owns how they are shown; the law of rotation is the vault's.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::words::KeysCommand;
use super::{Cli, Failure, Format, open, print};
use crate::app::{House, rotate_keys};
use crate::vault::signing::KeyRow;

/// Lists or rotates.
pub(super) fn run(cli: &Cli, command: &KeysCommand) -> Result<(), Failure> {
    let house = open::house(cli)?;
    match command {
        KeysCommand::List { format } => list(&house, *format),
        KeysCommand::Rotate { now } => rotate(&house, *now),
    }
}

fn list(house: &House, format: Format) -> Result<(), Failure> {
    let rows = house.store.read_blocking("keys.list", |tx| tx.keys().all())?;
    match format {
        Format::Json => print(&format!("{:#}", Value::Array(rows.iter().map(shown).collect()))),
        Format::Text => {
            let mut out = String::new();
            for row in &rows {
                let (purpose, alg, state) = (row.purpose.as_str(), row.alg.as_str(), row.state.as_str());
                let until = row
                    .retires_at
                    .map(|end| format!(", published until {}", end.rfc3339()))
                    .unwrap_or_default();
                let _ = writeln!(
                    out,
                    "{:<28}{purpose:<7}{alg:<7}{state:<9}signs from {}{until}",
                    row.kid,
                    row.activates_at.rfc3339()
                );
            }
            print(&out)
        }
    }
}

fn shown(row: &KeyRow) -> Value {
    json!({
        "kid": row.kid,
        "purpose": row.purpose.as_str(),
        "alg": row.alg.as_str(),
        "state": row.state.as_str(),
        "created_at": row.created_at.rfc3339(),
        "published_at": row.published_at.rfc3339(),
        "activates_at": row.activates_at.rfc3339(),
        "retires_at": row.retires_at.map(|end| end.rfc3339()),
    })
}

fn rotate(house: &House, force: bool) -> Result<(), Failure> {
    let rotated = rotate_keys(
        &house.store,
        &house.vault,
        &open::ctx(house),
        &open::subject_name(house),
        force,
    )?;
    let mut out = format!(
        "{} keys, {} removed; running servers pick them up within 30 seconds\n",
        rotated.rows.len(),
        rotated.removed.len()
    );
    for wait in &rotated.waits {
        let (purpose, alg) = (wait.purpose.as_str(), wait.alg.as_str());
        let _ = writeln!(
            out,
            "{purpose} {alg}: the next key signs from {} (`--now` does not wait)",
            wait.until.rfc3339()
        );
    }
    print(&out)
}
