//! The driver of the flows that take several steps: `rlt` runs, times and counts, this is what it runs. Wire formats only; it
//! knows of the server what any browser or client knows.
//!
//! ```text
//! load prepare …              real log-ins: sessions and tokens for the scenarios
//! load visit STATE …           the same at a peer that logs in whoever comes
//! load sso STATE …            code flow on a session: authorize, exchange
//! load refresh STATE …        refresh with rotation
//! load introspect STATE …     one question about one token
//! load client STATE …         a token for the client itself
//! load saml STATE …           a signed request on a session, answered by a Response
//! load login STATE …          the whole log-in through the JSON form: password, card code, exchange
//! ```
//!
//! `--per-second N` asks at a fixed rate whatever the answers do, and each answer is timed from the moment at which it should
//! have been asked for; without it, each connection asks again as soon as it was answered.
#![expect(clippy::print_stdout, reason = "a command-line program")]

mod login;
mod pace;
mod prepare;
mod saml;
mod tokens;
mod visit;
mod wire;

use std::path::PathBuf;
use std::sync::PoisonError;

use anyhow::Result;
use bench::prepared::Prepared;
use clap::{Args, Parser, Subcommand};
use rlt::cli::BenchCli;

use pace::Pace;

/// Drives a server.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Logs people in and writes down what the scenarios need.
    Prepare(prepare::Wish),
    /// Opens sessions at a peer that logs in whoever comes.
    Visit(visit::Wish),
    /// Code flow on a running session.
    Sso(Scenario),
    /// Refresh with rotation.
    Refresh(Scenario),
    /// Introspection of one token.
    Introspect(Scenario),
    /// Client credentials.
    Client(Scenario),
    /// SAML on a running session.
    Saml(Scenario),
    /// The whole log-in.
    Login(Scenario),
}

/// One scenario.
#[derive(Args)]
struct Scenario {
    /// What `load prepare` wrote.
    state: PathBuf,
    /// The client that asks, by its name in the state.
    #[arg(long, default_value = "rs256")]
    client: String,
    /// Operations a second, whatever the answers do.
    #[arg(long)]
    per_second: Option<u32>,
    #[command(flatten)]
    bench: BenchCli,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    match Cli::parse().command {
        Command::Prepare(wish) => prepare::run(wish).await,
        Command::Visit(wish) => visit::run(wish).await,
        Command::Sso(scenario) => run(scenario, tokens::Sso).await,
        Command::Refresh(scenario) => run(scenario, tokens::Refresh).await,
        Command::Introspect(scenario) => run(scenario, tokens::Introspect).await,
        Command::Client(scenario) => run(scenario, tokens::ForItself).await,
        Command::Saml(scenario) => {
            let wish = saml::Asks::for_run(&scenario.bench);
            run(scenario, wish).await
        }
        Command::Login(scenario) => run(scenario, login::LogIn).await,
    }
}

async fn run<S: pace::Steps>(scenario: Scenario, steps: S) -> Result<()> {
    let suite = Pace::new(
        Prepared::load(&scenario.state)?,
        steps,
        scenario.client,
        scenario.per_second,
        scenario.bench.concurrency.get(),
    );
    let changed = suite.changed();
    rlt::cli::run(scenario.bench, suite).await?;
    // Tokens that were rotated are what the next run must begin with.
    let changed = changed.lock().unwrap_or_else(PoisonError::into_inner).clone();
    changed.save(&scenario.state)
}
