//! First use: with an activation password a person accepts the rules, chooses a password and a user-ID, and gives the first code of
//! their card. The same ceremony follows a blocked or forgotten password. Also where an activation password is ordered.
//!
//! Owns the order of its steps and the sealed state that travels with the browser. Never compares a secret itself: digits go through
//! `credentials::activation`, codes through `credentials::keycard`. The session is nobody's: whoever is done logs in as always.
//!
//! ```text
//! start ─ user-ID + activation password ─▶ terms ─▶ choose ── one act: burnt, password set ──▶ code ─ right ─▶ done
//!   ▲            │ wrong: counted, one answer                                                   │
//!   └────────────┘      given up before `choose`: nothing is burnt                              └─ no card yet: waits;
//!                                                                                                  any later log-in asks for it
//! ```

pub mod http;
mod rules;
mod service;
mod state;

pub use service::FirstUse;
