//! What a person proves themself with. Each factor is the same three parts: `reserve` (reads, counts an attempt), a check that
//! may be slow and holds no connection, `settle` (a verdict; only a settled wrong answer locks or blocks). A factor without slow
//! work is one act. The second factors are asked and judged through `second` alone: one form of challenge, one verdict. Never knows
//! why somebody is asked.

pub mod activation;
pub mod block;
mod change;
pub mod code_app;
pub mod keycard;
pub mod open;
pub mod passkey;
pub mod password;
pub mod second;
pub mod token;
pub mod user_id;
pub mod voice;
