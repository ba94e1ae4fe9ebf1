//! `[delivery]`, `[keycard]`, `[activation]`: what people are sent. Owns the keys and the rule that binds them.

use std::path::PathBuf;

use super::{
    Settings, is_loopback,
    reader::{Reader, section},
    values::{Days, MailTls, Secret},
};

section! {
    /// `[delivery]`
    pub struct Delivery {
        keys {
            /// Where the print shop fetches letters; a demo's lie in its outbox.
            letters: Option<PathBuf> = None;
        }
        sections {
            /// E-mail.
            mail: Mail;
            /// Text messages.
            sms: Sms;
        }
    }
}

section! {
    /// `[delivery.mail]`
    pub struct Mail {
        keys {
            /// The SMTP server; without one a demo writes files, and production keeps what it has to send.
            host: Option<String> = None;
            /// Its port.
            port: u16 = 587;
            /// `starttls` (required, not merely offered), `implicit`, or `none` to this very machine.
            tls: MailTls = MailTls::Starttls;
            /// A certificate authority besides those of the system: PEM.
            ca: Option<PathBuf> = None;
            /// Whom we log in to it as.
            user: Option<String> = None;
            /// The password there.
            password: Option<Secret> = None;
            /// The address that we write from.
            from: Option<String> = None;
        }
    }
}

section! {
    /// `[delivery.sms]`
    pub struct Sms {
        keys {
            /// The webhook that carries text messages.
            url: Option<url::Url> = None;
            /// What its calls are signed with (HMAC-SHA-256): 32 characters at least.
            key: Option<Secret> = None;
            /// What the key is called in the signature.
            key_id: String = "idp".to_owned();
        }
    }
}

section! {
    /// `[keycard]`
    pub struct Keycard {
        keys {
            /// Unused cards that a holder may have at once by their own order.
            extra_cards: usize = 3;
        }
    }
}

section! {
    /// `[activation]`
    pub struct Activation {
        keys {
            /// How long an activation password serves.
            days: Days = Days(28);
            /// Who orders one online gets it by text message where a mobile number is known; else by letter.
            text_message: bool = false;
        }
    }
}

/// Messages go out under TLS, and whoever gets them knows that they are ours.
pub(super) fn delivery_is_whole(settings: &Settings, reader: &mut Reader) {
    let mail = &settings.delivery.mail;
    if let Some(host) = &mail.host {
        if mail.from.is_none() {
            reader.problem("delivery.mail.from", "missing, though delivery.mail.host is set");
        }
        if mail.tls == MailTls::None && !["localhost", "127.0.0.1", "::1"].contains(&host.as_str()) {
            reader.problem("delivery.mail.tls", "plain SMTP is for this machine only");
        }
        if mail.user.is_some() != mail.password.is_some() {
            reader.problem("delivery.mail.password", "user and password go together");
        }
    }
    if let Some(from) = &mail.from
        && from.parse::<lettre::Address>().is_err()
    {
        reader.problem("delivery.mail.from", "is no e-mail address");
    }
    let sms = &settings.delivery.sms;
    if let Some(url) = &sms.url {
        if url.scheme() != "https" && !is_loopback(url) {
            reader.problem("delivery.sms.url", "must be https: plain http is for this machine only");
        }
        if sms.key.as_ref().is_none_or(|key| key.expose().len() < 32) {
            reader.problem(
                "delivery.sms.key",
                "at least 32 characters, which the webhook's program knows too",
            );
        }
        if !sms
            .key_id
            .bytes()
            .all(|b| b.is_ascii_graphic() && b != b'"' && b != b'\\')
        {
            reader.problem("delivery.sms.key_id", "letters, digits and signs without quotes");
        }
    }
}
