//! The code app as a factor (M13): a program of the person's own that holds a key and approves a log-in with it.
//!
//! Owns the hand-over of a device, the question that a log-in asks, and the verdict on the answer: a signature over the question, the
//! party as the app showed it, and the number that the log-in's page showed. Never holds a private key, never decides that a question is
//! shown to somebody: apps come and ask (docs/integrate/app.md), woken or by themselves.

mod ask;
mod handover;
pub mod http;
mod message;
#[cfg(test)]
mod tests;

pub use ask::{Answered, Asked, Settled, Verdict, answer, ask, settle, stands, usable};
pub use handover::{Begun, begin, block, block_by_officer, close_all, receive, rename, wake_at};
pub use message::{Shown, answer_message, bind_message, poll_message, push_message};
