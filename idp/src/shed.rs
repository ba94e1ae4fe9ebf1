//! What is turned away because there is too much of it. Owns one number for each cause, and at most one log line for each cause
//! in ten seconds (with how many there were), so that a flood cannot fill the log and an operator can tell it from a fault.
//! Never says who; never decides whether.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Between two lines of one cause.
const QUIET: Duration = Duration::from_secs(10);

macro_rules! causes {
    ($($(#[$doc:meta])* $name:ident = $word:literal, $text:literal;)*) => {
        /// Why something was turned away.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Cause {$(
            $(#[$doc])*
            $name,
        )*}

        impl Cause {
            /// Every cause.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The stable word in the metric `idp_turned_away_total` and in the log.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                }
            }

            const fn text(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

causes! {
    /// The dam: one address.
    FloodAddress = "flood_address", "too many answers to the log-in from one address";
    /// The dam: one neighbourhood.
    FloodNetwork = "flood_network", "too many answers to the log-in from one neighbourhood";
    /// The dam: one site.
    FloodSite = "flood_site", "too many answers to the log-in from one site";
    /// The dam: everybody.
    FloodWorld = "flood_world", "too many answers to the log-in altogether";
    /// One source has as many connections as it may.
    ConnectionsOfSource = "connections_of_source", "a source has as many connections as it may";
    /// A TLS handshake failed or took too long.
    Handshake = "tls_handshake", "a TLS handshake failed or took too long";
    /// The head of a request came too slowly.
    HeadSlow = "head_slow", "the head of a request came too slowly";
    /// The head of a request is too large.
    HeadLarge = "head_large", "the head of a request is too large";
    /// The body of a request came too slowly.
    BodySlow = "body_slow", "the body of a request came too slowly";
    /// The body of a request is too large.
    BodyLarge = "body_large", "the body of a request is too large";
    /// An answer was not taken in time.
    AnswerSlow = "answer_slow", "an answer was not taken in time";
    /// Too many requests at once on one connection.
    Streams = "streams", "too many requests at once on one connection";
    /// No turn at a password hash for a known browser.
    HashKnown = "hash_known", "no password hash was free in time for a known browser";
    /// No turn at a password hash for a stranger.
    HashStranger = "hash_stranger", "no password hash was free in time for a stranger";
    /// Told to wait before the log-in.
    RoomWait = "room_wait", "a stranger waits before the log-in";
    /// The line before the log-in is full.
    RoomFull = "room_full", "the line before the log-in is full";
    /// A ticket of the waiting room was shown again, by another browser or from elsewhere.
    RoomTicket = "room_ticket", "a ticket of the waiting room is not good (any more)";
    /// The queue before the database is full.
    StoreFull = "store_full", "the queue before the database is full";
    /// Waited too long in the queue before the database.
    StoreQueue = "store_queue", "waited too long for the database";
    /// The database did not answer in time.
    StoreAnswer = "store_answer", "the database did not answer in time";
}

/// What has not been said yet of one cause.
struct Line {
    /// Milliseconds of the process at the last line, plus one; 0 before the first.
    said: AtomicU64,
    unsaid: AtomicU64,
}

static LINES: [Line; Cause::ALL.len()] = [const {
    Line {
        said: AtomicU64::new(0),
        unsaid: AtomicU64::new(0),
    }
}; Cause::ALL.len()];

/// Counts one, and says so in the log unless that was done a moment ago.
pub fn note(cause: Cause) {
    metrics::counter!("idp_turned_away_total", "cause" => cause.word()).increment(1);
    let Some(line) = LINES.get(cause as usize) else { return };
    if let Some(count) = line.count(uptime_ms()) {
        log::warn!(cause = cause.word(), count; "turned away: {}", cause.text());
    }
}

impl Line {
    /// How many to speak of, if it is time to speak.
    fn count(&self, at_ms: u64) -> Option<u64> {
        self.unsaid.fetch_add(1, Ordering::Relaxed);
        let quiet = u64::try_from(QUIET.as_millis()).unwrap_or(u64::MAX);
        let said = self.said.load(Ordering::Relaxed);
        if said != 0 && at_ms + 1 < said.saturating_add(quiet) {
            return None;
        }
        self.said
            .compare_exchange(said, at_ms + 1, Ordering::Relaxed, Ordering::Relaxed)
            .is_ok()
            .then(|| self.unsaid.swap(0, Ordering::Relaxed))
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "how often a line may be written is measured on the machine's own clock"
)]
fn uptime_ms() -> u64 {
    static BEGAN: OnceLock<Instant> = OnceLock::new();
    let began = BEGAN.get_or_init(Instant::now);
    u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_at_once_then_one_in_ten_seconds_with_how_many() {
        let line = Line {
            said: AtomicU64::new(0),
            unsaid: AtomicU64::new(0),
        };
        assert_eq!(line.count(0), Some(1));
        for at_ms in 1..9_999 {
            assert_eq!(line.count(at_ms), None);
        }
        assert_eq!(line.count(10_000), Some(9_999));
        assert_eq!(line.count(10_001), None);
        assert_eq!(line.count(60_000), Some(2));
    }

    #[test]
    fn every_cause_has_a_word_of_its_own() {
        let words: std::collections::HashSet<_> = Cause::ALL.iter().map(|cause| cause.word()).collect();
        assert_eq!(words.len(), Cause::ALL.len());
    }
}
