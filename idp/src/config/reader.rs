//! Reading one TOML tree into typed sections. Owns the wording of what is wrong and where; collects every fault before it
//! gives up, so that an operator corrects a file once. Never decides what a key means.

use std::{collections::BTreeMap, fmt, path::PathBuf};

use serde::de::DeserializeOwned;
use toml::{Table, Value};

/// One thing that is wrong: the file (or environment variable), the dotted key, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file, or `environment variable NAME`.
    pub file: String,
    /// Dotted, e.g. `server.listen`; empty where the whole file is meant.
    pub key: String,
    /// What is wrong with it, for the operator.
    pub reason: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.key.as_str() {
            "" => write!(f, "{}: {}", self.file, self.reason),
            key => write!(f, "{}: {key}: {}", self.file, self.reason),
        }
    }
}

/// Everything that was wrong, in the order found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// At least one.
    pub problems: Vec<Problem>,
}

impl ConfigError {
    /// One problem.
    pub fn one(file: impl Into<String>, key: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            problems: vec![Problem {
                file: file.into(),
                key: key.into(),
                reason: reason.into(),
            }],
        }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, problem) in self.problems.iter().enumerate() {
            if number > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}

/// Where a value came from, when not from the file itself: dotted key → description.
pub(super) type Origins = BTreeMap<String, String>;

/// What is being read: a file, what overrode it, and what was wrong so far.
pub(super) struct Reader {
    file: PathBuf,
    origins: Origins,
    problems: Vec<Problem>,
}

impl Reader {
    pub(super) fn new(file: impl Into<PathBuf>, origins: Origins) -> Self {
        Self {
            file: file.into(),
            origins,
            problems: Vec::new(),
        }
    }

    /// Reads a whole tree; unknown keys anywhere are problems.
    pub(super) fn read<S: Section>(&mut self, table: Table) -> S {
        self.section("", table)
    }

    /// Notes what is wrong at a dotted key.
    pub(super) fn problem(&mut self, key: &str, reason: impl Into<String>) {
        let file = self
            .origins
            .get(key)
            .cloned()
            .unwrap_or_else(|| self.file.display().to_string());
        self.problems.push(Problem {
            file,
            key: key.to_owned(),
            reason: reason.into(),
        });
    }

    /// Nothing wrong so far?
    pub(super) fn clean(&self) -> bool {
        self.problems.is_empty()
    }

    pub(super) fn into_problems(self) -> Vec<Problem> {
        self.problems
    }

    fn section<S: Section>(&mut self, path: &str, table: Table) -> S {
        let mut node = Node {
            reader: self,
            path: path.to_owned(),
            table,
        };
        let section = S::read(&mut node);
        let Node { path, table, .. } = node;
        for key in table.keys() {
            self.problem(&join(&path, key), "unknown key");
        }
        section
    }
}

/// One table while it is being read.
pub(super) struct Node<'a> {
    reader: &'a mut Reader,
    path: String,
    table: Table,
}

impl Node<'_> {
    /// Takes one key; an absent or unreadable one gives the default (the latter is noted).
    pub(super) fn value<T: DeserializeOwned>(&mut self, key: &str, default: impl FnOnce() -> T) -> T {
        let Some(value) = self.table.remove(key) else {
            return default();
        };
        let dotted = join(&self.path, key);
        let from_outside = self.reader.origins.contains_key(&dotted);
        match read_value(value, from_outside) {
            Ok(value) => value,
            Err(reason) => {
                self.reader.problem(&dotted, reason);
                default()
            }
        }
    }

    /// Takes one table; an absent one is an empty one.
    pub(super) fn section<S: Section>(&mut self, key: &str) -> S {
        let dotted = join(&self.path, key);
        let table = match self.table.remove(key) {
            None => Table::new(),
            Some(Value::Table(table)) => table,
            Some(other) => S::shorthand(&other).unwrap_or_else(|| {
                self.reader
                    .problem(&dotted, format!("must be a table, not {}", other.type_str()));
                Table::new()
            }),
        };
        self.reader.section(&dotted, table)
    }

    /// Takes one table that may be absent.
    pub(super) fn optional<S: Section>(&mut self, key: &str) -> Option<S> {
        self.table.contains_key(key).then(|| self.section(key))
    }
}

/// A table with known keys. Made by `section!`.
pub(super) trait Section: Sized {
    /// Takes each known key out of the node.
    fn read(node: &mut Node<'_>) -> Self;

    /// Adds each key, dotted, to the list that docs/configuration.md is held to.
    fn keys(prefix: &str, into: &mut Vec<String>);

    /// A value that stands for a whole table (`demo = true`).
    fn shorthand(_value: &Value) -> Option<Table> {
        None
    }
}

pub(super) fn join(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}

/// From the environment everything is text: as such where the key takes text, else read as a TOML value (`8`, `true`,
/// `["a", "b"]`), else as a comma-separated list.
fn read_value<T: DeserializeOwned>(value: Value, from_outside: bool) -> Result<T, String> {
    let text = match &value {
        Value::String(text) if from_outside => text.clone(),
        _ => return T::deserialize(value).map_err(|error| plain(&error)),
    };
    let as_text = T::deserialize(value);
    let Err(error) = as_text else {
        return as_text.map_err(|error| plain(&error));
    };
    if let Some(value) = format!("v = {text}")
        .parse::<Table>()
        .ok()
        .and_then(|mut table| table.remove("v"))
        && let Ok(value) = T::deserialize(value)
    {
        return Ok(value);
    }
    let items = text
        .split(',')
        .map(|item| Value::String(item.trim().to_owned()))
        .collect();
    T::deserialize(Value::Array(items)).map_err(|_| plain(&error))
}

/// The first line: the rest would quote the value, which may be a secret.
fn plain(error: &toml::de::Error) -> String {
    error.message().lines().next().unwrap_or("cannot be read").to_owned()
}

/// Declares a section: a struct, its defaults, its reader and its list of keys, so that none of the four can differ.
macro_rules! section {
    (
        $(#[$meta:meta])*
        $vis:vis struct $name:ident {
            $( keys { $( $(#[$field_meta:meta])* $field:ident : $type:ty = $default:expr; )* } )?
            $( sections { $( $(#[$sub_meta:meta])* $sub:ident : $sub_type:ty; )* } )?
            $( optional { $( $(#[$opt_meta:meta])* $opt:ident : $opt_type:ty; )* } )?
        }
        $( shorthand $short:expr; )?
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone)]
        $vis struct $name {
            $( $( $(#[$field_meta])* pub $field: $type, )* )?
            $( $( $(#[$sub_meta])* pub $sub: $sub_type, )* )?
            $( $( $(#[$opt_meta])* pub $opt: Option<$opt_type>, )* )?
        }

        impl Default for $name {
            fn default() -> Self {
                Self {
                    $( $( $field: $default, )* )?
                    $( $( $sub: Default::default(), )* )?
                    $( $( $opt: None, )* )?
                }
            }
        }

        impl $crate::config::reader::Section for $name {
            fn read(node: &mut $crate::config::reader::Node<'_>) -> Self {
                Self {
                    $( $( $field: node.value(stringify!($field), || $default), )* )?
                    $( $( $sub: node.section(stringify!($sub)), )* )?
                    $( $( $opt: node.optional(stringify!($opt)), )* )?
                }
            }

            fn keys(prefix: &str, into: &mut Vec<String>) {
                $( $( into.push($crate::config::reader::join(prefix, stringify!($field))); )* )?
                $( $( <$sub_type as $crate::config::reader::Section>::keys(
                    &$crate::config::reader::join(prefix, stringify!($sub)), into); )* )?
                $( $( <$opt_type as $crate::config::reader::Section>::keys(
                    &$crate::config::reader::join(prefix, stringify!($opt)), into); )* )?
                let _ = (prefix, into);
            }

            $( fn shorthand(value: &toml::Value) -> Option<toml::Table> { $short(value) } )?
        }
    };
}
pub(super) use section;
