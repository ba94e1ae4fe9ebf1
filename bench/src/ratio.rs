//! What criterion measured, beside its floor: reads the estimates that it has written and prints their ratio.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// A benchmark and the bare primitive under it.
pub struct Pair {
    /// `group/name` of ours.
    pub ours: &'static str,
    /// `group/name` of the floor.
    pub floor: &'static str,
    /// Floors that one of ours has to pay.
    pub times: f64,
}

/// One of ours over one of the floor.
#[must_use]
pub const fn over(ours: &'static str, floor: &'static str) -> Pair {
    Pair {
        ours,
        floor,
        times: 1.0,
    }
}

/// Where cargo puts what it builds: this program lies in `…/release/deps/`.
fn home() -> PathBuf {
    if let Some(home) = std::env::var_os("CRITERION_HOME") {
        return home.into();
    }
    let me = std::env::current_exe().unwrap_or_default();
    let target = me.ancestors().nth(3).unwrap_or(Path::new("target"));
    target.join("criterion")
}

/// Mean nanoseconds.
fn mean(name: &str) -> Option<f64> {
    let file = home().join(name).join("new/estimates.json");
    let estimates: serde_json::Value = serde_json::from_slice(&fs::read(file).ok()?).ok()?;
    estimates["mean"]["point_estimate"].as_f64()
}

/// A table of all pairs that were measured; a filter on the command line leaves the others out.
#[must_use]
pub fn table(pairs: &[Pair]) -> String {
    let mut text = format!(
        "\n{:44} {:>12} {:>12} {:>7}   {}\n",
        "benchmark", "µs", "floor µs", "ratio", "floor"
    );
    for pair in pairs {
        let (Some(ours), Some(floor)) = (mean(pair.ours), mean(pair.floor)) else {
            continue;
        };
        let floor = floor * pair.times;
        // Writing into a String cannot fail.
        let _ = writeln!(
            text,
            "{:44} {:>12.2} {:>12.2} {:>7.2}   {}",
            pair.ours,
            ours / 1e3,
            floor / 1e3,
            ours / floor,
            pair.floor
        );
    }
    text
}
