//! Bytes as they are named: two lower-case digits each. Owns the spelling; what is named so, and how much of it, is for whoever names.

use std::fmt::Write;

/// `[0xa0, 7]` is `a007`.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
            // Nothing can go wrong in writing to a text.
            let _written = write!(text, "{byte:02x}");
            text
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_digits_each() {
        assert_eq!([hex(&[]), hex(&[0xa0, 7, 255])], ["", "a007ff"]);
    }
}
