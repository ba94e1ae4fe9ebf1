//! The program `idp`: everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    idp::cli::main()
}
