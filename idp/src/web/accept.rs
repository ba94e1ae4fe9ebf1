//! Which form of an answer is wanted: a page or JSON (RFC 9110 §12.5.1). Never guesses from the user agent.

use actix_web::http::header::{ACCEPT, CONTENT_TYPE, HeaderMap};

/// The form of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Wants {
    /// A page.
    #[default]
    Html,
    /// JSON.
    Json,
}

impl Wants {
    /// JSON when it is preferred to HTML by name, or when the request itself is JSON and asks for nothing.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Self {
        match headers.get(ACCEPT).and_then(|value| value.to_str().ok()) {
            Some(accept) if weight(accept, "application/json") > weight(accept, "text/html") => Self::Json,
            Some(accept) if weight(accept, "application/json") == 0 && accept.trim() != "*/*" => Self::Html,
            _ if is_json(headers) => Self::Json,
            _ => Self::Html,
        }
    }
}

/// `Content-Type` is exactly `application/json`: a browser cannot send it across sites without asking first.
#[must_use]
pub fn is_json(headers: &HeaderMap) -> bool {
    headers
        .get(CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"application/json"))
}

/// Thousandths, for a type that is named; a wildcard names none.
fn weight(accept: &str, wanted: &str) -> u16 {
    accept
        .split(',')
        .take(32)
        .filter_map(|range| {
            let mut parts = range.split(';').map(str::trim);
            parts.next().filter(|name| name.eq_ignore_ascii_case(wanted))?;
            let quality = parts
                .find_map(|part| part.strip_prefix("q="))
                .map_or(Some(1.0_f32), |q| q.parse().ok());
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "clamped to 0..=1000"
            )]
            quality.map(|quality| (quality.clamp(0.0, 1.0) * 1000.0) as u16)
        })
        .max()
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    #[test]
    fn a_page_unless_json_is_asked_for() {
        let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
        let table: [(Option<&'static str>, Option<&'static str>, Wants); 9] = [
            (None, None, Wants::Html),
            (Some(browser), None, Wants::Html),
            (Some("*/*"), None, Wants::Html),
            (Some("application/json"), None, Wants::Json),
            (Some("application/json, text/plain, */*"), None, Wants::Json),
            (Some("text/html, application/json;q=0.9"), None, Wants::Html),
            (Some("text/html;q=0.5, application/json"), None, Wants::Json),
            (Some("*/*"), Some("application/json"), Wants::Json),
            (None, Some("application/json; charset=utf-8"), Wants::Html),
        ];
        for (accept, content, expected) in table {
            let mut headers = HeaderMap::new();
            for (name, value) in [(ACCEPT, accept), (CONTENT_TYPE, content)] {
                if let Some(value) = value {
                    headers.insert(name, HeaderValue::from_static(value));
                }
            }
            assert_eq!(Wants::of(&headers), expected, "{accept:?} {content:?}");
        }
    }
}
