//! The person's public number: made once, found again for every later eID; and the service that tells those who may know which CPR number
//! is behind one.

pub mod http;
mod service;
#[cfg(test)]
mod tests;
mod xml;

pub use service::{Answer, Asked, answer};
