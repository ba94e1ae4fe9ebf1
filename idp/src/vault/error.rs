//! Why the vault could not do what it was asked. Never says anything about the value or the key.

/// A fault of the vault: a corrupt value, a wrong master key or a missing signing key; never the person's mistake.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The value was not sealed here: another place, another master key, or changed bytes.
    #[error("the sealed value does not open here")]
    DoesNotOpen,
    /// The value was sealed under a generation of the stored-value key that has been retired.
    #[error("the value was sealed under generation {0}, which is retired")]
    Retired(u32),
    /// The value has a layout that this version does not know.
    #[error("the value is not in a known layout")]
    Layout,
    /// The master key cannot be read.
    #[error("master key: {0}")]
    Master(String),
    /// A signing key could not be made or read.
    #[error("signing key: {0}")]
    Key(String),
    /// No active signing key for this purpose.
    #[error("no active signing key for {0}")]
    NoKey(&'static str),
    /// The parameters of the password hash are not usable.
    #[error("password hash parameters: {0}")]
    Params(String),
}
