//! The table of background work and its runner. Owns when a job runs, that a failing one neither stops nor floods the log, and that
//! one which panics is run again and told of; never what it does: each slice supplies its own.

use std::collections::BTreeSet;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::storage::Halt;

type Handler = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = Result<(), Halt>> + Send>> + Send + Sync>;

/// Background work.
#[derive(Clone)]
pub struct Job {
    name: &'static str,
    every: Duration,
    run: Handler,
}

impl Job {
    /// Work that is done every so often.
    pub fn new<F, R>(name: &'static str, every: Duration, run: F) -> Job
    where
        F: Fn() -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), Halt>> + Send + 'static,
    {
        Job {
            name,
            every,
            run: Arc::new(move || Box::pin(run())),
        }
    }
}

/// Which jobs do not do their work: their last run panicked. Clones look at the same.
#[derive(Debug, Clone, Default)]
pub struct Board(Arc<Mutex<BTreeSet<&'static str>>>);

impl Board {
    fn lock(&self) -> MutexGuard<'_, BTreeSet<&'static str>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Names of the jobs whose last run panicked.
    #[must_use]
    pub fn broken(&self) -> Vec<&'static str> {
        self.lock().iter().copied().collect()
    }
}

/// Jobs that run until they are told to stop.
pub struct Runner {
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Runner {
    /// Starts every job of the table; `board` says which of them are broken.
    #[must_use]
    pub fn start(table: Vec<Job>, board: &Board) -> Runner {
        let (stop, stopped) = watch::channel(false);
        let tasks = table
            .into_iter()
            .map(|job| tokio::spawn(repeat(job, stopped.clone(), board.clone())))
            .collect();
        Runner { stop, tasks }
    }

    /// Lets what runs finish, and stops.
    pub async fn stop(self) {
        let _nobody_listens = self.stop.send(true);
        for task in self.tasks {
            let _panicked = task.await;
        }
    }
}

async fn repeat(job: Job, mut stopped: watch::Receiver<bool>, board: Board) {
    let mut failing = false;
    metrics::counter!("idp_job_failures_total", "job" => job.name).increment(0);
    loop {
        // A panic in making the future counts as one in running it.
        let run = async { (job.run)().await };
        match AssertUnwindSafe(run).catch_unwind().await {
            Ok(Ok(())) => {
                failing = false;
                board.lock().remove(job.name);
            }
            Ok(Err(halt)) => {
                if !failing {
                    log::warn!(job = job.name; "a job failed and is tried again: {halt:?}");
                }
                failing = true;
                metrics::counter!("idp_job_failures_total", "job" => job.name).increment(1);
                board.lock().remove(job.name);
            }
            Err(_) => {
                if board.lock().insert(job.name) {
                    log::error!(job = job.name; "a job panicked and is tried again");
                }
                metrics::counter!("idp_job_panics_total", "job" => job.name).increment(1);
            }
        }
        tokio::select! {
            () = tokio::time::sleep(job.every) => {}
            _ = stopped.changed() => return,
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::expect_used, reason = "tests")]

    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn a_job_that_panics_is_told_of_and_run_again() {
        let runs = Arc::new(AtomicUsize::new(0));
        let (counted, board) = (Arc::clone(&runs), Board::default());
        let mends = Arc::new(tokio::sync::Semaphore::new(0));
        let gate = Arc::clone(&mends);
        let job = Job::new("story", Duration::from_millis(1), move || {
            let (counted, gate) = (Arc::clone(&counted), Arc::clone(&gate));
            async move {
                let run = counted.fetch_add(1, Ordering::SeqCst);
                assert!(run >= 3, "a bug in a job");
                let _mended = gate.acquire().await;
                Ok(())
            }
        });
        let runner = Runner::start(vec![job], &board);
        let wait = |so: Box<dyn Fn() -> bool>| async move {
            while !so() {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        let (again, watched) = (Arc::clone(&runs), board.clone());
        wait(Box::new(move || again.load(Ordering::SeqCst) > 3)).await;
        assert_eq!(board.broken(), ["story"], "it has not done its work yet");
        mends.add_permits(1);
        wait(Box::new(move || watched.broken().is_empty())).await;
        tokio::time::timeout(Duration::from_secs(30), runner.stop())
            .await
            .expect("stops");
    }
}
