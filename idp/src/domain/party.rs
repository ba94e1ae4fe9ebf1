//! What the law distinguishes about a relying party. Owns its kind and with whom it shares a session. Never holds a party's
//! file, keys or addresses: those are configuration.

use serde::{Deserialize, Serialize};

/// Id and group of our own pages; taken by no party file.
pub const OWN: &str = "own";

/// The kinds of relying party.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartyKind {
    /// A public authority's service.
    Public,
    /// A company's service.
    Private,
    /// A bank's netbank.
    Bank,
    /// A registration authority: a machine for officers, where nobody logs in.
    Ra,
    /// Our own pages; of no party file.
    Own,
}

impl PartyKind {
    /// Every kind that a party file may name.
    pub const ALL: [Self; 4] = [Self::Public, Self::Private, Self::Bank, Self::Ra];

    /// As configuration and database write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Private => "private",
            Self::Bank => "bank",
            Self::Ra => "ra",
            Self::Own => "own",
        }
    }

    /// Back from text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// With whom a party shares a running session.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Sso {
    /// With the parties of the same group.
    Group(String),
    /// With nobody: every request is a whole log-in.
    Never,
}

impl Sso {
    /// Reads the party file's `sso`: a group's name or `never`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
        match text {
            "never" => Some(Self::Never),
            "" => None,
            name if name.len() <= 32 && name.chars().all(word) => Some(Self::Group(name.to_owned())),
            _ => None,
        }
    }

    /// What holds when the file says nothing: public parties share, banks and companies never do.
    #[must_use]
    pub fn by_default(kind: PartyKind) -> Self {
        match kind {
            PartyKind::Public => Self::Group("public".to_owned()),
            PartyKind::Own => Self::Group(OWN.to_owned()),
            PartyKind::Private | PartyKind::Bank | PartyKind::Ra => Self::Never,
        }
    }

    /// `never` or the group's name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Group(name) => name,
            Self::Never => "never",
        }
    }

    /// May a session made at one party serve the other?
    #[must_use]
    pub fn shares(&self, other: &Self) -> bool {
        matches!((self, other), (Self::Group(one), Self::Group(two)) if one == two)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_shares_with_nobody_not_even_itself() {
        let group = |name: &str| Sso::Group(name.to_owned());
        assert!(group("public").shares(&group("public")));
        assert!(!group("public").shares(&group("own")));
        assert!(!Sso::Never.shares(&Sso::Never));
        assert!(!Sso::Never.shares(&group("never")));
    }

    #[test]
    fn words() {
        assert_eq!(Sso::parse("never"), Some(Sso::Never));
        assert_eq!(Sso::parse("public"), Some(Sso::Group("public".into())));
        for text in ["", "Public", "a b", "æ"] {
            assert_eq!(Sso::parse(text), None);
        }
        assert_eq!(PartyKind::parse("own"), None, "no file makes our own pages");
        assert_eq!(Sso::by_default(PartyKind::Public).as_str(), "public");
        assert_eq!(Sso::by_default(PartyKind::Bank), Sso::Never);
        for kind in PartyKind::ALL {
            assert_eq!(PartyKind::parse(kind.as_str()), Some(kind));
        }
    }
}
