//! Sessions, whatever protocol opened them: participants, end, log-out.
