//! One run from the first server to the last figure.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use bench::figures::{self, Loop, Measured, Run};
use bench::prepared::Prepared;

use crate::drive::{Server, Visit, seconds_of};
use crate::house::House;
use crate::plan::{SCENARIOS, Scenario};
use crate::tools::{self, Wrk, beside, on_core, output};
use crate::{Database, Wish, machine, meter, report};

/// The open loop asks for this share of what the closed loop reached.
const OPEN_SHARE: f64 = 0.7;

/// Measures, writes the figures and shows them.
pub fn run(wish: &Wish) -> Result<()> {
    let mut run = Run {
        machine: machine::here(tools::has_two_cores()),
        commit: machine::commit(),
        date: chrono::Utc::now().format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        profile: if cfg!(debug_assertions) { "debug" } else { "release" }.to_owned(),
        seconds: wish.seconds(),
        settings: settings(wish)?,
        floors: BTreeMap::new(),
        houses: Vec::new(),
    };
    if !wish.no_floors {
        run.floors = primitives(wish)?;
    }
    for database in &wish.databases {
        run.houses.push(house(wish, *database)?);
        if !wish.no_floors && *database == Database::Sqlite {
            // The framework's own rate does not depend on the database.
            let house = run.houses.last().context("just pushed")?;
            if let Some(rate) = house.floors.get("static") {
                run.floors.insert("static".to_owned(), *rate);
            }
        }
    }
    if let Some(folder) = wish.out.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(&wish.out, serde_json::to_vec_pretty(&run)?)?;
    println!("{}", report::table(&run, None));
    println!("figures: {}", wish.out.display());
    let errors: u64 = run
        .houses
        .iter()
        .flat_map(|house| &house.scenarios)
        .map(|one| one.errors)
        .sum();
    ensure!(errors == 0, "{errors} answers were not what was asked for");
    Ok(())
}

impl Wish {
    /// Of each scenario.
    pub fn seconds(&self) -> f64 {
        if self.short { 1.0 } else { self.seconds }
    }

    fn wants(&self, scenario: &Scenario) -> bool {
        self.only.is_empty() || self.only.iter().any(|name| scenario.name.starts_with(name.as_str()))
    }
}

/// What the configuration sets apart from the defaults, as it stands in the results.
fn settings(wish: &Wish) -> Result<Vec<String>> {
    let text = fs::read_to_string(tools::home().join("config/idp.toml"))?;
    let mut section = String::new();
    let mut all = Vec::new();
    for line in text.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix('[') {
            section = format!("{}.", name.trim_end_matches(']'));
        } else if !line.is_empty() && !line.starts_with('#') {
            all.push(format!("{section}{line}"));
        }
    }
    all.extend(wish.settings.iter().cloned());
    Ok(all)
}

fn primitives(wish: &Wish) -> Result<BTreeMap<String, f64>> {
    let seconds = if wish.short { "0.05" } else { "1.5" };
    let said = output(on_core(0, &beside("floor")?).args(["primitives", "--seconds", seconds]))?;
    Ok(serde_json::from_slice(&said.stdout)?)
}

/// The server on one database, from an empty folder to the last figure.
fn house(wish: &Wish, database: Database) -> Result<figures::House> {
    let mut house = House::new(wish, database)?;
    let starts = if wish.short { 1 } else { 5 };
    let mut ready = Vec::new();
    for start in 0..starts {
        ready.push(house.start()?);
        if start + 1 < starts {
            house.stop()?;
        }
    }
    ready.sort_by(f64::total_cmp);
    let breath = Duration::from_millis(if wish.short { 100 } else { 2_000 });
    std::thread::sleep(breath);
    let rss_idle = meter::resident(house.pid());
    let state = house.prepare(if wish.short { 8 } else { 64 })?;
    let prepared = Prepared::load(&state)?;
    let mut visit = Visit {
        server: house,
        state,
        prepared,
        seconds: wish.seconds(),
        warm: !wish.short,
        name: database.name(),
    };
    let scenarios = scenarios(wish, &visit)?;
    std::thread::sleep(breath);
    let rss_after = meter::resident(visit.server.pid());
    let floors = if wish.no_floors {
        BTreeMap::new()
    } else {
        floors(wish, &visit)?
    };
    let log = visit.server.log();
    ensure!(
        !log.contains("ERROR") && !log.contains("\"error\""),
        "the server's log:\n{log}"
    );
    visit.server.stop()?;
    Ok(figures::House {
        database: database.name().to_owned(),
        ready_ms: ready[ready.len() / 2],
        rss_idle,
        rss_after,
        floors,
        scenarios,
    })
}

fn scenarios(wish: &Wish, visit: &Visit<'_, House>) -> Result<Vec<Measured>> {
    let mut all = Vec::new();
    for scenario in SCENARIOS.iter().filter(|scenario| wish.wants(scenario)) {
        // A refresh token is one connection's alone.
        let most = u32::try_from(visit.prepared.sessions.len()).unwrap_or(u32::MAX);
        let closed = visit.measure(scenario, &Loop::Closed(scenario.connections.min(most)))?;
        let rate = (closed.rate * OPEN_SHARE).max(1.0) as u32;
        all.push(closed);
        if scenario.open {
            all.push(visit.measure(scenario, &Loop::Open(rate))?);
        }
    }
    Ok(all)
}

/// The framework alone, with bytes that lie ready, and with one row read by its key.
fn floors(wish: &Wish, visit: &Visit<'_, House>) -> Result<BTreeMap<String, f64>> {
    let access = visit.prepared.sessions.first().context("a session")?.access.as_bytes();
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, access);
    let hex: String = hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    let mut floors = BTreeMap::new();
    for (kind, extra) in [
        ("static", &[][..]),
        ("point", &["--url", &visit.server.url, "--hash", &hex][..]),
    ] {
        floors.insert(kind.to_owned(), floor(wish, visit.server.folder(), kind, extra)?);
    }
    Ok(floors)
}

fn floor(wish: &Wish, folder: &Path, kind: &str, extra: &[&str]) -> Result<f64> {
    let port = acceptance::program::free_port();
    let mut command = on_core(0, &beside("floor")?);
    command.args(["serve", kind, "--port", &port.to_string()]).args(extra);
    let program = acceptance::program::Program::start("floor", command, folder);
    let begun = Instant::now();
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        ensure!(
            begun.elapsed() < Duration::from_secs(10),
            "the floor does not listen:\n{}",
            program.log()
        );
        std::thread::sleep(Duration::from_millis(5));
    }
    let wrk = Wrk {
        url: format!("http://127.0.0.1:{port}/"),
        script: "one.lua",
        arguments: vec!["get".to_owned()],
    };
    if !wish.short {
        wrk.drive(32, 1.0)?;
    }
    let before = meter::cpu(program.pid());
    let said = wrk.drive(32, wish.seconds().min(4.0))?;
    ensure!(
        said.errors == 0,
        "the floor «{kind}» answered with errors:\n{}",
        program.log()
    );
    Ok(said.operations as f64 / seconds_of(meter::cpu(program.pid()) - before))
}

/// A run that was written down.
pub fn read(file: &Path) -> Result<Run> {
    let bytes = fs::read(file).with_context(|| file.display().to_string())?;
    serde_json::from_slice(&bytes).with_context(|| file.display().to_string())
}
