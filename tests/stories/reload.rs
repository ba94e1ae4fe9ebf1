//! SIGHUP reads the parties again, whole: what is good takes the place of the old set; one bad file keeps all of it, and the operator
//! hears of it.

use std::fs;
use std::time::{Duration, Instant};

use acceptance::relying::Lab;
use acceptance::{Database, House, Page, Plan};

async fn failures(house: &House) -> String {
    let url = format!("{}/metrics", house.management());
    let answer = house.client().build().unwrap().get(url).send().await.unwrap();
    let text = answer.text().await.unwrap();
    let line = text.lines().find(|line| line.starts_with("idp_reload_failures_total "));
    line.expect("the metric is shown from the start")
        .rsplit(' ')
        .next()
        .unwrap()
        .to_owned()
}

async fn asked_by(house: &House, lab: &Lab) -> Page {
    house.browser().get(lab.asks("openid", &[]).url.as_str()).await
}

async fn until(mut is: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !is().await {
        assert!(begun.elapsed() < Duration::from_secs(20), "never came");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bad_party_file_keeps_the_old_set_and_is_told() {
    let mut house = House::start(Plan::on(Database::Sqlite).without_services()).await;
    let lab = Lab::of(&house).await;
    assert_eq!(failures(&house).await, "0");

    // One file is new and good, one is spoilt: neither counts.
    Lab::register(&house, "newcomer");
    let newcomer = Lab::named(&house, "newcomer").await;
    let file = house.config("parties/lab.toml");
    let good = fs::read_to_string(&file).unwrap();
    let bad = good.replace("http://127.0.0.1:9499/cb", "http://127.0.0.1:9499/elsewhere#part");
    fs::write(&file, &bad).unwrap();
    house.running().signal("HUP");
    until(async || failures(&house).await == "1").await;
    let log = house.running().log();
    let told = log
        .lines()
        .find(|line| line.contains("the parties were not read again, the old ones stay"));
    let told = told.unwrap_or_else(|| panic!("{log}"));
    assert!(
        told.contains("ERROR") && told.contains("lab.toml") && told.contains("oidc.redirect_uris"),
        "{told}"
    );
    asked_by(&house, &lab).await.must_be_step("credentials");
    let page = asked_by(&house, &newcomer).await;
    assert_eq!(page.refusals(), ["request.unknown_party"], "{page:#}");
    let (code, asked) = lab.receives(&house.citizen("anna"), "openid").await;
    assert!(
        lab.exchanges(&code, &asked).await.0.is_success(),
        "whoever was known still is"
    );
    let ready = house
        .client()
        .build()
        .unwrap()
        .get(format!("{}/health/ready", house.management()));
    assert!(
        ready.send().await.unwrap().status().is_success(),
        "and the node is ready"
    );

    // The same fault a second time is counted again; put right, everything is taken, the withdrawn included.
    house.running().signal("HUP");
    until(async || failures(&house).await == "2").await;
    fs::remove_file(&file).unwrap();
    house.running().signal("HUP");
    until(async || asked_by(&house, &newcomer).await.step() == "credentials").await;
    let page = asked_by(&house, &lab).await;
    assert_eq!(page.refusals(), ["request.unknown_party"], "{page:#}");
    assert_eq!(failures(&house).await, "2");
    assert!(house.running().log().contains("the parties were read again"));
}
