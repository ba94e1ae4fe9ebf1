//! Measures at scale: crowds of several sizes, the size of their databases, the cost of a log-in among them. Owns the order of
//! what is done, what is done already and when to stop.
//!
//! ```text
//! each size: a database with its crowd ──▶ rounds: each size in turn, some log-ins ──▶ figures
//! ```
//! Rounds take the sizes in turn, so that a machine that slows down slows all of them alike; each round logs other people in.

#![expect(clippy::print_stdout, reason = "a program of the command line says how far it is")]

mod crowd;
mod log_ins;
mod machine;
mod report;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What is measured, from `SCALE_…` in the environment.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `SCALE_PEOPLE`: sizes, apart by spaces.
    pub sizes: Vec<u64>,
    /// `SCALE_ROUNDS`: how often each size has its turn.
    pub rounds: u64,
    /// `SCALE_LOGINS`: log-ins of one turn.
    pub log_ins: usize,
    /// `SCALE_MINUTES`: nothing is begun, and no crowd goes on, after so long.
    pub minutes: u64,
    /// `SCALE_DIR`: databases and what is done; to be removed by hand.
    pub folder: PathBuf,
    /// `SCALE_OUT`: where the figures go.
    pub out: PathBuf,
    /// `SCALE_DRIVER`: a command that logs people in, instead of our own (see [`log_ins`]).
    pub driver: Option<String>,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// All figures are there.
    Done,
    /// To be gone on with.
    TimeIsUp,
}

impl Settings {
    /// Reads them.
    ///
    /// # Errors
    /// Which one is no number.
    pub fn from_environment() -> Result<Self, String> {
        let text = |name: &str, otherwise: &str| std::env::var(name).unwrap_or_else(|_| otherwise.to_owned());
        let number = |name: &str, otherwise: &str| {
            let text = text(name, otherwise);
            text.parse::<u64>().map_err(|_| format!("{name}={text} is no number"))
        };
        let sizes = text("SCALE_PEOPLE", "10000 1000000 6000000");
        let sizes = sizes.split_whitespace().map(|size| {
            let wrong = || format!("SCALE_PEOPLE: {size} is no number of people");
            size.parse::<u64>().ok().filter(|size| *size >= 100).ok_or_else(wrong)
        });
        Ok(Self {
            sizes: sizes.collect::<Result<_, _>>()?,
            rounds: number("SCALE_ROUNDS", "3")?.max(1),
            log_ins: usize::try_from(number("SCALE_LOGINS", "200")?).map_err(|error| error.to_string())?,
            minutes: number("SCALE_MINUTES", "120")?,
            folder: text("SCALE_DIR", "var/scale").into(),
            out: text("SCALE_OUT", "docs/performance").into(),
            driver: std::env::var("SCALE_DRIVER").ok().filter(|driver| !driver.is_empty()),
        })
    }
}

/// One size's database and what is known of it.
pub(crate) struct Place {
    pub people: u64,
    pub folder: PathBuf,
}

impl Place {
    pub fn database(&self) -> PathBuf {
        self.folder.join("idp.db")
    }

    pub fn sample(&self) -> PathBuf {
        self.folder.join("sample.jsonl")
    }

    /// Figures by name, once they are there.
    pub fn figures<T: for<'de> Deserialize<'de>>(&self, name: &str) -> Option<T> {
        serde_json::from_slice(&fs::read(self.folder.join(name)).ok()?).ok()
    }

    pub fn keep(&self, name: &str, figures: &impl Serialize) -> Result<(), String> {
        let path = self.folder.join(name);
        let text = serde_json::to_string_pretty(figures).map_err(|error| error.to_string())?;
        fs::write(&path, text + "\n").map_err(|error| format!("{}: {error}", path.display()))
    }
}

/// Does what is not done yet.
///
/// # Errors
/// In words, what stands in the way.
pub fn run(settings: &Settings) -> Result<Outcome, String> {
    fs::create_dir_all(&settings.folder).map_err(|error| format!("{}: {error}", settings.folder.display()))?;
    let folder = fs::canonicalize(&settings.folder).map_err(|error| error.to_string())?;
    let ends = Instant::now() + Duration::from_secs(settings.minutes * 60);
    let places: Vec<Place> = settings
        .sizes
        .iter()
        .map(|people| Place {
            people: *people,
            folder: folder.join(people.to_string()),
        })
        .collect();
    for place in &places {
        if place.figures::<Value>(crowd::FIGURES).is_none() && !crowd::invent(place, ends)? {
            return Ok(Outcome::TimeIsUp);
        }
    }
    for round in 0..settings.rounds {
        for place in &places {
            let name = format!("round-{round}.json");
            if place.figures::<Value>(&name).is_some() {
                continue;
            }
            if Instant::now() >= ends {
                return Ok(Outcome::TimeIsUp);
            }
            let turn = log_ins::Turn {
                place,
                round,
                rounds: settings.rounds,
                log_ins: settings.log_ins,
                driver: settings.driver.as_deref(),
            };
            place.keep(&name, &turn.take()?)?;
        }
    }
    report::write(settings, &places)?;
    Ok(Outcome::Done)
}

/// A program of the workspace, beside this one.
pub(crate) fn beside(name: &str) -> Result<PathBuf, String> {
    let me = std::env::current_exe().map_err(|error| error.to_string())?;
    let program = me.parent().unwrap_or(Path::new(".")).join(name);
    if program.exists() {
        Ok(program)
    } else {
        Err(format!("{} is not built", program.display()))
    }
}
