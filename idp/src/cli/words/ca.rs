//! The words of `idp ca`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Format;

/// `idp ca …`
#[derive(Debug, Subcommand)]
pub enum CaCommand {
    /// Makes a root: a key file for a place of yours, and a certificate. Opens no database.
    Root {
        /// Who it is.
        #[command(flatten)]
        name: NameWords,
        /// Where its key goes; must not exist.
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
        /// Where its certificate goes.
        #[arg(long, value_name = "FILE")]
        certificate: PathBuf,
    },
    /// Makes the key of an issuing CA in the vault, and writes the request for its certificate.
    Request {
        /// Who it is.
        #[command(flatten)]
        name: NameWords,
        /// Where others find what it publishes; server.public_url without it. Stands in every certificate that it will issue.
        #[arg(long, value_name = "URL")]
        address: Option<String>,
        /// The policy that its certificates name.
        #[arg(long, default_value = crate::certificates::POLICY)]
        policy: String,
        /// Where the request goes.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Signs the request of an issuing CA with a root's key. Opens no database.
    Sign {
        /// The request.
        #[arg(long, value_name = "FILE")]
        request: PathBuf,
        /// The root's key.
        #[arg(long, value_name = "FILE")]
        root_key: PathBuf,
        /// The root's certificate.
        #[arg(long, value_name = "FILE")]
        root_certificate: PathBuf,
        /// Where the certificate goes.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Gives the issuing CA its certificate: it issues from now on, the one before it no more.
    Install {
        /// The certificate.
        #[arg(long, value_name = "FILE")]
        certificate: PathBuf,
        /// The root's certificate.
        #[arg(long, value_name = "FILE")]
        root_certificate: PathBuf,
    },
    /// The issuing CAs.
    List {
        /// How to print.
        #[arg(long, value_enum, default_value = "text")]
        format: Format,
    },
}

/// The name of a CA.
#[derive(Debug, Args)]
pub struct NameWords {
    /// Its common name.
    #[arg(long)]
    pub name: String,
    /// The organisation that runs it.
    #[arg(long)]
    pub organisation: String,
    /// Its country, two letters.
    #[arg(long, default_value = "DK")]
    pub country: String,
}
