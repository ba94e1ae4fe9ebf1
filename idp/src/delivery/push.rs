//! The push that wakes a code app: a webhook of the operator's, behind which stands whoever reaches telephones. Owns the body of the call:
//! there is a question, and nothing of it; the app comes and asks.

use serde::{Deserialize, Serialize};
use serde_json::json;
use url::Url;

use super::files::{Folder, stem};
use super::webhook::Webhook;
use crate::clock::Clock;
use crate::config::Push;
use crate::ctx::Ctx;
use crate::domain::id::{AuthenticatorId, OutboxId, QuestionId};
use crate::domain::time::Time;
use crate::fault::Fault;
use crate::hex::hex;
use crate::outbox::{Sender, Sending};
use crate::storage::{Halt, Letter, Tx};
use crate::vault::sha256;

const KIND: &str = "push";

/// As it waits in the outbox.
#[derive(Serialize, Deserialize)]
struct Wake {
    to: String,
    at: Time,
    until: Time,
}

impl Wake {
    fn read(letter: &Letter) -> Result<Self, String> {
        serde_json::from_slice(&letter.payload).map_err(|_| "the push cannot be read".to_owned())
    }
}

/// What the webhook is sent.
#[derive(Serialize)]
struct Body<'a> {
    id: &'a str,
    to: &'a str,
    event: &'static str,
    expires_at: String,
}

/// Has an app woken: there is a question until then. Once for each question and app.
///
/// # Errors
/// When the database does not answer.
pub fn wake(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    (question, app): (QuestionId, AuthenticatorId),
    to: String,
    until: Time,
) -> Result<(), Halt> {
    let wake = Wake { to, at: ctx.now, until };
    let payload = serde_json::to_vec(&wake).map_err(|error| Fault::new("a push could not be written", error))?;
    let letter = Letter {
        id: OutboxId::from_uuid(ctx.rng.uuid_v7(ctx.now)),
        kind: KIND.into(),
        dedup: format!("{KIND}:{question}:{app}"),
        payload,
        attempts: 0,
    };
    tx.outbox().put(&letter, ctx.now)
}

/// Whom the courier serves one after another: one app. A name that tells nothing, since the courier logs it.
fn destination(letter: &Letter) -> String {
    let hash = Wake::read(letter).map(|wake| sha256(wake.to.as_bytes()));
    hash.map_or_else(|_| String::new(), |hash| hex(&hash[..6]))
}

/// By the webhook.
pub(super) struct PushSender {
    webhook: Webhook,
    clock: Clock,
}

impl PushSender {
    pub(super) fn new(settings: &Push, url: Url, clock: Clock) -> Result<Self, Fault> {
        let webhook = Webhook::of(KIND, url, (settings.key.as_ref(), &settings.key_id))?;
        Ok(Self { webhook, clock })
    }

    async fn tell(&self, letter: &Letter) -> Result<(), String> {
        let (wake, now) = (Wake::read(letter)?, self.clock.now());
        if now >= wake.until {
            // Nobody asks any more: there is nothing to wake anybody for.
            return Ok(());
        }
        let id = letter.id.to_string();
        let body = Body {
            id: &id,
            to: &wake.to,
            event: "question",
            expires_at: wake.until.rfc3339(),
        };
        let body = serde_json::to_vec(&body).map_err(|_| "the push cannot be written")?;
        self.webhook.post(body, &id, now).await
    }
}

impl Sender for PushSender {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn send<'a>(&'a self, letter: &'a Letter) -> Sending<'a> {
        Box::pin(self.tell(letter))
    }

    fn destination(&self, letter: &Letter) -> String {
        destination(letter)
    }
}

/// Where no webhook is set: a demo's files, else nowhere, since apps come and ask by themselves.
pub(super) struct PushFiles(pub(super) Option<Folder>);

impl PushFiles {
    fn write(&self, letter: &Letter) -> Result<(), String> {
        let Some(folder) = &self.0 else { return Ok(()) };
        let (wake, id) = (Wake::read(letter)?, letter.id.to_string());
        let about = json!({
            "id": id, "kind": KIND, "to": wake.to, "event": "question", "expires_at": wake.until.rfc3339(),
        });
        folder
            .put(KIND, &stem(wake.at, "app", &id), ("txt", b"question\n"), &about)
            .map_err(|error| format!("the demo's outbox: {error}"))
    }
}

impl Sender for PushFiles {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn send<'a>(&'a self, letter: &'a Letter) -> Sending<'a> {
        Box::pin(async move { self.write(letter) })
    }

    fn destination(&self, letter: &Letter) -> String {
        destination(letter)
    }
}
