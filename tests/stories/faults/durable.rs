//! What the kernel sees of a commit that burns a code: written, synced, and only then answered. `kill -9` cannot show it:
//! what was written survives a dead process, but not a power cut.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use acceptance::browser::query;
use acceptance::postgres::Cluster;
use acceptance::relying::Lab;
use acceptance::{Database, House, Plan};

use super::load::busy;

const CALLS: &str = "trace=recvfrom,read,sendto,write,writev,sendmsg,pwrite64,fdatasync,fsync";

/// What a tracer has written so far, from a mark on.
struct Trace {
    path: PathBuf,
    mark: usize,
}

impl Trace {
    fn at(path: PathBuf) -> Self {
        Self { path, mark: 0 }
    }

    /// From here on.
    async fn begins(&mut self) {
        tokio::time::sleep(Duration::from_millis(300)).await;
        self.mark = lines(&self.path).len();
    }

    /// What there was until the mark.
    fn before(&self) -> Vec<String> {
        let mut all = lines(&self.path);
        all.truncate(self.mark);
        all
    }

    async fn lines(&self) -> Vec<String> {
        tokio::time::sleep(Duration::from_millis(300)).await;
        lines(&self.path).split_off(self.mark)
    }
}

fn lines(path: &Path) -> Vec<String> {
    let text = String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned();
    text.lines().map(str::to_owned).collect()
}

fn process(line: &str) -> &str {
    line.split_whitespace().next().unwrap_or_default()
}

/// Where syncs of a file whose name holds `what` have come to their end.
fn synced(lines: &[String], what: &str) -> Vec<usize> {
    let begun = |line: &str| (line.contains("fdatasync(") || line.contains("fsync(")) && line.contains(what);
    let mut ends = Vec::new();
    for (at, line) in lines.iter().enumerate().filter(|(_, line)| begun(line)) {
        if line.contains("<unfinished") {
            let resumed = |later: &&String| process(later) == process(line) && later.contains("sync resumed>");
            ends.extend(
                lines[at..]
                    .iter()
                    .position(|later| resumed(&later))
                    .map(|after| at + after),
            );
        } else {
            ends.push(at);
        }
    }
    ends
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_syncs_the_log_before_a_log_in_is_answered() {
    let mut house = House::built(busy(Plan::on(Database::Sqlite)));
    house.seed();
    house
        .idp_opens_through(&["strace", "-f", "-y", "-s", "96", "-e", CALLS, "-o", "trace"])
        .await;
    let mut trace = Trace::at(house.folder().join("trace"));
    let lab = Lab::of(&house).await;
    let mut seen = Vec::new();
    for _ in 0..3 {
        let anna = house.citizen("anna");
        let page = anna.browser.get(lab.asks("openid", &[]).url.as_str()).await;
        let page = anna.types_password(&page).await;
        let code = anna.person.code(&page.challenge()).to_owned();
        trace.begins().await;
        let sent = anna.browser.submit_once(&page, &[("code", &code)]).await;
        assert!(query(&lab.answered(&sent), "code").is_some());
        let lines = trace.lines().await;
        let at = |what: &str| lines.iter().position(|line| line.contains(what));
        let asked = at("POST /login/").unwrap_or_else(|| panic!("no request in {lines:#?}"));
        let answered = at("HTTP/1.1 303").unwrap_or_else(|| panic!("no answer in {lines:#?}"));
        let written = lines
            .iter()
            .enumerate()
            .skip(asked)
            .find(|(_, line)| line.contains("pwrite64(") && line.contains("-wal"));
        let (written, _) = written.unwrap_or_else(|| panic!("nothing was written: {lines:#?}"));
        let syncs = synced(&lines, "-wal")
            .into_iter()
            .filter(|sync| (written..answered).contains(sync))
            .count();
        assert!(
            asked < written && written < answered && syncs >= 1,
            "answered before it was on disk: {lines:#?}"
        );
        seen.push(syncs);
    }
    eprintln!("SQLite: syncs of the log between the request and the answer of each log-in: {seen:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_is_told_to_sync_and_does_before_it_answers() {
    let tracer = ["strace", "-f", "-y", "-s", "96", "-e", CALLS, "-o", "trace"].map(str::to_owned);
    let cluster = Cluster::start_through(tracer.to_vec());
    assert_eq!(cluster.ask("postgres", "show fsync"), "on");
    let plan = busy(Plan::on(Database::Postgres)).on_database_at(cluster.database());
    let house = House::start(plan).await;
    let mut trace = Trace::at(cluster.folder().join("trace"));
    let lab = Lab::of(&house).await;
    let mut seen = Vec::new();
    for _ in 0..3 {
        let anna = house.citizen("anna");
        let page = anna.browser.get(lab.asks("openid", &[]).url.as_str()).await;
        let page = anna.types_password(&page).await;
        let code = anna.person.code(&page.challenge()).to_owned();
        trace.begins().await;
        let sent = anna.browser.submit_once(&page, &[("code", &code)]).await;
        assert!(query(&lab.answered(&sent), "code").is_some());
        let lines = trace.lines().await;
        let commits = durable_commits(&trace.before(), &lines);
        assert!(!commits.is_empty(), "no durable commit: {lines:#?}");
        let syncs = synced(&lines, "pg_wal");
        for (asked, answered) in &commits {
            let between = syncs.iter().filter(|sync| (asked..answered).contains(sync)).count();
            assert!(
                between >= 1,
                "a commit was answered before it was on disk: {:#?}",
                &lines[*asked..=*answered]
            );
            seen.push(between);
        }
    }
    eprintln!("PostgreSQL: syncs of the log between each durable COMMIT and its answer: {seen:?}");
}

/// From the COMMIT that a backend was sent to the answer that it gave, where it had been told `synchronous_commit TO on` and to write something: a
/// job that found nothing to do has nothing to sync.
fn durable_commits(before: &[String], lines: &[String]) -> Vec<(usize, usize)> {
    let mut commits = Vec::new();
    let mut backends: HashMap<&str, Backend> = HashMap::new();
    for line in before.iter().filter(|line| line.contains("recvfrom")) {
        backends.entry(process(line)).or_default().hears(line);
    }
    for (at, line) in lines.iter().enumerate().filter(|(_, line)| line.contains("recvfrom")) {
        let backend = backends.entry(process(line)).or_default();
        backend.hears(line);
        if line.contains("COMMIT") && backend.durable && backend.wrote {
            let gives = |later: &String| process(later) == process(line) && later.contains("sendto(");
            if let Some(after) = lines[at..].iter().position(gives) {
                commits.push((at, at + after));
            }
        }
    }
    commits
}

/// What a backend was told.
#[derive(Default)]
struct Backend {
    /// To sync what it commits.
    durable: bool,
    /// To write something since it began.
    wrote: bool,
    /// Prepared statements that write, by their names.
    writes: HashSet<String>,
}

impl Backend {
    fn hears(&mut self, line: &str) {
        if line.contains("synchronous_commit TO") {
            self.durable = line.contains("synchronous_commit TO on");
        }
        if line.contains("BEGIN") {
            self.wrote = false;
        }
        let writes = ["INSERT INTO", "UPDATE ", "DELETE FROM"]
            .iter()
            .any(|word| line.contains(word));
        let name = line.find("__diesel_stmt_").map(|at| {
            let name: String = line[at..].chars().take_while(|c| *c != '\\').collect();
            name
        });
        if writes {
            self.writes.extend(name.clone());
        }
        self.wrote |= writes || name.is_some_and(|name| self.writes.contains(&name));
    }
}
