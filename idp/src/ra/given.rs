//! An answer on its way out: a letter's codes may be in it. Owns that its bytes are wiped when nobody needs them any longer, that no copy
//! of them is left behind while they are written, and that nothing prints them.

use std::io::Write;

use serde::Serialize;
use zeroize::Zeroizing;

use crate::fault::Fault;

/// An answer as JSON.
pub(super) struct Given(Zeroizing<String>);

impl Given {
    /// Of what an act gives.
    pub(super) fn of(view: &impl Serialize) -> Result<Self, Fault> {
        let fault = |error: serde_json::Error| Fault::new("an answer to an RA", error);
        let mut size = Size(0);
        serde_json::to_writer(&mut size, view).map_err(fault)?;
        // Of the right size from the start: a buffer that grows leaves what it held where it was.
        let mut bytes = Zeroizing::new(Vec::with_capacity(size.0));
        serde_json::to_writer(&mut *bytes, view).map_err(fault)?;
        let text = String::from_utf8(std::mem::take(&mut *bytes));
        text.map(|text| Self(Zeroizing::new(text)))
            .map_err(|_| Fault::bare("an answer to an RA is no text"))
    }

    /// As it was given before.
    pub(super) fn kept(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// As it is kept.
    pub(super) fn text(&self) -> &str {
        &self.0
    }

    /// As it is sent.
    pub(super) fn into_text(self) -> Zeroizing<String> {
        self.0
    }
}

/// Counts what is written.
struct Size(usize);

impl Write for Size {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn an_answer_is_written_without_growing() {
        let given = Given::of(&vec!["a letter"; 500]).unwrap();
        let text = given.into_text();
        assert_eq!(text.len(), 2 + 500 * 10 + 499);
        assert_eq!(text.capacity(), text.len());
    }
}
