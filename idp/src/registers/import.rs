//! What `idp register import` reads: a list of people in JSON, each with their documents. Owns the shape of the file, and that one person who
//! cannot be read leaves everything as it was.

use std::collections::HashSet;

use chrono::NaiveDate;
use serde::Deserialize;

use crate::audit::{Event, record};
use crate::ctx::Ctx;
use crate::domain::cpr::Cpr;
use crate::domain::register::{Entry, NumberedDocument, document_number};
use crate::storage::{Halt, Tx};

/// A person of the file.
#[derive(Debug, Clone)]
pub struct Person {
    cpr: Cpr,
    entry: Entry,
    /// Nothing: the file says nothing of them.
    documents: Option<Vec<Document>>,
}

#[derive(Debug, Clone)]
struct Document {
    kind: NumberedDocument,
    number: String,
    valid_to: Option<NaiveDate>,
    void: bool,
}

impl Document {
    fn name(&self) -> (NumberedDocument, &str) {
        (self.kind, self.number.as_str())
    }
}

#[derive(Deserialize)]
struct Written {
    cpr: String,
    documents: Option<Vec<WrittenDocument>>,
    #[serde(flatten)]
    rest: serde_json::Map<String, serde_json::Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenDocument {
    #[serde(rename = "type")]
    kind: NumberedDocument,
    number: String,
    #[serde(default)]
    valid_to: Option<NaiveDate>,
    #[serde(default)]
    void: bool,
}

/// Reads a file.
///
/// # Errors
/// The number of the person (from 1) that cannot be read, and why; never what stands there.
pub fn read(text: &[u8]) -> Result<Vec<Person>, String> {
    let written: Vec<serde_json::Value> =
        serde_json::from_slice(text).map_err(|error| format!("no list in JSON: line {}", error.line()))?;
    let numbered = written.into_iter().enumerate();
    let people = numbered.map(|(at, value)| person(value).map_err(|why| format!("person {}: {why}", at + 1)));
    each_once(people.collect::<Result<_, String>>()?)
}

pub(super) fn person(value: serde_json::Value) -> Result<Person, String> {
    let written: Written = serde_json::from_value(value).map_err(|error| shape(&error))?;
    let cpr = Cpr::parse(&written.cpr).map_err(|code| code.to_string())?;
    let entry: Entry =
        serde_json::from_value(serde_json::Value::Object(written.rest)).map_err(|error| shape(&error))?;
    let entry = entry.sound().ok_or("no name")?;
    let documents = written.documents.map(|all| {
        let all = all.into_iter().map(|document| {
            Ok(Document {
                kind: document.kind,
                number: document_number(&document.number).ok_or("a document's number is none")?,
                valid_to: document.valid_to,
                void: document.void,
            })
        });
        all.collect::<Result<_, String>>()
    });
    Ok(Person {
        cpr,
        entry,
        documents: documents.transpose()?,
    })
}

/// Nobody stands in a file twice: the second time would undo the first.
pub(super) fn each_once(people: Vec<Person>) -> Result<Vec<Person>, String> {
    let mut known = HashSet::new();
    for (at, person) in people.iter().enumerate() {
        if !known.insert(&person.cpr) {
            return Err(format!("person {}: stands there twice", at + 1));
        }
    }
    drop(known);
    Ok(people)
}

impl Person {
    /// Who it is, and what stands of them.
    #[must_use]
    pub const fn entry(&self) -> (&Cpr, &Entry) {
        (&self.cpr, &self.entry)
    }
}

/// What serde found wrong, without what stood there.
pub(super) fn shape(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let known = [
        "missing field",
        "unknown field",
        "unknown variant",
        "invalid type",
        "cpr.format",
        "cpr.date",
    ];
    let found = known.iter().find(|known| text.starts_with(**known));
    match found {
        Some(&"missing field" | &"unknown field") => text,
        Some(found) => (*found).to_owned(),
        None => "not as it should be".to_owned(),
    }
}

/// What an import changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Changed {
    /// People whose entry is new or another one.
    pub people: usize,
    /// Documents that are new, other ones, or lapsed.
    pub documents: usize,
}

/// Writes them down. Where the file names a person's documents, those that it does not name any longer have lapsed: nobody shows who they are by
/// them.
///
/// # Errors
/// When the database does not answer, or a number is for a demo in production or the other way round.
pub fn write(tx: &mut Tx<'_>, ctx: &Ctx, people: &[Person], officer: &str) -> Result<Changed, Halt> {
    let mut changed = Changed::default();
    for person in people {
        changed.people += usize::from(tx.registers().put(&person.cpr, &person.entry, ctx.now)?);
        let Some(documents) = &person.documents else { continue };
        let named: Vec<_> = documents.iter().map(Document::name).collect();
        changed.documents += tx.registers().lapse_others(&person.cpr, &named)?;
        for document in documents {
            let put = tx
                .registers()
                .put_document(&person.cpr, document.name(), document.valid_to, document.void)?;
            changed.documents += usize::from(put);
        }
    }
    let officer = officer.to_owned();
    record(
        tx,
        ctx,
        &Event::RegisterImported {
            officer,
            people: people.len(),
            changed: changed.people,
            documents: changed.documents,
        },
    )?;
    Ok(changed)
}
