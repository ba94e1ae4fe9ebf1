//! The programs under test as processes: where they are, how they start, how they end. Only processes started here are
//! ever ended, each by its own id.

use std::fs::File;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// The top of the project.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the crate lies in the project")
}

/// A program of the workspace, as cargo built it beside this test; built now if nobody did.
pub fn binary(name: &str) -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    let folder = BUILT.get_or_init(|| {
        let me = std::env::current_exe().expect("own path");
        // A test lies in target/<profile>/deps/, a program beside the others.
        let beside = me.parent().expect("target/<profile>/");
        let folder = match beside.file_name() {
            Some(name) if name == "deps" => beside.parent().expect("target/<profile>/").to_path_buf(),
            _ => beside.to_path_buf(),
        };
        if ["idp", "sp-demo"].iter().any(|one| !folder.join(one).exists()) {
            let done = Command::new(env!("CARGO"))
                .args(["build", "--workspace", "--locked", "--bins"])
                .current_dir(root())
                .status()
                .expect("cargo");
            assert!(done.success(), "cargo build failed");
        }
        folder
    });
    folder.join(name)
}

/// A TCP port on loopback that was free a moment ago, and that stays free of whoever asks the system for any port: it lies below
/// those that outgoing connections are given, so a program that is killed finds it again when it is started anew.
pub fn free_port() -> u16 {
    const LOWEST: u16 = 10_000;
    static NEXT: OnceLock<AtomicU32> = OnceLock::new();
    let count = u32::from(first_given_port().saturating_sub(LOWEST));
    assert!(count > 0, "no port between {LOWEST} and those of outgoing connections");
    // Two test runs beside each other begin at different places.
    let next = NEXT.get_or_init(|| AtomicU32::new(uuid::Uuid::new_v4().as_u128() as u32 % count));
    (0..count)
        .map(|_| LOWEST + (next.fetch_add(1, Ordering::Relaxed) % count) as u16)
        .find(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok())
        .expect("a free port")
}

/// The lowest port that this system gives to an outgoing connection.
fn first_given_port() -> u16 {
    std::fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range")
        .ok()
        .and_then(|range| range.split_whitespace().next()?.parse().ok())
        .unwrap_or(32_768)
}

/// A running program; ended (with its process group) when dropped.
pub struct Program {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Program {
    /// Starts it in a process group of its own, with its output in `<folder>/<name>.log`.
    pub fn start(name: &str, mut command: Command, folder: &Path) -> Self {
        use std::os::unix::process::CommandExt;
        let log = folder.join(format!("{name}.log"));
        let out = File::options().create(true).append(true).open(&log).expect("log file");
        command
            .stdin(Stdio::null())
            .stdout(out.try_clone().expect("log file"))
            .stderr(out)
            .process_group(0);
        let child = command
            .spawn()
            .unwrap_or_else(|error| panic!("{name} does not start: {error} ({command:?})"));
        Self {
            name: name.to_owned(),
            child,
            log,
        }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Everything it has written so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Whether it has ended, and how.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("wait")
    }

    /// Sends a signal by name (`TERM`, `HUP`) to the program alone.
    pub fn signal(&self, signal: &str) {
        let done = Command::new("kill")
            .args([&format!("-{signal}"), &self.pid().to_string()])
            .status()
            .expect("kill");
        assert!(done.success(), "no {signal} to {}", self.name);
    }

    /// `kill -9`, at once.
    pub fn killed(mut self) {
        self.child.kill().expect("kill -9");
        self.child.wait().expect("wait");
    }

    /// Asks it to stop and waits.
    pub fn stopped(mut self, patience: Duration) -> ExitStatus {
        self.signal("TERM");
        let begun = Instant::now();
        loop {
            if let Some(status) = self.ended() {
                return status;
            }
            assert!(
                begun.elapsed() < patience,
                "{} did not stop within {patience:?}",
                self.name
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until the address answers 200, or panics with the log.
    pub async fn ready_at(&mut self, client: &reqwest::Client, url: &str) {
        let begun = Instant::now();
        loop {
            if let Ok(answer) = client.get(url).send().await
                && answer.status().is_success()
            {
                return;
            }
            if let Some(status) = self.ended() {
                panic!(
                    "{} ended ({status}) before it was ready; it said:\n{}",
                    self.name,
                    self.log()
                );
            }
            assert!(
                begun.elapsed() < Duration::from_secs(40),
                "{} is not ready at {url}:\n{}",
                self.name,
                self.log()
            );
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            let group = format!("-{}", self.child.id());
            drop(
                Command::new("kill")
                    .args(["-KILL", "--", &group])
                    .stderr(Stdio::null())
                    .status(),
            );
            drop(self.child.wait());
        }
    }
}

/// Runs a command to its end and gives what it printed; panics with its words if it failed.
pub fn run(command: &mut Command) -> String {
    let output = output(command);
    assert!(
        output.status.success(),
        "{command:?}: {}\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("text")
}

/// Runs a command to its end, whatever the end.
pub fn output(command: &mut Command) -> Output {
    command
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"))
}

/// Lets this process speak TLS.
pub fn install_crypto() {
    // Another test of this process may have been first.
    drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
}

/// A program of somebody else's that we talk with, one JSON object a line; ended when dropped.
pub struct Conversation {
    child: Child,
    answers: std::io::Lines<std::io::BufReader<std::process::ChildStdout>>,
}

impl Conversation {
    pub fn with(command: &mut Command) -> Self {
        use std::io::BufRead;
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let answers = std::io::BufReader::new(child.stdout.take().expect("piped")).lines();
        Self { child, answers }
    }

    /// What it says next.
    #[track_caller]
    pub fn says(&mut self) -> serde_json::Value {
        let line = self
            .answers
            .next()
            .expect("it ended without a word; see its errors above")
            .expect("a line");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
    }

    /// Tells it something.
    pub fn hears(&mut self, line: &str) {
        use std::io::Write;
        let input = self.child.stdin.as_mut().expect("piped");
        writeln!(input, "{line}")
            .and_then(|()| input.flush())
            .expect("it listens");
    }
}

impl Drop for Conversation {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
