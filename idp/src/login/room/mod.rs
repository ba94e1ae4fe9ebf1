//! The waiting room before the log-in, as one node keeps it. Owns the line's tails, the spent tickets and the turns at a password
//! hash, all of a fixed size; the law of who goes when is `domain::room`. Token, refresh, introspection, discovery and a running
//! session never come here: only a typed password does.
//!
//! ```text
//!   POST user-ID + password ─▶ known device? ──yes──▶ turn (known)  ─▶ reserve ─▶ hash ─▶ settle
//!                                    │ no                 ▲
//!                                    └▶ room open? ─no────┤ turn (stranger)
//!                                           │ yes         │
//!                                           └▶ ticket ────┘ through, once      else: a ticket, and the waiting page
//! ```

mod gate;
mod spent;
mod tails;
#[cfg(test)]
mod tests;
mod ticket;

use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

pub use gate::Gate;
use spent::Spent;
use tails::Tails;

use super::flow::BrowserMark;
use crate::config::{self, RoomMode};
use crate::credentials::password::DeviceClaim;
use crate::ctx::Ctx;
use crate::domain::circles::Circle;
use crate::domain::room::{self, Class, FULL_AGAIN, LOOKS_AGAIN, Pressure, Seen, Thresholds, Ticket, Worth};
use crate::domain::time::{Span, Time};
use crate::shed::{self, Cause};
use crate::vault::Vault;
use crate::work::WorkSettings;

/// One address has a place each second; a neighbourhood five, a site twenty: who takes many places stands far behind.
const STEPS: [(Circle, Span); 3] = [
    (Circle::Address, Span::millis(1_000)),
    (Circle::Network, Span::millis(200)),
    (Circle::Site, Span::millis(50)),
];
/// A known device has ten tries a minute in its lane, five of them at once; what goes beyond waits with the strangers.
const DEVICE_STEP: Span = Span::secs(6);
const DEVICE_BURST: Span = Span::secs(24);

/// The room of one node. Clones share it.
#[derive(Clone)]
pub struct Room(Arc<Inner>);

struct Inner {
    mode: RoomMode,
    thresholds: Thresholds,
    longest: Span,
    strangers_percent: u32,
    gate: Gate,
    tails: Tails,
    spent: Mutex<Spent>,
    pressure: Mutex<Pressure>,
    began: Instant,
}

/// What somebody comes for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comes {
    /// To see the page that asks for user-ID and password.
    ToLook,
    /// To try a password.
    ToTry,
}

/// Who stands before the room.
#[derive(Debug, Clone, Copy)]
pub struct Visitor<'a> {
    /// Which browser.
    pub browser: BrowserMark,
    /// Whether it is a known one.
    pub class: Class,
    /// The ticket that it brings, sealed.
    pub ticket: Option<&'a str>,
}

/// What becomes of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// They go through.
    Through {
        /// A ticket to keep, sealed: its time has come.
        ticket: Option<String>,
        /// The ticket that was spent on it.
        spent: Option<[u8; 16]>,
    },
    /// They wait.
    Wait {
        /// A ticket to keep, sealed; none where they hold one.
        ticket: Option<String>,
        /// How long in all.
        wait: Span,
    },
    /// The line is full.
    Full,
}

impl Entry {
    const FREE: Self = Self::Through {
        ticket: None,
        spent: None,
    };
}

impl Default for Room {
    /// As the default settings have it.
    fn default() -> Self {
        let settings = config::Login::default();
        Self::new(&settings.room, WorkSettings::default(), settings.flood.table_slots)
    }
}

impl Room {
    /// A room for so many hash lanes.
    #[must_use]
    pub fn new(settings: &config::Room, work: WorkSettings, slots: usize) -> Self {
        Self(Arc::new(Inner {
            mode: settings.mode,
            thresholds: Thresholds {
                opens: settings.opens_ms.span(),
                closes: settings.closes_ms.span(),
                calm: settings.calm_seconds.span(),
            },
            longest: settings.longest_seconds.span(),
            strangers_percent: settings.strangers_percent,
            gate: Gate::new(work.hash_lanes.max(1), work.hash_queue, work.deadline),
            tails: Tails::new(slots),
            spent: Mutex::default(),
            pressure: Mutex::default(),
            began: Instant::now(),
        }))
    }

    /// The turns at a password hash.
    #[must_use]
    pub fn gate(&self) -> &Gate {
        &self.0.gate
    }

    /// Whose turn a try is, counted: known as long as the device does not try more often than a person does.
    #[must_use]
    pub fn class_of(&self, devices: &[DeviceClaim]) -> Class {
        let Some(claim) = devices.first() else {
            return Class::Stranger;
        };
        let tail = self.0.tails.of(&("device", claim.device.bytes()));
        match tail.place(self.at(), DEVICE_STEP, DEVICE_BURST) {
            Ok(_) => Class::Known,
            Err(room::Full) => Class::Stranger,
        }
    }

    /// What becomes of a visitor.
    pub fn enters(&self, vault: &Vault, ctx: &Ctx, visitor: Visitor<'_>, comes: Comes) -> Entry {
        if visitor.class == Class::Known || !self.is_open() {
            return Entry::FREE;
        }
        let network = ctx.caller.source.map(|source| Circle::Network.around(source));
        let held = visitor.ticket.and_then(|sealed| ticket::open(vault, ctx.now, sealed));
        if let Some(held) = held
            && let Some(entry) = self.shown(vault, ctx, &visitor, &held, network, comes)
        {
            return entry;
        }
        match self.place(ctx.caller.source) {
            Err(room::Full) => {
                shed::note(Cause::RoomFull);
                Entry::Full
            }
            Ok(wait) if wait <= Span::ZERO && comes == Comes::ToTry => Entry::FREE,
            Ok(wait) => {
                let ticket = Some(self.ticket(vault, ctx, &visitor, network, ctx.now + wait));
                if wait <= Span::ZERO {
                    return Entry::Through { ticket, spent: None };
                }
                shed::note(Cause::RoomWait);
                Entry::Wait { ticket, wait }
            }
        }
    }

    /// What a ticket does for its bearer; nothing where it does nothing.
    fn shown(
        &self,
        vault: &Vault,
        ctx: &Ctx,
        visitor: &Visitor<'_>,
        held: &Ticket,
        network: Option<IpAddr>,
        comes: Comes,
    ) -> Option<Entry> {
        let mark = visitor.browser.bytes();
        let worth = match held.worth(mark, network, ctx.now, false) {
            Worth::Wait(_) if self.has_room() => held.worth(mark, network, ctx.now, true),
            worth => worth,
        };
        match worth {
            Worth::Wait(until) => Some(Entry::Wait {
                ticket: None,
                wait: until - ctx.now,
            }),
            Worth::Through if comes == Comes::ToLook && !self.spent().has(held.id, self.at()) => {
                // Let in before their time: their time is now, so that what they type is not in vain.
                let early = ctx.now < held.not_before;
                let ticket = early.then(|| self.ticket(vault, ctx, visitor, network, ctx.now));
                Some(Entry::Through { ticket, spent: None })
            }
            Worth::Through if comes == Comes::ToTry && self.spends(held, ctx.now) => Some(Entry::Through {
                ticket: None,
                spent: Some(held.id),
            }),
            Worth::Through | Worth::Nothing => {
                shed::note(Cause::RoomTicket);
                None
            }
        }
    }

    fn spends(&self, held: &Ticket, now: Time) -> bool {
        let lasts = held.not_before + room::TICKET_SERVES - now;
        self.spent().spend(held.id, self.at(), lasts)
    }

    /// No turn was to be had after all: the ticket serves again.
    pub fn gives_back(&self, ticket: [u8; 16]) {
        self.spent().give_back(ticket);
    }

    fn ticket(
        &self,
        vault: &Vault,
        ctx: &Ctx,
        visitor: &Visitor<'_>,
        network: Option<IpAddr>,
        not_before: Time,
    ) -> String {
        let ticket = Ticket {
            id: ctx.rng.bytes(),
            browser: visitor.browser.bytes(),
            network,
            not_before,
        };
        ticket::seal(vault, ctx, &ticket)
    }

    /// A place in the line: how long until its time comes. The narrowest circle is asked first and a full one stops there, so
    /// that who takes many places from one address lengthens the line of that address, not everybody's.
    fn place(&self, source: Option<IpAddr>) -> Result<Span, room::Full> {
        let (at, longest) = (self.at(), self.0.longest);
        let mut furthest = at;
        // This machine, or a proxy on it that names nobody: there is nobody to tell apart.
        if let Some(source) = source.filter(|source| !source.is_loopback()) {
            for (circle, step) in STEPS {
                let tail = self.0.tails.of(&(circle, circle.around(source)));
                furthest = furthest.max(tail.place(at, step, longest)?);
            }
        }
        let all = self.0.tails.line().place(at, self.step(), longest)?;
        Ok(furthest.max(all) - at)
    }

    /// A turn that nobody who shows up has asked for: given before its time, at most as often as turns come up.
    fn has_room(&self) -> bool {
        self.gate().is_slack() && self.0.tails.early().place(self.at(), self.step(), Span::ZERO).is_ok()
    }

    /// The time between two strangers.
    fn step(&self) -> Span {
        let (served, known) = self.gate().rates();
        room::step(room::strangers_rate(served, self.0.strangers_percent, known))
    }

    /// Whether strangers wait, looked at afresh.
    pub fn is_open(&self) -> bool {
        match self.0.mode {
            RoomMode::Always => return true,
            RoomMode::Never => return false,
            RoomMode::Auto => {}
        }
        let at = self.at();
        let seen = Seen {
            wait: self.gate().expected_wait(Class::Stranger),
            turned_away: self.gate().turned_away(),
            line_empty: self.0.tails.line().is_over(at),
        };
        let mut pressure = self.0.pressure.lock().unwrap_or_else(PoisonError::into_inner);
        let before = pressure.open;
        *pressure = pressure.after(seen, at, self.0.thresholds);
        let open = pressure.open;
        drop(pressure);
        metrics::gauge!("idp_room_line_seconds").set(seconds(self.0.tails.line().length(at)));
        if before != open {
            metrics::gauge!("idp_room_open").set(if open { 1.0 } else { 0.0 });
            log::warn!(open; "the waiting room before the log-in {}", if open { "opens" } else { "closes" });
        }
        open
    }

    /// How long this node has been there: the line's own time, which no clock can move.
    fn at(&self) -> Span {
        Span::micros(i64::try_from(self.0.began.elapsed().as_micros()).unwrap_or(i64::MAX))
    }

    fn spent(&self) -> MutexGuard<'_, Spent> {
        self.0.spent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// When a waiting browser looks again: at its time, or sooner, since there may be room.
#[must_use]
pub fn looks_again(entry: &Entry) -> Duration {
    let wait = match entry {
        Entry::Wait { wait, .. } => (*wait).min(LOOKS_AGAIN).max(Span::secs(1)),
        Entry::Full => FULL_AGAIN,
        Entry::Through { .. } => Span::ZERO,
    };
    wait.as_duration()
}

/// Does something slow, and how long it took.
pub(super) fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let began = Instant::now();
    let done = work();
    (done, began.elapsed())
}

fn seconds(span: Span) -> f64 {
    span.as_duration().as_secs_f64()
}
