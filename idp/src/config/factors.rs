//! `[login.passkey]`, `[login.voice]`: factors that need more than a word of the operator's. Owns the keys; where passkeys may be used is the law's
//! (`domain::factor`).

use std::path::PathBuf;

use super::reader::{Reader, section};
use super::settings::Settings;
use super::values::{Minutes, Origin};

section! {
    /// `[login.passkey]`
    pub struct Passkey {
        keys {
            /// The name that passkeys are bound to: the host of `server.public_url`, or a parent of it and of `login.ui_url`.
            rp_id: Option<String> = None;
            /// Passkeys of one eID; 0: none is added.
            most: usize = 5;
            /// One that comes in may be used after so long.
            wait_minutes: Minutes = Minutes(60);
            /// PEM certificates of makers that are believed when they say that a key lies in hardware.
            makers: Option<PathBuf> = None;
        }
    }
}

section! {
    /// `[login.voice]`
    pub struct Voice {
        keys {
            /// People can order it; a demo always offers it.
            offered: bool = false;
            /// What it costs, in øre; 0: free.
            price_oere: u32 = 0;
            /// Calls of one eID in an hour.
            calls_an_hour: u32 = 6;
            /// A number that comes in serves after so long.
            wait_minutes: Minutes = Minutes(60);
        }
    }
}

impl Settings {
    /// The name that passkeys are bound to: `login.passkey.rp_id`, else the host of `server.public_url`, or what it has in common with
    /// that of `login.ui_url`.
    #[must_use]
    pub fn passkey_rp_id(&self) -> String {
        let host = host(&self.server.public_url);
        if let Some(set) = &self.login.passkey.rp_id {
            return set.clone();
        }
        match self.login.ui_url.as_ref().map(self::host) {
            Some(ui) if !is_within(&ui, &host) => common(&host, &ui),
            _ => host,
        }
    }
}

fn host(origin: &Origin) -> String {
    origin.url().host_str().unwrap_or_default().to_owned()
}

/// Is it that name, or one below it?
fn is_within(name: &str, parent: &str) -> bool {
    name == parent || name.strip_suffix(parent).is_some_and(|before| before.ends_with('.'))
}

/// The longest name that both are below.
fn common(one: &str, other: &str) -> String {
    let same = one
        .rsplit('.')
        .zip(other.rsplit('.'))
        .take_while(|(one, other)| one == other);
    let mut labels: Vec<&str> = same.map(|(label, _)| label).collect();
    labels.reverse();
    labels.join(".")
}

/// A browser refuses a name that its page is not below; a whole country's is refused, too.
pub(super) fn passkeys_are_bound_to_a_name_of_ours(settings: &Settings, reader: &mut Reader) {
    const KEY: &str = "login.passkey.rp_id";
    let Some(name) = &settings.login.passkey.rp_id else {
        return;
    };
    let pages = std::iter::once(&settings.server.public_url).chain(&settings.login.ui_url);
    for page in pages {
        let host = host(page);
        if !is_within(&host, name) {
            reader.problem(KEY, format!("must be {host} or a parent of it"));
        } else if *name != host && !name.contains('.') {
            reader.problem(KEY, "must not be a whole top-level domain");
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn settings(public: &str, ui: Option<&str>, rp_id: Option<&str>) -> Settings {
        let mut settings = Settings::default();
        settings.server.public_url = Origin::parse(public).unwrap();
        settings.login.ui_url = ui.map(|ui| Origin::parse(ui).unwrap());
        settings.login.passkey.rp_id = rp_id.map(str::to_owned);
        settings
    }

    #[test]
    fn passkeys_are_bound_to_what_our_pages_have_in_common() {
        let table = [
            ("https://log-in.example.dk", None, None, "log-in.example.dk"),
            ("http://localhost:8080", None, None, "localhost"),
            (
                "https://idp.example.dk",
                Some("https://idp.example.dk:8443"),
                None,
                "idp.example.dk",
            ),
            (
                "https://idp.example.dk",
                Some("https://log-in.example.dk"),
                None,
                "example.dk",
            ),
            (
                "https://example.dk",
                Some("https://log-in.example.dk"),
                None,
                "example.dk",
            ),
            ("https://idp.example.dk", None, Some("example.dk"), "example.dk"),
        ];
        for (public, ui, set, name) in table {
            assert_eq!(settings(public, ui, set).passkey_rp_id(), name, "{public} {ui:?}");
        }
    }

    #[test]
    fn a_name_that_is_not_ours_is_refused() {
        let problems = |public: &str, ui: Option<&str>, set: &str| {
            let mut reader = Reader::new("idp.toml", super::super::reader::Origins::new());
            passkeys_are_bound_to_a_name_of_ours(&settings(public, ui, Some(set)), &mut reader);
            reader.into_problems().len()
        };
        assert_eq!(problems("https://idp.example.dk", None, "example.dk"), 0);
        assert_eq!(problems("https://idp.example.dk", None, "idp.example.dk"), 0);
        assert_eq!(problems("https://idp.example.dk", None, "evil.dk"), 1);
        assert_eq!(problems("https://idp.example.dk", None, "ample.dk"), 1);
        assert_eq!(problems("https://idp.example.dk", None, "dk"), 1);
        let beside = Some("https://log-in.example.dk");
        assert_eq!(problems("https://idp.example.dk", beside, "idp.example.dk"), 1);
    }
}
