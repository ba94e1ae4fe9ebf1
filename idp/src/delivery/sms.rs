//! Text messages: a webhook of the operator's, behind which stands whoever carries them. Owns the body of the call.

use serde::Serialize;
use url::Url;

use super::message::{Message, Voice};
use super::webhook::Webhook;
use crate::clock::Clock;
use crate::config::Sms;
use crate::fault::Fault;
use crate::outbox::{Sender, Sending};
use crate::storage::Letter;

pub(super) struct SmsSender {
    webhook: Webhook,
    voice: Voice,
    clock: Clock,
}

/// What the webhook is sent.
#[derive(Serialize)]
struct Body<'a> {
    id: &'a str,
    to: &'a str,
    text: &'a str,
    language: &'static str,
}

impl SmsSender {
    pub(super) fn new(settings: &Sms, url: Url, voice: Voice, clock: Clock) -> Result<Self, Fault> {
        let webhook = Webhook::of("sms", url, (settings.key.as_ref(), &settings.key_id))?;
        Ok(Self { webhook, voice, clock })
    }

    async fn tell(&self, letter: &Letter) -> Result<(), String> {
        let message = Message::read(letter)?;
        let (id, to) = (letter.id.to_string(), international(message.to.as_str()));
        let text = self.voice.line(&message);
        let body = Body {
            id: &id,
            to: &to,
            text: &text,
            language: message.language.as_str(),
        };
        let body = serde_json::to_vec(&body).map_err(|_| "the message cannot be written")?;
        self.webhook.post(body, &id, self.clock.now()).await
    }
}

/// The international form (E.164): eight digits are Danish.
pub(super) fn international(number: &str) -> String {
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    if number.trim_start().starts_with('+') {
        format!("+{digits}")
    } else if let Some(rest) = digits.strip_prefix("00") {
        format!("+{rest}")
    } else if digits.len() == 8 {
        format!("+45{digits}")
    } else {
        format!("+{digits}")
    }
}

impl Sender for SmsSender {
    fn kind(&self) -> &'static str {
        "sms"
    }

    fn send<'a>(&'a self, letter: &'a Letter) -> Sending<'a> {
        Box::pin(self.tell(letter))
    }

    fn destination(&self, letter: &Letter) -> String {
        Message::destination(letter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_digits_are_danish() {
        for (typed, sent) in [
            ("80 30 70 50", "+4580307050"),
            ("+298 123456", "+298123456"),
            ("0046701234567", "+46701234567"),
        ] {
            assert_eq!(international(typed), sent);
        }
    }
}
