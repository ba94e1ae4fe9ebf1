//! `idp print`: the print run as an officer works it. Owns the batch's folder and manifest; works while servers run.

use std::collections::HashSet;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::words::{Batch, BatchWord, PrintCommand};
use super::{Cli, Failure, open, print};
use crate::app::House;
use crate::ctx::Ctx;
use crate::domain::officer::OfficerId;
use crate::files;
use crate::letters::Printer;
use crate::letters::run::{self, Item, Officer, Run, Unprintable, What, printed, waiting};
use crate::storage::{Durability, Tx};

/// What a batch is known by; holds nothing secret and nobody's name.
#[derive(Debug, Serialize, Deserialize)]
struct Manifest {
    what: String,
    officer: String,
    printed_at: String,
    letters: Vec<Entry>,
    /// What could not be made and still waits.
    #[serde(default)]
    unprintable: Vec<Left>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Left {
    id: String,
    reason: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    file: String,
    id: String,
}

/// Takes a batch, or notes that one was posted.
pub(super) fn run(cli: &Cli, command: &PrintCommand) -> Result<(), Failure> {
    match command {
        PrintCommand::Batch(wish) => batch(cli, wish),
        PrintCommand::Posted { manifest, officer } => posted(cli, manifest, officer),
    }
}

fn batch(cli: &Cli, wish: &Batch) -> Result<(), Failure> {
    let officer = Officer {
        name: wish.by.officer.to_string(),
        reason: wish.by.reason.as_str().to_owned(),
    };
    let house = open::house(cli)?;
    let ctx = open::ctx(&house);
    let (what, word) = match wish.what {
        BatchWord::Cards => (What::Cards, "cards"),
        BatchWord::Passwords => (What::Passwords, "passwords"),
    };
    // Made before anything is taken: a folder that cannot be written leaves nothing printed.
    let time: String = ctx.now.rfc3339().chars().filter(|c| !matches!(c, '-' | ':')).collect();
    let folder = wish.out.join(format!("{time}-{word}-{}", ctx.request_id));
    std::fs::create_dir_all(&folder).map_err(|error| Failure::new(format!("{}: {error}", folder.display())))?;
    let printer = Printer::new(&house.settings)?;
    let run = make(&house, &ctx, &printer, (what, wish.limit))?;
    let (items, act_ctx, who) = (run.items(), ctx.clone(), officer.clone());
    let act = move |tx: &mut Tx<'_>| printed(tx, &act_ctx, &who, &items);
    let marked = house.store.transact_blocking("print.batch", Durability::Full, act)?;
    let (letters, left) = run.marked(&marked);
    let mut manifest = Manifest {
        what: word.to_owned(),
        officer: officer.name,
        printed_at: ctx.now.rfc3339(),
        letters: Vec::with_capacity(letters.len()),
        unprintable: left.iter().map(Left::of).collect(),
    };
    for (nth, (job, pdf)) in letters.iter().enumerate() {
        let (file, id) = (format!("{:04}.pdf", nth + 1), job.item().to_string());
        files::write(&folder.join(&file), pdf)?;
        manifest.letters.push(Entry { file, id });
    }
    let path = folder.join("manifest.json");
    let text = serde_json::to_string_pretty(&manifest).map_err(|error| Failure::new(error.to_string()))?;
    files::write(&path, text.as_bytes())?;
    let mut said = format!("{} letters: {}", letters.len(), path.display());
    for Left { id, reason } in &manifest.unprintable {
        said += &format!("\nnot printed, still waits: {id}: {reason}");
    }
    print(&said)
}

/// Reads and makes letters until the batch is full or nothing more waits; nothing is marked yet.
fn make(house: &House, ctx: &Ctx, printer: &Printer, (what, limit): (What, u32)) -> Result<Run, Failure> {
    let mut run = Run::new(usize::try_from(limit).unwrap_or(usize::MAX), HashSet::new());
    run.fill(printer, ctx.now, |ask| {
        let act_ctx = ctx.clone();
        let read = move |tx: &mut Tx<'_>| waiting(tx, &act_ctx, what, &ask);
        house.store.read_blocking("print.waiting", read)
    })?;
    Ok(run)
}

impl Left {
    fn of(left: &Unprintable) -> Self {
        Self {
            id: left.item.to_string(),
            reason: left.reason.clone(),
        }
    }
}

fn posted(cli: &Cli, path: &Path, officer: &OfficerId) -> Result<(), Failure> {
    let text = std::fs::read(path).map_err(|error| Failure::new(format!("{}: {error}", path.display())))?;
    let manifest: Manifest = serde_json::from_slice(&text)
        .map_err(|error| Failure::new(format!("{} is no manifest of a batch: {error}", path.display())))?;
    let house = open::house(cli)?;
    let all = manifest.letters.len();
    let done = mark(&house, &manifest, officer.to_string())?;
    print(&format!("posted: {done} of {all}"))
}

fn mark(house: &House, manifest: &Manifest, officer: String) -> Result<usize, Failure> {
    let unknown = |id: &str| Failure::new(format!("{id}: not what a batch of {} holds", manifest.what));
    let what = if manifest.what == "cards" {
        What::Cards
    } else {
        What::Passwords
    };
    let ctx = open::ctx(house);
    let mut done = 0;
    for Entry { id, .. } in &manifest.letters {
        let item = Item::parse(what, id).ok_or_else(|| unknown(id))?;
        let (ctx, officer) = (ctx.clone(), officer.clone());
        let act = move |tx: &mut Tx<'_>| run::posted(tx, &ctx, &officer, &item);
        let marked = house.store.transact_blocking("print.posted", Durability::Full, act)?;
        done += usize::from(marked);
    }
    Ok(done)
}
