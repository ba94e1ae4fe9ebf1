//! The same work asked of peers, one after the other on the same core, beside ours in the same run: no TLS, an RSA-2048 key each,
//! the same lives. What each keeps on disk before it answers is named beside its figures.

mod kinds;

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use acceptance::program::{Program, free_port};
use anyhow::{Context, Result, ensure};
use bench::figures::{Loop, Measured};
use bench::prepared::Prepared;
use serde::{Deserialize, Serialize};

use crate::drive::{Server, Visit};
use crate::house::House;
use crate::plan::{SCENARIOS, Scenario};
use crate::report::{number, title};
use crate::tools::{beside, home, output};
use crate::{Database, Wish, machine, meter, tools};

use kinds::KINDS;

/// A peer, as it is set up here.
struct Kind {
    name: &'static str,
    /// What is safe on disk when it answers.
    keeps: &'static str,
    scenarios: &'static [&'static str],
    start: fn(&Path, u16) -> Result<Command>,
    /// A path that answers once it is up.
    ready: &'static str,
    prepare: fn(&Peer) -> Result<Prepared>,
}

/// What one of them did, beside ours.
#[derive(Debug, Serialize, Deserialize)]
struct Beside {
    peer: String,
    keeps: String,
    ours: Measured,
    theirs: Measured,
}

/// The run with peers.
#[derive(Debug, Serialize, Deserialize)]
struct Peers {
    machine: bench::figures::Machine,
    commit: String,
    date: String,
    seconds: f64,
    versions: Vec<String>,
    rows: Vec<Beside>,
}

/// Measures ours and theirs, writes `peers.json` and `peers.md`.
pub fn run(wish: &Wish, only: &[String], into: &Path) -> Result<()> {
    let mut page = Peers {
        machine: machine::here(tools::has_two_cores()),
        commit: machine::commit(),
        date: chrono::Utc::now().format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        seconds: wish.seconds(),
        versions: versions(),
        rows: Vec::new(),
    };
    let ours = ours(wish)?;
    for kind in KINDS {
        if !only.is_empty() && !only.iter().any(|name| name == kind.name) {
            continue;
        }
        let peer = Peer::start(kind)?;
        let prepared = (kind.prepare)(&peer).with_context(|| format!("{}\n{}", kind.name, peer.log()))?;
        let state = peer.folder.path().join("state.json");
        let visit = Visit {
            server: peer,
            state,
            prepared,
            seconds: wish.seconds(),
            warm: !wish.short,
            name: kind.name,
        };
        for scenario in wanted(kind.scenarios) {
            let theirs = visit.measure(scenario, &Loop::Closed(CONNECTIONS))?;
            let ours = ours.iter().find(|one| one.name == scenario.name).context("ours")?;
            page.rows.push(Beside {
                peer: kind.name.to_owned(),
                keeps: kind.keeps.to_owned(),
                ours: ours.clone(),
                theirs,
            });
        }
    }
    fs::create_dir_all(into)?;
    fs::write(into.join("peers.json"), serde_json::to_vec_pretty(&page)?)?;
    fs::write(into.join("peers.md"), table(&page))?;
    println!("{}", table(&page));
    Ok(())
}

/// As many as a peer of many processes has room for.
const CONNECTIONS: u32 = 16;

fn wanted(names: &[&str]) -> impl Iterator<Item = &'static Scenario> {
    SCENARIOS.iter().filter(move |scenario| names.contains(&scenario.name))
}

/// Ours, on SQLite with everything durable, at the peers' number of connections.
fn ours(wish: &Wish) -> Result<Vec<Measured>> {
    let mut house = House::new(wish, Database::Sqlite)?;
    house.start()?;
    let state = house.prepare(32)?;
    let visit = Visit {
        prepared: Prepared::load(&state)?,
        server: house,
        state,
        seconds: wish.seconds(),
        warm: !wish.short,
        name: "ours",
    };
    let all = SCENARIOS
        .iter()
        .filter(|scenario| KINDS.iter().any(|kind| kind.scenarios.contains(&scenario.name)));
    let measured = all.map(|scenario| visit.measure(scenario, &Loop::Closed(CONNECTIONS)));
    measured.collect()
}

fn table(page: &Peers) -> String {
    let mut text = format!(
        "# Beside peers\n\nCommit {}, {}, {:.0} s each, {CONNECTIONS} connections. {}; {}. {}.\n\nOperations per second of the \
         server's CPU, one after the other on the same core. Ours stands on SQLite and has everything that an answer rests on \
         synced to disk before it is given. No TLS, an RSA-2048 key for tokens each, the same lives. Nobody hashes a password \
         here: sessions were opened before.\n\n\
         | work | peer | what it keeps | theirs | ours | ours / theirs | their p99 ms | our p99 ms | their errors |\n\
         |---|---|---|---:|---:|---:|---:|---:|---:|\n",
        page.commit,
        page.date,
        page.seconds,
        page.machine.cpu,
        page.machine.pinning,
        page.versions.join(", "),
    );
    for row in &page.rows {
        // Writing into a String cannot fail.
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {:.1} | {:.1} | {:.1} | {} |",
            title(&row.ours.name),
            row.peer,
            row.keeps,
            number(row.theirs.per_cpu),
            number(row.ours.per_cpu),
            row.ours.per_cpu / row.theirs.per_cpu,
            row.theirs.p99,
            row.ours.p99,
            row.theirs.errors,
        );
    }
    text
}

/// What was installed.
fn versions() -> Vec<String> {
    let of = |name: &str| {
        let output = Command::new("dpkg-query")
            .args(["-W", "-f=${Version}", name])
            .output()
            .ok()?;
        Some(format!("{name} {}", String::from_utf8_lossy(&output.stdout)))
    };
    let package = fs::read_to_string(home().join("peers/oidc-provider/package.json")).unwrap_or_default();
    let package: serde_json::Value = serde_json::from_str(&package).unwrap_or_default();
    let npm = package["dependencies"]["oidc-provider"]
        .as_str()
        .map(|version| format!("oidc-provider {version}"));
    npm.into_iter()
        .chain(["simplesamlphp", "glewlwyd"].into_iter().filter_map(of))
        .collect()
}

/// A peer that runs.
struct Peer {
    folder: tempfile::TempDir,
    port: u16,
    program: Program,
}

impl Peer {
    fn start(kind: &Kind) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix(kind.name).tempdir_in("/tmp")?;
        // Some of them give their own user's rights up first.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755))?;
        let port = free_port();
        let mut program = Program::start(kind.name, (kind.start)(folder.path(), port)?, folder.path());
        let begun = Instant::now();
        while !answers(port, kind.ready) {
            ensure!(
                program.ended().is_none() && begun.elapsed() < Duration::from_secs(60),
                "{} is not ready:\n{}",
                kind.name,
                program.log()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(Self { folder, port, program })
    }

    fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Writes the state down, lets `load` visit, and reads it again.
    fn visited(&self, prepared: &Prepared, arguments: &[&str]) -> Result<Prepared> {
        let state = self.folder.path().join("state.json");
        prepared.save(&state)?;
        let mut command = Command::new(beside("load")?);
        output(command.arg("visit").arg(&state).args(arguments))?;
        Prepared::load(&state)
    }
}

impl Server for Peer {
    fn pid(&self) -> u32 {
        self.program.pid()
    }

    fn cpu(&self) -> (u64, u64) {
        (meter::cpu_of_comers_and_goers(self.program.pid()), 0)
    }

    fn log(&self) -> String {
        self.program.log()
    }

    fn folder(&self) -> &Path {
        self.folder.path()
    }
}

fn answers(port: u16, path: &str) -> bool {
    use std::io::{Read, Write};
    let ask = || -> std::io::Result<bool> {
        let mut stream = std::net::TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        stream.write_all(format!("GET {path} HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\n\r\n").as_bytes())?;
        let mut start = [0; 10];
        stream.read_exact(&mut start)?;
        Ok(matches!(start[9], b'2' | b'4'))
    };
    ask().unwrap_or(false)
}
