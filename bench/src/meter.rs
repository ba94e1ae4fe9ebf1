//! The kernel's account of a process: CPU and memory, from `/proc`.

use std::fs;
use std::path::Path;

/// Nanoseconds of CPU that the threads of a process have had, user and system together. The scheduler's own account: the same
/// time as `utime` and `stime`, without their grain of ten milliseconds.
pub fn cpu(pid: u32) -> u64 {
    let Ok(tasks) = fs::read_dir(format!("/proc/{pid}/task")) else {
        return 0;
    };
    tasks
        .flatten()
        .filter_map(|task| fs::read_to_string(task.path().join("schedstat")).ok())
        .filter_map(|text| text.split_whitespace().next()?.parse::<u64>().ok())
        .sum()
}

/// The same of a process and its children, for a database that is many processes.
pub fn cpu_of_family(pid: u32) -> u64 {
    cpu(pid) + children(pid).into_iter().map(cpu).sum::<u64>()
}

fn children(pid: u32) -> Vec<u32> {
    let Ok(all) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    all.flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter(|child| parent(*child) == Some(pid))
        .collect()
}

fn parent(pid: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name may hold spaces; it ends at the last parenthesis. State and parent follow.
    let (_, rest) = stat.rsplit_once(')')?;
    rest.split_whitespace().nth(1)?.parse().ok()
}

/// The same of a process that may begin a thread or a process for each connection: with those that have ended, in steps of ten
/// milliseconds.
pub fn cpu_of_comers_and_goers(pid: u32) -> u64 {
    ticks(&pid.to_string(), 11, 4)
        + children(pid)
            .iter()
            .map(|child| ticks(&child.to_string(), 11, 4))
            .sum::<u64>()
}

/// CPU that children of ours have had which have ended, in nanoseconds: the driver, once it is done.
pub fn cpu_of_ended_children() -> u64 {
    ticks("self", 13, 2)
}

/// So many of the fields of `/proc/PID/stat` after its name, from this one on: utime and stime, cutime and cstime.
fn ticks(pid: &str, first: usize, many: usize) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace();
    let ticks: u64 = fields
        .skip(first)
        .take(many)
        .filter_map(|field| field.parse::<u64>().ok())
        .sum();
    ticks * 10_000_000
}

/// KiB resident now.
pub fn resident(pid: u32) -> u64 {
    status(pid, "VmRSS:")
}

/// KiB resident at most since [`forget_peak`].
pub fn peak(pid: u32) -> u64 {
    status(pid, "VmHWM:")
}

/// Begins a new peak.
pub fn forget_peak(pid: u32) {
    // Where it is not allowed, the peak of an earlier scenario is shown.
    let _kept = fs::write(format!("/proc/{pid}/clear_refs"), "5");
}

fn status(pid: u32, key: &str) -> u64 {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    text.lines()
        .find_map(|line| line.strip_prefix(key)?.split_whitespace().next()?.parse().ok())
        .unwrap_or(0)
}

/// The first word of a file, as a number.
pub fn first_number(path: &Path) -> Option<f64> {
    fs::read_to_string(path).ok()?.split_whitespace().next()?.parse().ok()
}
