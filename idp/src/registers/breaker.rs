//! When a register that keeps failing is left alone. Owns the rule; knows neither clock nor network.
//!
//! ```text
//! asked ──failed so many times in a row──▶ left alone ──its time is over──▶ one question tries
//!   ▲                                          ▲                                  │
//!   └───────────────answered───────────────────┼──────────────────────────────────┤
//!                                              └───failed, or never came back─────┘
//! ```

use std::time::{Duration, Instant};

/// Failures in a row, and until when nobody asks.
#[derive(Debug)]
pub(super) struct Breaker {
    most: u32,
    pause: Duration,
    failed: u32,
    until: Option<Instant>,
}

impl Breaker {
    /// Leaves a register alone for `pause` after `most` failures in a row.
    pub(super) const fn new(most: u32, pause: Duration) -> Self {
        Self {
            most,
            pause,
            failed: 0,
            until: None,
        }
    }

    /// Whether the question may be put. Whoever tries after a pause has the register to themself for another.
    pub(super) fn lets_ask(&mut self, now: Instant) -> bool {
        match self.until {
            Some(until) if now < until => false,
            Some(_) => {
                self.until = Some(now + self.pause);
                true
            }
            None => true,
        }
    }

    /// What came of a question. True when this was the failure after which the register is left alone.
    pub(super) fn heard(&mut self, answered: bool, now: Instant) -> bool {
        if answered {
            (self.failed, self.until) = (0, None);
            return false;
        }
        self.failed = self.failed.saturating_add(1);
        let open = self.failed >= self.most;
        if open {
            self.until = Some(now + self.pause);
        }
        open && self.failed == self.most
    }

    /// Whether it is left alone now.
    pub(super) fn is_open(&self) -> bool {
        self.until.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAUSE: Duration = Duration::from_secs(30);

    #[test]
    #[expect(clippy::disallowed_methods, reason = "a moment to count from")]
    fn it_is_left_alone_and_tried_by_one() {
        let mut breaker = Breaker::new(3, PAUSE);
        let now = Instant::now();
        assert!(!breaker.heard(false, now) && !breaker.heard(false, now));
        assert!(breaker.lets_ask(now), "two failures are not three");
        assert!(breaker.heard(false, now), "the third is told");
        assert!(!breaker.heard(false, now), "and told once: others were on their way");
        assert!(breaker.is_open() && !breaker.lets_ask(now + PAUSE / 2));
        let later = now + PAUSE;
        assert!(breaker.lets_ask(later), "one tries");
        assert!(!breaker.lets_ask(later), "and nobody beside");
        assert!(
            breaker.lets_ask(later + PAUSE),
            "whoever never came back holds nobody up"
        );
        breaker.heard(false, later + PAUSE);
        assert!(!breaker.lets_ask(later + PAUSE + PAUSE / 2));
        breaker.heard(true, later + PAUSE + PAUSE);
        assert!(!breaker.is_open() && breaker.lets_ask(later + PAUSE + PAUSE));
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "a moment to count from")]
    fn an_answer_between_failures_forgets_them() {
        let mut breaker = Breaker::new(2, PAUSE);
        let now = Instant::now();
        for _ in 0..5 {
            breaker.heard(false, now);
            breaker.heard(true, now);
        }
        assert!(breaker.lets_ask(now));
    }
}
