//! Carries letters to their destinations.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::Sender;
use crate::clock::Clock;
use crate::domain::time::Span;
use crate::storage::{Durability, Halt, Letter, Store};

/// Tries before something is given up: the pauses between them add up to 25 hours.
pub(super) const TRIES: i32 = 21;
/// A claimed letter is not claimed again for so long. Longer than it may be kept: a destination is served for [`ROUND`] at most
/// and the last of its letters takes [`LONGEST`] at most.
const LEASE: Span = Span::secs(60);
/// A destination is served for so long; what is left goes back.
const ROUND: Span = Span::secs(30);
/// A sender has so long for one letter.
const LONGEST: Duration = Duration::from_secs(15);
/// Destinations that are served at a time.
const BESIDE: usize = 16;
/// Letters that are taken up at a time.
const LETTERS: i64 = 64;
/// Where there is no room for a destination its letters are due again so much later, uncounted.
const NO_ROOM: Span = Span::secs(5);
/// A letter whose destination has just failed waits as long as the one that failed, but no longer than this.
const FAILED: Span = Span::minutes(5);

/// Carries letters to their destinations. Clones share what is under way.
#[derive(Clone)]
pub struct Courier {
    store: Store,
    clock: Clock,
    senders: Arc<[Arc<dyn Sender>]>,
    /// Destinations that are being served, with the letters that wait there.
    busy: Arc<Mutex<Busy>>,
}

/// Kind, and who gets it.
type Destination = (String, String);
type Busy = BTreeMap<Destination, VecDeque<Letter>>;

impl Courier {
    /// A courier for letters of these senders' kinds.
    #[must_use]
    pub fn new(store: Store, clock: Clock, senders: Vec<Arc<dyn Sender>>) -> Courier {
        Courier {
            store,
            clock,
            senders: senders.into(),
            busy: Arc::default(),
        }
    }

    /// Takes up what is due and sets out with it; returns when all are on their way, not when they have arrived.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn set_out(&self) -> Result<(), Halt> {
        if self.busy().len() >= BESIDE {
            return Ok(());
        }
        let now = self.clock.now();
        let letters = self
            .store
            .transact("outbox.claim", Durability::Soft, move |tx| {
                tx.outbox().claim(LETTERS, now, LEASE)
            })
            .await?;
        let mut heaps = BTreeMap::<Destination, Vec<Letter>>::new();
        for letter in letters {
            heaps.entry(self.destination(&letter)).or_default().push(letter);
        }
        for (destination, letters) in heaps {
            match self.hands_over(&destination, letters) {
                Handed::Over => {}
                Handed::New => {
                    let courier = self.clone();
                    tokio::spawn(async move { courier.serve(destination).await });
                }
                Handed::Back(letters) => self.put_back(&letters, NO_ROOM).await?,
            }
        }
        Ok(())
    }

    /// Waits until nothing is under way.
    #[cfg(test)]
    pub(super) async fn arrives(&self) {
        while !self.busy().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    fn busy(&self) -> MutexGuard<'_, Busy> {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// To whoever serves the destination, or to a new one where there is room.
    fn hands_over(&self, destination: &Destination, letters: Vec<Letter>) -> Handed {
        let mut busy = self.busy();
        if let Some(waiting) = busy.get_mut(destination) {
            waiting.extend(letters);
            Handed::Over
        } else if busy.len() < BESIDE {
            busy.insert(destination.clone(), letters.into());
            Handed::New
        } else {
            Handed::Back(letters)
        }
    }

    /// The next letter for the destination; with the last one its service ends.
    fn next(&self, destination: &Destination) -> Option<Letter> {
        let mut busy = self.busy();
        let next = busy.get_mut(destination)?.pop_front();
        if next.is_none() {
            busy.remove(destination);
        }
        next
    }

    fn sender(&self, kind: &str) -> Option<&Arc<dyn Sender>> {
        self.senders.iter().find(|sender| sender.kind() == kind)
    }

    fn destination(&self, letter: &Letter) -> Destination {
        let to = self.sender(&letter.kind).map(|sender| sender.destination(letter));
        (letter.kind.clone(), to.unwrap_or_default())
    }

    /// One after another; where one fails the others go back.
    async fn serve(self, destination: Destination) {
        let mut guard = Guard {
            courier: &self,
            destination: &destination,
            done: false,
        };
        let until = self.clock.now() + ROUND;
        let mut back = None;
        while back.is_none()
            && let Some(letter) = self.next(&destination)
        {
            let sent = self.send(&letter).await;
            if let Err(reason) = &sent {
                let (kind, to, attempts) = (destination.0.as_str(), destination.1.as_str(), letter.attempts);
                log::warn!(kind = kind, to = to, attempts = attempts; "a letter could not be sent: {reason}");
                back = Some(pause(letter.attempts).min(FAILED));
            } else if self.clock.now() >= until {
                back = Some(NO_ROOM);
            }
            if self.settle(&letter, sent).await.is_err() {
                // It is due again when its lease lapses; the receiver knows it by its id.
                log::warn!(kind = destination.0.as_str(); "the database did not hear what became of a letter");
            }
        }
        if let Some(wait) = back {
            while let Some(left) = self.left(&destination) {
                // Where the database does not answer they are due again when their lease lapses.
                let _later = self.put_back(&left, wait).await;
            }
        }
        guard.done = true;
    }

    /// What waits for the destination; with nothing left its service ends.
    fn left(&self, destination: &Destination) -> Option<Vec<Letter>> {
        let mut busy = self.busy();
        let left: Vec<Letter> = busy.get_mut(destination)?.drain(..).collect();
        if left.is_empty() {
            busy.remove(destination);
            return None;
        }
        Some(left)
    }

    async fn send(&self, letter: &Letter) -> Result<(), String> {
        let sender = self
            .sender(&letter.kind)
            .ok_or_else(|| format!("nobody sends {}", letter.kind))?;
        tokio::time::timeout(LONGEST, sender.send(letter))
            .await
            .unwrap_or_else(|_| Err(format!("no answer within {} seconds", LONGEST.as_secs())))
    }

    async fn settle(&self, letter: &Letter, sent: Result<(), String>) -> Result<(), Halt> {
        let (id, attempts, now) = (letter.id, letter.attempts, self.clock.now());
        let outcome = match &sent {
            Ok(()) => "sent",
            Err(_) if attempts >= TRIES => "given_up",
            Err(_) => "failed",
        };
        let kind = self.sender(&letter.kind).map_or("unknown", |sender| sender.kind());
        metrics::counter!("idp_outbox_letters_total", "kind" => kind, "outcome" => outcome).increment(1);
        self.store
            .transact("outbox.settle", Durability::Soft, move |tx| match &sent {
                Ok(()) => tx.outbox().done(id, now),
                Err(reason) if attempts >= TRIES => tx.outbox().give_up(id, reason, now),
                Err(reason) => tx.outbox().later(id, reason, now + pause(attempts)),
            })
            .await
    }

    /// They are due again after a wait, and this was no try.
    async fn put_back(&self, letters: &[Letter], wait: Span) -> Result<(), Halt> {
        if letters.is_empty() {
            return Ok(());
        }
        let due = self.clock.now() + wait;
        let back: Vec<_> = letters.iter().map(|letter| (letter.id, letter.attempts - 1)).collect();
        self.store
            .transact("outbox.put_back", Durability::Soft, move |tx| {
                back.iter()
                    .try_for_each(|(id, attempts)| tx.outbox().put_back(*id, *attempts, due))
            })
            .await
    }
}

/// What became of letters for one destination.
enum Handed {
    /// Somebody is on the way there and takes them too.
    Over,
    /// Somebody is to set out.
    New,
    /// There is no room.
    Back(Vec<Letter>),
}

/// Frees the destination where its service ends by a panic; its letters are due again when their leases lapse.
struct Guard<'a> {
    courier: &'a Courier,
    destination: &'a Destination,
    done: bool,
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        if !self.done {
            self.courier.busy().remove(self.destination);
        }
    }
}

/// 2 s, 4 s, 8 s … at most three hours.
pub(super) fn pause(attempts: i32) -> Span {
    let exponent = u32::try_from(attempts.clamp(1, 14)).unwrap_or(1);
    Span::secs(2_i64.pow(exponent).min(10_800))
}
