//! The command line. Owns the words, the exit codes and what is printed. Never decides: each command calls what a page or a job
//! would call, and `main` only turns the result into an exit code.
//!
//! Exit codes: 0 done, 1 refused or failed (the reason on stderr), 2 wrong usage.

mod audit;
mod backup;
mod bulk;
mod ca;
mod check;
mod demo;
mod eid;
mod keycard;
mod keys;
mod lane;
mod open;
mod outbox;
mod party;
mod print_run;
mod register;
mod serve;
#[cfg(test)]
mod tests;
mod token;
mod words;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;

use words::Command;
pub use words::{Cli, Format};

use crate::app::OpenError;
use crate::config::ConfigError;
use crate::fault::Fault;
use crate::storage::Halt;

/// Why a command ended with 1. The text is for the operator and holds nothing secret or personal.
#[derive(Debug)]
pub struct Failure(String);

impl Failure {
    fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self(fault.to_string())
    }
}

impl From<Halt> for Failure {
    fn from(halt: Halt) -> Self {
        match halt.into_refusal() {
            Ok(refusal) => Self(format!("refused: {refusal}")),
            Err(fault) => Self(fault.to_string()),
        }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self(error.to_string())
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        Self(error.to_string())
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self(format!("output: {error}"))
    }
}

/// Reads the command line, does what it says.
#[must_use]
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let helped = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
            // Where even stderr is gone, only the exit code is left to tell.
            let _gone = error.print();
            return if helped { ExitCode::SUCCESS } else { ExitCode::from(2) };
        }
    };
    match run(&cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure(reason)) => {
            let _gone = writeln!(std::io::stderr(), "idp: {reason}");
            ExitCode::from(1)
        }
    }
}

fn run(cli: &Cli) -> Result<(), Failure> {
    match &cli.command {
        Command::Serve { migrate } => serve::run(cli, *migrate),
        Command::Migrate => open::migrate(cli),
        Command::CheckConfig => check::run(cli),
        Command::Demo(command) => demo::run(cli, command),
        Command::Keycard(command) => keycard::run(cli, command),
        Command::Print(command) => print_run::run(cli, command),
        Command::Token(command) => token::run(cli, command),
        Command::Lane(command) => lane::run(cli, command),
        Command::Eid(command) => eid::run(cli, command),
        Command::Register(command) => register::run(cli, command),
        Command::Bulk(command) => bulk::run(cli, command),
        Command::Outbox(command) => outbox::run(cli, command),
        Command::Keys(command) => keys::run(cli, command),
        Command::Ca(command) => ca::run(cli, command),
        Command::Party(command) => party::run(cli, command),
        Command::Audit(command) => audit::run(cli, command),
        Command::Backup { file } => backup::backup(cli, file),
        Command::Restore { file, replace } => backup::restore(cli, file, *replace),
    }
}

/// Prints a line of text or a JSON document on stdout.
fn print(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    if !text.ends_with('\n') {
        out.write_all(b"\n")?;
    }
    out.flush()?;
    Ok(())
}
