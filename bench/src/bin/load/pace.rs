//! Scenarios as `rlt` runs them: what a worker holds, when it begins, and from when its answer is timed.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use anyhow::Result;
use async_trait::async_trait;
use bench::prepared::{Client, Prepared};
use rlt::{BenchSuite, IterInfo, IterReport, Status};
use tokio::time::{Instant, sleep_until};

use crate::wire::Wire;

/// The timer's own grain, not charged to the server.
const GRAIN: Duration = Duration::from_millis(2);

/// The steps of one operation.
#[async_trait]
pub trait Steps: Clone + Send + Sync + 'static {
    /// What one worker keeps between operations.
    type Own: Send;

    /// Before the clock runs; talks with nobody.
    fn begin(&self, desk: &Desk) -> Result<Self::Own>;

    /// One operation, from its first byte to its last; gives the bytes that were received.
    async fn run(&self, desk: &mut Desk, own: &mut Self::Own) -> Result<usize>;

    /// After the clock: what has changed of the state.
    fn end(&self, own: Self::Own, changed: &mut Prepared) {
        let _same = (own, changed);
    }
}

/// Where a worker sits.
pub struct Desk {
    /// The state of the run.
    pub prepared: Arc<Prepared>,
    /// The client that asks.
    pub client: Client,
    /// `Authorization` of that client.
    pub basic: String,
    /// Its name in the state.
    pub client_name: String,
    /// The connection of this worker.
    pub wire: Wire,
    /// Which sessions and people are this worker's: every `workers`-th from its own number on.
    pub seat: Seat,
}

/// A worker's place among the others.
#[derive(Clone, Copy)]
pub struct Seat {
    number: usize,
    workers: usize,
}

impl Seat {
    /// What of `all` belongs to this worker: nobody else touches it. Where there is less than one each, workers share.
    pub fn of<T: Clone>(&self, all: &[T]) -> Vec<(usize, T)> {
        let numbered = all.iter().cloned().enumerate();
        let own: Vec<(usize, T)> = numbered.skip(self.number).step_by(self.workers).collect();
        if own.is_empty() && !all.is_empty() {
            let number = self.number % all.len();
            vec![(number, all[number].clone())]
        } else {
            own
        }
    }
}

/// A scenario with its pace.
#[derive(Clone)]
pub struct Pace<S> {
    prepared: Arc<Prepared>,
    steps: S,
    client: String,
    per_second: Option<u32>,
    workers: u32,
    begun: Arc<OnceLock<Instant>>,
    changed: Arc<Mutex<Prepared>>,
}

impl<S> Pace<S> {
    pub fn new(prepared: Prepared, steps: S, client: String, per_second: Option<u32>, workers: u32) -> Self {
        Self {
            changed: Arc::new(Mutex::new(prepared.clone())),
            prepared: Arc::new(prepared),
            steps,
            client,
            per_second,
            workers,
            begun: Arc::default(),
        }
    }

    /// The state as the run leaves it: for the next one.
    pub fn changed(&self) -> Arc<Mutex<Prepared>> {
        Arc::clone(&self.changed)
    }

    /// The moment from which this operation is timed; waits until it has come.
    async fn due(&self, info: &IterInfo) -> Instant {
        let Some(rate) = self.per_second else {
            return Instant::now();
        };
        let begun = *self.begun.get_or_init(Instant::now);
        let due = begun + Duration::from_secs_f64(info.runner_seq as f64 / f64::from(rate));
        sleep_until(due).await;
        let now = Instant::now();
        if now.duration_since(due) < GRAIN { now } else { due }
    }
}

#[async_trait]
impl<S: Steps> BenchSuite for Pace<S> {
    type WorkerState = (Desk, S::Own);

    async fn state(&self, worker: u32) -> Result<Self::WorkerState> {
        let client = self.prepared.client(&self.client)?.clone();
        let desk = Desk {
            basic: client.basic(),
            client,
            client_name: self.client.clone(),
            wire: Wire::to(&self.prepared.origin)?,
            prepared: Arc::clone(&self.prepared),
            seat: Seat {
                number: worker as usize,
                workers: self.workers as usize,
            },
        };
        let own = self.steps.begin(&desk)?;
        Ok((desk, own))
    }

    async fn bench(&mut self, (desk, own): &mut Self::WorkerState, info: &IterInfo) -> Result<IterReport> {
        let due = self.due(info).await;
        let bytes = self.steps.run(desk, own).await?;
        Ok(IterReport {
            duration: due.elapsed(),
            status: Status::success(0),
            bytes: bytes as u64,
            items: 1,
        })
    }

    async fn teardown(self, (_, own): Self::WorkerState, _info: IterInfo) -> Result<()> {
        let mut changed = self.changed.lock().unwrap_or_else(PoisonError::into_inner);
        self.steps.end(own, &mut changed);
        Ok(())
    }
}
