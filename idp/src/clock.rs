//! Owns the present: the one place that reads the system clock, so that an act can be told what time it is.
//! Never asked from inside an act; `Ctx::now` carries one moment through the whole of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::domain::time::{Span, Time};

const MICROS: i64 = 1_000_000;

/// A clock that may be shared by all threads; every clone shows the same time.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Inner>);

#[derive(Debug)]
enum Inner {
    /// The machine's time plus an offset in microseconds (moved only in the demo).
    System { offset: AtomicI64 },
    /// A moment that stands still until somebody moves it.
    Fixed { now: AtomicI64 },
}

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn system() -> Self {
        Self(Arc::new(Inner::System {
            offset: AtomicI64::new(0),
        }))
    }

    /// A clock for tests: stands at `now` until it is advanced.
    #[must_use]
    pub fn fixed(now: Time) -> Self {
        Self(Arc::new(Inner::Fixed {
            now: AtomicI64::new(now.micros()),
        }))
    }

    /// The present moment.
    #[must_use]
    pub fn now(&self) -> Time {
        Time::from_micros(match &*self.0 {
            Inner::System { offset } => machine_micros().saturating_add(offset.load(Ordering::Relaxed)),
            Inner::Fixed { now } => now.load(Ordering::Relaxed),
        })
    }

    /// Moves the clock by `by`, on top of what it was moved before.
    pub fn advance(&self, by: Span) {
        let micros = by.as_secs().saturating_mul(MICROS);
        match &*self.0 {
            Inner::System { offset: cell } | Inner::Fixed { now: cell } => {
                cell.fetch_add(micros, Ordering::Relaxed);
            }
        }
    }

    /// Shows the machine's time plus `seconds` (the demo's clock); a fixed clock is left alone.
    pub fn set_offset(&self, seconds: i64) {
        if let Inner::System { offset } = &*self.0 {
            offset.store(seconds.saturating_mul(MICROS), Ordering::Relaxed);
        }
    }

    /// Seconds by which this clock differs from the machine's; 0 for a fixed clock.
    #[must_use]
    pub fn offset(&self) -> i64 {
        match &*self.0 {
            Inner::System { offset } => offset.load(Ordering::Relaxed) / MICROS,
            Inner::Fixed { .. } => 0,
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the system clock")]
fn machine_micros() -> i64 {
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_micros()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_micros()).map_or(i64::MIN, |micros| -micros),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_clock_moves_only_when_told() {
        let clock = Clock::fixed(Time::from_secs(1_000));
        let same = clock.clone();
        assert_eq!(clock.now(), Time::from_secs(1_000));
        same.advance(Span::secs(61));
        assert_eq!(clock.now(), Time::from_secs(1_061));
    }

    #[test]
    fn the_demo_clock_shows_its_offset() {
        let clock = Clock::system();
        let before = clock.now();
        clock.set_offset(86_400);
        assert_eq!(clock.offset(), 86_400);
        assert!((clock.now() - before).as_secs() >= 86_400);
    }
}
