//! The commands of the program: each parses, calls one act and prints; none holds a rule.
