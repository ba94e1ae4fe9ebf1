//! The running server shows the metrics that its document names, and no others.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use acceptance::program::root;
use acceptance::relying::Lab;
use acceptance::{Database, House, Plan};

use crate::both::on_both;

/// Names of docs/operations/metrics.md, and whether each is shown from the start.
fn documented() -> BTreeMap<String, bool> {
    let text = std::fs::read_to_string(root().join("docs/operations/metrics.md")).unwrap();
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.map(|row| {
        let (name, rest) = row.split_once('`').unwrap();
        (name.to_owned(), !rest.starts_with(" †"))
    })
    .collect()
}

async fn shown(house: &House) -> String {
    let url = format!("{}/metrics", house.management());
    let answer = house.client().build().unwrap().get(url).send().await.unwrap();
    answer.text().await.unwrap()
}

fn names(text: &str) -> BTreeSet<String> {
    let types = text.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    types.map(|line| line.split(' ').next().unwrap().to_owned()).collect()
}

/// The value of one series, as it is written.
fn value(text: &str, series: &str) -> Option<String> {
    let line = text.lines().find(|line| line.starts_with(series))?;
    line.rsplit_once(' ').map(|(_, value)| value.to_owned())
}

on_both!(what_is_shown_is_what_is_documented);

async fn what_is_shown_is_what_is_documented(database: Database) {
    let house = House::start(Plan::on(database).without_services()).await;
    let (anna, lab) = (house.citizen("anna"), Lab::of(&house).await);
    let page = anna.browser.get(lab.asks("openid", &[]).url.as_str()).await;
    let wrong = [("user_id", anna.user_id()), ("password", "not her password 1")];
    let page = anna.browser.submit(&page, &wrong).await;
    assert_eq!(page.refusals(), ["login.failed"]);
    let (code, asked) = lab.receives(&anna, "openid").await;
    assert!(lab.exchanges(&code, &asked).await.0.is_success());
    assert!(!lab.exchanges("no code", &asked).await.0.is_success());
    // What looks into the database looks every ten seconds.
    let mut text = shown(&house).await;
    for _ in 0..60 {
        if value(&text, "idp_audit_unsealed_seconds").is_some() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
        text = shown(&house).await;
    }

    let (documented, names) = (documented(), names(&text));
    assert!(documented.len() > 20);
    let from_the_start: BTreeSet<_> = documented
        .iter()
        .filter(|(_, start)| **start)
        .map(|(name, _)| name.clone())
        .collect();
    let missing: Vec<_> = from_the_start.difference(&names).collect();
    assert!(missing.is_empty(), "documented and not shown: {missing:?}");
    let unknown: Vec<_> = names.iter().filter(|name| !documented.contains_key(*name)).collect();
    assert!(unknown.is_empty(), "shown and not documented: {unknown:?}");

    for (series, expected) in [
        ("idp_logins_total{outcome=\"completed\"}", "1"),
        ("idp_logins_total{outcome=\"cancelled\"}", "0"),
        (
            "idp_login_steps_total{factor=\"password\",outcome=\"login.failed\"}",
            "1",
        ),
        ("idp_login_steps_total{factor=\"password\",outcome=\"accepted\"}", "1"),
        ("idp_login_steps_total{factor=\"keycard\",outcome=\"accepted\"}", "1"),
        ("idp_refusals_total{told=\"party\",code=\"invalid_grant\"}", "1"),
        ("idp_faults_total", "0"),
        ("idp_ready", "1"),
        ("idp_signing_keys{purpose=\"jwt\",alg=\"RS256\",state=\"next\"}", "1"),
        ("idp_data_key_generation", "1"),
        ("idp_outbox_waiting", "0"),
    ] {
        assert_eq!(value(&text, series).as_deref(), Some(expected), "{series} in\n{text}");
    }
    let memory: f64 = value(&text, "process_resident_memory_bytes").unwrap().parse().unwrap();
    assert!(memory > 1e6);
    for personal in [anna.user_id(), anna.person.eid_number.as_str()] {
        assert!(!text.contains(personal), "{personal} in the metrics");
    }
}
