//! A database with its crowd, made by `idp demo generate`; how fast, with how much memory, how large.

use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::{Place, beside, machine};
use crate::program::root;

pub(super) const FIGURES: &str = "crowd.json";
/// With room for the write-ahead log and the next size's database.
const BYTES_PER_PERSON: u64 = 5_000;
const LEAST_FREE: u64 = 2_000_000_000;

/// What making a crowd took.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Figures {
    pub people: u64,
    pub seconds: f64,
    pub people_per_second: f64,
    pub cpu_seconds: f64,
    /// Of it, the hashes of those who have a password (as many at full cost were made beforehand to see what one takes).
    pub hashes: u64,
    pub peak_rss_mib: f64,
    pub database_bytes: u64,
    pub bytes_per_person: f64,
    pub load_before: String,
}

/// `idp` with the demo's configuration and this place's database.
pub(super) fn idp(place: &Place) -> Result<Command, String> {
    let mut command = Command::new(beside("idp")?);
    command
        .current_dir(root())
        .args(["--config", "config/demo/idp.toml"])
        .env("IDP__STORAGE__URL", format!("sqlite:{}", place.database().display()))
        .env("IDP__VAULT__MASTER_KEY_PATH", place.folder.join("master.key"))
        .env("IDP__DEMO__DIR", place.folder.join("demo"))
        .env("IDP__AUDIT__HEADS", place.folder.join("heads.jsonl"))
        .env("IDP__LOG__LEVEL", "warn")
        .stdin(Stdio::null());
    Ok(command)
}

/// Makes it; `false` when the time was up before it was done. A half-made one is thrown away.
pub(super) fn invent(place: &Place, ends: Instant) -> Result<bool, String> {
    let (people, folder) = (place.people, &place.folder);
    // What is left of a run that was stopped.
    drop(fs::remove_dir_all(folder));
    fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let (free, needed) = (machine::free_bytes(folder), (people * BYTES_PER_PERSON).max(LEAST_FREE));
    if free < needed {
        return Err(format!(
            "{people} people want {} GB of free space in {}, there are {}",
            needed / 1_000_000_000,
            folder.display(),
            free / 1_000_000_000
        ));
    }
    println!("{people} people …");
    let load_before = machine::load();
    let begun = Instant::now();
    let mut child = idp(place)?
        .args(["demo", "generate", "--hash", "shared", "--lines", "sample", "--codes"])
        .args(["--people", &people.to_string()])
        .arg("--out")
        .arg(place.sample())
        .spawn()
        .map_err(|error| format!("idp: {error}"))?;
    let (mut cpu, mut peak) = (0.0_f64, 0);
    let status = loop {
        cpu = cpu.max(machine::cpu_seconds(child.id()));
        peak = peak.max(machine::memory_kib(child.id(), "VmHWM"));
        if let Some(status) = child.try_wait().map_err(|error| error.to_string())? {
            break status;
        }
        if Instant::now() >= ends {
            drop(child.kill());
            drop(child.wait());
            drop(fs::remove_dir_all(folder));
            return Ok(false);
        }
        std::thread::sleep(Duration::from_millis(100));
    };
    let seconds = begun.elapsed().as_secs_f64();
    if !status.success() {
        return Err(format!("idp demo generate ended with {status}"));
    }
    let database_bytes = machine::database_bytes(&place.database());
    let hashes = fs::read(place.sample()).map_or(0, |lines| lines.iter().filter(|byte| **byte == b'\n').count());
    let figures = Figures {
        people,
        seconds,
        people_per_second: people as f64 / seconds,
        cpu_seconds: cpu,
        hashes: hashes as u64,
        peak_rss_mib: peak as f64 / 1024.0,
        database_bytes,
        bytes_per_person: database_bytes as f64 / people as f64,
        load_before,
    };
    println!(
        "{people} people in {seconds:.1} s ({:.0}/s, {cpu:.1} CPU s, peak {:.0} MiB); {:.0} bytes each in the database",
        figures.people_per_second, figures.peak_rss_mib, figures.bytes_per_person
    );
    place.keep(FIGURES, &figures)?;
    Ok(true)
}
