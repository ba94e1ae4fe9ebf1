//! Drives one scenario against one server and takes its measure. Knows no server: ours and a peer are asked alike.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Result, bail, ensure};
use bench::figures::{Loop, Measured};
use bench::prepared::Prepared;

use crate::meter;
use crate::plan::{Ask, Drive, Scenario};
use crate::tools::{Load, Said, Wrk, beside, output};

/// A server that runs.
pub trait Server {
    /// Its (first) process.
    fn pid(&self) -> u32;
    /// Nanoseconds of CPU: the server's, and the database's where that is a process of its own.
    fn cpu(&self) -> (u64, u64);
    /// What it has written.
    fn log(&self) -> String;
    /// A folder of the run.
    fn folder(&self) -> &Path;
}

/// A server with its sessions.
pub struct Visit<'a, S> {
    pub server: S,
    pub state: PathBuf,
    pub prepared: Prepared,
    pub seconds: f64,
    /// A second before each measure that is not counted.
    pub warm: bool,
    /// Shown beside the names.
    pub name: &'a str,
}

impl<S: Server> Visit<'_, S> {
    pub fn measure(&self, scenario: &Scenario, loop_: &Loop) -> Result<Measured> {
        // What is cut off at the end of a warm-up has spent its refresh token, and not every server forgives that.
        if self.warm && scenario.drive != Drive::Load("refresh") {
            self.drive(scenario, loop_, 1.0)?;
        }
        let pid = self.server.pid();
        meter::forget_peak(pid);
        let (server, database) = self.server.cpu();
        let (driver, begun) = (meter::cpu_of_ended_children(), Instant::now());
        let said = self.drive(scenario, loop_, self.seconds)?;
        let wall = begun.elapsed().as_secs_f64();
        let after = self.server.cpu();
        let (server, database) = (
            seconds_of(after.0.saturating_sub(server)),
            seconds_of(after.1.saturating_sub(database)),
        );
        let driver = seconds_of(meter::cpu_of_ended_children() - driver) / wall;
        if said.operations == 0 {
            bail!("{}: nothing was answered\n{}", scenario.name, self.server.log());
        }
        self.prove(scenario)?;
        let suffix = if matches!(loop_, Loop::Open(_)) { "-open" } else { "" };
        let operations = said.operations as f64;
        let measured = Measured {
            name: format!("{}{suffix}", scenario.name),
            loop_: loop_.clone(),
            operations: said.operations,
            requests: scenario.requests,
            seconds: said.seconds,
            rate: operations / said.seconds,
            per_cpu: operations / server,
            per_cpu_with_database: operations / (server + database),
            p50: said.p50,
            p95: said.p95,
            p99: said.p99,
            errors: said.errors,
            rss_peak: meter::peak(pid),
            driver,
        };
        eprintln!(
            "bench: {:10} {:18} {:>8.0}/s {:>8.0}/cpu-s {:>8.0}/cpu-s with database  p50 {:.2} p99 {:.2} ms  errors {}  driver {:.0} %",
            self.name,
            measured.name,
            measured.rate,
            measured.per_cpu,
            measured.per_cpu_with_database,
            measured.p50,
            measured.p99,
            measured.errors,
            driver * 100.0
        );
        Ok(measured)
    }

    fn drive(&self, scenario: &Scenario, loop_: &Loop, seconds: f64) -> Result<Said> {
        // A refresh token is one worker's alone.
        let most = self.prepared.sessions.len().max(1);
        match (scenario.drive, loop_) {
            (Drive::Wrk(ask), Loop::Closed(connections)) => self.wrk(scenario, ask)?.drive(*connections, seconds),
            (Drive::Wrk(ask), Loop::Open(_)) => self.load(scenario, in_steps(ask)?).drive(loop_, most, seconds),
            (Drive::Load(steps), _) => self.load(scenario, steps).drive(loop_, most, seconds),
        }
    }

    fn load(&self, scenario: &Scenario, steps: &'static str) -> Load<'_> {
        Load {
            scenario: steps,
            state: &self.state,
            client: scenario.client,
        }
    }

    fn wrk(&self, scenario: &Scenario, ask: Ask) -> Result<Wrk<'static>> {
        let basic = || Ok::<_, anyhow::Error>(self.prepared.client(scenario.client)?.basic());
        let paths = &self.prepared.paths;
        let get = || vec!["get".to_owned()];
        let (path, arguments) = match ask {
            Ask::Discovery => (&paths.discovery, get()),
            Ask::Jwks => (&paths.jwks, get()),
            Ask::Metadata => (&paths.metadata, get()),
            Ask::ClientCredentials => (
                &paths.token,
                vec![
                    "post".to_owned(),
                    self.prepared.client(scenario.client)?.for_itself(),
                    basic()?,
                ],
            ),
            Ask::Introspect => (
                &paths.introspect,
                vec!["introspect".to_owned(), self.tokens()?, basic()?],
            ),
            Ask::Userinfo => (&paths.userinfo, vec!["userinfo".to_owned(), self.tokens()?]),
        };
        Ok(Wrk {
            url: format!("{}{path}", self.prepared.origin),
            script: "one.lua",
            arguments,
        })
    }

    /// The access tokens of all sessions, one a line.
    fn tokens(&self) -> Result<String> {
        let file = self.server.folder().join("tokens.txt");
        let sessions = self.prepared.sessions.iter();
        let tokens: Vec<&str> = sessions.map(|session| session.access.as_str()).collect();
        ensure!(!tokens.is_empty(), "no sessions were prepared");
        fs::write(&file, tokens.join("\n"))?;
        Ok(file.display().to_string())
    }

    /// `wrk` looks at the status alone: afterwards it is seen once that the answers say what they should.
    fn prove(&self, scenario: &Scenario) -> Result<()> {
        let Drive::Wrk(ask) = scenario.drive else { return Ok(()) };
        let Ok(steps) = in_steps(ask) else { return Ok(()) };
        let mut command = Command::new(beside("load")?);
        command.arg(steps).arg(&self.state).args(["--client", scenario.client]);
        let said = output(command.args(["--iterations", "4", "--quiet", "--output", "json"]))?;
        let said: serde_json::Value = serde_json::from_slice(&said.stdout)?;
        let errors = said["errors"].as_object().is_none_or(|errors| !errors.is_empty());
        ensure!(!errors, "{}: {}", scenario.name, said["errors"]);
        Ok(())
    }
}

/// The scenario of `load` that asks the same.
fn in_steps(ask: Ask) -> Result<&'static str> {
    match ask {
        Ask::ClientCredentials => Ok("client"),
        Ask::Introspect => Ok("introspect"),
        Ask::Discovery | Ask::Jwks | Ask::Metadata | Ask::Userinfo => bail!("only driven by wrk"),
    }
}

pub fn seconds_of(nanoseconds: u64) -> f64 {
    nanoseconds as f64 / 1e9
}
