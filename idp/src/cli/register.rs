//! `idp register import`: fills the house's own register. Owns that an officer is named; works while servers run.

use super::words::RegisterCommand;
use super::{Cli, Failure, open, print};
use crate::registers::{import, sheet};
use crate::storage::Durability;

/// Imports.
pub(super) fn run(cli: &Cli, command: &RegisterCommand) -> Result<(), Failure> {
    let RegisterCommand::Import { file, officer } = command;
    let officer = officer.to_string();
    let named = |reason: String| Failure::new(format!("{}: {reason}", file.display()));
    let text = std::fs::read(file).map_err(|error| named(error.to_string()))?;
    let is_sheet = file.extension().is_some_and(|kind| kind.eq_ignore_ascii_case("csv"));
    let people = if is_sheet {
        sheet::read(&text)
    } else {
        import::read(&text)
    };
    let people = people.map_err(named)?;
    let house = open::house(cli)?;
    let (ctx, count) = (open::ctx(&house), people.len());
    let changed = house
        .store
        .transact_blocking("register.import", Durability::Full, move |tx| {
            import::write(tx, &ctx, &people, &officer)
        })?;
    let import::Changed { people, documents } = changed;
    print(&format!(
        "{count} people read: {people} new or changed; documents new, changed or lapsed: {documents}"
    ))
}
