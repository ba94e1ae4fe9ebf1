//! Instants and spans. Owns arithmetic on microseconds UTC, the one form in which time is stored. Never asks what time it is:
//! `Ctx::now` brings it.

use std::ops::{Add, AddAssign, Mul, Sub};

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};

const MICROS: i64 = 1_000_000;

/// An instant: microseconds since 1970-01-01 UTC. Arithmetic saturates, so that a hostile number cannot wrap into the past.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Time(i64);

impl Time {
    /// From microseconds since 1970.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// From whole seconds since 1970.
    #[must_use]
    pub const fn from_secs(secs: i64) -> Self {
        Self(secs.saturating_mul(MICROS))
    }

    /// Midnight UTC at the beginning of a day.
    #[must_use]
    pub fn from_date(date: NaiveDate) -> Self {
        Self::from_secs(date.and_time(chrono::NaiveTime::MIN).and_utc().timestamp())
    }

    /// Microseconds since 1970.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970, rounded down.
    #[must_use]
    pub const fn secs(self) -> i64 {
        self.0.div_euclid(MICROS)
    }

    /// The day in UTC: what certificates and the years of the trail go by. People's days are Danish ones (`denmark::date`).
    #[must_use]
    pub fn utc_date(self) -> NaiveDate {
        self.utc().date_naive()
    }

    /// `2026-11-22T00:00:00Z`, to the second (SAML, logs, JSON).
    #[must_use]
    pub fn rfc3339(self) -> String {
        self.utc().to_rfc3339_opts(SecondsFormat::Secs, true)
    }

    /// Outside the years that a calendar can show, the nearest it can.
    fn utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.0).unwrap_or(if self.0 < 0 {
            DateTime::<Utc>::MIN_UTC
        } else {
            DateTime::<Utc>::MAX_UTC
        })
    }
}

/// A length of time in microseconds; may be negative as a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Span(i64);

impl Span {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// From microseconds.
    #[must_use]
    pub const fn micros(micros: i64) -> Self {
        Self(micros)
    }

    /// From milliseconds.
    #[must_use]
    pub const fn millis(millis: i64) -> Self {
        Self(millis.saturating_mul(1_000))
    }

    /// From seconds.
    #[must_use]
    pub const fn secs(secs: i64) -> Self {
        Self(secs.saturating_mul(MICROS))
    }

    /// From minutes.
    #[must_use]
    pub const fn minutes(minutes: i64) -> Self {
        Self::secs(minutes.saturating_mul(60))
    }

    /// From hours.
    #[must_use]
    pub const fn hours(hours: i64) -> Self {
        Self::minutes(hours.saturating_mul(60))
    }

    /// From days of 24 hours.
    #[must_use]
    pub const fn days(days: i64) -> Self {
        Self::hours(days.saturating_mul(24))
    }

    /// Whole seconds, rounded down.
    #[must_use]
    pub const fn as_secs(self) -> i64 {
        self.0.div_euclid(MICROS)
    }

    /// Microseconds.
    #[must_use]
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// For the standard library's timers; a negative span is none.
    #[must_use]
    pub fn as_duration(self) -> std::time::Duration {
        std::time::Duration::from_micros(u64::try_from(self.0).unwrap_or(0))
    }
}

impl Add<Span> for Time {
    type Output = Self;

    fn add(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.0))
    }
}

impl AddAssign<Span> for Time {
    fn add_assign(&mut self, span: Span) {
        *self = *self + span;
    }
}

impl Sub<Span> for Time {
    type Output = Self;

    fn sub(self, span: Span) -> Self {
        Self(self.0.saturating_sub(span.0))
    }
}

impl Sub for Time {
    type Output = Span;

    fn sub(self, earlier: Self) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }
}

impl Add for Span {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Span {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Mul<i64> for Span {
    type Output = Self;

    fn mul(self, times: i64) -> Self {
        Self(self.0.saturating_mul(times))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use proptest::prelude::*;

    #[test]
    fn shows_utc_to_the_second() {
        assert_eq!(
            Time::from_micros(1_795_305_600_999_999).rfc3339(),
            "2026-11-22T00:00:00Z"
        );
        assert_eq!(Time::from_secs(0).rfc3339(), "1970-01-01T00:00:00Z");
        assert_eq!(
            Time::from_secs(1_795_305_600).utc_date(),
            NaiveDate::from_ymd_opt(2026, 11, 22).unwrap()
        );
    }

    #[test]
    fn before_1970_rounds_down_too() {
        assert_eq!(Time::from_micros(-1).secs(), -1);
        assert_eq!(
            Time::from_micros(-1).utc_date(),
            NaiveDate::from_ymd_opt(1969, 12, 31).unwrap()
        );
    }

    proptest! {
        #[test]
        fn never_wraps(a: i64, b: i64) {
            let (time, span) = (Time::from_micros(a), Span::micros(b));
            prop_assert_eq!(time + span >= time, b >= 0);
            prop_assert_eq!(time - span <= time, b >= 0 || a == i64::MAX);
            let _ = (time.rfc3339(), time.utc_date(), Span::days(b), Time::from_secs(b));
        }

        #[test]
        fn a_difference_leads_back(a in -1_i64 << 60..1_i64 << 60, b in -1_i64 << 60..1_i64 << 60) {
            let (a, b) = (Time::from_micros(a), Time::from_micros(b));
            prop_assert_eq!(b + (a - b), a);
        }
    }
}
