//! The unexpected: an error with a cause for the log and an incident number for the person.
