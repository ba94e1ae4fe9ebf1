//! One message to one address, and what its text becomes on each channel. Owns the form in which it waits in the outbox.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::notice::Notice;
use crate::config::Settings;
use crate::domain::locale::Locale;
use crate::domain::time::Time;
use crate::domain::voice::one_by_one;
use crate::hex::hex;
use crate::storage::Letter;
use crate::texts::{Say, when};
use crate::vault::sha256;

/// Where a message goes. Personal, so it prints nothing.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Address {
    /// An e-mail address.
    Mail(String),
    /// A mobile number, as it was given.
    Mobile(String),
    /// A number that is called.
    Call(String),
}

impl Address {
    /// The kind of letter in the outbox.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Mail(_) => "mail",
            Self::Mobile(_) => "sms",
            Self::Call(_) => "calls",
        }
    }

    /// The address itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Mail(text) | Self::Mobile(text) | Self::Call(text) => text,
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({})", self.kind())
    }
}

/// A message as it waits in the outbox, sealed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Message {
    /// The number of the eID that it is about.
    pub eid: String,
    /// Where it goes.
    pub to: Address,
    /// The reader's language.
    pub language: Locale,
    /// What is said.
    pub notice: Notice,
    /// When what it tells of was done.
    pub at: Time,
}

impl Message {
    /// Back from the outbox.
    ///
    /// # Errors
    /// In a few words, when it cannot be read.
    pub fn read(letter: &Letter) -> Result<Self, String> {
        serde_json::from_slice(&letter.payload).map_err(|_| "the message cannot be read".to_owned())
    }

    /// Whom the courier serves one after another: one address. A name that tells nothing, since the courier logs it.
    #[must_use]
    pub fn destination(letter: &Letter) -> String {
        let hash = Self::read(letter).map(|message| sha256(message.to.as_str().as_bytes()));
        hash.map_or_else(|_| String::new(), |hash| hex(&hash[..6]))
    }
}

/// Who speaks: the operator's names and addresses, which every message ends with.
#[derive(Debug, Clone)]
pub struct Voice {
    name: String,
    url: String,
    phone: Option<String>,
}

impl Voice {
    /// The operator's.
    #[must_use]
    pub fn of(settings: &Settings) -> Self {
        Self {
            name: settings.web.name.clone(),
            url: settings.server.public_url.as_str().to_owned(),
            phone: settings.web.support_phone.clone(),
        }
    }

    /// The operator's name of this log-in.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The subject of an e-mail.
    #[must_use]
    pub fn subject(&self, message: &Message) -> String {
        let say = Say(message.language);
        let key = format!("message-{}-subject", message.notice.word());
        format!("{}: {}", self.name, say.say(&key))
    }

    /// What happened, in one or two sentences.
    fn said(&self, message: &Message) -> String {
        let say = Say(message.language);
        let key = format!("message-{}", message.notice.word());
        match &message.notice {
            Notice::LogInsFailed { count } => say.count(&key, "count", count),
            Notice::CertificateIssued { check_until } | Notice::CertificateRenewed { check_until } => {
                say.with(&key, "day", when::day(*check_until, message.language))
            }
            Notice::CardExpires { on } | Notice::CertificateExpires { on } => {
                say.with(&key, "day", when::day(*on, message.language))
            }
            Notice::OrderLapsed { placed } => say.with(&key, "day", when::day(*placed, message.language)),
            Notice::VoiceOrdered { from } => say.with(&key, "time", when::day_and_time(*from, message.language)),
            Notice::LogInCode { code, party, .. } => say.with_all(&key, &[("code", &code.expose()), ("party", party)]),
            Notice::ActivationPassword { password, until } => say.with_all(
                &key,
                &[
                    ("password", &password.expose()),
                    ("day", &when::day(*until, message.language)),
                ],
            ),
            Notice::ContactCode { code, until } => say.with_all(
                &key,
                &[
                    ("code", &code.expose()),
                    ("time", &when::time_of_day(*until, message.language)),
                ],
            ),
            _ => say.say(&key),
        }
    }

    /// The whole text of an e-mail: what happened and when, what to do if it was somebody else, who writes. No link to click:
    /// the reader is told to type the address, as the pages teach.
    #[must_use]
    pub fn letter(&self, message: &Message) -> String {
        let say = Say(message.language);
        let mut lines = vec![say.say("message-greeting"), self.said(message)];
        if message.notice.has_happened() {
            lines.push(say.with("message-when", "time", when::day_and_time(message.at, message.language)));
        }
        if message.notice.may_be_somebody_else() {
            lines.push(say.say("message-not-you"));
        }
        let help = match &self.phone {
            Some(phone) => say.with_all("message-help-phone", &[("url", &self.url), ("phone", phone)]),
            None => say.with("message-help", "url", &self.url),
        };
        lines.extend([help, say.say("message-never"), self.name.clone()]);
        lines.join("\n\n") + "\n"
    }

    /// What a call says: who calls, what for, the digits one by one and once more, and that they are nobody else's.
    #[must_use]
    pub fn spoken(&self, message: &Message) -> String {
        let say = Say(message.language);
        let party = match &message.notice {
            Notice::LogInCode { party, .. } => {
                say.with_all("message-spoken-log-in", &[("name", &self.name), ("party", party)])
            }
            Notice::ContactCode { .. } => say.with("message-spoken-number", "name", &self.name),
            _ => say.with("message-spoken-activation", "name", &self.name),
        };
        let digits = one_by_one(message.notice.digits().unwrap_or_default());
        let again = say.with("message-spoken-again", "digits", &digits);
        [party, format!("{digits}."), again, say.say("message-spoken-never")].join("\n")
    }

    /// The whole of a text message.
    #[must_use]
    pub fn line(&self, message: &Message) -> String {
        let say = Say(message.language);
        let mut text = format!("{}: {}", self.name, self.said(message));
        if message.notice.may_be_somebody_else() {
            text.push(' ');
            text.push_str(&say.say("message-not-you-short"));
        }
        text
    }
}
