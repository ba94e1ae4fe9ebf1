//! The document, the dashboard and the alerts are held to the list.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;
use std::path::Path;

use super::*;

fn operations(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/operations");
    std::fs::read_to_string(folder.join(name)).unwrap()
}

/// The table of docs/operations/metrics.md.
fn table() -> String {
    let mut out = "| metric | type | labels | meaning |\n|---|---|---|---|\n".to_owned();
    for metric in CATALOGUE {
        let kind = format!("{:?}", metric.kind).to_lowercase();
        let labels: Vec<_> = metric.labels.iter().map(|label| format!("`{label}`")).collect();
        let when = if metric.from_the_start { "" } else { " †" };
        out += &format!(
            "| `{}`{when} | {kind} | {} | {} |\n",
            metric.name,
            labels.join(", "),
            metric.meaning
        );
    }
    out
}

/// Every name of a metric in a text, without what Prometheus adds to the names of histograms.
fn named(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'));
    words
        .filter(|word| word.starts_with("idp_") || word.starts_with("process_"))
        .map(|word| {
            let base = ["_bucket", "_sum", "_count"]
                .iter()
                .find_map(|end| word.strip_suffix(end));
            base.unwrap_or(word).to_owned()
        })
        .collect()
}

#[test]
fn the_document_is_the_catalogue() {
    let (document, table) = (operations("metrics.md"), table());
    assert!(
        document.contains(&table),
        "docs/operations/metrics.md must hold this table:\n{table}"
    );
}

#[test]
fn dashboard_and_alerts_ask_for_nothing_else() {
    let known: BTreeSet<String> = CATALOGUE.iter().map(|metric| metric.name.to_owned()).collect();
    for name in ["alerts.yml", "grafana-dashboard.json"] {
        let asked = named(&operations(name));
        assert!(asked.len() > 5, "{name} asks for {asked:?}");
        let unknown: Vec<_> = asked.difference(&known).collect();
        assert!(unknown.is_empty(), "{name} asks for {unknown:?}, which no server shows");
    }
    serde_json::from_str::<serde_json::Value>(&operations("grafana-dashboard.json")).unwrap();
}

#[test]
fn names_are_as_prometheus_wants_them() {
    let names: BTreeSet<_> = CATALOGUE.iter().map(|metric| metric.name).collect();
    assert_eq!(names.len(), CATALOGUE.len());
    for metric in CATALOGUE {
        assert!(
            metric.kind != Counter || metric.name.ends_with("_total"),
            "{}",
            metric.name
        );
        assert!(
            metric.kind != Histogram || metric.name.ends_with("_seconds"),
            "{}",
            metric.name
        );
    }
}
