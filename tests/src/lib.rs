//! The harness of the acceptance stories: a house of our own per test, and people who use it.
