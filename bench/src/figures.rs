//! The figures of a run, as they lie in `docs/performance/`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A whole run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Run {
    /// The machine.
    pub machine: Machine,
    /// The commit that was measured; `+` when the tree had changes.
    pub commit: String,
    /// Day and time, UTC.
    pub date: String,
    /// `release`, or `debug` for a short run, whose figures mean nothing.
    pub profile: String,
    /// Seconds of each scenario.
    pub seconds: f64,
    /// What was set apart from the defaults.
    pub settings: Vec<String>,
    /// Operations per CPU-second of what the machine can do without us, by name.
    pub floors: BTreeMap<String, f64>,
    /// One for each database.
    pub houses: Vec<House>,
}

/// Where it was measured.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Machine {
    /// Processor.
    pub cpu: String,
    /// Cores that were there.
    pub cores: usize,
    /// MiB.
    pub memory: u64,
    /// Kernel.
    pub kernel: String,
    /// Load average at the start: others were working, where it is above 0.
    pub load: f64,
    /// Which core did what.
    pub pinning: String,
}

/// The server on one database.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct House {
    /// `sqlite` or `postgres`.
    pub database: String,
    /// Milliseconds from the start of the process to the first «ready», database migrated; the median of several.
    pub ready_ms: f64,
    /// KiB resident, idle after the start.
    pub rss_idle: u64,
    /// KiB resident, idle after everything.
    pub rss_after: u64,
    /// Floors that depend on the database.
    pub floors: BTreeMap<String, f64>,
    /// The scenarios, in order.
    pub scenarios: Vec<Measured>,
}

/// One scenario.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Measured {
    /// Its name.
    pub name: String,
    /// `closed`: each of the connections asks again as soon as it was answered. `open`: asked at a fixed rate, and what waits
    /// for a connection waits on the clock.
    pub loop_: Loop,
    /// Operations that were completed; an operation may take several requests.
    pub operations: u64,
    /// Requests that an operation takes.
    pub requests: u32,
    /// Wall seconds.
    pub seconds: f64,
    /// Operations a second.
    pub rate: f64,
    /// Operations per second of the server's CPU.
    pub per_cpu: f64,
    /// Operations per second of CPU of server and database together; the same as `per_cpu` on SQLite.
    pub per_cpu_with_database: f64,
    /// Milliseconds.
    pub p50: f64,
    /// Milliseconds.
    pub p95: f64,
    /// Milliseconds.
    pub p99: f64,
    /// Answers that were not what was asked for.
    pub errors: u64,
    /// KiB resident, most during the scenario.
    pub rss_peak: u64,
    /// CPU of the driver, a share of the time: near 1, the driver was the bottleneck.
    pub driver: f64,
}

/// How a scenario is driven.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Loop {
    /// So many connections.
    Closed(u32),
    /// So many operations a second.
    Open(u32),
}

impl Run {
    /// What was measured on one database, by the scenario's name.
    #[must_use]
    pub fn find(&self, database: &str, name: &str) -> Option<&Measured> {
        let house = self.houses.iter().find(|house| house.database == database)?;
        house.scenarios.iter().find(|measured| measured.name == name)
    }
}
