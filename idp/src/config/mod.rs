//! What an operator may set: sections, defaults, parties. Never reads the clock or the database.
