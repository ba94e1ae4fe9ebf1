//! The harness of the acceptance stories: a house of our own per test (programs, database, people), and whoever visits it
//! (a form-filling browser, a real browser, relying parties). It knows the product from outside only: programs, pages,
//! wire formats. It ends nothing but the processes it has started.
//!
//! A harness that cannot do its part has nothing to return to: it panics, and says what it was doing.
#![expect(clippy::expect_used, clippy::panic, missing_docs, reason = "test harness")]

pub mod browser;
pub mod chromium;
pub mod front;
pub mod gallery;
pub mod house;
pub mod html;
pub mod listener;
pub mod measure;
pub mod middle;
pub mod network;
pub mod passkey;
pub mod people;
pub mod post;
pub mod postgres;
pub mod program;
pub mod relying;
pub mod saml;
pub mod scale;
pub mod twins;
pub mod wire;

pub use browser::{Browser, Page};
pub use house::{Database, House, Plan};
pub use people::Citizen;
