//! The registers of others, as they answer over the network (docs/integrate/registers.md). Owns the words of their questions and answers.

use std::sync::Arc;
use std::time::Duration;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::line::{Line, Network, counted, now};
use super::memory::Memory;
use super::{Checked, CprRegister, IdentityDocuments, Unreachable};
use crate::config::Register;
use crate::domain::cpr::Cpr;
use crate::domain::register::{Entry, NumberedDocument};
use crate::fault::Fault;

/// The civil register: `POST entry {"cpr"}`.
pub(super) struct CprOverHttp {
    line: Line,
    memory: Memory<Cpr, Entry>,
}

/// The registers of documents: `POST check {"cpr", "type", "number", "on"}`.
pub(super) struct DocumentsOverHttp {
    line: Line,
    memory: Memory<(Cpr, NumberedDocument, String, NaiveDate), Checked>,
}

#[derive(Serialize)]
struct WhoQuestion<'a> {
    cpr: &'a str,
}

#[derive(Serialize)]
struct CheckQuestion<'a> {
    cpr: &'a str,
    #[serde(rename = "type")]
    kind: NumberedDocument,
    number: &'a str,
    on: NaiveDate,
}

#[derive(Deserialize)]
struct CheckAnswer {
    result: Checked,
}

/// Where a register answers, or none when the house keeps it itself.
pub(super) fn lines(
    (cpr, documents): (&Register, &Register),
) -> Result<(Option<CprOverHttp>, Option<DocumentsOverHttp>), Fault> {
    let network = match (&cpr.url, &documents.url) {
        (None, None) => return Ok((None, None)),
        _ => Network::start()?,
    };
    let line = |name: &'static str, set: &Register| -> Result<Option<Line>, Fault> {
        let url = set.url.clone();
        url.map(|url| Line::new(name, url, set, Arc::clone(&network)))
            .transpose()
    };
    let life = |set: &Register| Duration::from_secs(set.cache_seconds.0.into());
    Ok((
        line("cpr", cpr)?.map(|line| CprOverHttp {
            line,
            memory: Memory::new(life(cpr), cpr.cache_entries),
        }),
        line("documents", documents)?.map(|line| DocumentsOverHttp {
            line,
            memory: Memory::new(life(documents), documents.cache_entries),
        }),
    ))
}

impl CprRegister for CprOverHttp {
    fn entry(&self, cpr: &Cpr) -> Result<Option<Entry>, Unreachable> {
        if let Some(known) = self.memory.recall(cpr, now()) {
            counted("cpr", "remembered");
            return Ok(Some(known));
        }
        let entry: Option<Entry> = self.line.ask("entry", &WhoQuestion { cpr: cpr.digits() })?;
        if let Some(entry) = &entry {
            self.memory.keep(cpr.clone(), entry.clone(), now());
        }
        Ok(entry)
    }
}

impl IdentityDocuments for DocumentsOverHttp {
    fn check(&self, cpr: &Cpr, kind: NumberedDocument, number: &str, on: NaiveDate) -> Result<Checked, Unreachable> {
        let question = (cpr.clone(), kind, number.to_owned(), on);
        if let Some(known) = self.memory.recall(&question, now()) {
            counted("documents", "remembered");
            return Ok(known);
        }
        let asked = CheckQuestion {
            cpr: cpr.digits(),
            kind,
            number,
            on,
        };
        let answer: Option<CheckAnswer> = self.line.ask("check", &asked)?;
        let checked = answer.map_or(Checked::NotTheirs, |answer| answer.result);
        if checked == Checked::Valid {
            self.memory.keep(question, checked, now());
        }
        Ok(checked)
    }
}
