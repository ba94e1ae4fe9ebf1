//! Table and picture of a run. Owns how figures are shown; measures nothing.

mod picture;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::Result;
use bench::figures::{House, Loop, Measured, Run};

use crate::plan::{self, Floor, SCENARIOS, Scenario, Target};
use crate::run::read;

/// Writes `results.md` and `results.svg` into the folder.
pub fn write(file: &Path, before: Option<&Path>, into: &Path) -> Result<()> {
    let run = read(file)?;
    let before = before.map(read).transpose()?;
    fs::create_dir_all(into)?;
    fs::write(into.join("results.md"), table(&run, before.as_ref()))?;
    fs::write(into.join("results.svg"), picture::draw(&run))?;
    println!("{}", into.join("results.md").display());
    Ok(())
}

/// The whole page.
pub fn table(run: &Run, before: Option<&Run>) -> String {
    let mut page = String::new();
    // Writing into a String cannot fail.
    let _ = page.write_str(&head(run));
    for part in [targets(run), floors(run), houses(run)] {
        let _ = write!(page, "\n{part}");
    }
    for house in &run.houses {
        let _ = write!(page, "\n{}", details(house));
    }
    if let Some(before) = before {
        let _ = write!(page, "\n{}", comparison(run, before));
    }
    page
}

fn head(run: &Run) -> String {
    let machine = &run.machine;
    let mut text = format!(
        "# Results\n\nCommit {}, {}, {} build, {:.0} s each. {}, {} cores, {} MiB, Linux {}; {}. Load average at the start: {:.1}.\n",
        run.commit,
        run.date,
        run.profile,
        run.seconds,
        machine.cpu,
        machine.cores,
        machine.memory,
        machine.kernel,
        machine.pinning,
        machine.load
    );
    if run.profile != "release" {
        text.push_str("\n**Not a release build: these figures mean nothing.**\n");
    }
    let _ = write!(text, "\nSet apart from the defaults: {}.\n", run.settings.join(", "));
    text
}

/// What an operation of this scenario cannot be cheaper than, as operations per CPU-second.
pub fn floor_of(run: &Run, house: &House, scenario: &Scenario) -> Option<f64> {
    let of_run = |name: &str| run.floors.get(name).copied();
    match scenario.floor {
        Floor::Static => house.floors.get("static").copied().or_else(|| of_run("static")),
        Floor::Point => house.floors.get("point").copied(),
        Floor::Sign(name) => of_run(name),
        Floor::LogIn => Some(1.0 / (1.0 / of_run("argon2id")? + 1.0 / of_run("rsa2048")?)),
    }
}

/// The rate that is aimed at.
pub fn target_of(scenario: &Scenario, floor: Option<f64>) -> Option<f64> {
    match (scenario.target, floor) {
        (Target::None, _) => None,
        (Target::Rate(rate), _) => Some(rate),
        (Target::Share(share), floor) => Some(share * floor?),
        (Target::Both(rate, share), floor) => Some(floor.map_or(rate, |floor| rate.max(share * floor))),
    }
}

fn targets(run: &Run) -> String {
    let mut text =
        "## Targets\n\nOperations per second of the server's CPU; in parentheses with PostgreSQL's own CPU.\n\n\
        | work | database | target | reached | floor | reached / floor | met |\n|---|---|---:|---:|---:|---:|---|\n"
            .to_owned();
    for scenario in SCENARIOS {
        for house in &run.houses {
            let Some(measured) = run.find(&house.database, scenario.name) else {
                continue;
            };
            let floor = floor_of(run, house, scenario);
            let target = target_of(scenario, floor);
            let with_database = if house.database == "sqlite" {
                String::new()
            } else {
                format!(" ({})", number(measured.per_cpu_with_database))
            };
            let _ = writeln!(
                text,
                "| {} | {} | {} | {}{with_database} | {} | {} | {} |",
                scenario.title,
                house.database,
                aim(scenario, target),
                number(measured.per_cpu),
                floor.map_or_else(|| "–".to_owned(), number),
                floor.map_or_else(|| "–".to_owned(), |floor| format!("{:.2}", measured.per_cpu / floor)),
                target.map_or("–", |target| if measured.per_cpu >= target { "yes" } else { "no" }),
            );
        }
    }
    let _ = write!(text, "{}", tail(run));
    text
}

/// The target that is a relation of two percentiles.
fn tail(run: &Run) -> String {
    let mut text = String::new();
    for house in &run.houses {
        if let Some(measured) = run.find(&house.database, "login-open") {
            let _ = writeln!(
                text,
                "| p99 of a full log-in at 70 % load, in p50 | {} | < 3 | {:.2} | – | – | {} |",
                house.database,
                measured.p99 / measured.p50,
                if measured.p99 < 3.0 * measured.p50 { "yes" } else { "no" }
            );
        }
    }
    for house in &run.houses {
        let _ = writeln!(
            text,
            "| start to ready, ms | {} | < 50 | {:.0} | – | – | {} |\n| resident, idle, MB | {} | < 20 | {:.1} | – | – | {} |",
            house.database,
            house.ready_ms,
            if house.ready_ms < 50.0 { "yes" } else { "no" },
            house.database,
            megabytes(house.rss_idle),
            if megabytes(house.rss_idle) < 20.0 { "yes" } else { "no" },
        );
    }
    text
}

fn aim(scenario: &Scenario, target: Option<f64>) -> String {
    match (scenario.target, target) {
        (_, None) => "–".to_owned(),
        (Target::Share(share), Some(_)) => format!("{:.0} % of the floor", share * 100.0),
        (Target::Both(rate, share), Some(_)) => format!("{} and {:.0} % of the floor", number(rate), share * 100.0),
        (_, Some(target)) => number(target),
    }
}

fn floors(run: &Run) -> String {
    let mut text =
        "## Floors\n\nOperations per CPU-second without us, measured in the same run.\n\n| what | rate |\n|---|---:|\n"
            .to_owned();
    let words = [
        ("argon2id", "Argon2id, 19 MiB, 2 passes, 1 lane, memory used again"),
        ("rsa2048", "RSA-2048 signature, parsed key"),
        ("rsa3072", "RSA-3072 signature, parsed key"),
        ("p256", "P-256 signature, parsed key"),
        ("static", "actix-web, bytes that lie ready"),
    ];
    for (name, words) in words {
        if let Some(rate) = run.floors.get(name) {
            let _ = writeln!(text, "| {words} | {} |", number(*rate));
        }
    }
    for house in &run.houses {
        if let Some(rate) = house.floors.get("point") {
            let _ = writeln!(
                text,
                "| actix-web and one row read by its key, {} | {} |",
                house.database,
                number(*rate)
            );
        }
    }
    text
}

fn houses(run: &Run) -> String {
    let mut text =
        "## The process\n\n| database | start to ready | resident idle | after everything | most in a scenario |\n\
        |---|---:|---:|---:|---:|\n"
            .to_owned();
    for house in &run.houses {
        let peak = house.scenarios.iter().map(|one| one.rss_peak).max().unwrap_or(0);
        let _ = writeln!(
            text,
            "| {} | {:.0} ms | {:.1} MB | {:.1} MB | {:.1} MB |",
            house.database,
            house.ready_ms,
            megabytes(house.rss_idle),
            megabytes(house.rss_after),
            megabytes(peak)
        );
    }
    text
}

fn details(house: &House) -> String {
    let mut text = format!(
        "## On {}\n\n| scenario | driven | op/s | op/CPU-s | with database | p50 ms | p95 ms | p99 ms | errors | most resident | driver |\n\
         |---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n",
        house.database
    );
    for one in &house.scenarios {
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {:.2} | {:.2} | {:.2} | {} | {:.1} MB | {:.0} % |",
            one.name,
            driven(one),
            number(one.rate),
            number(one.per_cpu),
            number(one.per_cpu_with_database),
            one.p50,
            one.p95,
            one.p99,
            one.errors,
            megabytes(one.rss_peak),
            one.driver * 100.0
        );
    }
    text
}

fn driven(one: &Measured) -> String {
    match one.loop_ {
        Loop::Closed(connections) => format!("closed, {connections}"),
        Loop::Open(rate) => format!("open, {rate}/s"),
    }
}

fn comparison(run: &Run, before: &Run) -> String {
    let mut text = format!(
        "## Against the run before\n\nCommit {}, {}. Operations per second of the server's CPU.\n\n\
         | scenario | database | before | now | change |\n|---|---|---:|---:|---:|\n",
        before.commit, before.date
    );
    for house in &run.houses {
        for now in &house.scenarios {
            let Some(then) = before.find(&house.database, &now.name) else {
                continue;
            };
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} | {:+.0} % |",
                now.name,
                house.database,
                number(then.per_cpu),
                number(now.per_cpu),
                (now.per_cpu / then.per_cpu - 1.0) * 100.0
            );
        }
    }
    text
}

fn megabytes(kib: u64) -> f64 {
    kib as f64 * 1024.0 / 1e6
}

/// Three figures at least, thousands apart.
pub fn number(value: f64) -> String {
    if value < 100.0 {
        return format!("{value:.1}");
    }
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// What people call a scenario.
pub fn title(name: &str) -> &str {
    plan::named(name).map_or(name, |scenario| scenario.title)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_at_a_glance() {
        for (value, text) in [
            (0.0, "0.0"),
            (66.66, "66.7"),
            (100.0, "100"),
            (1_234.4, "1,234"),
            (61_000.0, "61,000"),
            (1_234_567.0, "1,234,567"),
        ] {
            assert_eq!(number(value), text);
        }
    }

    #[test]
    fn every_scenario_is_found_by_its_name_and_its_open_loop_too() {
        for scenario in SCENARIOS {
            assert_eq!(title(scenario.name), scenario.title);
            assert_eq!(title(&format!("{}-open", scenario.name)), scenario.title);
        }
    }
}
