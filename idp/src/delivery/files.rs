//! The demo's channels: every message becomes a file that anybody at the machine can read, with a JSON document beside it. Owns
//! the folder `outbox/` of the demo and the names in it: the time, the eID's number, the end of the message's id.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::message::{Message, Voice};
use crate::domain::time::Time;
use crate::files;
use crate::outbox::{Sender, Sending};
use crate::storage::Letter;

/// The demo's outbox.
#[derive(Debug, Clone)]
pub struct Folder(PathBuf);

impl Folder {
    /// A folder with one below it for each channel.
    #[must_use]
    pub fn new(dir: PathBuf) -> Self {
        Self(dir)
    }

    /// `outbox/` in the demo's folder.
    #[must_use]
    pub fn of_demo(dir: &Path) -> Self {
        Self(dir.join("outbox"))
    }

    /// Where a channel's files lie.
    #[must_use]
    pub fn channel(&self, channel: &str) -> PathBuf {
        self.0.join(channel)
    }

    /// Puts a file of a channel down, and a document that tells about it. A repeat of the same message makes the same names.
    ///
    /// # Errors
    /// When the disk does not take them.
    pub fn put(&self, channel: &str, stem: &str, (kind, bytes): (&str, &[u8]), about: &Value) -> std::io::Result<()> {
        let folder = self.channel(channel);
        std::fs::create_dir_all(&folder)?;
        let file = format!("{stem}.{kind}");
        let mut about = about.clone();
        if let Some(about) = about.as_object_mut() {
            about.insert("file".into(), Value::String(file.clone()));
        }
        files::write(&folder.join(&file), bytes)?;
        // The document last: whoever sees it finds the file.
        let part = folder.join(format!(".{stem}.json"));
        files::write(&part, format!("{about:#}\n").as_bytes())?;
        std::fs::rename(part, folder.join(format!("{stem}.json")))
    }
}

/// `20261128T040000Z-123456789-1a2b3c`
#[must_use]
pub fn stem(at: Time, eid: &str, id: &str) -> String {
    let time: String = at.rfc3339().chars().filter(|c| !matches!(c, '-' | ':')).collect();
    let end = id.len().saturating_sub(6);
    format!("{time}-{eid}-{}", id.get(end..).unwrap_or(id))
}

/// Writes the messages of one kind as files.
pub(super) struct FileSender {
    kind: &'static str,
    folder: Folder,
    voice: Voice,
}

impl FileSender {
    pub(super) fn new(kind: &'static str, folder: Folder, voice: Voice) -> Self {
        Self { kind, folder, voice }
    }

    fn write(&self, letter: &Letter) -> Result<(), String> {
        let message = Message::read(letter)?;
        let (id, mail) = (letter.id.to_string(), self.kind == "mail");
        let text = if mail {
            self.voice.letter(&message)
        } else {
            self.voice.line(&message)
        };
        let mut about = json!({
            "id": id, "kind": self.kind, "eid_number": message.eid, "to": message.to.as_str(),
            "language": message.language.as_str(), "notice": message.notice.word(), "at": message.at.rfc3339(), "text": text,
        });
        if let (true, Some(about)) = (mail, about.as_object_mut()) {
            about.insert("subject".into(), self.voice.subject(&message).into());
        }
        if let (super::Notice::ActivationPassword { password, .. }, Some(about)) =
            (&message.notice, about.as_object_mut())
        {
            about.insert("activation_password".into(), password.expose().into());
        }
        self.folder
            .put(
                self.kind,
                &stem(message.at, &message.eid, &id),
                ("txt", text.as_bytes()),
                &about,
            )
            .map_err(|error| format!("the demo's outbox: {error}"))
    }
}

impl Sender for FileSender {
    fn kind(&self) -> &'static str {
        self.kind
    }

    fn send<'a>(&'a self, letter: &'a Letter) -> Sending<'a> {
        Box::pin(async move { self.write(letter) })
    }

    fn destination(&self, letter: &Letter) -> String {
        Message::destination(letter)
    }
}
