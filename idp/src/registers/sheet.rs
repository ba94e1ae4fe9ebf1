//! What `idp register import` reads from a sheet: CSV (RFC 4180) in UTF-8 with a line of names above, by comma or semicolon. Owns what the columns
//! are called and how a cell is read; what a person is stays with `import`.

use csv::ReaderBuilder;
use serde_json::{Map, Value, json};

use super::import::{Person, each_once, person};
use crate::sheet::{Cells, Columns};

/// Columns with one value.
const TEXT: [&str; 7] = [
    "cpr",
    "name",
    "status",
    "in_denmark_since",
    "mother",
    "father",
    "spouse",
];
/// `true` or `false`.
const FLAGS: [&str; 2] = ["protected", "guardian"];
/// Several values in a cell, apart by `|`.
const LISTS: [&str; 2] = ["children", "former_addresses"];
/// A document's number; its last day stands in a column of the same name with `_valid_to`.
const DOCUMENTS: [(&str, &str); 2] = [
    ("passport", "passport_valid_to"),
    ("driving_licence", "driving_licence_valid_to"),
];

/// Reads a sheet.
///
/// # Errors
/// The column or the number of the line (from 2: the names are the first) that cannot be read, and why; never what stands there.
pub fn read(text: &[u8]) -> Result<Vec<Person>, String> {
    let first = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let columns = Columns::read(first, &known(), &["cpr", "name"])?;
    let mut sheet = ReaderBuilder::new().delimiter(columns.apart()).from_reader(text);
    let lines = sheet.records().enumerate();
    let people = lines.map(|(at, line)| {
        let line = line.map_err(|_| "not as many cells as there are names, or not UTF-8".to_owned());
        line.and_then(|line| person(written(&columns, &columns.cells(&line))?))
            .map_err(|why| format!("line {}: {why}", at + 2))
    });
    each_once(people.collect::<Result<_, String>>()?)
}

fn known() -> Vec<&'static str> {
    let all = TEXT.iter().chain(&FLAGS).chain(&LISTS).chain(&["address"]);
    let documents = DOCUMENTS.iter().flat_map(|(number, valid_to)| [*number, *valid_to]);
    all.copied().chain(documents).collect()
}

/// One line as the list in JSON has it.
fn written(columns: &Columns, cells: &Cells<'_>) -> Result<Value, String> {
    let mut entry = Map::new();
    for name in TEXT {
        if let Some(text) = cells.text(name) {
            entry.insert(name.to_owned(), json!(text));
        }
    }
    for name in FLAGS {
        if let Some(flag) = cells.flag(name)? {
            entry.insert(name.to_owned(), json!(flag));
        }
    }
    for name in LISTS {
        if let Some(several) = cells.several(name) {
            entry.insert(name.to_owned(), json!(several));
        }
    }
    if let Some(lines) = cells.several("address") {
        entry.insert("address".to_owned(), json!(lines.join("\n")));
    }
    let mut documents = Vec::new();
    for (kind, valid_to) in DOCUMENTS {
        match (cells.text(kind), cells.text(valid_to)) {
            (Some(number), valid_to) => documents.push(json!({ "type": kind, "number": number, "valid_to": valid_to })),
            (None, Some(_)) => return Err(format!("{valid_to} without {kind}")),
            (None, None) => {}
        }
    }
    // A sheet without these columns says nothing of anybody's documents.
    if DOCUMENTS.iter().any(|(kind, _)| columns.has(kind)) {
        entry.insert("documents".to_owned(), Value::Array(documents));
    }
    Ok(Value::Object(entry))
}
