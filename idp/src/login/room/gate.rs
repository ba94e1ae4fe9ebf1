//! Turns at a password hash: two lines before the hash lanes, one of known browsers and one of strangers, each with a bounded
//! number of places and a deadline. Somebody has a turn before anything of theirs is counted in the database. Never knows a
//! password.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::{Instant, timeout};

use crate::domain::room::{self, Class};
use crate::domain::time::Span;
use crate::shed::{self, Cause};
use crate::work::Overloaded;

/// A hash is thought to take this long until one was measured.
const FIRST_GUESS: Duration = Duration::from_millis(50);

/// The gate. Clones are the same one.
#[derive(Clone)]
pub struct Gate(Arc<Inner>);

struct Inner {
    state: Mutex<State>,
    lanes: u32,
    slots: usize,
    places: usize,
    deadline: Duration,
}

struct State {
    free: usize,
    known: VecDeque<oneshot::Sender<Turn>>,
    strangers: VecDeque<oneshot::Sender<Turn>>,
    known_in_a_row: u8,
    hash: Duration,
    turned_away: bool,
    arrivals: Arrivals,
}

/// Leave to use a hash lane; passed on to the next in line when it is dropped.
pub struct Turn(Option<Arc<Inner>>);

enum Asked {
    Now(Turn),
    Wait(oneshot::Receiver<Turn>),
    Full,
}

impl Gate {
    /// For so many hash lanes: twice as many have a turn, so that a lane never waits for somebody's reservation.
    #[must_use]
    pub fn new(lanes: usize, places: usize, deadline: Duration) -> Self {
        let slots = lanes.max(1) * 2;
        Self(Arc::new(Inner {
            state: Mutex::new(State {
                free: slots,
                known: VecDeque::new(),
                strangers: VecDeque::new(),
                known_in_a_row: 0,
                hash: FIRST_GUESS,
                turned_away: false,
                arrivals: Arrivals::new(Instant::now()),
            }),
            lanes: u32::try_from(lanes.max(1)).unwrap_or(u32::MAX),
            slots,
            places: places.max(1),
            deadline,
        }))
    }

    /// A turn, as soon as it comes.
    ///
    /// # Errors
    /// [`Overloaded`] when the line of that class is full, or no turn would come (or came) before the deadline.
    pub async fn turn(&self, class: Class) -> Result<Turn, Overloaded> {
        let asked = Instant::now();
        let turn = match self.0.ask(class, asked) {
            Asked::Now(turn) => Some(turn),
            Asked::Wait(turn) => timeout(self.0.deadline, turn).await.ok().and_then(Result::ok),
            Asked::Full => None,
        };
        metrics::histogram!("idp_hash_wait_seconds", "class" => class.word()).record(asked.elapsed().as_secs_f64());
        turn.ok_or_else(|| {
            let cause = match class {
                Class::Known => Cause::HashKnown,
                Class::Stranger => Cause::HashStranger,
            };
            shed::note(cause);
            if class == Class::Stranger {
                self.0.lock().turned_away = true;
            }
            Overloaded
        })
    }

    /// How long somebody who came now would wait.
    #[must_use]
    pub fn expected_wait(&self, class: Class) -> Span {
        let wait = self.0.expected_wait(&self.0.lock(), class);
        Span::micros(i64::try_from(wait.as_micros()).unwrap_or(i64::MAX))
    }

    /// A lane is free and nobody waits for it.
    #[must_use]
    pub fn is_slack(&self) -> bool {
        let state = self.0.lock();
        state.free > 0 && state.known.is_empty() && state.strangers.is_empty()
    }

    /// Whether a stranger was turned away since this was last asked.
    #[must_use]
    pub fn turned_away(&self) -> bool {
        std::mem::take(&mut self.0.lock().turned_away)
    }

    /// What the lanes serve and what known browsers ask, in thousandths a second.
    #[must_use]
    pub fn rates(&self) -> (u64, u64) {
        let mut state = self.0.lock();
        let hash = u64::try_from(state.hash.as_micros()).unwrap_or(u64::MAX).max(1);
        let served = u64::from(self.0.lanes) * 1_000_000_000 / hash;
        (served, state.arrivals.rate(Instant::now()))
    }
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing that can fail runs under the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ask(self: &Arc<Self>, class: Class, now: Instant) -> Asked {
        let mut state = self.lock();
        if class == Class::Known {
            state.arrivals.one_more(now);
        }
        if state.free > 0 && state.known.is_empty() && state.strangers.is_empty() {
            state.free -= 1;
            return Asked::Now(Turn(Some(Arc::clone(self))));
        }
        let wait = self.expected_wait(&state, class);
        let line = state.line(class);
        if line.len() >= self.places {
            // Whoever went away does not keep a place.
            line.retain(|waiting| !waiting.is_closed());
        }
        if line.len() >= self.places || wait > self.deadline {
            return Asked::Full;
        }
        let (sender, turn) = oneshot::channel();
        line.push_back(sender);
        state.show();
        Asked::Wait(turn)
    }

    /// Those before one of this class, at the time a hash takes.
    fn expected_wait(&self, state: &State, class: Class) -> Duration {
        let before = match class {
            Class::Known => state.known.len(),
            Class::Stranger => state.known.len() + state.strangers.len(),
        };
        let under_way = self.slots - state.free.min(self.slots);
        let all = u32::try_from(before + under_way).unwrap_or(u32::MAX);
        state.hash.saturating_mul(all) / self.lanes
    }

    /// The turn goes on to whoever is next and still there.
    fn pass_on(self: Arc<Self>) {
        loop {
            let mut state = self.lock();
            let Some(next) = state.next() else {
                state.free = (state.free + 1).min(self.slots);
                return;
            };
            state.show();
            drop(state);
            match next.send(Turn(Some(Arc::clone(&self)))) {
                Ok(()) => return,
                // They went away: nothing is passed on by what comes back.
                Err(mut turn) => drop(turn.0.take()),
            }
        }
    }
}

impl State {
    fn line(&mut self, class: Class) -> &mut VecDeque<oneshot::Sender<Turn>> {
        match class {
            Class::Known => &mut self.known,
            Class::Stranger => &mut self.strangers,
        }
    }

    fn next(&mut self) -> Option<oneshot::Sender<Turn>> {
        let class = room::next(self.known.len(), self.strangers.len(), self.known_in_a_row)?;
        self.known_in_a_row = match class {
            Class::Known => self.known_in_a_row.saturating_add(1),
            Class::Stranger => 0,
        };
        self.line(class).pop_front()
    }

    fn show(&self) {
        for (class, line) in [(Class::Known, &self.known), (Class::Stranger, &self.strangers)] {
            let waiting = u32::try_from(line.len()).unwrap_or(u32::MAX);
            metrics::gauge!("idp_hash_waiting", "class" => class.word()).set(f64::from(waiting));
        }
    }
}

impl Turn {
    /// How long a hash took: what the line's pace is reckoned from.
    pub fn took(&self, hash: Duration) {
        if let Some(gate) = &self.0 {
            let mut state = gate.lock();
            state.hash = (state.hash * 7 + hash) / 8;
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(gate) = self.0.take() {
            gate.pass_on();
        }
    }
}

/// How many known browsers come, averaged over the last seconds.
struct Arrivals {
    second: Instant,
    count: u64,
    /// In thousandths a second.
    average: u64,
}

impl Arrivals {
    fn new(now: Instant) -> Self {
        Self {
            second: now,
            count: 0,
            average: 0,
        }
    }

    fn one_more(&mut self, now: Instant) {
        self.rate(now);
        self.count += 1;
    }

    fn rate(&mut self, now: Instant) -> u64 {
        let seconds = now.saturating_duration_since(self.second).as_secs();
        for _ in 0..seconds.min(60) {
            self.average = (self.average * 3 + self.count * 1_000) / 4;
            self.count = 0;
        }
        self.second += Duration::from_secs(seconds);
        self.average
    }
}
