//! A bank's delivery of many lines, killed twice on the way: nobody twice, nobody lost, how fast, and in how much memory. Owns the delivery, the two
//! kills and the counting. The server runs beside it, as it would.

use std::collections::HashSet;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::PathBuf;
use std::process::Child;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{memory_while_it_runs, processor};
use crate::house::{Database, House, Plan};

/// How much of it.
#[derive(Clone, Copy, Debug)]
pub struct Wish {
    pub database: Database,
    pub lines: usize,
}

/// What came of it.
#[derive(Debug)]
pub struct Seen {
    /// Lines that were done when it was killed.
    pub killed_at: Vec<usize>,
    pub issued: usize,
    pub refused: usize,
    /// Of all runs together, until what came of each line was written.
    pub seconds: f64,
    /// Processor time of the program.
    pub processor_seconds: f64,
    /// The most that one of the runs held (VmHWM).
    pub peak_mib: f64,
    /// Once more when nothing is left to do: reading all, and telling all.
    pub again_seconds: f64,
}

impl Seen {
    pub fn per_second(&self) -> f64 {
        (self.issued + self.refused) as f64 / self.seconds
    }

    pub fn as_json(&self, wish: &Wish) -> Value {
        json!({
            "database": format!("{:?}", wish.database),
            "lines": wish.lines,
            "killed_at": self.killed_at,
            "issued": self.issued,
            "refused": self.refused,
            "seconds": self.seconds,
            "lines_per_second": self.per_second(),
            "processor_seconds": self.processor_seconds,
            "peak_mib": self.peak_mib,
            "again_seconds": self.again_seconds,
        })
    }

    pub fn row(&self, wish: &Wish) -> String {
        let kills: Vec<_> = self.killed_at.iter().map(usize::to_string).collect();
        format!(
            "| {:?} | {} | {} | {} | {} | {:.0} | {:.0} | {:.2} | {:.0} | {:.0} |\n",
            wish.database,
            wish.lines,
            kills.join(", "),
            self.issued,
            self.refused,
            self.seconds,
            self.per_second(),
            self.processor_seconds * 1_000.0 / wish.lines as f64,
            self.peak_mib,
            self.again_seconds,
        )
    }
}

/// The head of the table of [`Seen::row`].
pub const HEAD: &str = "| database | lines | killed when done | issued | refused | seconds | lines a second | ms of CPU a line | peak memory, MiB | \
                        again, seconds |\n|---|---|---|---|---|---|---|---|---|---|\n";

/// The CPR number of a customer (day + 60, nobody's).
pub fn cpr(nth: usize) -> String {
    let (day, month, serial) = (61 + nth % 28, 1 + (nth / 28) % 12, 1_000 + nth / 336);
    format!("{day}{month:02}70{serial}")
}

/// A customer's line. Of fifty, one is nobody in the register, one has no CPR number, and one line says nothing.
pub fn line(nth: usize) -> Value {
    let consents = ["cpr_lookup", "pid_link", "pid_reuse", "personal_data"];
    let rules = json!({"version": "2026-11-28", "consents": consents});
    let name = format!("B{nth}");
    match nth % 50 {
        7 => json!({"cpr": "611199-4999", "customer_ref": name}),
        9 => {
            json!({"customer": {"name": "Nils Nobody", "address": "Storgatan 2", "born": "1990-01-01"}, "customer_ref": name})
        }
        11 => json!({"customer_ref": ""}),
        _ => json!({"cpr": cpr(nth), "customer_ref": name, "public": nth.is_multiple_of(2), "rules": rules}),
    }
}

/// Why a line is refused, if it is.
pub fn refused(nth: usize) -> Option<&'static str> {
    match nth % 50 {
        7 => Some("proofing.unknown_person"),
        11 => Some("request.malformed"),
        _ => None,
    }
}

/// Writes a delivery, and puts its customers into the register.
pub fn delivery(house: &House, lines: usize) -> PathBuf {
    let (register, file) = (
        house.folder().join("register.json"),
        house.folder().join("customers.jsonl"),
    );
    let people: Vec<_> = (0..lines)
        .map(|nth| json!({"cpr": cpr(nth), "name": format!("Kunde Nr {nth}"), "address": "Prøvevej 1\n9998 Prøvekøbing"}))
        .collect();
    std::fs::write(&register, Value::from(people).to_string()).expect("the register's file");
    house.idp_says(&[
        "register",
        "import",
        &register.display().to_string(),
        "--officer",
        "test",
    ]);
    let mut out = BufWriter::new(std::fs::File::create(&file).expect("the delivery"));
    for nth in 0..lines {
        writeln!(out, "{}", line(nth)).expect("a line");
    }
    out.flush().expect("the delivery");
    file
}

/// A number that the database tells.
pub fn count(house: &House, what: &str) -> usize {
    let text = house.asks(what);
    text.trim().parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// Issues the delivery, is killed twice, and counts.
pub async fn run(wish: &Wish) -> Seen {
    let plan = Plan::on(wish.database).without_services().set("demo.posts", false);
    let house = House::start(plan).await;
    let file = delivery(&house, wish.lines).display().to_string();
    let told = house.folder().join("told.jsonl");
    let out = told.display().to_string();
    let words = [
        "bulk",
        "issue",
        &file,
        "--ra",
        "ra-netbank",
        "--batch",
        "all",
        "--officer",
        "k.vang",
        "--reason",
        "alle kunder",
        "--out",
        &out,
    ];
    let tables = ["eids", "people", "pids"];
    let counted = || tables.map(|table| count(&house, &format!("SELECT COUNT(*) FROM {table}")));
    let before = counted();
    let mut seen = Seen {
        killed_at: Vec::new(),
        issued: 0,
        refused: 0,
        seconds: 0.0,
        processor_seconds: 0.0,
        peak_mib: 0.0,
        again_seconds: 0.0,
    };
    let done = || count(&house, "SELECT COUNT(*) FROM bulk_lines");
    for least in [wish.lines / 4, wish.lines / 2] {
        let mut run = Run::of(&house, &words);
        while done() < least {
            run.goes_on(Duration::from_millis(300), &mut seen).await;
        }
        // Anywhere in the act that runs just then.
        let further = u64::try_from(uuid::Uuid::new_v4().as_u128() % 700).unwrap_or(0);
        run.goes_on(Duration::from_millis(further), &mut seen).await;
        run.child.kill().expect("kill -9");
        run.ends(&mut seen);
        let now = done();
        assert!(now >= least && now < wish.lines, "it was killed on the way: {now}");
        seen.killed_at.push(now);
    }
    let mut run = Run::of(&house, &words);
    while run.child.try_wait().expect("the program").is_none() {
        run.goes_on(Duration::from_millis(50), &mut seen).await;
    }
    assert!(run.ends(&mut seen), "the last run went to its end");
    judge(&house, wish, &told, &mut seen);
    let (new, issued) = (counted(), seen.issued);
    let made = [0, 1, 2].map(|table| new[table] - before[table]);
    assert_eq!(
        (made[0], made[1]),
        (issued, issued),
        "eIDs and people, one for each that was issued"
    );
    assert_eq!(
        count(&house, "SELECT COUNT(DISTINCT pid) FROM pids"),
        new[2],
        "each PID once"
    );
    let public = count(
        &house,
        "SELECT COUNT(*) FROM eids WHERE issuer = 'ra-netbank' AND is_public",
    );
    assert_eq!(made[2], public, "a PID for each of public use");
    for table in ["cards", "activations"] {
        let ordered = count(&house, &format!("SELECT COUNT(*) FROM {table} WHERE state = 'ordered'"));
        assert_eq!(ordered, issued, "{table}");
    }
    let begun = Instant::now();
    let again = house.idp_says(&words);
    seen.again_seconds = begun.elapsed().as_secs_f64();
    assert!(
        again.contains(&format!("{} lines read, 0 done now", wish.lines)),
        "{again}"
    );
    seen
}

/// One run of the command.
struct Run {
    child: Child,
    begun: Instant,
    processor: f64,
}

impl Run {
    fn of(house: &House, words: &[&str]) -> Self {
        let child = house.idp().args(words).spawn().expect("idp bulk issue");
        Self {
            child,
            begun: Instant::now(),
            processor: 0.0,
        }
    }

    /// Waits, and looks at what it holds meanwhile.
    async fn goes_on(&mut self, long: Duration, seen: &mut Seen) {
        tokio::time::sleep(long).await;
        let pid = self.child.id();
        if let Some(peak) = memory_while_it_runs(pid, "VmHWM") {
            seen.peak_mib = seen.peak_mib.max(peak);
            self.processor = processor(pid);
        }
    }

    /// Whether it ended well.
    fn ends(mut self, seen: &mut Seen) -> bool {
        let status = self.child.wait().expect("the program");
        seen.seconds += self.begun.elapsed().as_secs_f64();
        seen.processor_seconds += self.processor;
        status.success()
    }
}

/// Each line has exactly one outcome, the right one; no eID and no name at the bank stands there twice.
fn judge(house: &House, wish: &Wish, told: &std::path::Path, seen: &mut Seen) {
    let (mut numbers, mut names) = (HashSet::new(), HashSet::new());
    let told = BufReader::new(std::fs::File::open(told).expect("what was told"));
    for (nth, one) in told.lines().enumerate() {
        let one: Value = serde_json::from_str(&one.expect("a line")).expect("JSON");
        assert_eq!(one["line"], nth + 1, "one outcome for each line");
        assert_eq!(one["code"].as_str(), refused(nth), "{one}");
        if one["outcome"] == "issued" {
            seen.issued += 1;
            assert_eq!(one["customer_ref"], format!("B{nth}"));
            for (all, name) in [(&mut numbers, "eid_number"), (&mut names, "sub")] {
                assert!(all.insert(one[name].as_str().expect(name).to_owned()), "twice: {one}");
            }
        } else {
            seen.refused += 1;
        }
    }
    assert_eq!(seen.issued + seen.refused, wish.lines, "each line is told");
    assert_eq!(count(house, "SELECT COUNT(*) FROM bulk_lines"), wish.lines);
}
