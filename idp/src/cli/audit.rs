//! `idp audit`: proves and exports the trail.

use std::io::{BufWriter, Write};
use std::path::Path;

use serde_json::{Value, json};

use super::words::AuditCommand;
use super::{Cli, Failure, Format, open, print};
use crate::app::House;
use crate::audit::{Head, Reading, Report, read_row, verify};
use crate::fault::Fault;
use crate::files;

/// Rows read at a time.
const PAGE: i64 = 1_000;

/// Verifies or exports.
pub(super) fn run(cli: &Cli, command: &AuditCommand) -> Result<(), Failure> {
    let house = open::house(cli)?;
    match command {
        AuditCommand::Verify { heads, format } => prove(&house, heads.as_deref(), *format),
        AuditCommand::Export { out } => export(&house, out.as_deref()),
    }
}

fn prove(house: &House, heads: Option<&Path>, format: Format) -> Result<(), Failure> {
    let heads = heads.map(Head::read_all).transpose()?;
    let report = house
        .store
        .read_blocking("audit.verify", move |tx| verify(tx, heads.as_deref()))?;
    match format {
        Format::Json => print(&shown(&report).to_string())?,
        Format::Text => print(&told(&report))?,
    }
    if report.holds() {
        Ok(())
    } else {
        Err(Failure::new(format!(
            "the audit trail does not hold: {} findings",
            report.findings.len()
        )))
    }
}

fn told(report: &Report) -> String {
    let mut out: String = report.findings.iter().map(|finding| format!("{finding}\n")).collect();
    out += &format!(
        "{} rows in {} segments, {} not yet sealed\n",
        report.rows, report.segments, report.unsealed
    );
    if !report.heads_compared {
        out += "no exported heads were given: whether the tail was cut off cannot be told (--heads FILE)\n";
    }
    out
}

fn shown(report: &Report) -> Value {
    json!({
        "holds": report.holds(),
        "rows": report.rows,
        "segments": report.segments,
        "unsealed": report.unsealed,
        "heads_compared": report.heads_compared,
        "findings": report.findings.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}

fn export(house: &House, out: Option<&Path>) -> Result<(), Failure> {
    let mut out: Box<dyn Write> = match out {
        Some(path) => Box::new(BufWriter::new(
            files::create(path).map_err(|error| Failure::new(format!("{}: {error}", path.display())))?,
        )),
        None => Box::new(BufWriter::new(std::io::stdout())),
    };
    let mut after = None;
    loop {
        let readings = house.store.read_blocking("audit.export", move |tx| {
            let rows = tx.audit().page(after, PAGE)?;
            rows.into_iter()
                .map(|row| read_row(tx, row))
                .collect::<Result<Vec<_>, _>>()
        })?;
        let Some(last) = readings.last() else { break };
        after = Some(last.row.id);
        for reading in &readings {
            writeln!(out, "{}", line(reading)?)?;
        }
    }
    Ok(out.flush()?)
}

fn line(reading: &Reading) -> Result<Value, Fault> {
    let row = &reading.row;
    let body: Value = serde_json::from_str(&row.body).map_err(|_| Fault::corrupt("audit_rows", "body", row.id))?;
    Ok(json!({
        "id": row.id,
        "at": row.at.rfc3339(),
        "kind": row.kind,
        "person": row.person,
        "eid": row.eid,
        "party": row.party,
        "request": row.request,
        "body": body,
        "personal": reading.personal,
    }))
}
