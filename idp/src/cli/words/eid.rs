//! The words of `idp eid`, `idp lane` and `idp register`.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};

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
    /// Reads people and their documents from a file, all of them or none; who is there already is replaced.
    Import {
        /// A list in JSON or a sheet in CSV (docs/cli.md).
        file: PathBuf,
        /// Who does it; recorded in the audit trail.
        #[arg(long, value_parser = officer)]
        officer: OfficerId,
    },
}
