//! The law: types and rules of the field. Values come in, a decision goes out.
//!
//! Owns every rule an auditor may ask for: CPR and PID, user-IDs and passwords, the key card, lanes of failed tries,
//! where an eID is accepted and at which level. Never reads a clock, draws a random number, touches a file, a database or
//! the network: time, randomness and rows are arguments.

pub mod acceptance;
pub mod activation;
pub mod assurance;
pub mod authenticator;
pub mod certificate;
pub mod circles;
pub mod code_app;
pub mod company;
pub mod consent;
pub mod contact;
pub mod cpr;
pub mod denmark;
pub mod eid;
pub mod factor;
pub mod hours;
pub mod id;
pub mod keycard;
pub mod lanes;
pub mod locale;
pub mod officer;
pub mod otp;
pub mod party;
pub mod passkey;
pub mod password;
pub mod pid;
pub mod pid_service;
pub mod proofing;
pub mod questions;
pub mod refusal;
pub mod register;
pub mod room;
pub mod time;
pub mod user_id;
pub mod voice;
