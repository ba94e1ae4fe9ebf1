//! The registers of others, as they answer over the network (docs/integrate/registers.md). Owns the words of their questions and answers.

use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::line::{Line, Network, counted, now};
use super::memory::Memory;
use super::{Checked, CompanyRegister, CprRegister, IdentityDocuments, Unreachable};
use crate::config::{Register, RegistersSection};
use crate::domain::company::{Company, Cvr};
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

/// The register of companies: `POST company {"cvr"}`.
pub(super) struct CompaniesOverHttp {
    line: Line,
    memory: Memory<Cvr, Company>,
}

/// Those that answer over the network; none where the house keeps the register itself.
pub(super) struct Lines {
    pub(super) cpr: Option<CprOverHttp>,
    pub(super) documents: Option<DocumentsOverHttp>,
    pub(super) companies: Option<CompaniesOverHttp>,
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

#[derive(Serialize)]
struct CompanyQuestion<'a> {
    cvr: &'a str,
}

#[derive(Deserialize)]
struct CheckAnswer {
    result: Checked,
}

/// Where each register answers.
pub(super) fn lines(set: &RegistersSection) -> Result<Lines, Fault> {
    let all = [&set.cpr, &set.documents, &set.companies];
    if all.iter().all(|register| register.url.is_none()) {
        return Ok(Lines {
            cpr: None,
            documents: None,
            companies: None,
        });
    }
    let network = Network::start()?;
    let line = |name: &'static str, set: &Register| -> Result<Option<Line>, Fault> {
        let url = set.url.clone();
        url.map(|url| Line::new(name, url, set, Arc::clone(&network)))
            .transpose()
    };
    Ok(Lines {
        cpr: line("cpr", &set.cpr)?.map(|line| CprOverHttp {
            line,
            memory: memory(&set.cpr),
        }),
        documents: line("documents", &set.documents)?.map(|line| DocumentsOverHttp {
            line,
            memory: memory(&set.documents),
        }),
        companies: line("companies", &set.companies)?.map(|line| CompaniesOverHttp {
            line,
            memory: memory(&set.companies),
        }),
    })
}

fn memory<K: Eq + Hash + Clone, V: Clone>(set: &Register) -> Memory<K, V> {
    Memory::new(Duration::from_secs(set.cache_seconds.0.into()), set.cache_entries)
}

impl CprRegister for CprOverHttp {
    fn entry(&self, cpr: &Cpr) -> Result<Option<Entry>, Unreachable> {
        if let Some(known) = self.memory.recall(cpr, now()) {
            counted("cpr", "remembered");
            return Ok(Some(known));
        }
        let Some(entry) = self.line.ask::<Entry>("entry", &WhoQuestion { cpr: cpr.digits() })? else {
            return Ok(None);
        };
        let Some(entry) = entry.sound() else {
            log::warn!("register cpr: an entry without a name");
            return Err(Unreachable::Question);
        };
        self.memory.keep(cpr.clone(), entry.clone(), now());
        Ok(Some(entry))
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

impl CompanyRegister for CompaniesOverHttp {
    fn company(&self, cvr: &Cvr) -> Result<Option<Company>, Unreachable> {
        if let Some(known) = self.memory.recall(cvr, now()) {
            counted("companies", "remembered");
            return Ok(Some(known));
        }
        let company: Option<Company> = self.line.ask("company", &CompanyQuestion { cvr: cvr.digits() })?;
        if company.as_ref().is_some_and(|company| !company.is_sound()) {
            log::warn!("register companies: no name, or somebody signs twice");
            return Err(Unreachable::Question);
        }
        if let Some(company) = &company {
            self.memory.keep(cvr.clone(), company.clone(), now());
        }
        Ok(company)
    }
}
