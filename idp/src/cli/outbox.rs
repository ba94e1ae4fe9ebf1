//! `idp outbox`: what could not be sent. Owns how it is listed; what a letter says is shown to nobody. Works while servers run.

use serde_json::{Value, json};

use super::words::OutboxCommand;
use super::{Cli, Failure, Format, open, print};
use crate::audit::{Event, record};
use crate::domain::id::OutboxId;
use crate::storage::{Durability, Unsent};

/// The most that are listed or tried again at a time.
const AT_ONCE: i64 = 10_000;

/// Lists, or has tried again.
pub(super) fn run(cli: &Cli, command: &OutboxCommand) -> Result<(), Failure> {
    match command {
        OutboxCommand::List { format } => list(cli, *format),
        OutboxCommand::Retry { id, all } => retry(cli, id.as_deref(), *all),
    }
}

fn list(cli: &Cli, format: Format) -> Result<(), Failure> {
    let house = open::house(cli)?;
    let unsent = house
        .store
        .read_blocking("outbox.list", |tx| tx.outbox().unsent(AT_ONCE))?;
    match format {
        Format::Json => print(&format!("{:#}", Value::Array(unsent.iter().map(as_json).collect()))),
        Format::Text if unsent.is_empty() => print("nothing has failed"),
        Format::Text => print(&unsent.iter().map(line).collect::<String>()),
    }
}

fn state(letter: &Unsent) -> &'static str {
    match letter.given_up_at {
        Some(_) => "given_up",
        None => "failing",
    }
}

fn as_json(letter: &Unsent) -> Value {
    json!({
        "id": letter.id.to_string(), "kind": letter.kind, "state": state(letter), "attempts": letter.attempts,
        "created_at": letter.created_at.rfc3339(), "given_up_at": letter.given_up_at.map(|time| time.rfc3339()),
        "failure": letter.failure,
    })
}

fn line(letter: &Unsent) -> String {
    format!(
        "{}  {:<12} {:<9} {:>2} tries  {}  {}\n",
        letter.id,
        letter.kind,
        state(letter),
        letter.attempts,
        letter.created_at.rfc3339(),
        letter.failure.as_deref().unwrap_or_default()
    )
}

fn retry(cli: &Cli, id: Option<&str>, all: bool) -> Result<(), Failure> {
    let named = id
        .map(|id| {
            id.parse::<OutboxId>()
                .map_err(|error| Failure::new(format!("{id}: {error}")))
        })
        .transpose()?;
    if named.is_none() && !all {
        return Err(Failure::new("name a letter by its id, or --all"));
    }
    let house = open::house(cli)?;
    let ctx = open::ctx(&house);
    let act = move |tx: &mut crate::storage::Tx<'_>| {
        let ids = match named {
            Some(id) => vec![id],
            None => {
                let unsent = tx.outbox().unsent(AT_ONCE)?;
                let given_up = unsent.iter().filter(|letter| letter.given_up_at.is_some());
                given_up.map(|letter| letter.id).collect()
            }
        };
        let mut again = 0;
        for id in ids {
            again += u64::from(tx.outbox().retry(id, ctx.now)?);
        }
        if again > 0 {
            record(tx, &ctx, &Event::LettersRetried { letters: again })?;
        }
        Ok(again)
    };
    let again = house.store.transact_blocking("outbox.retry", Durability::Full, act)?;
    match (again, named) {
        (0, Some(_)) => Err(Failure::new("no such letter was given up")),
        _ => print(&format!("tried again: {again}")),
    }
}
