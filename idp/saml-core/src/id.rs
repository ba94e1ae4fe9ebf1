//! [`Id`]: the identifier of a message or an assertion that we make. The caller brings the randomness.

/// An `xs:ID` with at least 128 random bits (SAML Core §1.3.4).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Id(String);

impl Id {
    /// From 160 bits out of the caller's source of randomness: `_` and 40 hexadecimal digits.
    pub fn from_random(bits: [u8; 20]) -> Self {
        use std::fmt::Write as _;
        let mut id = String::with_capacity(41);
        id.push('_');
        for byte in bits {
            // Writing into a String cannot fail.
            let _ = write!(id, "{byte:02x}");
        }
        Self(id)
    }

    /// As it stands in the message.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Id {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
