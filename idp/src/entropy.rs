//! Randomness from outside: the one place that asks the system for it.
