//! The types of configuration values. Owns their reading; a value of these types cannot be nonsense.

use std::fmt;

use serde::Deserialize;
use url::{Host, Url};
use zeroize::Zeroizing;

use crate::domain::time::Span;

macro_rules! spans {
    ($($(#[$doc:meta])* $name:ident($inner:ty) = $make:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub $inner);

        impl $name {
            /// As a span of the domain.
            #[must_use]
            pub fn span(self) -> Span {
                Span::$make(i64::from(self.0))
            }

            /// For the standard library's timers.
            #[must_use]
            pub fn duration(self) -> std::time::Duration {
                self.span().as_duration()
            }
        }
    )*};
}

spans! {
    /// Milliseconds.
    Millis(u32) = millis;
    /// Seconds.
    Seconds(u32) = secs;
    /// Minutes.
    Minutes(u32) = minutes;
    /// Hours.
    Hours(u32) = hours;
    /// Days.
    Days(u32) = days;
}

/// A value that is never printed and is erased when dropped.
#[derive(Clone, Deserialize)]
#[serde(from = "String")]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// The value, for the one that needs it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The address that browsers and services know us by: scheme, host and port, nothing behind it. Also the OIDC issuer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Origin {
    url: Url,
    text: String,
}

impl Origin {
    /// `https://log-in.example.dk`, without a slash at the end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Parsed.
    #[must_use]
    pub const fn url(&self) -> &Url {
        &self.url
    }

    /// An address of ours; `path` begins with `/`.
    #[must_use]
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.text)
    }

    /// Browsers reach us over TLS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// The address names this very machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.url)
    }

    /// Reads scheme, host and port.
    ///
    /// # Errors
    /// The reason, for the operator.
    pub fn parse(text: &str) -> Result<Self, String> {
        let url = Url::parse(text).map_err(|error| format!("not an address: {error}"))?;
        let bare = matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        if !bare || text.contains('\\') || text.ends_with('?') || text.ends_with('#') {
            return Err("must be scheme, host and port only, e.g. https://log-in.example.dk".into());
        }
        Ok(Self {
            text: url.origin().ascii_serialization(),
            url,
        })
    }
}

impl TryFrom<String> for Origin {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text)
    }
}

/// The host names this very machine: `localhost`, 127.0.0.0/8 or ::1.
#[must_use]
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// When the waiting room before the log-in is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RoomMode {
    /// Under pressure, by itself.
    Auto,
    /// All the time.
    Always,
    /// At no time: what cannot be served is turned away.
    Never,
}

/// How e-mail travels to the SMTP server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailTls {
    /// Plain at first, then TLS or nothing (RFC 3207).
    Starttls,
    /// TLS from the first byte (RFC 8314).
    Implicit,
    /// Plain: to this very machine.
    None,
}

/// Form of the log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For people.
    Text,
}

/// The least weight of what is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    /// Faults.
    Error,
    /// And what an operator should look at.
    Warn,
    /// And each request.
    Info,
    /// And details for developers; still nothing personal.
    Debug,
}
