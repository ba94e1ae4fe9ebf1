//! Demo people, their cards and letters: never reachable when `demo` is false.
