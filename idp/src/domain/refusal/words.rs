//! A code as text, written and read.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Code;

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::from_str(&text).ok_or_else(|| serde::de::Error::custom("not a refusal code"))
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl Code {
    /// Reads exactly a code of ours.
    #[must_use]
    #[expect(clippy::should_implement_trait, reason = "an Option is all a caller can use")]
    pub fn from_str(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.as_str() == text)
    }

    /// Said by the law of proofing, or of an order.
    #[must_use]
    pub fn is_of_an_order(self) -> bool {
        self.as_str().starts_with("proofing.") || self.as_str().starts_with("order.")
    }

    /// The key of its text in every language: `refusal-login-failed`, `refusal-LOCK001`.
    #[must_use]
    pub fn text_key(self) -> String {
        format!("refusal-{}", self.as_str().replace(['.', '_'], "-"))
    }
}
