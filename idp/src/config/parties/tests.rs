//! Party files as an operator writes them.
