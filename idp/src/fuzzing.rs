//! For the fuzzer and the replay of its corpora alone: a narrow way to parsers that are nobody else's business. Each function
//! takes what a stranger sends and says whether it was read; nothing that was read comes out. Not part of the product's face.

/// The body of a log-in form, as a form or as JSON: whether it was read.
#[must_use]
pub fn login_form(body: &[u8], is_json: bool) -> bool {
    crate::login::http::fuzz_form(body, is_json)
}

/// A message of the PID service's classic form: how many questions it holds, if it is one, and what an answer to each looks like.
#[must_use]
pub fn pid_request(text: &str) -> Option<(usize, Option<String>)> {
    crate::pid::http::fuzz_classic(text)
}

/// The value of the browser cookie: how many open flows it names, if it is one.
#[must_use]
pub fn browser_cookie(value: &str) -> Option<usize> {
    crate::login::http::fuzz_browser(value)
}
