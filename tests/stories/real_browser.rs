//! The whole log-in in a real browser, over both protocols, on both databases.

use acceptance::chromium::Chromium;
use acceptance::listener::Listener;
use acceptance::{Database, House};

use crate::both::on_both;

on_both!(anna_logs_in_at_borger_and_at_skat);

async fn anna_logs_in_at_borger_and_at_skat(database: Database) {
    let house = House::on(database).await;
    let person = house.citizen("anna").person;
    for name in ["borger", "skat"] {
        let service = house.service(name);
        let chromium = Chromium::open(&house).await;
        chromium.logs_in(&person, &service).await;
        chromium.goes_to(&service.at("me")).await;
        let page = chromium.source().await;
        assert!(
            page.contains(person.pid.as_deref().unwrap()),
            "{name}: {}",
            chromium.text().await
        );
        chromium.closes_without_complaint().await;
    }
}

/// What the other stories rest on when they say that nothing was complained about.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_breaks_its_own_policy_is_complained_about() {
    let house = House::on(Database::Sqlite).await;
    let chromium = Chromium::open(&house).await;
    chromium.goes_to(&format!("{}/", house.issuer())).await;
    assert_eq!(chromium.complaints().await, Vec::<String>::new(), "a page of ours");
    let policy = "default-src 'none'; style-src 'none'; script-src 'none'; form-action 'none'";
    for (broken, about) in [
        ("<p style=\"color: red\">red</p>", "Content Security Policy"),
        ("<script>document.title = 'ran'</script>", "Content Security Policy"),
        ("<img src=\"/picture.png\" alt=\"\">", "Content Security Policy"),
        (
            "<script src=\"https://elsewhere.example/a.js\"></script>",
            "Content Security Policy",
        ),
    ] {
        let listener = Listener::open().await;
        listener.shows(&format!(
            "<!doctype html><meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\"><link rel=icon href=data:,>{broken}"
        ));
        chromium.goes_to(&listener.at("")).await;
        let complaints = chromium.complaints().await;
        assert!(
            complaints.iter().any(|one| one.contains(about)),
            "{broken}: {complaints:#?}"
        );
        assert_eq!(chromium.complaints().await, Vec::<String>::new(), "each is told once");
    }
    // Without a policy an error of a script shows, too.
    let listener = Listener::open().await;
    listener.shows("<!doctype html><link rel=icon href=data:,><script>nothing.like.it()</script>");
    chromium.goes_to(&listener.at("")).await;
    let complaints = chromium.complaints().await;
    assert!(
        complaints.iter().any(|one| one.contains("nothing is not defined")),
        "{complaints:#?}"
    );
    chromium.closes().await;
}
