//! Voice response: the house telephones and reads a code aloud, for whoever cannot read a card (M11). Owns which numbers are called, how
//! often, how long a code serves and what wrong ones lead to. Never calls anybody: that goes through the outbox.
//!
//! ```text
//!  a call:  asked ──▶ read aloud ──▶ typed, right: used up by the log-in that asked
//!                        ├─────────▶ five minutes are over
//!                        └─────────▶ another log-in asked: its code takes the place
//! ```

use std::fmt;

use super::contact::Phone;
use super::refusal::Code as Refused;
use super::time::{Span, Time};

/// A code that was read aloud serves so long.
pub const LIFE: Span = Span::minutes(5);
/// Calls are counted over so long.
pub const WINDOW: Span = Span::hours(1);
/// So many wrong codes in a row block the number.
pub const TRIES: u8 = 5;

/// A number that is called: Danish, Faroese or Greenlandic.
#[derive(Clone, PartialEq, Eq)]
pub struct Line(String);

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Line(…)")
    }
}

impl Line {
    /// Reads the field.
    ///
    /// # Errors
    /// `voice.number` for what is no number of +45, +298 or +299.
    pub fn parse(text: &str) -> Result<Self, Refused> {
        let phone = Phone::parse(text).map_err(|_| Refused::VoiceNumber)?;
        let ours = ["+45", "+298", "+299"]
            .iter()
            .any(|country| phone.as_str().starts_with(country));
        if ours {
            Ok(Self(phone.as_str().to_owned()))
        } else {
            Err(Refused::VoiceNumber)
        }
    }

    /// As it is kept and called.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Enough of it to know it by: its last two digits.
    #[must_use]
    pub fn ends(&self) -> u8 {
        let end = self.0.len().saturating_sub(2);
        self.0.get(end..).and_then(|digits| digits.parse().ok()).unwrap_or(0)
    }

    /// The same, as pages show it.
    #[must_use]
    pub fn shown_end(&self) -> String {
        format!("{:02}", self.ends())
    }
}

/// Digits as they are read aloud: one by one, with a pause between them.
#[must_use]
pub fn one_by_one(digits: &str) -> String {
    let all: Vec<String> = digits.chars().filter(char::is_ascii_digit).map(String::from).collect();
    all.join(", ")
}

/// The calls of an eID in the last hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Calls {
    /// When the first of them was.
    pub since: Time,
    /// How many.
    pub made: u32,
}

/// One call more, of at most `most` in an hour: every call costs the operator, and rings in somebody's home.
///
/// # Errors
/// `voice.rests`.
pub fn called(before: Option<Calls>, most: u32, now: Time) -> Result<Calls, Refused> {
    let running = before.filter(|calls| now < calls.since + WINDOW);
    let calls = running.unwrap_or(Calls { since: now, made: 0 });
    if calls.made < most {
        Ok(Calls {
            made: calls.made + 1,
            ..calls
        })
    } else {
        Err(Refused::VoiceRests)
    }
}

/// Until when no further call is made, after these.
#[must_use]
pub fn rests(calls: Calls, most: u32) -> Option<Time> {
    (calls.made >= most).then(|| calls.since + WINDOW)
}

/// What a wrong code leads to: the count to keep, and whether it blocks.
#[must_use]
pub const fn wrong(in_a_row: u8) -> (u8, bool) {
    let next = in_a_row.saturating_add(1);
    (next, next >= TRIES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_countries_are_called() {
        for (typed, kept) in [
            ("80 30 70 50", "+4580307050"),
            ("+298 123456", "+298123456"),
            ("00299 123456", "+299123456"),
        ] {
            assert_eq!(
                Line::parse(typed).map(|line| line.as_str().to_owned()),
                Ok(kept.to_owned())
            );
        }
        for bad in ["", "112", "+46 70 123 45 67", "+4410123456", "+900123456789", "x"] {
            assert_eq!(Line::parse(bad), Err(Refused::VoiceNumber), "{bad}");
        }
    }

    #[test]
    fn a_number_is_shown_by_its_end() {
        assert_eq!(Line::parse("80307050").map(|line| line.ends()), Ok(50));
        assert_eq!(Line::parse("+298123407").map(|line| line.ends()), Ok(7));
    }

    #[test]
    fn digits_are_read_one_by_one() {
        assert_eq!(one_by_one("000042"), "0, 0, 0, 0, 4, 2");
    }

    #[test]
    fn so_many_calls_an_hour() {
        let begin = Time::from_secs(10_000);
        let mut calls = None;
        for made in 1..=3 {
            calls = called(calls, 3, begin).ok();
            assert_eq!(calls.map(|calls| calls.made), Some(made));
        }
        assert_eq!(called(calls, 3, begin + Span::minutes(59)), Err(Refused::VoiceRests));
        let later = begin + WINDOW;
        assert_eq!(called(calls, 3, later), Ok(Calls { since: later, made: 1 }));
        let three = Calls { since: begin, made: 3 };
        assert_eq!((rests(three, 3), rests(three, 4)), (Some(later), None));
        assert_eq!(
            called(None, 0, begin),
            Err(Refused::VoiceRests),
            "an operator may call nobody"
        );
    }

    #[test]
    fn five_wrong_ones_block() {
        let mut count = 0;
        for expected in [false, false, false, false, true] {
            let (next, blocks) = wrong(count);
            assert_eq!(blocks, expected);
            count = next;
        }
        assert_eq!(wrong(u8::MAX), (u8::MAX, true));
    }
}
