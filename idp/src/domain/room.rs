//! The waiting room before the log-in: who may try a password when more people ask than can be served. Owns when it opens and
//! closes, who is let through, whose turn is next, and where somebody is put in the line. Never keeps anything: what it was told
//! last comes in as an argument. Its own times are lengths since some beginning that the caller keeps (no wall clock, so that a
//! clock that is set cannot move the line); only a ticket, which travels, speaks of the time of day.
//!
//! ```text
//!              the expected wait is long, or somebody was turned away
//!   closed ─────────────────────────────────────────────────────────▶ open
//!      ▲                                                               │ a known device ──▶ through (a lane of its own)
//!      └── for a while: a short wait, and nobody in the line ──────────┤ a ticket whose time has come, or room now ──▶ through, once
//!                                                                      └ everybody else ──▶ a ticket, and waits
//! ```

use std::net::IpAddr;

use super::time::{Span, Time};

/// Whose turn it may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// A browser that an eID has logged in from.
    Known,
    /// Everybody else.
    Stranger,
}

impl Class {
    /// The stable word for metrics and log lines.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Known => "known",
            Self::Stranger => "stranger",
        }
    }
}

/// After so many known browsers in a row one stranger has a turn, so that a new telephone can log in on the busiest day.
pub const KNOWN_IN_A_ROW: u8 = 7;
/// A ticket serves for so long after its time has come.
pub const TICKET_SERVES: Span = Span::minutes(2);
/// Who waits looks again after this long at the latest: there may be room before their time.
pub const LOOKS_AGAIN: Span = Span::secs(10);
/// Who found the line full tries again after this long.
pub const FULL_AGAIN: Span = Span::secs(30);

/// Whose turn it is, of those who wait.
#[must_use]
pub fn next(known_waiting: usize, strangers_waiting: usize, known_in_a_row: u8) -> Option<Class> {
    match (known_waiting, strangers_waiting) {
        (0, 0) => None,
        (0, _) => Some(Class::Stranger),
        (_, 0) => Some(Class::Known),
        _ if known_in_a_row >= KNOWN_IN_A_ROW => Some(Class::Stranger),
        _ => Some(Class::Known),
    }
}

/// When the room opens and closes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thresholds {
    /// It opens when a stranger would wait longer than this for a turn.
    pub opens: Span,
    /// Below this a wait is short.
    pub closes: Span,
    /// It closes after so long of nothing but short waits and an empty line.
    pub calm: Span,
}

/// Whether the room is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pressure {
    /// It is.
    pub open: bool,
    calm_since: Option<Span>,
}

/// What was seen of the log-in just now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// How long a stranger who came now would wait for a turn.
    pub wait: Span,
    /// A stranger was turned away since the last look.
    pub turned_away: bool,
    /// Nobody has a place in the line whose time is still to come.
    pub line_empty: bool,
}

impl Pressure {
    /// The room after another look.
    #[must_use]
    pub fn after(self, seen: Seen, at: Span, thresholds: Thresholds) -> Self {
        if seen.turned_away || seen.wait > thresholds.opens {
            return Self {
                open: true,
                calm_since: None,
            };
        }
        if !self.open {
            return self;
        }
        if seen.wait > thresholds.closes || !seen.line_empty {
            return Self {
                open: true,
                calm_since: None,
            };
        }
        let calm_since = self.calm_since.unwrap_or(at);
        if at - calm_since >= thresholds.calm {
            Self::default()
        } else {
            Self {
                open: true,
                calm_since: Some(calm_since),
            }
        }
    }
}

/// A line that moves on by one every `step`. `tail` is when the place behind the last one comes up; gives the place of whoever
/// comes now, and the tail behind them.
///
/// # Errors
/// When the place would be further away than `longest`: the line is full, and stays as it was.
pub fn place(tail: Span, at: Span, step: Span, longest: Span) -> Result<(Span, Span), Full> {
    let place = tail.max(at);
    if place - at > longest {
        Err(Full)
    } else {
        Ok((place, place + step))
    }
}

/// No place is to be had for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Full;

/// How many strangers a second are let through: their part of what can be served, less what known browsers take, but never less
/// than what [`KNOWN_IN_A_ROW`] leaves them. All in thousandths a second.
#[must_use]
pub fn strangers_rate(served: u64, strangers_percent: u32, known: u64) -> u64 {
    let part = served.saturating_mul(u64::from(strangers_percent.min(100))) / 100;
    let least = served / (u64::from(KNOWN_IN_A_ROW) + 1);
    part.saturating_sub(known).max(least).max(1)
}

/// The time between two turns at a rate in thousandths a second.
#[must_use]
pub fn step(rate: u64) -> Span {
    Span::micros(i64::try_from(1_000_000_000 / rate.max(1)).unwrap_or(i64::MAX))
}

/// A place in the line, sealed and given to the browser to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// Serves once on each node.
    pub id: [u8; 16],
    /// Whose it is.
    pub browser: [u8; 16],
    /// The neighbourhood it was given to, where one is known.
    pub network: Option<IpAddr>,
    /// When its time comes.
    pub not_before: Time,
}

/// What a ticket is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worth {
    /// Its bearer may go through.
    Through,
    /// Its bearer keeps waiting until then.
    Wait(Time),
    /// Nothing: another browser's, from elsewhere, or too old.
    Nothing,
}

impl Ticket {
    /// What it is worth in the hands of this browser, here and now. `room` says that there is a turn to be had right now: a
    /// place is kept for who shows up, not for who does not.
    #[must_use]
    pub fn worth(&self, browser: [u8; 16], network: Option<IpAddr>, now: Time, room: bool) -> Worth {
        if self.browser != browser || self.network != network || now >= self.not_before + TICKET_SERVES {
            Worth::Nothing
        } else if room || now >= self.not_before {
            Worth::Through
        } else {
            Worth::Wait(self.not_before)
        }
    }
}

#[cfg(test)]
mod tests;
