//! The table of background work and its runner. Owns when a job runs and that a failing one neither stops nor floods the log;
//! never what it does: each slice supplies its own.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

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

/// Jobs that run until they are told to stop.
pub struct Runner {
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Runner {
    /// Starts every job of the table.
    #[must_use]
    pub fn start(table: Vec<Job>) -> Runner {
        let (stop, stopped) = watch::channel(false);
        let tasks = table
            .into_iter()
            .map(|job| tokio::spawn(repeat(job, stopped.clone())))
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

async fn repeat(job: Job, mut stopped: watch::Receiver<bool>) {
    let mut failing = false;
    metrics::counter!("idp_job_failures_total", "job" => job.name).increment(0);
    loop {
        match (job.run)().await {
            Ok(()) => failing = false,
            Err(halt) if !failing => {
                failing = true;
                log::warn!(job = job.name; "a job failed and is tried again: {halt:?}");
                metrics::counter!("idp_job_failures_total", "job" => job.name).increment(1);
            }
            Err(_) => metrics::counter!("idp_job_failures_total", "job" => job.name).increment(1),
        }
        tokio::select! {
            () = tokio::time::sleep(job.every) => {}
            _ = stopped.changed() => return,
        }
    }
}
