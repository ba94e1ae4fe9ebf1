//! Time from outside: the one place that reads the system clock.
