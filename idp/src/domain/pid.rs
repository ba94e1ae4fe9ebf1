//! The PID: a person's public number, the same for every eID and certificate they ever hold. Owns its form. Never knows the
//! CPR number: a PID is random, so nothing can be computed back.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The constant part of every PID.
pub const PREFIX: &str = "9208-2002-2-";
/// How many PIDs there are.
pub const COUNT: u64 = 1_000_000_000_000;

/// `9208-2002-2-` and twelve digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Pid(String);

impl Pid {
    /// From a random number below [`COUNT`]; a larger one is taken modulo it.
    #[must_use]
    pub fn from_random(number: u64) -> Self {
        Self(format!("{PREFIX}{:012}", number % COUNT))
    }

    /// Reads a PID, with or without the certificate's `PID:` before it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.strip_prefix("PID:").unwrap_or(text);
        let serial = text.strip_prefix(PREFIX)?;
        (serial.len() == 12 && serial.bytes().all(|b| b.is_ascii_digit())).then(|| Self(text.to_owned()))
    }

    /// The form that assertions and pages carry.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Pid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Pid {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not a PID"))
    }
}

impl Serialize for Pid {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use proptest::prelude::*;

    #[test]
    fn form() {
        assert_eq!(Pid::from_random(0).as_str(), "9208-2002-2-000000000000");
        assert_eq!(Pid::from_random(COUNT - 1).as_str(), "9208-2002-2-999999999999");
        assert_eq!(
            Pid::parse("PID:9208-2002-2-316380231171").unwrap().as_str(),
            "9208-2002-2-316380231171"
        );
        for text in [
            "",
            "9208-2002-2-",
            "9208-2002-2-31638023117",
            "9208-2002-2-3163802311711",
            "9208-2002-1-316380231171",
            "9208-2002-2-31638023117a",
        ] {
            assert_eq!(Pid::parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_pid_is_read_back(number in 0..COUNT) {
            let pid = Pid::from_random(number);
            prop_assert_eq!(Pid::parse(pid.as_str()), Some(pid));
        }

        #[test]
        fn any_text_is_read_or_refused(text: String) {
            let _ = Pid::parse(&text);
        }
    }
}
