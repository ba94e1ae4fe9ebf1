//! `idp demo`: seeds, shows and multiplies invented people. Refused unless configuration and database are a demo.

use std::io::{BufWriter, Write};

use serde_json::Value;

use super::words::{DemoCommand, Generate, HashWord, LinesWord};
use super::{Cli, Failure, Format, open, print};
use crate::app::House;
use crate::demo::generate::{Hash, Wish};
use crate::demo::{cards, generate, officers, seed, show};
use crate::files;

/// Runs one of the demo's commands.
pub(super) fn run(cli: &Cli, command: &DemoCommand) -> Result<(), Failure> {
    let house = open::demo_house(cli)?;
    match command {
        DemoCommand::Seed => seed_all(&house),
        DemoCommand::People { format } => people(&house, *format),
        DemoCommand::Officers { format } => show_officers(&house, *format),
        DemoCommand::Generate(wish) => crowd(&house, wish),
    }
}

fn seed_all(house: &House) -> Result<(), Failure> {
    let dir = &house.settings.demo.dir;
    let people = seed::seed(&house.store, &house.vault, &open::ctx(house), house.hash_params())?;
    let written = cards::write(&house.store, dir, &house.settings.web.name)?;
    print(&format!(
        "{people} people and {written} key cards written; cards lie in {}/cards",
        dir.display()
    ))
}

fn people(house: &House, format: Format) -> Result<(), Failure> {
    let ctx = open::ctx(house);
    let people = house
        .store
        .read_blocking("demo.people", move |tx| show::people(tx, &ctx))?;
    match format {
        Format::Json => print(&Value::Array(people).to_string()),
        Format::Text => print(&show::table(&people)),
    }
}

fn show_officers(house: &House, format: Format) -> Result<(), Failure> {
    let keys = house.settings.officer_keys().unwrap_or_default();
    let parties = house.parties.current();
    let read = move |tx: &mut crate::storage::Tx<'_>| officers::officers(tx, &parties, &keys);
    let officers = house.store.read_blocking("demo.officers", read)?;
    match format {
        Format::Json => print(&Value::Array(officers).to_string()),
        Format::Text => print(&officers::table(&officers)),
    }
}

fn crowd(house: &House, wish: &Generate) -> Result<(), Failure> {
    let mut out: Box<dyn Write> = match &wish.out {
        Some(path) => Box::new(BufWriter::new(
            files::create(path).map_err(|error| Failure::new(format!("{}: {error}", path.display())))?,
        )),
        None => Box::new(BufWriter::new(std::io::stdout())),
    };
    let hash = match wish.hash {
        HashWord::Full => Hash::Full,
        HashWord::Shared => Hash::Shared,
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let wish = Wish {
        people: wish.people,
        codes: wish.codes,
        sample: generate::SAMPLE,
        sample_only: wish.lines == LinesWord::Sample,
        hash,
        cost: house.hash_params(),
        threads,
    };
    generate::generate(&house.store, &house.vault, &open::ctx(house), wish, &mut out)?;
    Ok(())
}
