//! What is said of the machine beside the figures.

use std::fs;
use std::path::Path;
use std::process::Command;

use bench::figures::Machine;

use crate::meter;

/// This one.
pub fn here(pinned: bool) -> Machine {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    let flags = info.lines().find(|line| line.starts_with("flags")).unwrap_or_default();
    let vectors = ["avx512f", "avx2"].into_iter().find(|flag| flags.contains(flag));
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let memory = memory.lines().find_map(|line| {
        line.strip_prefix("MemTotal:")?
            .split_whitespace()
            .next()?
            .parse::<u64>()
            .ok()
    });
    Machine {
        cpu: format!(
            "{} ({})",
            model.map_or("unknown", |(_, name)| name.trim()),
            vectors.unwrap_or("no AVX2")
        ),
        // Not what this process may use: it is pinned.
        cores: info.lines().filter(|line| line.starts_with("processor")).count(),
        memory: memory.unwrap_or(0) / 1024,
        kernel: fs::read_to_string("/proc/sys/kernel/osrelease")
            .unwrap_or_default()
            .trim()
            .to_owned(),
        load: meter::first_number(Path::new("/proc/loadavg")).unwrap_or(0.0),
        pinning: if pinned {
            "server on core 0; driver, and PostgreSQL with it, on core 1".to_owned()
        } else {
            "one core: everybody on it".to_owned()
        },
    }
}

/// The commit that is checked out; `+` for a changed tree.
pub fn commit() -> String {
    let git = |arguments: &[&str]| {
        let output = Command::new("git").args(arguments).output().ok()?;
        output
            .status
            .success()
            .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let head = git(&["rev-parse", "--short=10", "HEAD"]).unwrap_or_else(|| "unknown".to_owned());
    let changed = git(&["status", "--porcelain", "--untracked-files=no"]).is_some_and(|text| !text.is_empty());
    format!("{head}{}", if changed { "+" } else { "" })
}
