//! The run: starts the real server on each database, pins it to one core and everybody else to the other, drives it, reads the
//! kernel's account of who used how much, and writes figures, table and picture.
//!
//! ```text
//! bench run            all scenarios, on SQLite and on PostgreSQL
//! bench run --short    each for a moment: to see that they run
//! bench peers          the same asked of peers
//! bench report FILE    table and picture of a run once more
//! ```
#![expect(clippy::print_stdout, reason = "a command-line program")]

mod drive;
mod house;
mod machine;
mod meter;
mod peers;
mod plan;
mod report;
mod run;
mod tools;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Parser, Subcommand, ValueEnum};

/// Measures the identity provider.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Measures.
    Run(Wish),
    /// Measures peers beside ours.
    Peers {
        /// Only these.
        #[arg(long, value_delimiter = ',')]
        peers: Vec<String>,
        /// Where the figures go.
        #[arg(long, default_value = "var/bench")]
        into: PathBuf,
        #[command(flatten)]
        wish: Wish,
    },
    /// Makes table and picture of a run.
    Report {
        /// The run.
        file: PathBuf,
        /// The run before, to compare with.
        #[arg(long)]
        before: Option<PathBuf>,
        /// Where table and picture go.
        #[arg(long, default_value = "docs/performance")]
        into: PathBuf,
    },
}

/// What is to be measured.
#[derive(clap::Args, Clone)]
pub(crate) struct Wish {
    /// Each scenario for a moment only; the figures mean nothing.
    #[arg(long)]
    short: bool,
    /// Seconds of each scenario.
    #[arg(long, default_value_t = 8.0)]
    seconds: f64,
    /// Databases.
    #[arg(long, value_delimiter = ',', default_value = "sqlite,postgres")]
    databases: Vec<Database>,
    /// Only scenarios whose name begins with one of these.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// People who are made for the run.
    #[arg(long, default_value_t = 240)]
    people: usize,
    /// A database with people in it, instead of a new one: `sqlite:PATH` or `postgres://…`.
    #[arg(long, requires = "people_file", requires = "master_key")]
    storage_url: Option<String>,
    /// Its people, as `idp demo generate --codes --out FILE` wrote them.
    #[arg(long)]
    people_file: Option<PathBuf>,
    /// Its master key.
    #[arg(long)]
    master_key: Option<PathBuf>,
    /// Sets a key of `idp.toml`, as the environment does: `IDP__SECTION__KEY=VALUE`.
    #[arg(long = "set")]
    settings: Vec<String>,
    /// Where the figures go.
    #[arg(long, default_value = "var/bench/run.json")]
    out: PathBuf,
    /// Leaves the floors out.
    #[arg(long)]
    no_floors: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Database {
    Sqlite,
    Postgres,
}

impl Database {
    fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

fn main() -> Result<()> {
    match Cli::parse().command {
        Command::Run(wish) => run::run(&wish),
        Command::Peers { peers, into, wish } => peers::run(&wish, &peers, &into),
        Command::Report { file, before, into } => report::write(&file, before.as_deref(), &into),
    }
}
