//! Names and attributes of our cookies (docs/design.md §9). Owns how they are set and cleared; never what they hold.

use actix_web::cookie::{Cookie, SameSite, time::Duration};

use crate::domain::time::Span;

/// A cookie of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Name<'a> {
    /// The session of a group.
    Session(&'a str),
    /// A known device.
    Device,
    /// The browser and its open flows.
    Browser,
    /// The sealed state of one flow; its path is the flow's address.
    Flow,
    /// The chosen language.
    Language,
    /// The round of a log-out; its path is the log-out's address.
    Logout,
    /// A place in the line before the log-in; its path is that of all log-ins.
    Place,
    /// The sealed state of a first use; its path is that page's.
    FirstUse,
    /// What was typed for an order, sealed; its path is that of the order's pages.
    Order,
    /// A request that waits for an eID to be opened for use outside netbank; its path is that page's.
    Waiting,
}

/// Makes cookies fit for the way browsers reach us.
#[derive(Debug, Clone, Copy)]
pub struct Jar {
    https: bool,
}

impl Jar {
    /// Over https, or over plain http on this machine (where Safari would drop a Secure cookie).
    #[must_use]
    pub const fn new(https: bool) -> Self {
        Self { https }
    }

    /// `__Host-` binds a cookie to our very host, `__Secure-` to TLS where the path is narrower.
    #[must_use]
    pub fn name(self, name: Name<'_>) -> String {
        let prefix = match (self.https, name) {
            (false, _) => "idp_",
            (true, Name::Flow | Name::Logout | Name::Place | Name::FirstUse | Name::Order | Name::Waiting) => {
                "__Secure-"
            }
            (true, _) => "__Host-",
        };
        match name {
            Name::Session(group) => format!("{prefix}session_{group}"),
            Name::Device => format!("{prefix}device"),
            Name::Browser => format!("{prefix}browser"),
            Name::Flow => format!("{prefix}flow"),
            Name::Language => format!("{prefix}language"),
            Name::Logout => format!("{prefix}logout"),
            Name::Place => format!("{prefix}place"),
            Name::FirstUse => format!("{prefix}first_use"),
            Name::Order => format!("{prefix}order"),
            Name::Waiting => format!("{prefix}waiting"),
        }
    }

    /// A cookie for the whole host that ends with the browser, or after `life`.
    #[must_use]
    pub fn set(self, name: Name<'_>, value: String, life: Option<Span>) -> Cookie<'static> {
        self.at("/".to_owned(), name, value, life)
    }

    /// A cookie for one path.
    #[must_use]
    pub fn at(self, path: String, name: Name<'_>, value: String, life: Option<Span>) -> Cookie<'static> {
        let mut cookie = Cookie::build(self.name(name), value)
            .path(path)
            .http_only(true)
            .secure(self.https)
            .same_site(SameSite::Lax)
            .finish();
        cookie.set_max_age(life.map(|life| Duration::seconds(life.as_secs())));
        cookie
    }

    /// Takes a cookie of the whole host back.
    #[must_use]
    pub fn clear(self, name: Name<'_>) -> Cookie<'static> {
        self.clear_at("/".to_owned(), name)
    }

    /// Takes a cookie of one path back.
    #[must_use]
    pub fn clear_at(self, path: String, name: Name<'_>) -> Cookie<'static> {
        self.at(path, name, String::new(), Some(Span::ZERO))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_binds_and_loopback_stays_plain() {
        let safe = Jar::new(true)
            .set(Name::Session("public"), "v".into(), None)
            .to_string();
        assert_eq!(safe, "__Host-session_public=v; HttpOnly; SameSite=Lax; Secure; Path=/");
        let flow = Jar::new(true)
            .at("/login/x".into(), Name::Flow, "v".into(), Some(Span::minutes(10)))
            .to_string();
        assert_eq!(
            flow,
            "__Secure-flow=v; HttpOnly; SameSite=Lax; Secure; Path=/login/x; Max-Age=600"
        );
        let plain = Jar::new(false).clear(Name::Device).to_string();
        assert_eq!(plain, "idp_device=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0");
    }
}
