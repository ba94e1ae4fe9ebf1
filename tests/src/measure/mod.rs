//! What is measured of the running product from outside: `make overload`, `make timing`, `make bulk`. Figures go into `docs/performance/` with
//! machine, commit and date; nobody's test depends on how fast anything is.

pub mod bulk;
pub mod forged;
pub mod overload;
pub mod statistics;
pub mod timing;

use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};

use crate::house::House;
use crate::people::Person;
use crate::program::{output, root};

/// So many generated people who may log in at a public service, with passwords and cards of their own.
pub fn crowd(house: &House, wanted: usize) -> Vec<Person> {
    // Some of them are netbank-only.
    let number = (wanted + wanted / 4 + 20).to_string();
    let generated = house.idp_says(&["demo", "generate", "--people", &number, "--codes", "--hash", "full"]);
    let mut people: Vec<Person> = generated
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect();
    people.retain(|person| person.scope.iter().any(|scope| scope == "public"));
    people.truncate(wanted);
    assert_eq!(people.len(), wanted, "too few may log in at a public service");
    people
}

/// Machine, commit and date of a measurement.
pub fn circumstances() -> Value {
    let first = |text: String| text.lines().next().unwrap_or_default().trim().to_owned();
    let said = |command: &mut Command| first(String::from_utf8_lossy(&output(command).stdout).into_owned());
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find(|line| line.starts_with("model name"));
    json!({
        "cpu": model.and_then(|line| line.split(':').nth(1)).unwrap_or("unknown").trim(),
        "cores": std::thread::available_parallelism().map_or(0, usize::from),
        "load_average_before": first(std::fs::read_to_string("/proc/loadavg").unwrap_or_default()),
        "commit": said(Command::new("git").args(["rev-parse", "--short", "HEAD"]).current_dir(root())),
        "changed_since": !said(Command::new("git").args(["status", "--porcelain"]).current_dir(root())).is_empty(),
        "date": said(Command::new("date").args(["-u", "+%Y-%m-%dT%H:%M:%SZ"])),
        "profile": if cfg!(debug_assertions) { "dev" } else { "release" },
    })
}

/// Writes a result under `docs/performance/`; where it stands.
pub fn keep(name: &str, result: &Value) -> PathBuf {
    let folder = root().join("docs/performance");
    std::fs::create_dir_all(&folder).expect("docs/performance");
    let path = folder.join(format!("{name}.json"));
    let text = serde_json::to_string_pretty(result).expect("JSON");
    std::fs::write(&path, text + "\n").expect("the result");
    path
}

/// Puts a text between two marks of a page: `<!-- name -->` and `<!-- /name -->`.
pub fn quote(page: &str, name: &str, text: &str) {
    let path = root().join(page);
    let before = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{page}: {error}"));
    let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let from = before.find(&begin).unwrap_or_else(|| panic!("{page} has no {begin}")) + begin.len();
    let to = before[from..]
        .find(&end)
        .unwrap_or_else(|| panic!("{page} has no {end}"))
        + from;
    std::fs::write(&path, format!("{}{text}{}", &before[..from], &before[to..])).expect("the page");
}

/// A figure of `/proc/<pid>/status` in MiB: `VmRSS`, `VmHWM`.
pub fn memory(pid: u32, figure: &str) -> f64 {
    memory_while_it_runs(pid, figure).unwrap_or_else(|| panic!("no {figure} of {pid}"))
}

/// The same of a process that may end at any moment.
pub fn memory_while_it_runs(pid: u32, figure: &str) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(figure));
    let kib = line
        .and_then(|line| line.split_whitespace().nth(1))
        .and_then(|kib| kib.parse::<f64>().ok());
    Some(kib? / 1024.0)
}

/// Seconds of processor time that a process has used.
pub fn processor(pid: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let after = stat.rsplit(')').next().unwrap_or_default();
    let ticks: f64 = after
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|ticks| ticks.parse::<f64>().ok())
        .sum();
    // USER_HZ is 100 on every Linux that we know.
    ticks / 100.0
}
