//! The log lines. Owns their two forms: JSON for machines, text for people.

use std::io::{self, Write};

use env_logger::fmt::Formatter;
use log::{
    LevelFilter, Record,
    kv::{self, Key, Value, VisitSource},
};
use serde_json::Map;

use crate::config::{Log, LogFormat, LogLevel};

/// Installs the logger on stderr; a second call changes nothing (tests build several houses). Libraries speak only when they
/// warn.
pub fn init(settings: &Log) {
    let ours = match settings.level {
        LogLevel::Error => LevelFilter::Error,
        LogLevel::Warn => LevelFilter::Warn,
        LogLevel::Info => LevelFilter::Info,
        LogLevel::Debug => LevelFilter::Debug,
    };
    let mut builder = env_logger::Builder::new();
    builder
        .filter_level(ours.min(LevelFilter::Warn))
        .filter_module("idp", ours)
        .filter_module("saml_core", ours);
    match settings.format {
        LogFormat::Json => builder.format(json),
        LogFormat::Text => builder.format(text),
    };
    // Whoever was first stays.
    let _installed = builder.try_init();
}

fn json(out: &mut Formatter, record: &Record<'_>) -> io::Result<()> {
    let mut fields = Map::new();
    fields.insert("time".into(), out.timestamp_millis().to_string().into());
    fields.insert("level".into(), record.level().as_str().to_lowercase().into());
    fields.insert("message".into(), mask(&record.args().to_string()).into());
    fields.insert("target".into(), record.target().into());
    for (name, value) in pairs(record) {
        fields.entry(name).or_insert(value);
    }
    writeln!(out, "{}", serde_json::Value::Object(fields))
}

/// Control characters are written out, so that one event stays one line.
fn text(out: &mut Formatter, record: &Record<'_>) -> io::Result<()> {
    let time = out.timestamp_millis();
    let message: String = mask(&record.args().to_string()).chars().flat_map(visible).collect();
    write!(out, "{time} {:5} {message}", record.level())?;
    for (name, value) in pairs(record) {
        let value = value
            .as_str()
            .map_or_else(|| value.to_string(), |text| text.chars().flat_map(visible).collect());
        write!(out, " {name}={value}")?;
    }
    writeln!(out)
}

fn visible(c: char) -> Vec<char> {
    if c.is_control() {
        c.escape_default().collect()
    } else {
        vec![c]
    }
}

fn pairs(record: &Record<'_>) -> Vec<(String, serde_json::Value)> {
    struct Pairs(Vec<(String, serde_json::Value)>);

    impl<'kvs> VisitSource<'kvs> for Pairs {
        fn visit_pair(&mut self, key: Key<'kvs>, value: Value<'kvs>) -> Result<(), kv::Error> {
            let value = match (value.to_u64(), value.to_f64(), value.to_bool()) {
                (Some(number), _, _) => number.into(),
                (None, Some(number), _) => number.into(),
                (None, None, Some(flag)) => flag.into(),
                (None, None, None) => mask(&value.to_string()).into(),
            };
            self.0.push((key.to_string(), value));
            Ok(())
        }
    }

    let mut pairs = Pairs(Vec::new());
    // A visitor that never fails.
    let _visited = record.key_values().visit(&mut pairs);
    pairs.0
}

/// Ten digits by themselves, with or without a hyphen after the sixth, may be a CPR number: masked, whoever wrote it.
fn mask(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, from) = rest.split_at(at);
        masked.push_str(before);
        let first = digits(from);
        let (head, tail) = from.split_at(first);
        let behind_hyphen = tail.strip_prefix('-').map_or(0, digits);
        if first == 10 {
            masked.push_str("**********");
            rest = tail;
        } else if first == 6 && behind_hyphen == 4 {
            masked.push_str("******-****");
            rest = tail.get(5..).unwrap_or_default();
        } else {
            masked.push_str(head);
            rest = tail;
        }
    }
    masked.push_str(rest);
    masked
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_cpr_number_is_masked() {
        let table = [
            ("person 6102901234 is here", "person ********** is here"),
            ("610290-1234, 610290-1234", "******-****, ******-****"),
            ("pid 9208-2002-2-123456789012", "pid 9208-2002-2-123456789012"),
            ("12345678901", "12345678901"),
            ("610290-12345", "610290-12345"),
            ("æøå 1", "æøå 1"),
            ("", ""),
        ];
        for (text, expected) in table {
            assert_eq!(mask(text), expected);
        }
    }

    #[test]
    fn one_event_is_one_line() {
        assert_eq!(
            "a\nb\u{1b}[0m".chars().flat_map(visible).collect::<String>(),
            "a\\nb\\u{1b}[0m"
        );
    }
}
