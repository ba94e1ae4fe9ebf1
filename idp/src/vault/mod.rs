//! The safe: keys never leave it.
