//! What `idp register import` reads from a sheet: CSV (RFC 4180) in UTF-8 with a line of names above, by comma or semicolon. Owns what the columns
//! are called and how a cell is read; what a person is stays with `import`.

use csv::{ReaderBuilder, StringRecord};
use serde_json::{Map, Value, json};

use super::import::{Person, each_once, person};

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
    // A sheet of a spreadsheet program may begin with the mark of its encoding.
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let first = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let apart = if first.contains(&b';') { b';' } else { b',' };
    let mut sheet = ReaderBuilder::new().delimiter(apart).from_reader(text);
    let names = sheet.headers().map_err(|_| "the first line cannot be read")?.clone();
    known(&names)?;
    let lines = sheet.records().enumerate();
    let people = lines.map(|(at, line)| {
        let line = line.map_err(|_| "not as many cells as there are names, or not UTF-8".to_owned());
        line.and_then(|line| person(written(&names, &line)?))
            .map_err(|why| format!("line {}: {why}", at + 2))
    });
    each_once(people.collect::<Result<_, String>>()?)
}

fn known(names: &StringRecord) -> Result<(), String> {
    let all = TEXT.iter().chain(&FLAGS).chain(&LISTS).chain(&["address"]);
    let all: Vec<&str> = all
        .copied()
        .chain(DOCUMENTS.iter().flat_map(|(a, b)| [*a, *b]))
        .collect();
    for (at, name) in names.iter().enumerate() {
        if !all.contains(&name) {
            return Err(format!("column {}: unknown; known are {}", at + 1, all.join(", ")));
        }
        if names.iter().take(at).any(|before| before == name) {
            return Err(format!("column {name} stands there twice"));
        }
    }
    let missing = ["cpr", "name"]
        .into_iter()
        .find(|name| !names.iter().any(|one| one == *name));
    missing.map_or(Ok(()), |name| Err(format!("column {name} is missing")))
}

/// One line as the list in JSON has it; an empty cell is none.
fn written(names: &StringRecord, line: &StringRecord) -> Result<Value, String> {
    let cell = |name: &str| {
        let at = names.iter().position(|one| one == name)?;
        line.get(at).map(str::trim).filter(|text| !text.is_empty())
    };
    let several = |text: &str| text.split('|').map(|one| one.trim().to_owned()).collect::<Vec<_>>();
    let mut entry = Map::new();
    for name in TEXT {
        if let Some(text) = cell(name) {
            entry.insert(name.to_owned(), json!(text));
        }
    }
    for name in FLAGS {
        let flag = match cell(name) {
            None => continue,
            Some("true") => true,
            Some("false") => false,
            Some(_) => return Err(format!("{name} is true or false")),
        };
        entry.insert(name.to_owned(), json!(flag));
    }
    for name in LISTS {
        if let Some(text) = cell(name) {
            entry.insert(name.to_owned(), json!(several(text)));
        }
    }
    if let Some(text) = cell("address") {
        entry.insert("address".to_owned(), json!(several(text).join("\n")));
    }
    let mut documents = Vec::new();
    for (kind, valid_to) in DOCUMENTS {
        match (cell(kind), cell(valid_to)) {
            (Some(number), valid_to) => documents.push(json!({ "type": kind, "number": number, "valid_to": valid_to })),
            (None, Some(_)) => return Err(format!("{valid_to} without {kind}")),
            (None, None) => {}
        }
    }
    // A sheet without these columns says nothing of anybody's documents.
    if DOCUMENTS.iter().any(|(kind, _)| names.iter().any(|one| one == *kind)) {
        entry.insert("documents".to_owned(), Value::Array(documents));
    }
    Ok(Value::Object(entry))
}
