//! One connection of the public listener and how long we bear with it. Owns the limits that the HTTP library has only for the
//! first request of a connection, or not at all: a head that trickles, an answer that is not taken, a connection without requests,
//! too many connections from one source. Knows no request but that one began and ended.
//!
//! ```text
//!   accepted ──▶ a seat of its source? ──no──▶ closed at once
//!      │ yes
//!      ▼
//!   Line ──bytes──▶ head … ──app──▶ under way … ──▶ answer ──taken──▶ idle
//!            └ too slow, too large: cut        └ not taken: cut   └ HTTP/2, too long: cut
//! ```

mod seats;
mod stream;
mod watch;

pub use seats::{Seat, Seats};
pub use stream::{Line, Traffic};
pub use watch::Patience;
