//! Overrides from the environment: `IDP__SECTION__KEY=value`, `IDP__SECTION__KEY_FILE=path`. Owns their merging into the
//! file's tree; never decides what a key means.

use std::{collections::BTreeMap, fs};

use toml::{Table, Value};

use super::reader::{Origins, Problem};

/// Variables whose names begin with this are ours.
pub const PREFIX: &str = "IDP__";

/// What of the process environment concerns us.
#[must_use]
pub fn of_process() -> BTreeMap<String, String> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .filter(|(name, _)| name.starts_with(PREFIX))
        .collect()
}

/// Lays the variables over the tree and tells where each key came from.
pub(super) fn overlay(table: &mut Table, variables: &BTreeMap<String, String>, problems: &mut Vec<Problem>) -> Origins {
    let mut origins = Origins::new();
    for (name, value) in variables {
        let Some(path) = name.strip_prefix(PREFIX) else {
            continue;
        };
        let path = path.to_lowercase();
        let (path, value) = match path.strip_suffix("_file") {
            None => (path, Ok(value.clone())),
            Some(path) => (path.to_owned(), fs::read_to_string(value)),
        };
        let keys: Vec<&str> = path.split("__").collect();
        let dotted = keys.join(".");
        let origin = format!("environment variable {name}");
        match value {
            Ok(value) => put(table, &keys, value.trim_end_matches(['\r', '\n']).to_owned()),
            Err(error) => problems.push(Problem {
                file: origin.clone(),
                key: dotted.clone(),
                reason: format!("the file it names cannot be read: {error}"),
            }),
        }
        origins.insert(dotted, origin);
    }
    origins
}

fn put(table: &mut Table, keys: &[&str], value: String) {
    match keys {
        [] => {}
        [key] => {
            // A section that is set as a whole (`IDP__DEMO=true`) keeps its other keys.
            match table.get_mut(*key) {
                Some(Value::Table(section)) => section.insert("enabled".to_owned(), Value::String(value)),
                _ => table.insert((*key).to_owned(), Value::String(value)),
            };
        }
        [section, rest @ ..] => {
            let entry = table
                .entry((*section).to_owned())
                .or_insert_with(|| Value::Table(Table::new()));
            if !entry.is_table() {
                // `demo = true` in the file and one of its keys outside.
                let whole = std::mem::replace(entry, Value::Table(Table::new()));
                if let Value::Table(section) = entry {
                    section.insert("enabled".to_owned(), whole);
                }
            }
            if let Value::Table(section) = entry {
                put(section, rest, value);
            }
        }
    }
}
