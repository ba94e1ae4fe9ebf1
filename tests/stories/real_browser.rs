//! The whole log-in in a real browser, over both protocols, on both databases.

use acceptance::chromium::Chromium;
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
        let complaints = chromium.complaints().await;
        assert!(
            !complaints.iter().any(|one| one.contains("Content Security Policy")),
            "{complaints:#?}"
        );
        chromium.closes().await;
    }
}
