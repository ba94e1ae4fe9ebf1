//! The table of background work and its runner.
