//! What the system says of this process, when the metrics are read. Nothing where there is no /proc.

use rustix::time::{ClockId, clock_gettime};

/// Sets the gauges of the process.
pub(super) fn read() {
    if let Some(bytes) = resident_bytes() {
        metrics::gauge!("process_resident_memory_bytes").set(bytes);
    }
    if let Ok(open) = std::fs::read_dir("/proc/self/fd") {
        // The one that reads the folder is open too.
        let open = u32::try_from(open.count().saturating_sub(1)).unwrap_or(u32::MAX);
        metrics::gauge!("process_open_fds").set(f64::from(open));
    }
    let used = clock_gettime(ClockId::ProcessCPUTime);
    #[expect(clippy::cast_precision_loss, reason = "seconds of a process fit")]
    metrics::gauge!("process_cpu_seconds_total").set(used.tv_sec as f64 + used.tv_nsec as f64 / 1e9);
}

/// `VmRSS` of proc_pid_status(5), which is in KiB.
fn resident_bytes() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: f64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kib * 1024.0)
}
