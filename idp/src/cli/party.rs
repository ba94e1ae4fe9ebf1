//! `idp party`: the relying parties as configured.

use serde_json::{Value, json};

use super::words::PartyCommand;
use super::{Cli, Failure, Format, open, print};
use crate::clock::Clock;
use crate::config::parties::{Parties, Party};

/// Lists or checks them.
pub(super) fn run(cli: &Cli, command: &PartyCommand) -> Result<(), Failure> {
    let settings = open::settings(cli)?;
    let parties = Parties::load(&settings)?;
    crate::saml::check(&parties, settings.is_demo(), Clock::system().now())?;
    match command {
        PartyCommand::Check => print(&format!(
            "{}: {} relying parties, all sound",
            settings.parties.dir.display(),
            parties.len()
        )),
        PartyCommand::List { format: Format::Json } => {
            let list: Vec<Value> = parties.iter().map(|party| shown(party)).collect();
            print(&format!("{:#}", Value::Array(list)))
        }
        PartyCommand::List { format: Format::Text } => {
            print(&parties.iter().map(|party| line(party)).collect::<String>())
        }
    }
}

fn protocols(party: &Party) -> Vec<&'static str> {
    [(party.oidc.is_some(), "oidc"), (party.saml.is_some(), "saml")]
        .into_iter()
        .filter_map(|(has, name)| has.then_some(name))
        .collect()
}

fn line(party: &Party) -> String {
    let (protocols, kind) = (protocols(party).join("+"), party.kind.as_str());
    format!(
        "{:<16}{kind:<9}{protocols:<10}{:<12}{:<12}{}\n",
        party.id,
        party.sso.as_str(),
        party.least.as_str(),
        party.name.da
    )
}

fn shown(party: &Party) -> Value {
    json!({
        "id": party.id,
        "name": { "da": party.name.da, "en": party.name.en },
        "kind": party.kind.as_str(),
        "bank": party.bank,
        "sso": party.sso.as_str(),
        "sector": party.sector,
        "least": party.least.as_str(),
        "demo": party.demo,
        "protocols": protocols(party),
        "client_id": party.oidc.as_ref().map(|client| client.client_id.clone()),
        "entity_id": party.saml.as_ref().map(|sp| sp.entity_id.clone()),
        "file": party.file.display().to_string(),
    })
}
