//! How an authorization response reaches the client: the verified address, by query or by a form that posts itself, always
//! with `iss` (RFC 9207).

use serde::{Deserialize, Serialize};

use super::error::WireError;

/// `response_mode`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mode {
    /// In the query of a redirect.
    #[default]
    Query,
    /// In a form that the browser posts (OAuth 2.0 Form Post Response Mode).
    FormPost,
}

impl Mode {
    /// Reads the parameter; absent means query.
    #[must_use]
    pub fn parse(text: Option<&str>) -> Option<Self> {
        match text {
            None | Some("query") => Some(Self::Query),
            Some("form_post") => Some(Self::FormPost),
            Some(_) => None,
        }
    }
}

/// Where and how to answer: only ever made of a registered address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The client's redirect URI, byte for byte as registered.
    pub redirect_uri: String,
    /// By query or form.
    pub mode: Mode,
    /// Sent back as it came.
    pub state: Option<String>,
}

impl Answer {
    /// The parameters of a good answer.
    #[must_use]
    pub fn code(&self, issuer: &str, code: &str) -> Vec<(String, String)> {
        self.with(issuer, vec![("code".to_owned(), code.to_owned())])
    }

    /// The parameters of a refusal.
    #[must_use]
    pub fn error(&self, issuer: &str, error: &WireError) -> Vec<(String, String)> {
        let pairs = vec![
            ("error".to_owned(), error.code.as_str().to_owned()),
            ("error_description".to_owned(), error.description.to_owned()),
        ];
        self.with(issuer, pairs)
    }

    fn with(&self, issuer: &str, mut pairs: Vec<(String, String)>) -> Vec<(String, String)> {
        if let Some(state) = &self.state {
            pairs.push(("state".to_owned(), state.clone()));
        }
        pairs.push(("iss".to_owned(), issuer.to_owned()));
        pairs
    }

    /// The redirect URI with `pairs` added to the query that it was registered with.
    #[must_use]
    pub fn url(&self, pairs: &[(String, String)]) -> String {
        extend(&self.redirect_uri, pairs)
    }
}

/// `uri` with `pairs` added to its query; the part before stays byte for byte.
#[must_use]
pub fn extend(uri: &str, pairs: &[(String, String)]) -> String {
    if pairs.is_empty() {
        return uri.to_owned();
    }
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish();
    let glue = match uri.split_once('?') {
        None => "?",
        Some((_, "")) => "",
        Some(_) => "&",
    };
    format!("{uri}{glue}{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(uri: &str, state: Option<&str>) -> Answer {
        Answer {
            redirect_uri: uri.into(),
            mode: Mode::Query,
            state: state.map(str::to_owned),
        }
    }

    #[test]
    fn the_registered_query_survives() {
        let answer = answer("https://rp.example/cb?x=1", Some("a b&c=ø"));
        let url = answer.url(&answer.code("https://idp.example", "kode"));
        assert_eq!(
            url,
            "https://rp.example/cb?x=1&code=kode&state=a+b%26c%3D%C3%B8&iss=https%3A%2F%2Fidp.example"
        );
    }

    #[test]
    fn no_state_no_state() {
        let answer = answer("https://rp.example/cb", None);
        let error = WireError::invalid("response_type is missing");
        assert_eq!(
            answer.url(&answer.error("https://idp.example", &error)),
            "https://rp.example/cb?error=invalid_request&error_description=response_type+is+missing&iss=https%3A%2F%2Fidp.example"
        );
    }
}
