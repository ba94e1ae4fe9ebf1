//! What `idp register import --companies` reads: a list of companies in JSON, or a sheet. Owns the shape of the file, and that one company that cannot
//! be read leaves everything as it was.

use std::collections::HashSet;

use csv::ReaderBuilder;
use serde_json::{Map, Value, json};

use super::import::shape;
use crate::audit::{Event, record};
use crate::ctx::Ctx;
use crate::domain::company::{Company, Cvr};
use crate::sheet::{Cells, Columns};
use crate::storage::{Halt, Tx};

/// A company of the file.
pub type Registered = (Cvr, Company);

/// The columns of a sheet; the last two hold CPR numbers apart by `|`.
const COLUMNS: [&str; 6] = ["cvr", "name", "address", "status", "signs_alone", "signs_jointly"];

/// Reads a list.
///
/// # Errors
/// The number of the company (from 1) that cannot be read, and why; never what stands there.
pub fn read(text: &[u8]) -> Result<Vec<Registered>, String> {
    let written: Vec<Value> =
        serde_json::from_slice(text).map_err(|error| format!("no list in JSON: line {}", error.line()))?;
    let numbered = written.into_iter().enumerate();
    let all = numbered.map(|(at, value)| company(value).map_err(|why| format!("company {}: {why}", at + 1)));
    each_once(all.collect::<Result<_, String>>()?)
}

/// Reads a sheet.
///
/// # Errors
/// The column or the number of the line (from 2: the names are the first) that cannot be read, and why; never what stands there.
pub fn read_sheet(text: &[u8]) -> Result<Vec<Registered>, String> {
    let first = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let columns = Columns::read(first, &COLUMNS, &["cvr", "name"])?;
    let mut sheet = ReaderBuilder::new().delimiter(columns.apart()).from_reader(text);
    let lines = sheet.records().enumerate();
    let all = lines.map(|(at, line)| {
        let line = line.map_err(|_| "not as many cells as there are names, or not UTF-8".to_owned());
        line.and_then(|line| company(written(&columns.cells(&line))))
            .map_err(|why| format!("line {}: {why}", at + 2))
    });
    each_once(all.collect::<Result<_, String>>()?)
}

/// One line as the list in JSON has it.
fn written(cells: &Cells<'_>) -> Value {
    let mut entry = Map::new();
    for name in ["cvr", "name", "status"] {
        if let Some(text) = cells.text(name) {
            entry.insert(name.to_owned(), json!(text));
        }
    }
    if let Some(lines) = cells.several("address") {
        entry.insert("address".to_owned(), json!(lines.join("\n")));
    }
    let signers = [("signs_alone", "alone"), ("signs_jointly", "jointly")].map(|(column, how)| {
        let all = cells.several(column).unwrap_or_default();
        all.into_iter().map(move |cpr| json!({ "cpr": cpr, "how": how }))
    });
    entry.insert("signers".to_owned(), signers.into_iter().flatten().collect());
    Value::Object(entry)
}

fn company(mut value: Value) -> Result<Registered, String> {
    let members = value.as_object_mut().ok_or("invalid type")?;
    let cvr = members.remove("cvr").ok_or("missing field `cvr`")?;
    let cvr = Cvr::parse(cvr.as_str().ok_or("invalid type")?).map_err(|code| code.to_string())?;
    let company: Company = serde_json::from_value(value).map_err(|error| shape(&error))?;
    if !company.is_sound() {
        return Err("no name, or somebody signs twice".to_owned());
    }
    Ok((cvr, company))
}

/// No company stands in a file twice: the second time would undo the first.
fn each_once(all: Vec<Registered>) -> Result<Vec<Registered>, String> {
    let mut known = HashSet::new();
    for (at, (cvr, _)) in all.iter().enumerate() {
        if !known.insert(cvr) {
            return Err(format!("company {}: stands there twice", at + 1));
        }
    }
    Ok(all)
}

/// Writes them down; how many were new or other ones. A company that the file does not name stays as it is.
///
/// # Errors
/// When the database does not answer, or a number is for a demo in production or the other way round.
pub fn write(tx: &mut Tx<'_>, ctx: &Ctx, all: &[Registered], officer: &str) -> Result<usize, Halt> {
    let mut changed = 0;
    for (cvr, company) in all {
        changed += usize::from(tx.companies().put(cvr, company, ctx.now)?);
    }
    let officer = officer.to_owned();
    let companies = all.len();
    record(
        tx,
        ctx,
        &Event::CompaniesImported {
            officer,
            companies,
            changed,
        },
    )?;
    Ok(changed)
}
