//! `measure overload [sqlite|postgres]`, `measure timing [tries]`, `measure bulk [lines]`: prints what it sees and keeps it under
//! `docs/performance/`. The programs that it measures lie beside it: `make overload`, `make timing` and `make bulk` build them first.
#![expect(clippy::print_stdout, reason = "a tool that prints")]

use std::process::ExitCode;

use acceptance::Database;
use acceptance::measure::{bulk, circumstances, keep, overload, quote, timing};
use serde_json::json;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["overload"] => measure_overload(Database::Sqlite).await,
        ["overload", "sqlite"] => measure_overload(Database::Sqlite).await,
        ["overload", "postgres"] => measure_overload(Database::Postgres).await,
        ["timing"] => measure_timing(1_500).await,
        ["timing", tries] if tries.parse::<usize>().is_ok() => measure_timing(tries.parse().unwrap_or(1_500)).await,
        ["bulk"] => measure_bulk(100_000).await,
        ["bulk", lines] if lines.parse::<usize>().is_ok() => measure_bulk(lines.parse().unwrap_or(100_000)).await,
        _ => {
            println!("measure overload [sqlite|postgres] | timing [tries of each kind] | bulk [lines]");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}

async fn measure_overload(database: Database) {
    let (around, wish) = (circumstances(), overload::Wish::long(database));
    let seen = overload::run(&wish).await;
    let name = match database {
        Database::Sqlite => "overload",
        Database::Postgres => "overload-postgres",
    };
    let path = keep(name, &json!({ "measured": around, "result": seen.as_json(&wish) }));
    let table = format!(
        "{:.0} passwords a second at most; {} on {} ({} cores), commit {}, {}.\n\n{}\n",
        seen.capacity_per_second,
        around["profile"].as_str().unwrap_or_default(),
        around["cpu"].as_str().unwrap_or_default(),
        around["cores"],
        around["commit"].as_str().unwrap_or_default(),
        around["date"].as_str().unwrap_or_default(),
        seen.table()
    );
    quote("docs/operations/overload.md", name, &table);
    println!("{table}\n{}", path.display());
}

async fn measure_timing(tries: usize) {
    let around = circumstances();
    let mut results = Vec::new();
    let kinds: Vec<&str> = timing::Kind::ALL.iter().map(|kind| kind.word()).collect();
    let mut page = format!(
        "Medians in ms of: {}.\n\n| database | hashes | tries of each | medians | furthest apart | told apart |\n|---|---|---|---|---|---|\n",
        kinds.join(" · ")
    );
    for database in [Database::Sqlite, Database::Postgres] {
        for thin in [false, true] {
            let wish = timing::Wish { database, tries, thin };
            let seen = timing::run(wish).await;
            let hashes = if thin {
                "hashes that cost next to nothing"
            } else {
                "hashes at full cost"
            };
            println!("{database:?}, {hashes}\n\n{}", seen.table());
            page += &seen.line(wish);
            results.push(seen.as_json(wish));
        }
    }
    let path = keep("timing", &json!({ "measured": around, "results": results }));
    page += &format!(
        "\nCommit {}, {}, {} ({} cores).\n",
        around["commit"].as_str().unwrap_or_default(),
        around["date"].as_str().unwrap_or_default(),
        around["cpu"].as_str().unwrap_or_default(),
        around["cores"]
    );
    quote("docs/operations/overload.md", "timing", &page);
    println!("{}", path.display());
}

async fn measure_bulk(lines: usize) {
    let around = circumstances();
    let (mut results, mut page) = (Vec::new(), bulk::HEAD.to_owned());
    for database in [Database::Sqlite, Database::Postgres] {
        let wish = bulk::Wish { database, lines };
        let seen = bulk::run(&wish).await;
        println!("{}{}", bulk::HEAD, seen.row(&wish));
        page += &seen.row(&wish);
        results.push(seen.as_json(&wish));
        keep("bulk", &json!({ "measured": around, "results": results }));
    }
    page += &format!(
        "\nCommit {}, {}, {} ({} cores, load {} before), profile {}.\n",
        around["commit"].as_str().unwrap_or_default(),
        around["date"].as_str().unwrap_or_default(),
        around["cpu"].as_str().unwrap_or_default(),
        around["cores"],
        around["load_average_before"].as_str().unwrap_or_default(),
        around["profile"].as_str().unwrap_or_default(),
    );
    quote("docs/performance/README.md", "bulk", &page);
}
