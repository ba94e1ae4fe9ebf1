//! The outbox: sends after the commit, at least once, with an idempotency key; later and later when it fails.
//!
//! Owns when something is tried again and given up. Never knows how a kind is sent: each slice supplies its [`Sender`].
//!
//! ```text
//! act ── put (same transaction) ──▶ due ── claim (lease 60 s) ──▶ sent ──▶ payload erased
//!                                    ▲──── failed: 2 s, 4 s … 3 h ───┘ └─ 12 tries: given up, payload erased
//! ```

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use crate::clock::Clock;
use crate::domain::time::Span;
use crate::storage::{Durability, Halt, Letter, Store};

/// A future that can be held.
pub type Sending<'a> = Pin<Box<dyn Future<Output = Result<(), String>> + Send + 'a>>;

/// Tries before something is given up (about a day).
const TRIES: i32 = 12;
/// A claimed letter is not claimed again for so long.
const LEASE: Span = Span::secs(60);

/// Sends one kind of letter. Supplied by the slice that knows how.
pub trait Sender: Send + Sync {
    /// The kind that it takes.
    fn kind(&self) -> &'static str;

    /// Sends it; `Err` says in a few words, without anything secret, why it could not.
    fn send<'a>(&'a self, letter: &'a Letter) -> Sending<'a>;
}

/// Sends what is due.
///
/// # Errors
/// When the database does not answer.
pub async fn deliver(store: &Store, clock: &Clock, senders: &[Arc<dyn Sender>]) -> Result<(), Halt> {
    let now = clock.now();
    let letters = store
        .transact("outbox.claim", Durability::Soft, move |tx| {
            tx.outbox().claim(20, now, LEASE)
        })
        .await?;
    for letter in letters {
        let sent = match senders.iter().find(|sender| sender.kind() == letter.kind) {
            Some(sender) => sender.send(&letter).await,
            None => Err(format!("nobody sends {}", letter.kind)),
        };
        let (id, attempts, now) = (letter.id, letter.attempts, clock.now());
        let outcome = match &sent {
            Ok(()) => "sent",
            Err(_) if attempts >= TRIES => "given_up",
            Err(_) => "failed",
        };
        let kind = senders.iter().map(|sender| sender.kind()).find(|kind| *kind == letter.kind);
        metrics::counter!("idp_outbox_letters_total", "kind" => kind.unwrap_or("unknown"), "outcome" => outcome)
            .increment(1);
        if let Err(reason) = &sent {
            log::warn!(kind = letter.kind.as_str(), attempts = attempts; "a letter could not be sent: {reason}");
        }
        store
            .transact("outbox.settle", Durability::Soft, move |tx| match &sent {
                Ok(()) => tx.outbox().done(id, None, now),
                Err(reason) if attempts >= TRIES => tx.outbox().done(id, Some(reason), now),
                Err(reason) => tx.outbox().later(id, reason, now + pause(attempts)),
            })
            .await?;
    }
    Ok(())
}

/// 2 s, 4 s, 8 s … at most three hours.
fn pause(attempts: i32) -> Span {
    let exponent = u32::try_from(attempts.clamp(1, 13)).unwrap_or(1);
    Span::secs(2_i64.pow(exponent).min(10_800))
}
