//! `idp keys`: the signing keys and their rotation; the generations of the key of stored values. Owns how they are shown; the law
//! of rotation is the vault's.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Value, json};

use super::words::KeysCommand;
use super::{Cli, Failure, Format, open, print};
use crate::app::{House, Progress, begin_generation, reseal_some, rotate_keys, withdraw_key};
use crate::domain::time::Time;
use crate::telemetry;
use crate::vault::Generations;
use crate::vault::signing::KeyRow;

/// Lists or rotates.
pub(super) fn run(cli: &Cli, command: &KeysCommand) -> Result<(), Failure> {
    let house = open::house(cli)?;
    match command {
        KeysCommand::List { format } => list(&house, *format),
        KeysCommand::Rotate { data: true, wait, .. } => rotate_data(&house, *wait),
        KeysCommand::Rotate { now, .. } => rotate(&house, *now),
        KeysCommand::Withdraw { kid } => withdraw(&house, kid),
    }
}

/// The key of stored values: its generations, and how many values older ones still hold.
struct DataKey {
    generations: Generations,
    since: Option<Time>,
    remaining: u64,
}

fn list(house: &House, format: Format) -> Result<(), Failure> {
    let (rows, data) = house.store.read_blocking("keys.list", |tx| {
        let generations = tx.meta().generations()?;
        let since = tx.meta().generation_since()?;
        // Counting reads every table: only while there is something to count.
        let remaining = if generations.is_moving() {
            tx.reseal().remaining(generations.current)?
        } else {
            0
        };
        let data = DataKey {
            generations,
            since,
            remaining,
        };
        Ok((tx.keys().all()?, data))
    })?;
    match format {
        Format::Json => {
            let shown = rows.iter().map(|row| shown(house, row)).chain(data.shown());
            print(&format!("{:#}", Value::Array(shown.collect())))
        }
        Format::Text => {
            let mut out = String::new();
            for row in &rows {
                let (purpose, alg, state) = (row.purpose.as_str(), row.alg.as_str(), state(house, row));
                let until = row
                    .retires_at
                    .map(|end| format!(", published until {}", end.rfc3339()))
                    .unwrap_or_default();
                let _ = writeln!(
                    out,
                    "{:<28}{purpose:<7}{alg:<7}{state:<9}signs from {}{until}",
                    row.kid,
                    row.activates_at.rfc3339()
                );
            }
            out += &data.text();
            print(&out)
        }
    }
}

/// A row that the vault does not vouch for is no key of ours, whatever it says.
fn state(house: &House, row: &KeyRow) -> &'static str {
    if house.vault.vouches_for(row) {
        row.state.as_str()
    } else {
        "refused"
    }
}

fn shown(house: &House, row: &KeyRow) -> Value {
    json!({
        "kid": row.kid,
        "purpose": row.purpose.as_str(),
        "alg": row.alg.as_str(),
        "state": state(house, row),
        "created_at": row.created_at.rfc3339(),
        "published_at": row.published_at.rfc3339(),
        "activates_at": row.activates_at.rfc3339(),
        "retires_at": row.retires_at.map(|end| end.rfc3339()),
    })
}

impl DataKey {
    /// The current generation, and the older ones as one row as long as they are not retired.
    fn shown(&self) -> Vec<Value> {
        let Generations { oldest, current } = self.generations;
        let row = |generation: u32, state: &str| {
            json!({
                "kid": format!("data-{generation}"), "purpose": "data", "alg": "A256GCM", "state": state,
                "generation": generation,
            })
        };
        let mut now = row(current, "active");
        now["activates_at"] = json!(self.since.map(Time::rfc3339));
        let mut all = vec![now];
        if self.generations.is_moving() {
            let mut before = row(oldest, "retiring");
            before["remaining"] = json!(self.remaining);
            all.push(before);
        }
        all
    }

    fn text(&self) -> String {
        let Generations { oldest, current } = self.generations;
        let line = |generation: u32, state: &str, what: &str| {
            let kid = format!("data-{generation}");
            format!("{kid:<28}data   A256GCM{state:<9}{what}\n")
        };
        let since = self.since.map_or_else(
            || "since the beginning".to_owned(),
            |since| format!("since {}", since.rfc3339()),
        );
        let mut out = line(current, "active", &format!("seals stored values {since}"));
        if self.generations.is_moving() {
            let left = format!("{} values are to be sealed again", self.remaining);
            out += &line(oldest, "retiring", &left);
        }
        out
    }
}

fn rotate(house: &House, force: bool) -> Result<(), Failure> {
    let rotated = rotate_keys(
        &house.store,
        &house.vault,
        &open::ctx(house),
        &open::subject_name(house),
        force,
    )?;
    let mut out = format!(
        "{} keys, {} removed; running servers pick them up within 30 seconds\n",
        rotated.rows.len(),
        rotated.removed.len()
    );
    for wait in &rotated.waits {
        let (purpose, alg) = (wait.purpose.as_str(), wait.alg.as_str());
        let _ = writeln!(
            out,
            "{purpose} {alg}: the next key signs from {} (`--now` does not wait)",
            wait.until.rfc3339()
        );
    }
    print(&out)
}

fn rotate_data(house: &House, wait: bool) -> Result<(), Failure> {
    match begin_generation(&house.store, &house.vault, &open::ctx(house))? {
        Some(generation) => print(&format!(
            "generation {generation} seals stored values from now on; running servers seal the rest again"
        ))?,
        None if wait => print("a generation is under way and is carried on")?,
        None => {
            return Err(Failure::new(
                "the generation before is still being carried out: `idp keys list` shows how far it is, `--wait` carries it on",
            ));
        }
    }
    if !wait {
        return Ok(());
    }
    // What does not open is named there.
    telemetry::init(&house.settings.log);
    carry_on(house)
}

/// Works, or waits while a server does, until the older generations are retired.
fn carry_on(house: &House) -> Result<(), Failure> {
    let node = house.rng.bytes::<16>();
    let mut said = None;
    loop {
        let (store, vault, ctx) = (house.store.clone(), house.vault.clone(), open::ctx(house));
        let work = async move { reseal_some(&store, &vault, &ctx, node).await };
        let progress = actix_web::rt::System::new().block_on(work)?;
        let (line, pause) = match progress {
            Progress::Done(generation) => {
                return print(&format!(
                    "every stored value is sealed under generation {generation}; older ones are retired"
                ));
            }
            Progress::Moving(total) => (format!("{total} values sealed again"), 0),
            Progress::Elsewhere => ("a running server seals the stored values again".to_owned(), 2_000),
            Progress::Settling(until) => (
                format!("a last round looks for stragglers from {}", until.rfc3339()),
                1_000,
            ),
            Progress::Broken(broken) => {
                return Err(Failure::new(format!(
                    "{broken} values do not open: the log of `idp` names them; the older generations stay"
                )));
            }
        };
        if said.as_ref() != Some(&line) {
            print(&line)?;
            said = Some(line);
        }
        std::thread::sleep(Duration::from_millis(pause));
    }
}

fn withdraw(house: &House, kid: &str) -> Result<(), Failure> {
    let done = withdraw_key(
        &house.store,
        &house.vault,
        &open::ctx(house),
        &open::subject_name(house),
        kid,
    )?;
    match done {
        Some(_) => print(&format!(
            "{kid} is withdrawn: it signs no more, and is published no more once running servers have seen it (30 seconds)"
        )),
        None => Err(Failure::new(format!(
            "{kid:?} is no key of ours, or an audit key: those stay, so that old heads remain verifiable (`keys rotate --now` \
             replaces them)"
        ))),
    }
}
