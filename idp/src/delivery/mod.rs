//! What the house says to a person outside of any page: by e-mail, by text message, by a telephone call.
//!
//! Owns which notices there are, to which addresses they go, and how each channel is spoken: SMTP over TLS, a signed webhook, the
//! files of the demo; and the push that wakes a code app, which says nothing else. Never sends anything itself within an act: [`notice`] writes into the outbox in the act's own transaction,
//! the courier sends after the commit, at least once, each message under an id by which its receiver knows a repeat.
//!
//! ```text
//! act ── notice(tx, …) ──▶ outbox: kind `mail`, one for each e-mail address ──▶ SMTP server   (demo: outbox/mail/)
//!                                  kind `sms`,  one for each mobile number  ──▶ the operator's webhook  (demo: outbox/sms/)
//! question ── wake(tx, …) ──▶ outbox: kind `push`, one for each app that wants it ──▶ the operator's webhook  (demo: outbox/push/)
//! ```
//! The text is made when it is sent, in the person's language. Nothing here holds a code, a password or a number that is typed at
//! a log-in, but the activation password that a person asked to have by text message, and the code by which a new address is confirmed.

mod calls;
mod files;
mod mail;
mod message;
mod notice;
mod paper;
mod push;
mod sms;
#[cfg(test)]
mod tests;
pub mod webhook;

use std::sync::Arc;

pub use files::{Folder, stem};
pub use message::{Address, Message, Voice};
pub use notice::{Notice, OneTime, call, message_to, notice, notice_at, notice_once, text_message};
pub use paper::{Paper, PaperLetter, Recipient, To, paper, paper_to};
pub use push::wake;

use crate::clock::Clock;
use crate::config::Settings;
use crate::fault::Fault;
use crate::outbox::Sender;

/// The senders of this house's channels: what is configured, else in a demo its files, else one that says what is missing.
///
/// # Errors
/// A fault when a certificate cannot be read or TLS cannot be set up.
pub fn senders(settings: &Settings, clock: &Clock) -> Result<Vec<Arc<dyn Sender>>, Fault> {
    let voice = Voice::of(settings);
    let folder = settings.is_demo().then(|| Folder::of_demo(&settings.demo.dir));
    let delivery = &settings.delivery;
    let mail: Arc<dyn Sender> = match (&delivery.mail.host, &folder) {
        (Some(host), _) => Arc::new(mail::MailSender::new(&delivery.mail, host, voice.clone())?),
        (None, Some(folder)) => Arc::new(files::FileSender::new("mail", folder.clone(), voice.clone())),
        (None, None) => Arc::new(Missing("mail", "delivery.mail.host is not set")),
    };
    let sms: Arc<dyn Sender> = match (&delivery.sms.url, &folder) {
        (Some(url), _) => Arc::new(sms::SmsSender::new(
            &delivery.sms,
            url.clone(),
            voice.clone(),
            clock.clone(),
        )?),
        (None, Some(folder)) => Arc::new(files::FileSender::new("sms", folder.clone(), voice.clone())),
        (None, None) => Arc::new(Missing("sms", "delivery.sms.url is not set")),
    };
    let calls: Arc<dyn Sender> = match (&delivery.calls.url, &folder) {
        (Some(url), _) => Arc::new(calls::CallSender::new(
            &delivery.calls,
            url.clone(),
            voice,
            clock.clone(),
        )?),
        (None, Some(folder)) => Arc::new(calls::CallFiles::new(folder.clone(), voice, clock.clone())),
        (None, None) => Arc::new(Missing("calls", "delivery.calls.url is not set")),
    };
    let push: Arc<dyn Sender> = match &delivery.push.url {
        Some(url) => Arc::new(push::PushSender::new(&delivery.push, url.clone(), clock.clone())?),
        None => Arc::new(push::PushFiles(folder)),
    };
    Ok(vec![mail, sms, push, calls])
}

/// A channel that the operator has not set up: what goes there is tried again until somebody does, and then given up.
struct Missing(&'static str, &'static str);

impl Sender for Missing {
    fn kind(&self) -> &'static str {
        self.0
    }

    fn send<'a>(&'a self, _letter: &'a crate::storage::Letter) -> crate::outbox::Sending<'a> {
        Box::pin(async { Err(self.1.to_owned()) })
    }
}
