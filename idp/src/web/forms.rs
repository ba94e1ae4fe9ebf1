//! What a form of ours sends: the same names as fields of a form or as strings of a JSON object. Owns the reading; a name given
//! twice is refused, what nobody asked for is forgotten, and all of it is wiped when dropped.

use std::collections::BTreeMap;

use serde::de::{Deserializer, MapAccess, Visitor};
use zeroize::Zeroizing;

use crate::domain::refusal::{Code, Refusal};

/// The most names that one form may send.
const NAMES: usize = 64;

/// The fields of one form.
#[derive(Default)]
pub struct Fields(BTreeMap<String, Zeroizing<String>>);

impl Fields {
    /// Reads a body.
    ///
    /// # Errors
    /// `request.malformed` for what is no form and no object of strings, `request.duplicate` for a name given twice.
    pub fn read(body: &[u8], is_json: bool) -> Result<Fields, Refusal> {
        let mut fields = Fields::default();
        if is_json {
            let mut reader = serde_json::Deserializer::from_slice(body);
            let pairs = reader
                .deserialize_map(Pairs)
                .map_err(|_| Refusal::new(Code::RequestMalformed))?;
            reader.end().map_err(|_| Refusal::new(Code::RequestMalformed))?;
            for (name, value) in pairs {
                fields.take(name, value)?;
            }
        } else {
            for (name, value) in url::form_urlencoded::parse(body) {
                fields.take(name.into_owned(), value.into_owned())?;
            }
        }
        Ok(fields)
    }

    fn take(&mut self, name: String, value: String) -> Result<(), Refusal> {
        if self.0.len() >= NAMES {
            return Err(Refusal::new(Code::RequestTooLarge));
        }
        match self.0.insert(name, Zeroizing::new(value)) {
            None => Ok(()),
            Some(_) => Err(Refusal::new(Code::RequestDuplicate)),
        }
    }

    /// A field's value; empty where it was not sent.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", |value| value.as_str())
    }

    /// A box was ticked.
    #[must_use]
    pub fn is_ticked(&self, name: &str) -> bool {
        matches!(self.get(name), "yes" | "on" | "true")
    }

    /// A field's value, wiped when dropped.
    #[must_use]
    pub fn secret(&self, name: &str) -> Zeroizing<String> {
        self.0.get(name).cloned().unwrap_or_default()
    }
}

/// The pairs of an object, none lost, so that a name given twice is seen.
struct Pairs;

impl<'de> Visitor<'de> for Pairs {
    type Value = Vec<(String, String)>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object of strings")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = map.next_entry::<String, String>()? {
            pairs.push(pair);
        }
        Ok(pairs)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_form_and_an_object_say_the_same() {
        for (body, json) in [("a=1&b=x+y&c=yes", false), (r#"{"a":"1","b":"x y","c":"yes"}"#, true)] {
            let fields = Fields::read(body.as_bytes(), json).unwrap();
            assert_eq!((fields.get("a"), fields.get("b"), fields.get("d")), ("1", "x y", ""));
            assert!(fields.is_ticked("c") && !fields.is_ticked("a"));
        }
    }

    #[test]
    fn what_is_said_twice_or_is_no_text_is_refused() {
        let refused = |body: &str, json| Fields::read(body.as_bytes(), json).err().map(|r| r.code);
        assert_eq!(refused("a=1&a=2", false), Some(Code::RequestDuplicate));
        assert_eq!(refused(r#"{"a":"1","a":"2"}"#, true), Some(Code::RequestDuplicate));
        for body in ["", "[]", "{\"a\":1}", "{\"a\":{}}", "{\"a\":\"1\"} x", "null"] {
            assert_eq!(refused(body, true), Some(Code::RequestMalformed), "{body}");
        }
        let many: String = (0..100).map(|n| format!("n{n}=1&")).collect();
        assert_eq!(refused(&many, false), Some(Code::RequestTooLarge));
    }
}
