//! Owns the threads for slow work: a fixed number of lanes for password hashing with a short queue before them. Never
//! holds a database connection, never grows: what does not fit is shed, so that a flood of log-ins cannot take the
//! machine's memory or starve the rest. The lanes run at lower priority: while they hash, whoever has a session, a token or a
//! question for the metadata is served first.
//!
//! ```text
//!   hash() ── queue full ──▶ Overloaded
//!     │ queued ── deadline passes ──▶ Overloaded (the lane skips it)
//!     └ running ── done ──▶ T
//! ```

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use crate::vault::password::HashMemory;

/// How many lanes, how many may wait, and for how long.
#[derive(Clone, Copy, Debug)]
pub struct WorkSettings {
    /// Threads that hash; each owns one block of Argon2 memory. At least 1.
    pub hash_lanes: usize,
    /// Jobs that may wait for a lane.
    pub hash_queue: usize,
    /// Longest wait for a lane.
    pub deadline: Duration,
}

impl Default for WorkSettings {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
        Self {
            hash_lanes: cores.saturating_sub(1).max(1),
            hash_queue: 256,
            deadline: Duration::from_secs(2),
        }
    }
}

/// No lane was free in time; nothing was done. The answer is 503 with Retry-After.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no hash lane was free in time")]
pub struct Overloaded;

/// The pools. Clones share the lanes; when the last one is dropped the lanes end.
#[derive(Clone)]
pub struct Work(Arc<Owner>);

struct Owner {
    lanes: Arc<Lanes>,
    deadline: Duration,
}

struct Lanes {
    queue: Mutex<Queue>,
    wake: Condvar,
    room: usize,
    count: usize,
}

struct Queue {
    waiting: VecDeque<Job>,
    busy: usize,
    open: bool,
}

struct Job {
    state: Arc<AtomicU8>,
    run: Box<dyn FnOnce(&mut HashMemory) + Send>,
}

/// How much nicer a lane is than the rest: a third of an ordinary thread's share where both want the same core, all that is left
/// where not.
#[cfg(target_os = "linux")]
const NICE: i32 = 5;

const QUEUED: u8 = 0;
const RUNNING: u8 = 1;
const GIVEN_UP: u8 = 2;

impl Work {
    /// Starts the lanes. A thread that the system refuses is logged and left out; with none at all every call is shed.
    #[must_use]
    pub fn new(settings: WorkSettings) -> Self {
        let lanes = Arc::new(Lanes {
            queue: Mutex::new(Queue {
                waiting: VecDeque::new(),
                busy: 0,
                open: true,
            }),
            wake: Condvar::new(),
            room: settings.hash_queue,
            count: settings.hash_lanes.max(1),
        });
        for number in 0..lanes.count {
            let mine = Arc::clone(&lanes);
            let started = std::thread::Builder::new()
                .name(format!("hash-{number}"))
                .spawn(move || {
                    step_back();
                    mine.serve();
                });
            if let Err(error) = started {
                log::error!(error:%; "a hash lane could not be started");
            }
        }
        Self(Arc::new(Owner {
            lanes,
            deadline: settings.deadline,
        }))
    }

    /// Runs `job` on a lane, with that lane's memory.
    ///
    /// # Errors
    /// [`Overloaded`] when the queue is full or the deadline passes before a lane is free; then `job` is never run.
    pub async fn hash<T, F>(&self, job: F) -> Result<T, Overloaded>
    where
        T: Send + 'static,
        F: FnOnce(&mut HashMemory) -> T + Send + 'static,
    {
        let (done, mut result) = oneshot::channel();
        let state = Arc::new(AtomicU8::new(QUEUED));
        let run = Box::new(move |memory: &mut HashMemory| {
            // The receiver may have gone away with its request; then nobody wants the answer.
            let _unwanted = done.send(job(memory));
        });
        self.0.lanes.push(Job {
            state: Arc::clone(&state),
            run,
        })?;
        match tokio::time::timeout(self.0.deadline, &mut result).await {
            Ok(answer) => answer.map_err(|_| Overloaded),
            Err(_) if give_up(&state) => Err(Overloaded),
            Err(_) => result.await.map_err(|_| Overloaded),
        }
    }

    /// Whether another job would find a place. Asked before an attempt is counted: what is shed counts nothing.
    #[must_use]
    pub fn has_room(&self) -> bool {
        self.0.lanes.lock().waiting.len() < self.0.lanes.room
    }

    /// How many lanes there are (for the metrics).
    #[must_use]
    pub fn lanes(&self) -> usize {
        self.0.lanes.count
    }

    /// Jobs that wait or run now (for the metrics).
    #[must_use]
    pub fn depth(&self) -> usize {
        let queue = self.0.lanes.lock();
        queue.waiting.len() + queue.busy
    }
}

/// Lowers the priority of the calling thread. Only on Linux does a nice value belong to a thread; elsewhere it would slow down the
/// whole process.
fn step_back() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::nice(NICE) {
        log::warn!(error:%; "a hash lane runs at ordinary priority");
    }
}

/// True when the job had not begun and now never will.
fn give_up(state: &AtomicU8) -> bool {
    state
        .compare_exchange(QUEUED, GIVEN_UP, Ordering::AcqRel, Ordering::Acquire)
        .is_ok()
}

impl Lanes {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        // No job runs under the lock, so a poisoned queue is still whole.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, job: Job) -> Result<(), Overloaded> {
        let mut queue = self.lock();
        if queue.waiting.len() >= self.room {
            queue.waiting.retain(|job| job.state.load(Ordering::Acquire) == QUEUED);
        }
        if queue.waiting.len() >= self.room.max(1) {
            return Err(Overloaded);
        }
        queue.waiting.push_back(job);
        drop(queue);
        self.wake.notify_one();
        Ok(())
    }

    fn serve(&self) {
        let mut memory = HashMemory::default();
        while let Some(job) = self.next(&mut memory) {
            if job
                .state
                .compare_exchange(QUEUED, RUNNING, Ordering::AcqRel, Ordering::Acquire)
                .is_ok()
            {
                let run = job.run;
                #[expect(clippy::disallowed_methods, reason = "measures, decides nothing")]
                let begun = Instant::now();
                if catch_unwind(AssertUnwindSafe(|| run(&mut memory))).is_err() {
                    log::error!("a hash job ended abnormally");
                    memory = HashMemory::default();
                }
                metrics::histogram!("idp_hash_seconds").record(begun.elapsed().as_secs_f64());
            }
            let mut queue = self.lock();
            queue.busy = queue.busy.saturating_sub(1);
        }
    }

    /// The next job, or nothing when the owner is gone. A lane that finds none wipes its memory before it waits; where one waits
    /// already, its hash overwrites all of it at once.
    fn next(&self, memory: &mut HashMemory) -> Option<Job> {
        let mut queue = self.lock();
        loop {
            if let Some(job) = queue.waiting.pop_front() {
                queue.busy += 1;
                return Some(job);
            }
            if !queue.open {
                return None;
            }
            if memory.is_used() {
                drop(queue);
                memory.wipe();
                queue = self.lock();
                continue;
            }
            queue = self.wake.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        self.lanes.lock().open = false;
        self.lanes.wake.notify_all();
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn one_lane(queue: usize, millis: u64) -> Work {
        Work::new(WorkSettings {
            hash_lanes: 1,
            hash_queue: queue,
            deadline: Duration::from_millis(millis),
        })
    }

    #[actix_web::test]
    async fn a_job_runs_and_answers() {
        assert_eq!(one_lane(4, 2_000).hash(|_| 40 + 2).await, Ok(42));
    }

    #[actix_web::test]
    async fn what_waits_too_long_is_shed_and_never_run() {
        let work = one_lane(4, 30);
        let (open, gate) = std::sync::mpsc::channel::<()>();
        let blocker = tokio::spawn({
            let work = work.clone();
            async move { work.hash(move |_| gate.recv().is_ok()).await }
        });
        while work.depth() == 0 {
            tokio::task::yield_now().await;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
        let (ran, has_run) = std::sync::mpsc::channel::<()>();
        assert_eq!(work.hash(move |_| ran.send(())).await.map(|_| ()), Err(Overloaded));
        open.send(()).unwrap();
        assert_eq!(blocker.await.unwrap(), Ok(true));
        assert_eq!(work.hash(|_| 1).await, Ok(1));
        assert!(has_run.recv().is_err(), "the job that was shed was dropped unrun");
    }

    #[actix_web::test]
    async fn a_full_queue_refuses_at_once() {
        let work = one_lane(1, 5_000);
        let (open, gate) = std::sync::mpsc::channel::<()>();
        let running = tokio::spawn({
            let work = work.clone();
            async move { work.hash(move |_| gate.recv().is_ok()).await }
        });
        while work.0.lanes.lock().busy == 0 {
            tokio::task::yield_now().await;
        }
        let waiting = tokio::spawn({
            let work = work.clone();
            async move { work.hash(|_| ()).await }
        });
        while work.depth() < 2 {
            tokio::task::yield_now().await;
        }
        assert_eq!(work.hash(|_| ()).await, Err(Overloaded));
        open.send(()).unwrap();
        assert_eq!(running.await.unwrap(), Ok(true));
        assert_eq!(waiting.await.unwrap(), Ok(()));
    }

    #[cfg(target_os = "linux")]
    #[actix_web::test]
    async fn a_lane_steps_back_for_the_rest_of_the_house() {
        // Field 19 of proc_pid_stat(5), counted behind the name, which may hold spaces.
        let nice = |stat: std::io::Result<String>| -> i32 {
            let stat = stat.unwrap();
            let behind_name = &stat[stat.rfind(')').unwrap() + 2..];
            behind_name.split(' ').nth(16).unwrap().parse().unwrap()
        };
        let here = nice(std::fs::read_to_string("/proc/thread-self/stat"));
        let lane = one_lane(4, 2_000)
            .hash(|_| std::fs::read_to_string("/proc/thread-self/stat"))
            .await
            .unwrap();
        assert_eq!(nice(lane), (here + NICE).min(19), "the lane's own thread");
        let after = nice(std::fs::read_to_string("/proc/thread-self/stat"));
        assert_eq!(after, here, "nobody else's");
    }

    #[actix_web::test]
    async fn a_lane_that_waits_holds_nothing_of_the_last_hash() {
        use crate::entropy::Entropy;
        use crate::vault::password::{Params, make};
        use crate::vault::{MasterKey, Vault};
        let (work, vault) = (
            one_lane(4, 2_000),
            Vault::new(&MasterKey::generate(&Entropy::seeded(1)), [0; 16]),
        );
        let cheap = Params {
            memory_kib: 64,
            passes: 1,
            lanes: 1,
        };
        let hashed = work.hash(move |memory| {
            make(&vault, (b"password", false), [0; 16], cheap, memory).unwrap();
            memory.is_used()
        });
        assert_eq!(hashed.await, Ok(true));
        let begun = tokio::time::Instant::now();
        while work.hash(|memory| memory.is_used()).await.unwrap() {
            assert!(begun.elapsed() < Duration::from_secs(10), "never wiped");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    #[actix_web::test]
    async fn a_job_that_panics_leaves_the_lane_alive() {
        let work = one_lane(4, 2_000);
        let nothing: Vec<u8> = Vec::new();
        assert_eq!(work.hash(move |_| nothing[3]).await, Err(Overloaded));
        assert_eq!(work.hash(|_| 7).await, Ok(7));
    }
}
