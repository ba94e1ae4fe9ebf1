//! What the machine tells of a process and of itself (Linux's /proc, Debian's `df`, git).

use std::fs;
use std::path::Path;
use std::process::Command;

/// CPU seconds that a process has used, in user and kernel together; 0 when it is gone.
pub(super) fn cpu_seconds(pid: u32) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // Fields 14 and 15 of proc_pid_stat(5), counted behind the name, which may hold spaces.
    let behind_name = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
    let ticks: u64 = behind_name
        .split(' ')
        .skip(11)
        .take(2)
        .filter_map(|ticks| ticks.parse::<u64>().ok())
        .sum();
    ticks as f64 / ticks_per_second()
}

fn ticks_per_second() -> f64 {
    says("getconf", &["CLK_TCK"]).parse().unwrap_or(100.0)
}

/// A line of /proc/…/status in KiB: `VmHWM` (peak), `VmRSS` (now).
pub(super) fn memory_kib(pid: u32, line: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let found = status
        .lines()
        .find_map(|text| text.strip_prefix(line)?.strip_prefix(':'));
    found
        .and_then(|rest| rest.split_whitespace().next()?.parse().ok())
        .unwrap_or(0)
}

/// Bytes that may still be written where `path` lies.
pub(super) fn free_bytes(path: &Path) -> u64 {
    says("df", &["--output=avail", "-B1", &path.display().to_string()])
        .lines()
        .last()
        .and_then(|line| line.trim().parse().ok())
        .unwrap_or(0)
}

/// Bytes of an SQLite database with what belongs to it.
pub(super) fn database_bytes(path: &Path) -> u64 {
    let size = |suffix: &str| {
        let file = format!("{}{suffix}", path.display());
        fs::metadata(file).map_or(0, |found| found.len())
    };
    size("") + size("-wal")
}

/// Processor, cores, memory.
pub(super) fn description() -> String {
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or("unknown processor", |(_, model)| model);
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let memory = memory
        .lines()
        .find_map(|line| {
            line.strip_prefix("MemTotal:")?
                .trim()
                .split(' ')
                .next()?
                .parse::<u64>()
                .ok()
        })
        .unwrap_or(0);
    format!("{}, {cores} cores, {} GiB", model.trim(), memory / 1024 / 1024)
}

/// What stands in line for the processor just now: figures of a busy machine are not those of a quiet one.
pub(super) fn load() -> String {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split(' ').take(3).collect::<Vec<_>>().join(" ")
}

pub(super) fn commit() -> String {
    let dirty = if says("git", &["status", "--porcelain", "--untracked-files=no"]).is_empty() {
        ""
    } else {
        ", changed"
    };
    format!("{}{dirty}", says("git", &["rev-parse", "--short", "HEAD"]))
}

pub(super) fn today() -> String {
    says("date", &["-u", "+%Y-%m-%dT%H:%M:%SZ"])
}

fn says(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    output.map_or_else(
        |_| String::new(),
        |output| String::from_utf8_lossy(&output.stdout).trim().to_owned(),
    )
}
