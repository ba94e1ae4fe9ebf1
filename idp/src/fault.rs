//! The unexpected: an error with a cause for the log and an incident number for the person.
//!
//! Owns the one error type for what nobody can answer for at the door (a broken row, a lost disk, a bug). Never used for an
//! expected refusal: that is a value, [`crate::domain::refusal::Refusal`].

use std::error::Error;
use std::fmt;

/// Something that should not have happened. It is logged once, where it is answered, under an incident number.
pub struct Fault {
    what: String,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl Fault {
    /// A fault with its cause; `what` says in a few words what could not be done.
    pub fn new(what: impl Into<String>, source: impl Into<Box<dyn Error + Send + Sync>>) -> Fault {
        Fault {
            what: what.into(),
            source: Some(source.into()),
        }
    }

    /// A fault that has no cause below it.
    pub fn bare(what: impl Into<String>) -> Fault {
        Fault {
            what: what.into(),
            source: None,
        }
    }

    /// A stored value that the code does not understand: names where it lies, never what it says.
    pub fn corrupt(table: &'static str, column: &'static str, row: impl fmt::Display) -> Fault {
        Fault::bare(format!("corrupt row: {table}.{column} of {row}"))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        let mut cause: Option<&dyn Error> = self.source.as_deref().map(|e| e as &dyn Error);
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fault({self})")
    }
}

impl Error for Fault {}
