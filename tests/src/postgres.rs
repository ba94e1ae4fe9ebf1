//! One PostgreSQL of our own for the whole test binary: Debian's programs, an unprivileged user, a temporary folder, a
//! socket and no network. Each test gets a database of its own. A keeper ends it with this process, however that ends.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use crate::program::{output, run};

const USER: &str = "idp";

/// A database server: start one apart from the shared one where a test stops and starts it.
pub struct Cluster {
    folder: PathBuf,
    keeper: Option<Child>,
    numbers: AtomicU32,
    /// What the server is started through: `strace` and its options.
    through: Vec<String>,
}

/// The server that all tests of this process share.
pub fn shared() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(Cluster::start)
}

impl Cluster {
    pub fn start() -> Self {
        Self::start_through(Vec::new())
    }

    /// A server whose folder lies at `disk`, a file system of the test's own.
    pub fn start_on(disk: &Path) -> Self {
        Self::begin(disk, Vec::new())
    }

    /// A server that is started through another program, which is told to write into a file of the cluster's folder.
    pub fn start_through(through: Vec<String>) -> Self {
        Self::begin(Path::new("/tmp"), through)
    }

    fn begin(parent: &Path, through: Vec<String>) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("pg-")
            .tempdir_in(parent)
            .expect("folder")
            .keep();
        if let Some((user, group)) = unprivileged() {
            std::os::unix::fs::chown(&folder, Some(user), Some(group)).expect("chown");
        }
        let data = folder.join("data");
        run(as_nobody(Command::new(program("initdb")))
            .args([
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync",
                "--username",
                USER,
                "-D",
            ])
            .arg(&data));
        let mut cluster = Self {
            folder,
            keeper: None,
            numbers: AtomicU32::new(0),
            through,
        };
        cluster.go_on();
        cluster
    }

    /// Starts the server over its data, and waits until it answers.
    pub fn go_on(&mut self) {
        // The keeper waits for the end of its input, that is, of this process or of the handle.
        let script = r#"folder=$1; shift; cd "$folder"
            "$@" -D "$folder/data" -k "$folder" -h '' -c max_connections=200 >>"$folder/log" 2>&1 & p=$!
            server() {
                if [ "$(cat /proc/$p/comm)" = strace ]; then cut -d' ' -f1 </proc/$p/task/$p/children; else echo $p; fi
            }
            read -r how
            if [ "$how" = stop ]; then kill -INT "$(server)"; wait $p; exit 0; fi
            kill -QUIT "$(server)"; wait $p
            if [ "$how" = crash ]; then exit 0; fi
            rm -rf "$folder""#;
        let keeper = as_nobody(Command::new("sh"))
            .args(["-c", script, "sh"])
            .arg(&self.folder)
            .args(&self.through)
            .arg(program("postgres"))
            .stdin(Stdio::piped())
            .process_group(0)
            .spawn()
            .expect("postgres");
        self.keeper = Some(keeper);
        let begun = Instant::now();
        while !output(self.psql("postgres").args(["-c", "select 1"])).status.success() {
            let log = std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
            assert!(
                begun.elapsed() < Duration::from_secs(30),
                "PostgreSQL does not answer:\n{log}"
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Stops the server and keeps its data: what a fail-over looks like to its clients.
    pub fn stop(&mut self) {
        self.end("stop\n");
    }

    /// Ends the server at once, without a checkpoint or a word to its clients, and keeps its data: the next start recovers.
    pub fn crash(&mut self) {
        self.end("crash\n");
    }

    fn end(&mut self, how: &str) {
        use std::io::Write;
        let mut keeper = self.keeper.take().expect("running");
        let mut input = keeper.stdin.take().expect("piped");
        input.write_all(how.as_bytes()).expect("keeper");
        drop(input);
        keeper.wait().expect("keeper");
    }

    /// Where the server's socket lies, and whatever it writes.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The server's first process: the parent of all others.
    pub fn pid(&self) -> u32 {
        let file = std::fs::read_to_string(self.folder.join("data/postmaster.pid")).expect("a running server");
        file.lines()
            .next()
            .and_then(|line| line.trim().parse().ok())
            .expect("a number")
    }

    /// A new empty database; its URL.
    pub fn database(&self) -> String {
        let name = format!("house_{}", self.numbers.fetch_add(1, Ordering::Relaxed));
        run(self.psql("postgres").args(["-c", &format!("create database {name}")]));
        format!("postgres:///{name}?host={}&user={USER}", self.folder.display())
    }

    /// One value, asked of the server directly.
    pub fn ask(&self, database: &str, sql: &str) -> String {
        run(self.psql(database).args(["-At", "-c", sql])).trim().to_owned()
    }

    fn psql(&self, database: &str) -> Command {
        let mut command = Command::new(program("psql"));
        command
            .arg("-X")
            .arg("-h")
            .arg(&self.folder)
            .args(["-U", USER, "-d", database, "-v", "ON_ERROR_STOP=1"]);
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some(mut keeper) = self.keeper.take() {
            drop(keeper.stdin.take());
            drop(keeper.wait());
        }
    }
}

fn program(name: &str) -> PathBuf {
    let mut found: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|folders| {
            folders
                .flatten()
                .map(|folder| folder.path().join("bin").join(name))
                .collect()
        })
        .unwrap_or_default();
    found.retain(|path: &PathBuf| Path::exists(path));
    found.sort();
    found
        .pop()
        .unwrap_or_else(|| panic!("PostgreSQL's {name} is missing: run `make setup`"))
}

/// PostgreSQL refuses to run as root: then it runs as the user that its package made.
fn unprivileged() -> Option<(u32, u32)> {
    let id = |what: &str, who: &[&str]| {
        run(Command::new("id").arg(what).args(who))
            .trim()
            .parse::<u32>()
            .expect("a number")
    };
    (id("-u", &[]) == 0).then(|| (id("-u", &["postgres"]), id("-g", &["postgres"])))
}

fn as_nobody(mut command: Command) -> Command {
    if let Some((user, group)) = unprivileged() {
        command.uid(user).gid(group);
    }
    command.current_dir("/");
    command
}
