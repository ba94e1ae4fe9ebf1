//! `[delivery]`, `[keycard]`, `[token]`, `[activation]`: what people are sent. Owns the keys and the rule that binds them.

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
            /// What wakes code apps.
            push: Push;
            /// Telephone calls.
            calls: Calls;
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
    /// `[delivery.calls]`
    pub struct Calls {
        keys {
            /// The webhook of whoever telephones.
            url: Option<url::Url> = None;
            /// What its calls are signed with (HMAC-SHA-256): 32 characters at least.
            key: Option<Secret> = None;
            /// What the key is called in the signature.
            key_id: String = "idp".to_owned();
        }
    }
}

section! {
    /// `[delivery.push]`
    pub struct Push {
        keys {
            /// The webhook that wakes code apps; without one they come and ask by themselves.
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
            /// Unused cards that a holder may have at once when an officer orders.
            officer_cards: usize = 10;
        }
    }
}

section! {
    /// `[token]`
    pub struct Token {
        keys {
            /// What a code token costs whoever orders one, in øre; shown before it is ordered.
            price_oere: u32 = 9_900;
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
    let (sms, push, calls) = (
        &settings.delivery.sms,
        &settings.delivery.push,
        &settings.delivery.calls,
    );
    // A demo's lie in its outbox.
    if settings.activation.text_message && sms.url.is_none() && !settings.demo.enabled {
        reader.problem(
            "activation.text_message",
            "needs delivery.sms.url: activation passwords would wait for a channel that there is not",
        );
    }
    webhook_is_whole("sms", (sms.url.as_ref(), sms.key.as_ref(), &sms.key_id), reader);
    webhook_is_whole("push", (push.url.as_ref(), push.key.as_ref(), &push.key_id), reader);
    webhook_is_whole("calls", (calls.url.as_ref(), calls.key.as_ref(), &calls.key_id), reader);
    if settings.login.voice.offered && calls.url.is_none() && !settings.demo.enabled {
        reader.problem(
            "login.voice.offered",
            "needs delivery.calls.url: nobody would be called",
        );
    }
}

/// A webhook is called under TLS and signed.
fn webhook_is_whole(of: &str, (url, key, key_id): (Option<&url::Url>, Option<&Secret>, &str), reader: &mut Reader) {
    let Some(url) = url else { return };
    let named = |name: &str| format!("delivery.{of}.{name}");
    if url.scheme() != "https" && !is_loopback(url) {
        reader.problem(&named("url"), "must be https: plain http is for this machine only");
    }
    if key.is_none_or(|key| key.expose().len() < 32) {
        reader.problem(
            &named("key"),
            "at least 32 characters, which the webhook's program knows too",
        );
    }
    if !key_id.bytes().all(|b| b.is_ascii_graphic() && b != b'"' && b != b'\\') {
        reader.problem(&named("key_id"), "letters, digits and signs without quotes");
    }
}
