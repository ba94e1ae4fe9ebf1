//! Stories of the provider: a person with a running session, services at the doors.
