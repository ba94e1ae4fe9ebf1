//! `make bench-scale`: what a log-in costs, and how large the database is, with ten thousand, a million and six million people.
//! Made by `idp demo generate`, measured by real log-ins of the sample that has passwords. Stops when its time is up and goes on
//! where it stood when it is run again; figures of what is done are kept in its folder.
#![expect(clippy::print_stdout, reason = "a command-line program")]

use std::process::ExitCode;

use acceptance::scale::{Outcome, Settings, run};

fn main() -> ExitCode {
    let settings = match Settings::from_environment() {
        Ok(settings) => settings,
        Err(reason) => {
            eprintln!("scale: {reason}");
            return ExitCode::from(2);
        }
    };
    match run(&settings) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::TimeIsUp) => {
            println!("the time is up: run it again, it goes on where it stood");
            ExitCode::from(3)
        }
        Err(reason) => {
            eprintln!("scale: {reason}");
            ExitCode::FAILURE
        }
    }
}
