//! The authorization request's rules, each with what keeps and what breaks it.
