//! The rules of an eID, which whoever takes one into use accepts. Owns their version, so that it can be told later to what somebody
//! agreed.

use crate::texts::Say;

/// The day of the last change to the texts `terms-1`, `terms-2` … of either language.
pub(super) const VERSION: &str = "2026-11-28";

/// The rules, one by one.
pub(super) fn said(say: Say) -> Vec<String> {
    (1..=9).map_while(|nth| say.maybe(&format!("terms-{nth}"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::locale::Locale;

    /// Whoever changes a text gives the rules another version, and notes here what they say.
    #[test]
    fn other_texts_are_another_version() {
        let texts = Locale::ALL.map(|locale| said(Say(locale)).join("\n")).join("\n");
        let hash = ring::digest::digest(&ring::digest::SHA256, texts.as_bytes());
        let begins: String = hash.as_ref().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        assert_eq!((VERSION, begins.as_str()), ("2026-11-28", "78b899c178da86c8"));
    }
}
