//! The database goes away and comes back: 503 with Retry-After meanwhile, and nobody has to restart anything.

use std::time::{Duration, Instant};

use acceptance::postgres::Cluster;
use acceptance::relying::Lab;
use acceptance::{Citizen, Database, House, Plan};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn meanwhile_503_and_then_it_recovers_by_itself() {
    let mut cluster = Cluster::start();
    let plan = Plan::on(Database::Postgres)
        .on_database_at(cluster.database())
        .without_services();
    let mut house = House::start(plan).await;
    let lab = Lab::of(&house).await;
    let anna = house.citizen("anna");
    let asked = lab.asks("openid", &[]);
    let page = anna.browser.get(asked.url.as_str()).await;

    cluster.stop();
    let answer = anna.types_password(&page).await;
    assert_eq!(answer.status, 503, "{answer:#}");
    assert!(answer.headers.contains_key("retry-after"), "{:?}", answer.headers);
    let ready = anna
        .browser
        .client()
        .get(format!("{}/health/ready", house.management()))
        .send()
        .await
        .unwrap();
    assert_eq!(ready.status(), 503);
    let alive = anna
        .browser
        .client()
        .get(format!("{}/health/live", house.management()))
        .send()
        .await
        .unwrap();
    assert!(alive.status().is_success(), "a lost database is no reason to be killed");

    cluster.go_on();
    let begun = Instant::now();
    while !enters(&anna, &lab).await {
        assert!(
            begun.elapsed() < Duration::from_secs(30),
            "it does not recover:\n{}",
            house.running().log()
        );
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// A whole log-in, if the house lets her.
async fn enters(anna: &Citizen, lab: &Lab) -> bool {
    let page = anna
        .browser
        .get(lab.asks("openid", &[("prompt", "login")]).url.as_str())
        .await;
    if page.step() != "credentials" {
        return false;
    }
    let page = anna.types_password(&page).await;
    if page.step() != "code" {
        return false;
    }
    let code = anna.person.code(&page.challenge()).to_owned();
    anna.browser
        .submit_once(&page, &[("code", &code)])
        .await
        .redirect()
        .is_some()
}
