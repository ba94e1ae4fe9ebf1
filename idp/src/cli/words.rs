//! The words of the command line (docs/cli.md explains each). Owns no behaviour.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

mod ca;
mod eid;
mod who;

pub use ca::{CaCommand, NameWords, ReasonWord};
pub use eid::{BulkCommand, BulkIssue, EidCommand, LaneCommand, OpenWord, RegisterCommand};
pub use who::Signed;

use self::who::{officer, reason};
use crate::domain::officer::{OfficerId, Reason};

/// Nøgle: identity provider for people with a user-ID, a password and a key card.
#[derive(Debug, Parser)]
#[command(name = "idp", version, about, propagate_version = true)]
pub struct Cli {
    /// Configuration file.
    #[arg(
        long,
        global = true,
        env = "IDP_CONFIG",
        default_value = "config/idp.toml",
        value_name = "FILE"
    )]
    pub config: PathBuf,

    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Answers requests until it is told to stop.
    Serve {
        /// Brings the database up to date first (the demo always does).
        #[arg(long)]
        migrate: bool,
    },
    /// Brings the database up to date; a new one is made and marked as demo or production for good.
    Migrate,
    /// Reads configuration and relying parties and says what is wrong.
    CheckConfig,
    /// The demo's people; refused in production.
    #[command(subcommand)]
    Demo(DemoCommand),
    /// Key cards.
    #[command(subcommand)]
    Keycard(KeycardCommand),
    /// The print run: what waits to be printed, and what was posted.
    #[command(subcommand)]
    Print(PrintCommand),
    /// Code tokens.
    #[command(subcommand)]
    Token(TokenCommand),
    /// Lock-out of strangers.
    #[command(subcommand)]
    Lane(LaneCommand),
    /// What was blocked.
    #[command(subcommand)]
    Eid(EidCommand),
    /// The house's own register of people and documents.
    #[command(subcommand)]
    Register(RegisterCommand),
    /// eIDs for the customers of a bank, many at once.
    #[command(subcommand)]
    Bulk(BulkCommand),
    /// What could not be sent.
    #[command(subcommand)]
    Outbox(OutboxCommand),
    /// Signing keys.
    #[command(subcommand)]
    Keys(KeysCommand),
    /// The issuing CAs of certificates, and their key ceremony.
    #[command(subcommand)]
    Ca(CaCommand),
    /// Relying parties.
    #[command(subcommand)]
    Party(PartyCommand),
    /// The audit trail.
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Writes a consistent copy of the SQLite database while the server runs.
    Backup {
        /// The copy; must not exist.
        file: PathBuf,
    },
    /// Puts a copy back in the place of the SQLite database; the server must be stopped.
    Restore {
        /// The copy.
        file: PathBuf,
        /// A database that is there is moved aside.
        #[arg(long)]
        replace: bool,
    },
}

/// How to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// `idp demo …`
#[derive(Debug, Subcommand)]
pub enum DemoCommand {
    /// Writes the demo people and their key cards; twice changes nothing.
    Seed,
    /// Prints the demo people with their secrets.
    People {
        /// How to print.
        #[arg(long, value_enum, default_value = "text")]
        format: Format,
    },
    /// Prints the demo's registration authorities and their officers.
    Officers {
        /// How to print.
        #[arg(long, value_enum, default_value = "text")]
        format: Format,
    },
    /// Invents a crowd and prints a line of JSON for each.
    Generate(Generate),
}

/// `idp demo generate …`
#[derive(Debug, Args)]
pub struct Generate {
    /// How many people.
    #[arg(long)]
    pub people: usize,
    /// Where the lines go; stdout without it.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// With the codes of the key cards.
    #[arg(long)]
    pub codes: bool,
    /// `full`: everybody has a password of their own; `shared`: 10,000 spread over the crowd have, the others match nothing.
    #[arg(long, value_enum, default_value = "full")]
    pub hash: HashWord,
    /// `all`: a line for everybody; `sample`: lines only for those who have a password of their own.
    #[arg(long, value_enum, default_value = "all")]
    pub lines: LinesWord,
}

/// `--hash`
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum HashWord {
    /// At full cost.
    Full,
    /// One verifier for most.
    Shared,
}

/// `--lines`
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LinesWord {
    /// Everybody.
    All,
    /// Those who have a password.
    Sample,
}

/// `idp keycard …`
#[derive(Debug, Subcommand)]
pub enum KeycardCommand {
    /// Prints a card with its codes: the one act that shows them.
    Print(PrintCard),
}

/// `idp keycard print …`
#[derive(Debug, Args)]
pub struct PrintCard {
    /// The card's number, e.g. A123456789.
    pub number: String,
    /// How to print.
    #[arg(long, value_enum, default_value = "pdf")]
    pub format: CardFormat,
    /// Where it goes; stdout without it.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Who prints; required in production, recorded in the audit trail.
    #[arg(long, value_parser = officer)]
    pub officer: Option<OfficerId>,
    /// Why; required in production, recorded in the audit trail.
    #[arg(long, value_parser = reason)]
    pub reason: Option<Reason>,
}

/// `--format` of a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CardFormat {
    /// Three panels of credit-card size.
    Pdf,
    /// Lines.
    Text,
    /// Codes by index.
    Json,
}

/// `idp print …`
#[derive(Debug, Subcommand)]
pub enum PrintCommand {
    /// Takes what waits, oldest first, and writes a letter for each with a manifest: the officer sees codes or passwords.
    Batch(Batch),
    /// Notes that a batch was handed to the post: nothing of it is shown again.
    Posted {
        /// The batch's manifest.json.
        manifest: PathBuf,
        /// Who posted it; recorded in the audit trail.
        #[arg(long, value_parser = officer)]
        officer: OfficerId,
    },
}

/// `idp print batch …`
#[derive(Debug, Args)]
pub struct Batch {
    /// Cards and passwords are printed in runs of their own.
    #[arg(value_enum)]
    pub what: BatchWord,
    /// Who prints, and why.
    #[command(flatten)]
    pub by: Signed,
    /// The most letters of this batch.
    #[arg(long, default_value = "500")]
    pub limit: u32,
    /// The folder in which the batch's own folder is made.
    #[arg(long, value_name = "FOLDER")]
    pub out: PathBuf,
}

/// What a batch holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum BatchWord {
    /// Key cards.
    Cards,
    /// Activation passwords.
    Passwords,
}

/// `idp token …`
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Puts a delivery (a PSKC file, RFC 6030) into the stock; tokens that are known already stay as they are.
    Import(ImportTokens),
    /// Sends a token of the stock to an eID, when it is paid.
    Assign(AssignToken),
    /// Lists the tokens in a state.
    List {
        /// `stock`, `assigned`, `active`, `blocked` or `closed`.
        #[arg(long, default_value = "stock")]
        state: String,
        /// How to print.
        #[arg(long, value_enum, default_value = "text")]
        format: Format,
    },
    /// Lists the orders that wait for a token.
    Orders {
        /// How to print.
        #[arg(long, value_enum, default_value = "text")]
        format: Format,
    },
}

/// `idp token import …`
#[derive(Debug, Args)]
pub struct ImportTokens {
    /// The PSKC file.
    pub file: PathBuf,
    /// A file with the pre-shared key, in hex or base64, of a delivery that is encrypted with one.
    #[arg(long, value_name = "FILE")]
    pub key_path: Option<PathBuf>,
    /// Who does it; recorded in the audit trail.
    #[arg(long, value_parser = officer)]
    pub officer: OfficerId,
}

/// `idp token assign …`
#[derive(Debug, Args)]
pub struct AssignToken {
    /// The number printed on the token.
    pub serial: String,
    /// The eID's number.
    pub number: String,
    /// Who does it, and why.
    #[command(flatten)]
    pub by: Signed,
}

/// `idp outbox …`
#[derive(Debug, Subcommand)]
pub enum OutboxCommand {
    /// Lists what has failed and what was given up.
    List {
        /// How to print.
        #[arg(long, value_enum, default_value = "text")]
        format: Format,
    },
    /// Has what was given up tried again from the beginning.
    Retry {
        /// The letter's id, as `outbox list` shows it.
        #[arg(conflicts_with = "all")]
        id: Option<String>,
        /// Everything that was given up.
        #[arg(long)]
        all: bool,
    },
}

/// `idp keys …`
#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// Lists the signing keys and the generations of the key of stored values.
    List {
        /// How to print.
        #[arg(long, value_enum, default_value = "text")]
        format: Format,
    },
    /// Lets the next keys sign where they are due, and makes new next ones.
    Rotate {
        /// Does not wait for the days that a key is published before it signs, and ends the trust in the keys that signed until
        /// now: for stolen keys.
        #[arg(long)]
        now: bool,
        /// Begins a new generation of the key of stored values instead; running servers seal what is stored again.
        #[arg(long, conflicts_with = "now")]
        data: bool,
        /// With `--data`: works until everything is sealed again and the older generations are retired.
        #[arg(long, requires = "data")]
        wait: bool,
    },
    /// Withdraws one key: it signs no more and is published no more.
    Withdraw {
        /// The key's id, as `keys list` shows it; one in 64 begins with a hyphen.
        #[arg(allow_hyphen_values = true)]
        kid: String,
    },
}

/// `idp party …`
#[derive(Debug, Subcommand)]
pub enum PartyCommand {
    /// Lists the relying parties.
    List {
        /// How to print.
        #[arg(long, value_enum, default_value = "text")]
        format: Format,
    },
    /// Reads every party file and says what is wrong.
    Check,
}

/// `idp audit …`
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Proves the trail: edited, forged, removed, inserted and reordered rows are named.
    Verify {
        /// Exported heads; without them nobody can tell whether the tail was cut off.
        #[arg(long, value_name = "FILE")]
        heads: Option<PathBuf>,
        /// How to print.
        #[arg(long, value_enum, default_value = "text")]
        format: Format,
    },
    /// Prints every row as a line of JSON, personal parts opened while their key is kept.
    Export {
        /// Where the lines go; stdout without it.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_words_fit_together() {
        Cli::command().debug_assert();
    }
}
