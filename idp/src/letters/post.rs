//! Letters without anything secret (welcome, renewal, what came of an order) go by the outbox: made when they are sent, put where the print shop fetches
//! them.

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::json;

use super::press::{Addressee, Content, Printer};
use crate::delivery::{Folder, Paper, PaperLetter, To, stem};
use crate::domain::eid::EidNumber;
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
        let (to, number) = self.addressee(&wanted).await?;
        let content = match &wanted.paper {
            Paper::Welcome => Content::Welcome(number.as_ref().ok_or("a welcome names an eID")?),
            Paper::Renewal { on } => Content::Renewal(*on),
            Paper::OrderRefused { because } => Content::OrderRefused(*because),
            Paper::OrderedAgain => Content::OrderedAgain,
        };
        let pdf = self
            .printer
            .letter(&to, wanted.at, &content)
            .map_err(|fault| fault.to_string())?;
        let id = letter.id.to_string();
        let number = number.as_ref().map_or("none", EidNumber::as_str);
        let about = json!({
            "id": id, "kind": content.word(), "eid_number": number, "name": to.name, "address": to.address,
            "language": to.language.as_str(), "at": wanted.at.rfc3339(),
        });
        folder
            .put("letters", &stem(wanted.at, number, &id), ("pdf", &pdf), &about)
            .map_err(|error| format!("the folder of letters: {error}"))
    }
}

impl LetterSender {
    /// Whom it is for, and the number of their eID.
    async fn addressee(&self, wanted: &PaperLetter) -> Result<(Addressee, Option<EidNumber>), String> {
        let eid: EidId = match &wanted.to {
            To::Eid(eid) => eid.parse().map_err(|_| "the letter names no eID")?,
            To::Address(to) => {
                let to = Addressee {
                    name: to.name.clone(),
                    address: Some(to.address.clone()),
                    language: to.language,
                    on_hardware: false,
                };
                return Ok((to, None));
            }
        };
        let read = self.store.read("letters.holder", move |tx| {
            let eid = tx.eids().find(eid)?;
            Ok((tx.people().find(eid.person)?, eid))
        });
        let (person, eid) = read.await.map_err(|halt: Halt| format!("{halt:?}"))?;
        let to = Addressee {
            name: person.name,
            address: person.address,
            language: person.language,
            on_hardware: eid.on_hardware,
        };
        Ok((to, Some(eid.number)))
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
