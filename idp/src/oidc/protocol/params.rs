//! Form-encoded parameters, of a query or a body, read strictly: a broken escape or text that is not UTF-8 is an error and
//! never guessed at; what stands twice is seen.

/// More than any honest request has.
const MOST: usize = 100;

/// The text was not form-encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

/// Parameters in the order in which they came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Params(Vec<(String, String)>);

impl Params {
    /// Reads `name=value&…`.
    ///
    /// # Errors
    /// [`Malformed`] for a broken escape, bytes that are not UTF-8, a control character, or more than a hundred pairs.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let mut pairs = Vec::new();
        for pair in text.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            pairs.push((decode(name)?, decode(value)?));
        }
        if pairs.len() > MOST {
            Err(Malformed)
        } else {
            Ok(Self(pairs))
        }
    }

    /// The value of `name`; an empty one counts as absent (RFC 6749 §3.1).
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// Whether `name` stands here more than once.
    #[must_use]
    pub fn repeats(&self, name: &str) -> bool {
        self.0.iter().filter(|(key, _)| key == name).count() > 1
    }

    /// A name that stands here more than once.
    #[must_use]
    pub fn repeated(&self) -> Option<&str> {
        self.0.iter().map(|(key, _)| key.as_str()).find(|key| self.repeats(key))
    }
}

/// Undoes form encoding.
///
/// # Errors
/// [`Malformed`] as for [`Params::parse`].
pub fn decode(text: &str) -> Result<String, Malformed> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        bytes.push(match first {
            b'+' => b' ',
            b'%' => {
                let (digits, after) = rest.split_first_chunk::<2>().ok_or(Malformed)?;
                rest = after;
                hex(digits[0])? << 4 | hex(digits[1])?
            }
            other => *other,
        });
    }
    let text = String::from_utf8(bytes).map_err(|_| Malformed)?;
    if text.chars().any(char::is_control) {
        Err(Malformed)
    } else {
        Ok(text)
    }
}

fn hex(digit: u8) -> Result<u8, Malformed> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
        .ok_or(Malformed)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_what_forms_send() {
        let params = Params::parse("a=1&b=two+words&c=%C3%A6%26&d&e=").unwrap();
        assert_eq!(params.get("a"), Some("1"));
        assert_eq!(params.get("b"), Some("two words"));
        assert_eq!(params.get("c"), Some("æ&"));
        assert_eq!((params.get("d"), params.get("e"), params.get("f")), (None, None, None));
    }

    #[test]
    fn twice_is_seen_also_when_spelled_otherwise() {
        let params = Params::parse("state=1&%73tate=2").unwrap();
        assert!(params.repeats("state"));
        assert_eq!(params.repeated(), Some("state"));
    }

    #[test]
    fn broken_text_is_not_guessed_at() {
        for text in [
            "a=%",
            "a=%4",
            "a=%zz",
            "a=%ff",
            "a=%c3%28",
            "%00=1",
            "a=%0d%0a",
            "a=%+1",
            &"a=1&".repeat(101),
        ] {
            assert_eq!(Params::parse(text), Err(Malformed), "{text}");
        }
    }

    proptest! {
        #[test]
        fn anything_is_read_or_refused(text: String) {
            let _read = Params::parse(&text);
        }

        #[test]
        fn what_was_encoded_comes_back(value in "[^\\p{Cc}]{1,40}") {
            let encoded: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
            let text = format!("v={encoded}");
            let params = Params::parse(&text).unwrap();
            prop_assert_eq!(params.get("v"), Some(value.as_str()));
        }
    }
}
