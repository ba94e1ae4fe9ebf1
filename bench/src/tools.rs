//! The tools that drive: `wrk` for what is one request, our `load` (on `rlt`) for what takes several. Starts them, reads what
//! they say.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context, Result, bail, ensure};
use bench::figures::Loop;
use serde_json::Value;

/// What a driver counted and timed.
pub struct Said {
    pub operations: u64,
    pub seconds: f64,
    pub p50: f64,
    pub p95: f64,
    pub p99: f64,
    pub errors: u64,
}

/// A program that cargo built beside this one.
pub fn beside(name: &str) -> Result<PathBuf> {
    let path = std::env::current_exe()?.with_file_name(name);
    ensure!(path.exists(), "{} is not built", path.display());
    Ok(path)
}

/// Where the scripts and the configuration lie.
pub fn home() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf()
}

/// A command on one core, where there are several.
pub fn on_core(core: usize, program: &Path) -> Command {
    if !has_two_cores() {
        return Command::new(program);
    }
    let mut command = Command::new("taskset");
    command.args(["-c", &core.to_string()]).arg(program);
    command
}

/// Whether the machine has two cores, whatever this process is pinned to.
pub fn has_two_cores() -> bool {
    let text = std::fs::read_to_string("/sys/devices/system/cpu/online").unwrap_or_default();
    text.trim() != "0" && !text.trim().is_empty()
}

/// Runs a command to its end; its output, if it went well.
pub fn output(command: &mut Command) -> Result<Output> {
    let shown = format!("{command:?}");
    let output = command.output().with_context(|| shown.clone())?;
    if !output.status.success() {
        bail!(
            "{shown}: {}\n{}{}",
            output.status,
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(output)
}

/// One request, asked again and again.
pub struct Wrk<'a> {
    pub url: String,
    pub script: &'a str,
    pub arguments: Vec<String>,
}

impl Wrk<'_> {
    /// For whole seconds: `wrk` knows no others.
    pub fn drive(&self, connections: u32, seconds: f64) -> Result<Said> {
        let output = output(
            Command::new("wrk")
                .args([
                    "-t1",
                    &format!("-c{connections}"),
                    &format!("-d{}s", seconds.ceil().max(1.0) as u64),
                ])
                .arg("-s")
                .arg(home().join("lua").join(self.script))
                .arg(&self.url)
                .arg("--")
                .args(&self.arguments),
        )?;
        let text = String::from_utf8_lossy(&output.stdout);
        let line = text.lines().rev().find(|line| line.starts_with('{'));
        let said: Value = serde_json::from_str(line.with_context(|| format!("wrk said no figures:\n{text}"))?)?;
        let number = |key: &str| said[key].as_f64().with_context(|| format!("wrk says no {key}"));
        Ok(Said {
            operations: number("requests")? as u64,
            seconds: number("microseconds")? / 1e6,
            p50: number("p50")? / 1e3,
            p95: number("p95")? / 1e3,
            p99: number("p99")? / 1e3,
            errors: number("errors")? as u64,
        })
    }
}

/// Several steps.
pub struct Load<'a> {
    pub scenario: &'a str,
    pub state: &'a Path,
    pub client: &'a str,
}

impl Load<'_> {
    /// In the open loop, at most `most` operations are under way.
    pub fn drive(&self, loop_: &Loop, most: usize, seconds: f64) -> Result<Said> {
        let mut command = Command::new(beside("load")?);
        command.arg(self.scenario).arg(self.state);
        command.args(["--client", self.client]);
        command.args([
            "--quiet",
            "--output",
            "json",
            "--duration",
            &format!("{}ms", (seconds * 1e3) as u64),
        ]);
        match loop_ {
            Loop::Closed(connections) => command.args(["--concurrency", &connections.to_string()]),
            Loop::Open(rate) => command.args(["--concurrency", &most.to_string(), "--per-second", &rate.to_string()]),
        };
        let output = output(&mut command)?;
        let said: Value = serde_json::from_slice(&output.stdout)?;
        if let Some(errors) = said["errors"].as_object().filter(|errors| !errors.is_empty()) {
            let (first, _) = errors.iter().next().context("an error")?;
            eprintln!("bench: {}: {first}", self.scenario);
        }
        let summary = &said["summary"];
        let percentile = |key: &str| said["latency"]["percentiles"][key].as_f64().unwrap_or(0.0) * 1e3;
        let failed = said["errors"]
            .as_object()
            .map_or(0, |errors| errors.values().filter_map(Value::as_u64).sum());
        Ok(Said {
            operations: summary["iters"]["total"].as_u64().unwrap_or(0),
            seconds: summary["total_time"].as_f64().unwrap_or(0.0),
            p50: percentile("p50"),
            p95: percentile("p95"),
            p99: percentile("p99"),
            errors: failed,
        })
    }
}
