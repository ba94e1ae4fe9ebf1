//! Single log-out by way of the browser.
//!
//! Our own session ends first, with its tokens, before the browser is sent anywhere. Then the other services are told one
//! by one; a service that never sends the browser back cannot be waited for. Services with a back channel are told from
//! the outbox and are not part of the round. What is left to do travels sealed in a cookie.
//!
//! ```text
//! LogoutRequest ─▶ believed? hers? ─▶ our session ends ─┬─▶ LogoutRequest to the next ─▶ LogoutResponse ─┐
//! own log-out page ─────────────────▶ (has ended) ──────┘          ▲────────────────────────────────────┤
//!                                                                   LogoutResponse to the first ◀───────┘
//! ```

mod ask;
mod round;

pub(super) use round::{Heard, Round, Turn};
