//! Letters without anything secret (welcome, renewal) go by the outbox: made when they are sent, put where the print shop fetches
//! them.

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::json;

use super::press::{Addressee, Content, Printer};
use crate::delivery::{Folder, Paper, PaperLetter, stem};
use crate::domain::id::EidId;
use crate::outbox::{Sender, Sending};
use crate::storage::{Halt, Letter, Store};

/// The sender of letters of kind `letter`.
pub struct LetterSender {
    store: Store,
    printer: Arc<Printer>,
    folder: Option<Folder>,
}

impl LetterSender {
    /// Puts letters into a folder; without one it says so, and what is to be sent waits.
    #[must_use]
    pub fn new(store: Store, printer: Arc<Printer>, dir: Option<PathBuf>) -> Self {
        Self {
            store,
            printer,
            folder: dir.map(Folder::new),
        }
    }

    async fn put(&self, letter: &Letter) -> Result<(), String> {
        let folder = self.folder.as_ref().ok_or("delivery.letters is not set")?;
        let wanted = PaperLetter::read(letter)?;
        let eid: EidId = wanted.eid.parse().map_err(|_| "the letter names no eID")?;
        let read = self.store.read("letters.holder", move |tx| {
            let eid = tx.eids().find(eid)?;
            Ok((tx.people().find(eid.person)?, eid.number))
        });
        let (person, number) = read.await.map_err(|halt: Halt| format!("{halt:?}"))?;
        let to = Addressee {
            name: person.name,
            address: person.address,
            language: person.language,
        };
        let content = match &wanted.paper {
            Paper::Welcome => Content::Welcome(&number),
            Paper::Renewal { on } => Content::Renewal(*on),
        };
        let pdf = self
            .printer
            .letter(&to, wanted.at, &content)
            .map_err(|fault| fault.to_string())?;
        let id = letter.id.to_string();
        let about = json!({
            "id": id, "kind": content.word(), "eid_number": number.as_str(), "name": to.name, "address": to.address,
            "language": to.language.as_str(), "at": wanted.at.rfc3339(),
        });
        folder
            .put("letters", &stem(wanted.at, number.as_str(), &id), ("pdf", &pdf), &about)
            .map_err(|error| format!("the folder of letters: {error}"))
    }
}

impl Sender for LetterSender {
    fn kind(&self) -> &'static str {
        "letter"
    }

    fn send<'a>(&'a self, letter: &'a Letter) -> Sending<'a> {
        Box::pin(self.put(letter))
    }

    fn destination(&self, _letter: &Letter) -> String {
        String::new()
    }
}
