//! Demo services that log in through the identity provider. They are here to be read: this is how a service integrates.
//!
//! | to learn | read, in this order |
//! |---|---|
//! | OIDC log-in | [`oidc::login`] sends the user away, [`oidc::callback`] checks what comes back |
//! | OIDC log-out | [`oidc::logout`] (the user asks), [`oidc::backchannel`] (the identity provider tells us) |
//! | SAML log-in | [`saml::login`], [`saml::acs`] |
//! | SAML log-out | [`saml::logout`] |
//! | a bank and its customers | [`bank`] |
//! | a code app | `assets/code-app.js`; [`code_app`] only passes on what it says |
//!
//! The rest is what every web application has in some form: [`config`], [`session`] and [`memory`] (who is logged in),
//! [`browser`] (cookies), [`network`] (HTTP towards the identity provider), [`pages`] and [`text`].
//!
//! What it never does: it never asks for a user-ID, password or card code, and it starts no session before every check has passed.

pub mod bank;
pub mod browser;
pub mod clock;
pub mod code_app;
pub mod config;
pub mod memory;
pub mod network;
pub mod oidc;
pub mod pages;
pub mod problem;
pub mod saml;
pub mod server;
pub mod services;
pub mod session;
pub mod text;
pub mod visit;
