//! Levels of assurance (NSIS): how sure a party may be of who logged in. Owns the levels, the factors and their sum. Never
//! decides what a party demands: that is configuration.

use serde::{Deserialize, Serialize};

use super::factor::Factor;

const NSIS_LOA: &str = "https://data.gov.dk/concept/core/nsis/loa/";

/// An NSIS level; a higher one satisfies a demand for a lower.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// One factor.
    Low,
    /// Two factors of different kinds.
    Substantial,
    /// Two factors, one of them safe against copying.
    High,
}

impl Level {
    /// Every level, the lowest first.
    pub const ALL: [Self; 3] = [Self::Low, Self::Substantial, Self::High];

    /// The federation level: what we tell is signed, and not bound to a key of the person's. Nobody reaches more, whatever they show.
    pub const FEDERATION: Self = Self::Substantial;

    /// How sure it is who holds an eID that was issued before that was noted.
    pub const NOT_NOTED: Self = Self::Substantial;

    /// `low`, `substantial`, `high`: configuration and database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Substantial => "substantial",
            Self::High => "high",
        }
    }

    /// Back from text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.as_str() == text)
    }

    /// `Low`, `Substantial`, `High`: the value of the OIOSAML 3 attribute.
    #[must_use]
    pub const fn nsis_name(self) -> &'static str {
        match self {
            Self::Low => "Low",
            Self::Substantial => "Substantial",
            Self::High => "High",
        }
    }

    /// The number of the OIOSAML 2 attribute `AssuranceLevel` (2 is a password, 3 the most that it knows: High has
    /// no number of its own there).
    #[must_use]
    pub const fn oiosaml2_number(self) -> u8 {
        match self {
            Self::Low => 2,
            Self::Substantial | Self::High => 3,
        }
    }

    /// Reads the level URI; the form without `/loa/` is another vocabulary and is not mixed in.
    #[must_use]
    pub fn from_uri(uri: &str) -> Option<Self> {
        let name = uri.strip_prefix(NSIS_LOA)?;
        Self::ALL.into_iter().find(|level| level.nsis_name() == name)
    }
}

/// The URI of a level: `acr` in OIDC, AuthnContextClassRef in SAML.
#[must_use]
pub const fn nsis_loa_uri(level: Level) -> &'static str {
    match level {
        Level::Low => "https://data.gov.dk/concept/core/nsis/loa/Low",
        Level::Substantial => "https://data.gov.dk/concept/core/nsis/loa/Substantial",
        Level::High => "https://data.gov.dk/concept/core/nsis/loa/High",
    }
}

/// Reads the level URI.
#[must_use]
pub fn from_uri(uri: &str) -> Option<Level> {
    Level::from_uri(uri)
}

/// A factor that was shown to be held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Something known.
    Password,
    /// Something held: the printed card.
    Keycard,
    /// Something held: a code token.
    Token,
    /// Something held: the key of a code app.
    App,
    /// Something held: a passkey, which checked who holds it.
    Passkey,
    /// Something held: the telephone that is called.
    Voice,
    /// Beside the passkey: its maker vouches that its key cannot leave the device.
    Hardware,
}

impl Method {
    /// Every method.
    pub const ALL: [Self; 7] = [
        Self::Password,
        Self::Keycard,
        Self::Token,
        Self::App,
        Self::Passkey,
        Self::Voice,
        Self::Hardware,
    ];

    /// As the database keeps it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Keycard => "keycard",
            Self::Token => "token",
            Self::App => "app",
            Self::Passkey => "passkey",
            Self::Voice => "voice",
            Self::Hardware => "hardware",
        }
    }

    /// Back from the database.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.as_str() == text)
    }

    /// The value of `amr` (RFC 8176 §2; `pop` by the registry that it made: a key was shown to be held, wherever it lies).
    #[must_use]
    pub const fn amr(self) -> &'static str {
        match self {
            Self::Password => "pwd",
            Self::Keycard | Self::Token => "otp",
            Self::App => "swk",
            Self::Passkey => "pop",
            Self::Voice => "tel",
            Self::Hardware => "hwk",
        }
    }
}

/// The authenticator level of the factors shown together: High where the key answers to our address alone, asked who holds it, and
/// lies in a device whose maker vouches for that.
#[must_use]
pub fn authenticator(methods: &[Method]) -> Level {
    let has = |method| methods.contains(&method);
    let held = Factor::ALL.into_iter().any(|factor| has(factor.method()));
    match held && has(Method::Password) {
        true if has(Method::Passkey) && has(Method::Hardware) => Level::High,
        true => Level::Substantial,
        false => Level::Low,
    }
}

/// The level of assurance is the lowest of identity, authenticator and federation level (NSIS).
#[must_use]
pub fn overall(identity: Level, authenticator: Level, federation: Level) -> Level {
    identity.min(authenticator).min(federation)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn two_different_factors_make_substantial() {
        use Method::{App, Hardware, Keycard, Passkey, Password, Token};
        let table: [(&[Method], Level); 14] = [
            (&[], Level::Low),
            (&[Password], Level::Low),
            (&[Keycard], Level::Low),
            (&[Password, Password], Level::Low),
            (&[Password, Keycard], Level::Substantial),
            (&[Keycard, Password, Keycard], Level::Substantial),
            (&[Password, Token], Level::Substantial),
            (&[Password, App], Level::Substantial),
            (&[Keycard, Token], Level::Low),
            (&[Password, Passkey], Level::Substantial),
            (&[Password, Passkey, Hardware], Level::High),
            (&[Passkey, Hardware], Level::Low),
            (&[Password, Hardware], Level::Low),
            (&[Password, Keycard, Hardware], Level::Substantial),
        ];
        for (methods, level) in table {
            assert_eq!(authenticator(methods), level, "{methods:?}");
        }
    }

    #[test]
    fn words_and_uris_come_back() {
        for level in Level::ALL {
            assert_eq!(Level::parse(level.as_str()), Some(level));
            assert_eq!(from_uri(nsis_loa_uri(level)), Some(level));
        }
        assert_eq!(from_uri("https://data.gov.dk/concept/core/nsis/Substantial"), None);
        assert_eq!(from_uri("https://data.gov.dk/concept/core/nsis/loa/substantial"), None);
        for method in Method::ALL {
            assert_eq!(Method::parse(method.as_str()), Some(method));
        }
    }

    /// Whoever was identified to Low is known to Low, whatever their key is worth; and what we tell is worth no more than it is.
    #[test]
    fn a_key_in_hardware_makes_no_better_identity() {
        let best = authenticator(&[Method::Password, Method::Passkey, Method::Hardware]);
        assert_eq!(best, Level::High);
        for (identity, told) in [
            (Level::Low, Level::Low),
            (Level::Substantial, Level::Substantial),
            (Level::High, Level::FEDERATION),
        ] {
            assert_eq!(overall(identity, best, Level::FEDERATION), told);
        }
    }

    proptest! {
        #[test]
        fn the_weakest_link_decides(a in 0_usize..3, b in 0_usize..3, c in 0_usize..3) {
            let level = overall(Level::ALL[a], Level::ALL[b], Level::ALL[c]);
            prop_assert_eq!(level, Level::ALL[a.min(b).min(c)]);
        }
    }
}
