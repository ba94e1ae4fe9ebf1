//! The words of `idp eid`, `idp lane`, `idp register` and `idp bulk`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::who::{Signed, officer};
use crate::domain::officer::OfficerId;

/// `idp eid …`
#[derive(Debug, Subcommand)]
pub enum EidCommand {
    /// Opens a blocked eID, or a password that wrong tries have blocked: for somebody who has shown who they are.
    Open {
        /// What is opened.
        #[arg(value_enum)]
        what: OpenWord,
        /// The eID's number.
        number: String,
        /// Who opens it, and why.
        #[command(flatten)]
        by: Signed,
    },
}

/// What is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OpenWord {
    /// The eID.
    Eid,
    /// Its password.
    Password,
}

impl OpenWord {
    /// As it is spoken of.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Eid => "the eID",
            Self::Password => "the password",
        }
    }
}

/// `idp lane …`
#[derive(Debug, Subcommand)]
pub enum LaneCommand {
    /// Opens the strangers' lane of an eID again: for an owner who has asked for it and shown who they are.
    Reopen {
        /// The eID's number.
        number: String,
        /// Who opens it, and why.
        #[command(flatten)]
        by: Signed,
    },
}

/// `idp register …`
#[derive(Debug, Subcommand)]
pub enum RegisterCommand {
    /// Reads people and their documents, or companies, from a file, all of them or none; who is there already is replaced.
    Import {
        /// A list in JSON or a sheet in CSV (docs/cli.md).
        file: PathBuf,
        /// The file is of companies.
        #[arg(long)]
        companies: bool,
        /// Who does it; recorded in the audit trail.
        #[arg(long, value_parser = officer)]
        officer: OfficerId,
    },
}

/// `idp bulk …`
#[derive(Debug, Subcommand)]
pub enum BulkCommand {
    /// Issues an eID for each line of a delivery; begun again, it goes on where it stopped.
    Issue(BulkIssue),
}

/// `idp bulk issue …`
#[derive(Debug, Args)]
pub struct BulkIssue {
    /// A line of JSON for each customer, or a sheet in CSV (docs/cli.md); stdin without it.
    pub file: Option<PathBuf>,
    /// It is a sheet; a file whose name ends in `.csv` is one without that.
    #[arg(long)]
    pub csv: bool,
    /// The bank's registration authority.
    #[arg(long)]
    pub ra: String,
    /// What the bank calls this delivery: under one name each line is done once.
    #[arg(long)]
    pub batch: String,
    /// Where what came of each line is written.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Who has it done; recorded in the audit trail.
    #[arg(long)]
    pub officer: String,
    /// Why; recorded in the audit trail.
    #[arg(long)]
    pub reason: String,
}
