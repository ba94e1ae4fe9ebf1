//! The words of `idp eid`.

use clap::{Subcommand, ValueEnum};

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
        /// Who opens it; recorded in the audit trail.
        #[arg(long)]
        officer: String,
        /// Why; recorded in the audit trail.
        #[arg(long)]
        reason: String,
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
