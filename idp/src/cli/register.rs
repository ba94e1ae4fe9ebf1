//! `idp register import`: fills the house's own registers. Owns that an officer is named; works while servers run.

use std::path::Path;

use super::words::RegisterCommand;
use super::{Cli, Failure, open, print};
use crate::issuing::heard;
use crate::registers::{companies, import, sheet};
use crate::storage::Durability;

/// Imports.
pub(super) fn run(cli: &Cli, command: &RegisterCommand) -> Result<(), Failure> {
    let RegisterCommand::Import {
        file,
        companies,
        officer,
    } = command;
    let officer = officer.to_string();
    if *companies {
        return import_companies(cli, file, officer);
    }
    let people = read(file, sheet::read, import::read)?;
    let house = open::house(cli)?;
    let (ctx, count) = (open::ctx(&house), people.len());
    let changed = house
        .store
        .transact_blocking("register.import", Durability::Full, move |tx| {
            let changed = import::write(tx, &ctx, &people, &officer)?;
            for (cpr, entry) in people.iter().map(import::Person::entry) {
                heard(tx, &ctx, cpr, entry)?;
            }
            Ok(changed)
        })?;
    let import::Changed { people, documents } = changed;
    print(&format!(
        "{count} people read: {people} new or changed; documents new, changed or lapsed: {documents}"
    ))
}

fn import_companies(cli: &Cli, file: &Path, officer: String) -> Result<(), Failure> {
    let all = read(file, companies::read_sheet, companies::read)?;
    let house = open::house(cli)?;
    let (ctx, count) = (open::ctx(&house), all.len());
    let changed = house
        .store
        .transact_blocking("register.import", Durability::Full, move |tx| {
            companies::write(tx, &ctx, &all, &officer)
        })?;
    print(&format!("{count} companies read: {changed} new or changed"))
}

/// Reads a file as the sheet or the list that it is.
fn read<T>(
    file: &Path,
    sheet: fn(&[u8]) -> Result<T, String>,
    list: fn(&[u8]) -> Result<T, String>,
) -> Result<T, Failure> {
    let named = |reason: String| Failure::new(format!("{}: {reason}", file.display()));
    let text = std::fs::read(file).map_err(|error| named(error.to_string()))?;
    let is_sheet = file.extension().is_some_and(|kind| kind.eq_ignore_ascii_case("csv"));
    let read = if is_sheet { sheet(&text) } else { list(&text) };
    read.map_err(named)
}
