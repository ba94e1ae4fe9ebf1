//! Headers that stand there once, and the access token in one of them (RFC 6750 §2.1). Never judges a token.

use actix_web::http::header::{AUTHORIZATION, HeaderMap};

/// A header that stands there once; twice is as good as not at all, since two readers may take two of them.
#[must_use]
pub fn once<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut all = headers.get_all(name);
    match (all.next(), all.next()) {
        (Some(one), None) => one.to_str().ok(),
        _ => None,
    }
}

/// The access token of a request.
#[must_use]
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    bearer_in(once(headers, AUTHORIZATION.as_str())?)
}

/// The access token in an `Authorization` header.
#[must_use]
pub fn bearer_in(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    #[test]
    fn a_token_stands_there_once_after_its_scheme() {
        let told = |lines: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(AUTHORIZATION, HeaderValue::from_static(line));
            }
            bearer(&headers).map(str::to_owned)
        };
        assert_eq!(told(&["Bearer abc"]).as_deref(), Some("abc"));
        assert_eq!(told(&["bearer  abc "]).as_deref(), Some("abc"));
        for lines in [&[][..], &["Bearer"], &["Basic abc"], &["Bearer abc", "Bearer abc"]] {
            assert_eq!(told(lines), None, "{lines:?}");
        }
    }
}
