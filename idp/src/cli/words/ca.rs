//! The words of `idp ca`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

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
        /// Where the house gives out the root's certificate and list; stands in the certificate. The same as for `request`.
        #[arg(long, value_name = "URL")]
        address: String,
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
    /// Makes the next revocation list of a root: what stood in the one before, and what is revoked now. Opens no database.
    RootList {
        /// The root's key.
        #[arg(long, value_name = "FILE")]
        root_key: PathBuf,
        /// The root's certificate.
        #[arg(long, value_name = "FILE")]
        root_certificate: PathBuf,
        /// The list before, as it is published; only a root's first list has none.
        #[arg(long, value_name = "FILE")]
        before: Option<PathBuf>,
        /// The certificate of an issuing CA that is to count no longer; may be given again.
        #[arg(long, value_name = "FILE", requires = "reason")]
        revoke: Vec<PathBuf>,
        /// Why.
        #[arg(long, value_enum, requires = "revoke")]
        reason: Option<ReasonWord>,
        /// For how many days the list counts: the next one is made before.
        #[arg(long, default_value_t = 400, value_parser = clap::value_parser!(u16).range(1..))]
        days: u16,
        /// Where the list goes.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Gives out the list that a root's operator made; a CA that stands in it issues no more.
    PublishList {
        /// The list.
        #[arg(long, value_name = "FILE")]
        list: PathBuf,
    },
    /// The issuing CAs.
    List {
        /// How to print.
        #[arg(long, value_enum, default_value = "text")]
        format: Format,
    },
}

/// Why a root revokes an issuing CA.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReasonWord {
    /// Somebody else may have its key.
    Compromised,
    /// Another has taken its place.
    Superseded,
    /// It has ceased to work.
    Ceased,
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
