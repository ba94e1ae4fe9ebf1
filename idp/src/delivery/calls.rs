//! Calls: a code or a temporary password read aloud. Owns what is said, and the two gateways: a signed webhook of the operator's behind
//! which stands whoever telephones, and the files of the demo, with a sound beside the text where a machine can speak. Never calls late:
//! what has lapsed is not said any more.

use std::path::Path;
use std::process::{Command, Stdio};

use serde::Serialize;
use serde_json::json;
use url::Url;

use super::files::{Folder, stem};
use super::message::{Message, Voice};
use super::sms::international;
use super::webhook::Webhook;
use crate::clock::Clock;
use crate::config::Calls;
use crate::domain::locale::Locale;
use crate::domain::time::Time;
use crate::fault::Fault;
use crate::outbox::{Sender, Sending};
use crate::storage::Letter;

const KIND: &str = "calls";
/// The program that speaks, where it is installed.
const SPEAKER: &str = "espeak-ng";

/// A call may still be made: what it says serves.
fn in_time(message: &Message, now: Time) -> bool {
    message.notice.until().is_none_or(|until| now < until)
}

pub(super) struct CallSender {
    webhook: Webhook,
    voice: Voice,
    clock: Clock,
}

/// What the webhook is sent.
#[derive(Serialize)]
struct Body<'a> {
    id: &'a str,
    to: &'a str,
    /// To be read aloud, digit by digit.
    text: &'a str,
    language: &'static str,
    /// Not to be called any more from then on.
    until: Option<String>,
}

impl CallSender {
    pub(super) fn new(settings: &Calls, url: Url, voice: Voice, clock: Clock) -> Result<Self, Fault> {
        let webhook = Webhook::of(KIND, url, (settings.key.as_ref(), &settings.key_id))?;
        Ok(Self { webhook, voice, clock })
    }

    async fn tell(&self, letter: &Letter) -> Result<(), String> {
        let message = Message::read(letter)?;
        if !in_time(&message, self.clock.now()) {
            return Ok(());
        }
        let (id, to) = (letter.id.to_string(), international(message.to.as_str()));
        let text = self.voice.spoken(&message);
        let body = Body {
            id: &id,
            to: &to,
            text: &text,
            language: message.language.as_str(),
            until: message.notice.until().map(Time::rfc3339),
        };
        let body = serde_json::to_vec(&body).map_err(|_| "the call cannot be written")?;
        self.webhook.post(body, &id, self.clock.now()).await
    }
}

impl Sender for CallSender {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn send<'a>(&'a self, letter: &'a Letter) -> Sending<'a> {
        Box::pin(self.tell(letter))
    }

    fn destination(&self, letter: &Letter) -> String {
        Message::destination(letter)
    }
}

/// Writes the calls of the demo as files.
pub(super) struct CallFiles {
    folder: Folder,
    voice: Voice,
    clock: Clock,
}

impl CallFiles {
    pub(super) const fn new(folder: Folder, voice: Voice, clock: Clock) -> Self {
        Self { folder, voice, clock }
    }

    fn write(&self, letter: &Letter) -> Result<(), String> {
        let message = Message::read(letter)?;
        if !in_time(&message, self.clock.now()) {
            return Ok(());
        }
        let (id, text) = (letter.id.to_string(), self.voice.spoken(&message));
        let stem = stem(message.at, &message.eid, &id);
        let sound = format!("{stem}.wav");
        let spoken = speak(&text, message.language, &self.folder.channel(KIND).join(&sound));
        let about = json!({
            "id": id, "kind": KIND, "eid_number": message.eid, "to": message.to.as_str(),
            "language": message.language.as_str(), "notice": message.notice.word(), "at": message.at.rfc3339(),
            "text": text, "sound": spoken.then_some(sound),
        });
        self.folder
            .put(KIND, &stem, ("txt", text.as_bytes()), &about)
            .map_err(|error| format!("the demo's outbox: {error}"))
    }
}

/// Makes a sound of it, where the machine can; slowly, as to somebody who types along. `false` where it cannot: the text is there.
fn speak(text: &str, language: Locale, to: &Path) -> bool {
    let Some(folder) = to.parent() else { return false };
    if std::fs::create_dir_all(folder).is_err() {
        return false;
    }
    let said = Command::new(SPEAKER)
        .args(["-v", language.as_str(), "-s", "120", "-w"])
        .arg(to)
        .arg(text)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    said.is_ok_and(|status| status.success()) && to.exists()
}

impl Sender for CallFiles {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn send<'a>(&'a self, letter: &'a Letter) -> Sending<'a> {
        Box::pin(async move { self.write(letter) })
    }

    fn destination(&self, letter: &Letter) -> String {
        Message::destination(letter)
    }
}
