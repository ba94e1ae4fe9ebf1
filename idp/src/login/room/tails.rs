//! Where the lines end: one number for each, in a table of fixed size. Two sources that meet in a slot stand in one line.

use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::atomic::{AtomicI64, Ordering};

use crate::domain::room::{self, Full};
use crate::domain::time::Span;

/// All lines of a node.
pub(super) struct Tails {
    hasher: RandomState,
    slots: Box<[Tail]>,
    line: Tail,
    early: Tail,
}

/// The end of one line, in microseconds of the room's own time.
#[derive(Default)]
pub(super) struct Tail(AtomicI64);

impl Tails {
    pub(super) fn new(slots: usize) -> Self {
        Self {
            hasher: RandomState::new(),
            slots: (0..slots.max(1)).map(|_| Tail::default()).collect(),
            line: Tail::default(),
            early: Tail::default(),
        }
    }

    /// The line of whatever the key names.
    pub(super) fn of(&self, key: &impl Hash) -> &Tail {
        let at = usize::try_from(self.hasher.hash_one(key)).unwrap_or(0) % self.slots.len();
        self.slots.get(at).unwrap_or(&self.line)
    }

    /// Everybody's.
    pub(super) fn line(&self) -> &Tail {
        &self.line
    }

    /// Of those who are let in before their time.
    pub(super) fn early(&self) -> &Tail {
        &self.early
    }

    #[cfg(test)]
    pub(super) fn bytes(&self) -> usize {
        size_of_val(&*self.slots)
    }
}

impl Tail {
    /// Takes a place; when it comes up.
    pub(super) fn place(&self, at: Span, step: Span, longest: Span) -> Result<Span, Full> {
        let put = |tail| room::place(Span::micros(tail), at, step, longest).ok();
        let next = |tail| put(tail).map(|(_, behind)| behind.as_micros());
        match self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next) {
            Ok(tail) => put(tail).map(|(place, _)| place).ok_or(Full),
            Err(_) => Err(Full),
        }
    }

    /// Everybody's time has come.
    pub(super) fn is_over(&self, at: Span) -> bool {
        self.length(at) <= Span::ZERO
    }

    /// How far ahead it reaches.
    pub(super) fn length(&self, at: Span) -> Span {
        (Span::micros(self.0.load(Ordering::Relaxed)) - at).max(Span::ZERO)
    }
}
