//! The outbox: sends after the commit, at least once, with an idempotency key; later and later when it fails.
//!
//! Owns when something is tried again and given up, and that a destination that does not answer holds up nobody but itself. Never
//! knows how a kind is sent: each slice supplies its [`Sender`].
//!
//! ```text
//! act ── put (same transaction) ──▶ due ── claim (lease 60 s) ──▶ sent ──▶ payload erased
//!                                    ▲──── failed: 2 s, 4 s … 3 h ───┘ └─ 21 tries, about a day: given up, kept for 30 days
//!                                    └──────────────── `idp outbox retry` ──────────────────────────────┘
//! ```
//! Destinations are served beside each other, some at a time; the letters of one destination one after another.

mod courier;
#[cfg(test)]
mod tests;

use std::future::Future;
use std::pin::Pin;

use crate::storage::Letter;

pub use courier::Courier;

/// A future that can be held.
pub type Sending<'a> = Pin<Box<dyn Future<Output = Result<(), String>> + Send + 'a>>;

/// Sends one kind of letter. Supplied by the slice that knows how.
pub trait Sender: Send + Sync {
    /// The kind that it takes.
    fn kind(&self) -> &'static str;

    /// Sends it; `Err` says in a few words, without anything secret, why it could not. Who takes longer than 15 seconds is
    /// interrupted and has failed.
    fn send<'a>(&'a self, letter: &'a Letter) -> Sending<'a>;

    /// Who gets it: when one letter fails, the others to the same destination wait too. What the letter's JSON names as `party`,
    /// where it names one.
    fn destination(&self, letter: &Letter) -> String {
        serde_json::from_slice::<serde_json::Value>(&letter.payload)
            .ok()
            .and_then(|letter| letter.get("party")?.as_str().map(str::to_owned))
            .unwrap_or_default()
    }
}

/// For the senders' own tests: sends what is due and waits until it has arrived or failed.
#[cfg(test)]
pub(crate) async fn deliver(
    store: &crate::storage::Store,
    clock: &crate::clock::Clock,
    senders: &[std::sync::Arc<dyn Sender>],
) -> Result<(), crate::storage::Halt> {
    let courier = Courier::new(store.clone(), clock.clone(), senders.to_vec());
    courier.set_out().await?;
    courier.arrives().await;
    Ok(())
}
