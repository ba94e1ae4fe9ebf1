//! The figures as JSON, and a table made from it.

use std::fmt::Write as _;
use std::fs;

use serde_json::{Value, json};

use super::{Place, Settings, crowd, machine};

/// Writes `scale.json` and `scale.md`.
pub(super) fn write(settings: &Settings, places: &[Place]) -> Result<(), String> {
    let mut sizes = Vec::new();
    for place in places {
        let crowd: crowd::Figures = place
            .figures(crowd::FIGURES)
            .ok_or_else(|| format!("no figures of {} people", place.people))?;
        let rounds: Vec<Value> = (0..settings.rounds)
            .filter_map(|round| place.figures(&format!("round-{round}.json")))
            .collect();
        sizes.push(json!({
            "people": place.people,
            "crowd": crowd,
            "log_in": {
                "cpu_ms": median(&rounds, "cpu_ms_per_log_in"),
                "store_ms": median(&rounds, "store_ms_per_log_in"),
                "p50_ms": median(&rounds, "p50_ms"),
                "p95_ms": median(&rounds, "p95_ms"),
                "rss_mib": median(&rounds, "rss_mib"),
                "ready_ms": median(&rounds, "ready_ms"),
            },
            "rounds": rounds,
        }));
    }
    let cost = |size: Option<&Value>| size.and_then(|size| size["log_in"]["cpu_ms"].as_f64());
    let ratio = match (cost(sizes.first()), cost(sizes.last())) {
        (Some(least), Some(most)) if least > 0.0 => Some(most / least),
        _ => None,
    };
    let all = json!({
        "what": "log-in cost and database size by number of people",
        "date": machine::today(),
        "commit": machine::commit(),
        "machine": machine::description(),
        "database": "sqlite",
        "driver": settings.driver.as_deref().unwrap_or("one log-in after the other, a new browser each"),
        "log_ins_a_round": settings.log_ins,
        "sizes": sizes,
        "cost_of_largest_by_smallest": ratio,
    });
    fs::create_dir_all(&settings.out).map_err(|error| format!("{}: {error}", settings.out.display()))?;
    let text = serde_json::to_string_pretty(&all).map_err(|error| error.to_string())? + "\n";
    for (name, text) in [("scale.json", text), ("scale.md", table(&all))] {
        let path = settings.out.join(name);
        fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
        println!("{}", path.display());
    }
    Ok(())
}

fn median(rounds: &[Value], figure: &str) -> Option<f64> {
    let mut all: Vec<f64> = rounds.iter().filter_map(|round| round[figure].as_f64()).collect();
    all.sort_unstable_by(f64::total_cmp);
    all.get(all.len().checked_sub(1)? / 2).copied()
}

fn table(all: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let number = |value: &Value, digits: usize| {
        value
            .as_f64()
            .map_or_else(|| "–".to_owned(), |number| format!("{number:.digits$}"))
    };
    let mut out = format!(
        "# By number of people\n\nMade by `make bench-scale` on {}, commit {}: {}. Database: {}. Driver: {}.\n\n",
        text(&all["date"]),
        text(&all["commit"]),
        text(&all["machine"]),
        text(&all["database"]),
        text(&all["driver"])
    );
    out += "| people | made at, a second | peak memory, MiB | database, MB | bytes a person | log-in, ms of server CPU | of it waiting for the store, ms | p50, ms | p95, ms | server's memory, MiB |\n";
    out += "|---|---|---|---|---|---|---|---|---|---|\n";
    for size in all["sizes"].as_array().into_iter().flatten() {
        let (crowd, log_in) = (&size["crowd"], &size["log_in"]);
        let megabytes = crowd["database_bytes"].as_f64().unwrap_or(0.0) / 1e6;
        let cells = [
            number(&size["people"], 0),
            number(&crowd["people_per_second"], 0),
            number(&crowd["peak_rss_mib"], 0),
            format!("{megabytes:.1}"),
            number(&crowd["bytes_per_person"], 0),
            number(&log_in["cpu_ms"], 2),
            number(&log_in["store_ms"], 2),
            number(&log_in["p50_ms"], 1),
            number(&log_in["p95_ms"], 1),
            number(&log_in["rss_mib"], 0),
        ];
        let _ = writeln!(out, "| {} |", cells.join(" | "));
    }
    let _ = write!(
        out,
        "\nA log-in among the most people costs {} times what it costs among the fewest (target: at most 1.2).\n\n\
         The rate of making people includes the passwords of the 10,000 who have one, at full cost: with few people it is nearly all \
         of it. Crowds are written in the order of most keys, so these databases are packed more tightly than one that grew over years \
         (decision 0055). \"Waiting for the store\" is wall time, and on a busy machine mostly that of others.\n",
        number(&all["cost_of_largest_by_smallest"], 2)
    );
    out
}
