//! What the machine can do without us: bare Argon2id, bare signatures with a parsed key, the web framework with bytes that lie
//! ready, the web framework with one row read by its key. The same libraries at the same settings as the product.
#![expect(clippy::print_stdout, reason = "a command-line program")]

mod primitives;
mod serve;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// Measures floors.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Operations per CPU-second of this thread, as JSON.
    Primitives {
        /// CPU-seconds of each.
        #[arg(long, default_value_t = 1.5)]
        seconds: f64,
    },
    /// A server with nothing of ours in it.
    Serve(serve::Wish),
}

fn main() -> Result<()> {
    match Cli::parse().command {
        Command::Primitives { seconds } => {
            println!("{}", serde_json::to_string(&primitives::all(seconds)?)?);
            Ok(())
        }
        Command::Serve(wish) => serve::run(wish),
    }
}
