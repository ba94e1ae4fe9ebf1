//! One refusal as it is given: the code, and what a person needs beside it to do better.

use std::fmt;

use serde::Serialize;

use super::Code;
use crate::domain::time::Time;

/// A refusal: the code, and what a person needs beside it to do better.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// Why.
    pub code: Code,
    /// The field of the form that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<&'static str>,
    /// When it will be over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Time>,
    /// How many tries or codes are left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left: Option<u32>,
}

impl Refusal {
    /// A bare refusal.
    #[must_use]
    pub const fn new(code: Code) -> Self {
        Self {
            code,
            field: None,
            until: None,
            left: None,
        }
    }

    /// About this field.
    #[must_use]
    pub const fn at(mut self, field: &'static str) -> Self {
        self.field = Some(field);
        self
    }

    /// Over at this time.
    #[must_use]
    pub const fn until(mut self, until: Time) -> Self {
        self.until = Some(until);
        self
    }

    /// So many left.
    #[must_use]
    pub const fn left(mut self, left: u32) -> Self {
        self.left = Some(left);
        self
    }
}

impl From<Code> for Refusal {
    fn from(code: Code) -> Self {
        Self::new(code)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.as_str())
    }
}

impl std::error::Error for Refusal {}
