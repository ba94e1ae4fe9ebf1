//! Lanes: lock-out that a stranger cannot use against the owner. Owns how wrong passwords are counted per (eID, lane), when a
//! lane closes, and what may block the password. Never learns whether a password is right: it hears the settled result.
//!
//! Each eID has one *strangers'* lane and one *known* lane per device it has logged in with.
//!
//! ```text
//!            wrong (< 5 in weight)            8 h over
//!          ┌──────┐                     ┌──────────────────┐
//!          ▼      │   the fifth wrong   │                  │
//!  ──────▶ open ──┴────────────────▶ closed ───────────────┘──▶ open
//!          │  ▲
//!          │  └── right: counts start again, in this lane only
//!          ├── known lane, 10th wrong in a row, across closings ──▶ the password is blocked (LOCK002)
//!          └── strangers' lane, 100 since the last full log-in (30 of the 4-digit form) ──▶ shut until it is opened for the owner
//! ```
//! A try is **reserved** before the slow comparison and **settled** after it, so that a burst cannot try more than the lane
//! has left: live reservations are weighed as if all of them were wrong and of the heaviest kind. A reservation that is never
//! settled lapses after [`RESERVATION`].

use super::refusal::Code;
use super::time::{Span, Time};

/// A lane closes at this weight: five ordinary failures, or three of the 4-digit form.
pub const LIMIT_THIRDS: u16 = 15;
/// How long a lane stays closed.
pub const CLOSED_FOR: Span = Span::hours(8);
/// Failures in a row in one known lane that block the password.
pub const BLOCK_AT: u16 = 10;
/// Strangers' failures that shut their lane.
pub const SHUT_AT: u32 = 100;
/// Strangers' failures of the 4-digit form that shut their lane.
pub const SHUT_AT_FOUR_DIGITS: u32 = 30;
/// Strangers' failures at which the owner is told.
pub const NOTICE_AT: u32 = 10;
/// How long a reservation waits for its settlement.
pub const RESERVATION: Span = Span::secs(30);

/// How much a wrong try weighs, by what was typed and whatever the account's own form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// Anything but four digits.
    Ordinary,
    /// Exactly four digits.
    FourDigits,
}

impl Weight {
    /// The heaviest, assumed of tries still under way.
    const HEAVIEST: u16 = 5;

    /// In thirds of an ordinary failure.
    #[must_use]
    pub const fn thirds(self) -> u16 {
        match self {
            Self::Ordinary => 3,
            Self::FourDigits => Self::HEAVIEST,
        }
    }
}

/// Whose tries a lane counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LaneKind {
    /// A device that has logged in with this eID before.
    Known,
    /// Everybody else.
    Strangers,
}

/// One lane's row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counter {
    /// Weight since the lane last opened or was last right.
    pub thirds: u16,
    /// Failures since the last right answer, across closings.
    pub in_a_row: u16,
    /// Failures since the last full log-in or reopening.
    pub since_reset: u32,
    /// Those of them that were four digits.
    pub four_digits_since_reset: u32,
    /// Those of `since_reset` that the owner has been told of.
    pub told: u32,
    /// Closed until then.
    pub closed_until: Option<Time>,
    /// Shut until the owner reopens it (strangers' lane only).
    pub shut: bool,
    /// When the tries now under way began.
    pub reserved: Vec<Time>,
}

impl Counter {
    /// Failures since the last reset that the owner has not been told of.
    #[must_use]
    pub const fn untold(&self) -> u32 {
        self.since_reset.saturating_sub(self.told)
    }

    /// The reservations as the database keeps them: eight bytes each.
    #[must_use]
    pub fn reserved_bytes(&self) -> Vec<u8> {
        self.reserved
            .iter()
            .flat_map(|time| time.micros().to_be_bytes())
            .collect()
    }

    /// Back from the database; `None` when the length is wrong.
    #[must_use]
    pub fn reserved_from_bytes(bytes: &[u8]) -> Option<Vec<Time>> {
        let (chunks, rest) = bytes.as_chunks::<8>();
        rest.is_empty().then(|| {
            chunks
                .iter()
                .map(|chunk| Time::from_micros(i64::from_be_bytes(*chunk)))
                .collect()
        })
    }

    fn live(&self, now: Time) -> u16 {
        let live = self.reserved.iter().filter(|at| is_live(**at, now)).count();
        u16::try_from(live).unwrap_or(u16::MAX)
    }
}

/// May a try be made?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    /// Yes: reserve it.
    Open,
    /// Not before then. Nothing is verified or counted; the same work is done.
    Closed {
        /// The end of the closing.
        until: Time,
    },
    /// Not before the owner reopens the lane. Nothing is verified or counted; the same work is done.
    Shut,
    /// Not while so many tries are under way; nothing is counted.
    Busy,
}

/// What a wrong try did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Effect {
    /// It was counted.
    pub counted: bool,
    /// It closed the lane until then (LOCK001).
    pub closes: Option<Time>,
    /// It blocked the password (LOCK002).
    pub blocks_password: bool,
    /// It shut the strangers' lane.
    pub shuts: bool,
    /// The owner is to be told.
    pub notice: bool,
}

impl Effect {
    /// The precise code, for those who may see it; everybody else gets `login.failed`.
    #[must_use]
    pub const fn code(&self) -> Code {
        match (self.blocks_password, self.closes) {
            (true, _) => Code::Lock002,
            (false, Some(_)) => Code::Lock001,
            (false, None) => Code::LoginFailed,
        }
    }
}

/// Asked before any work.
#[must_use]
pub fn gate(counter: &Counter, kind: LaneKind, now: Time) -> Gate {
    if counter.shut && kind == LaneKind::Strangers {
        return Gate::Shut;
    }
    if let Some(until) = counter.closed_until.filter(|until| now < *until) {
        return Gate::Closed { until };
    }
    let under_way = Weight::HEAVIEST.saturating_mul(counter.live(now));
    if counter.thirds.saturating_add(under_way) < LIMIT_THIRDS {
        Gate::Open
    } else {
        Gate::Busy
    }
}

/// Notes a try under way; only after [`Gate::Open`], in the same transaction. `now` names the reservation when it is settled.
#[must_use]
pub fn reserve(mut counter: Counter, now: Time) -> Counter {
    counter.reserved.retain(|at| is_live(*at, now));
    counter.reserved.push(now);
    counter
}

/// Counts a wrong answer.
#[must_use]
pub fn settle_wrong(
    counter: Counter,
    kind: LaneKind,
    weight: Weight,
    reserved_at: Time,
    now: Time,
) -> (Counter, Effect) {
    let mut counter = release(counter, reserved_at, now);
    counter.in_a_row = counter.in_a_row.saturating_add(1);
    counter.since_reset = counter.since_reset.saturating_add(1);
    if weight == Weight::FourDigits {
        counter.four_digits_since_reset = counter.four_digits_since_reset.saturating_add(1);
    }
    let mut effect = Effect {
        counted: true,
        closes: weigh(&mut counter, weight, now),
        ..Effect::default()
    };
    match kind {
        LaneKind::Known => effect.blocks_password = counter.in_a_row >= BLOCK_AT,
        LaneKind::Strangers => {
            effect.notice = counter.since_reset == NOTICE_AT;
            let over = counter.since_reset >= SHUT_AT || counter.four_digits_since_reset >= SHUT_AT_FOUR_DIGITS;
            effect.shuts = over && !counter.shut;
            counter.shut |= over;
        }
    }
    (counter, effect)
}

/// A right password: the counts that close this lane start again. What counts towards shutting the strangers' lane does not,
/// since a password alone does not show that the owner was here.
#[must_use]
pub fn settle_right(counter: Counter, reserved_at: Time, now: Time) -> Counter {
    let mut counter = release(counter, reserved_at, now);
    counter.thirds = 0;
    counter.in_a_row = 0;
    counter.closed_until = None;
    counter
}

/// Gives a reservation back without a result: the work was shed or failed, so it counts as nothing.
#[must_use]
pub fn release(mut counter: Counter, reserved_at: Time, now: Time) -> Counter {
    if let Some(at) = counter.reserved.iter().position(|at| *at == reserved_at) {
        counter.reserved.remove(at);
    }
    counter.reserved.retain(|at| is_live(*at, now));
    counter
}

/// The owner, fully logged in from a known device, was told of the failures so far: nothing else of the lane changes.
#[must_use]
pub fn told(counter: Counter) -> Counter {
    Counter {
        told: counter.since_reset,
        ..counter
    }
}

/// A full log-in in this lane: all its counts start again.
#[must_use]
pub fn full_login(counter: Counter) -> Counter {
    Counter {
        shut: counter.shut,
        reserved: counter.reserved,
        ..Counter::default()
    }
}

/// The strangers' lane is opened for its owner, who has shown who they are.
#[must_use]
pub fn reopen(counter: Counter) -> Counter {
    Counter {
        reserved: counter.reserved,
        ..Counter::default()
    }
}

/// Adds the weight; at the limit the lane closes and begins afresh when it opens again. A try that was under way when the lane
/// closed does not lengthen the closing.
fn weigh(counter: &mut Counter, weight: Weight, now: Time) -> Option<Time> {
    if counter.closed_until.is_some_and(|until| now < until) {
        return None;
    }
    counter.closed_until = None;
    counter.thirds = counter.thirds.saturating_add(weight.thirds());
    if counter.thirds < LIMIT_THIRDS {
        return None;
    }
    counter.thirds = 0;
    counter.closed_until = Some(now + CLOSED_FOR);
    counter.closed_until
}

/// A reservation from the future (another node's clock) is live: the cautious reading.
fn is_live(at: Time, now: Time) -> bool {
    now - at < RESERVATION
}

#[cfg(test)]
mod tests;
