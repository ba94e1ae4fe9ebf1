//! A browser in a test: keeps cookies by path, and shows what came back.

use std::cell::RefCell;

use actix_web::cookie::Cookie;
use actix_web::http::StatusCode;
use actix_web::http::header::HeaderMap;
use serde_json::Value;
use url::Url;

/// Its cookies: name, path, value.
#[derive(Default)]
pub(super) struct Browser(RefCell<Vec<(String, String, String)>>);

impl Browser {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// The `Cookie` header for a path.
    pub(super) fn cookies(&self, path: &str) -> String {
        let cookies = self.0.borrow();
        let fitting = cookies.iter().filter(|(_, at, _)| path.starts_with(at.as_str()));
        let pairs: Vec<_> = fitting.map(|(name, _, value)| format!("{name}={value}")).collect();
        pairs.join("; ")
    }

    /// Takes over what another browser sends.
    pub(super) fn takes_over(&self, cookies: &str) {
        let pairs = cookies.split("; ").filter_map(|pair| pair.split_once('='));
        let cookies = pairs.map(|(name, value)| (name.to_owned(), "/".to_owned(), value.to_owned()));
        self.0.borrow_mut().extend(cookies);
    }

    /// Whether it holds a cookie of this name.
    pub(super) fn holds(&self, name: &str) -> bool {
        self.0.borrow().iter().any(|(known, ..)| known == name)
    }

    pub(super) fn keeps(&self, headers: &HeaderMap) {
        for header in headers.get_all("set-cookie") {
            let cookie = Cookie::parse(header.to_str().unwrap()).unwrap();
            let (name, path) = (cookie.name().to_owned(), cookie.path().unwrap_or("/").to_owned());
            let mut cookies = self.0.borrow_mut();
            cookies.retain(|(known, at, _)| (known, at) != (&name, &path));
            if cookie.max_age().is_none_or(|age| age.is_positive()) {
                cookies.push((name, path, cookie.value().to_owned()));
            }
        }
    }
}

/// An answer of ours.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
}

impl Answer {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    #[track_caller]
    pub(super) fn location(&self) -> &str {
        self.header("location")
            .unwrap_or_else(|| panic!("{} leads nowhere: {}", self.status, self.body))
    }

    /// Where the browser is sent, outside of our house.
    #[track_caller]
    pub(super) fn target(&self) -> Url {
        Url::parse(self.location()).unwrap_or_else(|_| panic!("stays here: {}", self.location()))
    }

    #[track_caller]
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("{} is not JSON: {}", self.status, self.body))
    }

    /// The word of an OAuth error.
    #[track_caller]
    pub(super) fn error(&self) -> String {
        self.json()["error"].as_str().unwrap_or_default().to_owned()
    }

    /// The refusal code of a page of ours.
    pub(super) fn code(&self) -> &str {
        between(&self.body, "data-code=\"", "\"").unwrap_or_default()
    }

    /// A hidden field, as a browser reads it.
    pub(super) fn field(&self, name: &str) -> Option<String> {
        between(&self.body, &format!("name=\"{name}\" value=\""), "\"").map(unescaped)
    }

    /// Where a link of this id leads.
    pub(super) fn link(&self, id: &str) -> Option<String> {
        between(&self.body, &format!("id=\"{id}\" href=\""), "\"").map(unescaped)
    }

    /// It is a page of ours that leads nowhere else.
    #[track_caller]
    pub(super) fn must_stay_with(&self, code: &str) {
        assert!(self.header("location").is_none(), "sent to {}", self.location());
        assert_eq!(self.code(), code, "{}", self.body);
        assert!(self.status.is_client_error(), "{}", self.status);
    }

    /// Where the page's form may lead, by its policy.
    pub(super) fn form_action(&self) -> Vec<&str> {
        let policy = self.header("content-security-policy").unwrap_or_default();
        let part = policy
            .split(';')
            .find_map(|part| part.trim().strip_prefix("form-action "));
        part.unwrap_or_default().split(' ').collect()
    }
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    text.split_once(before)?.1.split_once(after).map(|(found, _)| found)
}

/// Undoes the escapes that our templates write.
fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        let (name, after) = after.split_once(';').unwrap();
        let number = match name.strip_prefix("#x") {
            Some(hex) => u32::from_str_radix(hex, 16).ok(),
            None => name.strip_prefix('#').and_then(|digits| digits.parse().ok()),
        };
        let named = [("amp", '&'), ("lt", '<'), ("gt", '>'), ("quot", '"'), ("apos", '\'')];
        let named = named.iter().find(|(known, _)| *known == name).map(|(_, c)| *c);
        out.push_str(before);
        out.push(number.and_then(char::from_u32).or(named).unwrap());
        rest = after;
    }
    out + rest
}

/// A parameter of an address.
pub(super) fn query(url: &Url, name: &str) -> Option<String> {
    url.query_pairs()
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.into_owned())
}
