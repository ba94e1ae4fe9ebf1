//! The main job: a person logs in at a service and the service learns the PID; and the ways in which that ends otherwise.

use acceptance::{Database, House, Plan, html};

use crate::both::on_both;

on_both!(
    the_whole_log_in,
    a_wrong_password_tells_nothing,
    a_wrong_code_is_counted_and_the_right_one_still_serves,
    a_netbank_only_eid_is_refused_at_public_services_and_serves_at_its_bank,
    a_netbank_refuses_whoever_it_is_not_linked_to,
    whoever_is_not_surely_known_is_told_as_no_more_than_that,
    whoever_gives_up_is_brought_back_to_the_service,
);

async fn the_whole_log_in(database: Database) {
    let house = House::on(database).await;
    for (service, protocol) in [("borger", "oidc"), ("skat", "saml")] {
        let anna = house.citizen("anna");
        let me = anna.logs_in_at(&house.service(service)).await;
        assert_eq!(me["service"], service, "{me}");
        assert_eq!(me["protocol"], protocol, "{me}");
        assert_eq!(me["pid"].as_str(), anna.person.pid.as_deref(), "{me}");
        assert_eq!(me["verified"], true, "{me}");
        let cpr = anna.person.cpr.as_deref().unwrap();
        assert!(
            !me.to_string().contains(&cpr.replace('-', "")),
            "the CPR number went out: {me}"
        );
    }
}

async fn a_wrong_password_tells_nothing(database: Database) {
    let house = House::on(database).await;
    let borger = house.service("borger");
    let mut texts = Vec::new();
    for (user_id, password) in [
        ("anna", "not-her-password-1"),
        ("nobody-at-all", "not-her-password-1"),
        ("frida", "wrong-4-frida"),
    ] {
        let browser = house.browser();
        let page = browser.get(&borger.login()).await;
        let page = browser
            .submit(&page, &[("user_id", user_id), ("password", password)])
            .await;
        assert_eq!(page.refusals(), ["login.failed"], "{user_id}: {page:#}");
        page.must_be_step("credentials");
        texts.push((page.status, page.text().replace(user_id, "…")));
    }
    assert!(texts.windows(2).all(|pair| pair[0] == pair[1]), "{texts:#?}");
}

async fn a_wrong_code_is_counted_and_the_right_one_still_serves(database: Database) {
    let house = House::on(database).await;
    let anna = house.citizen("anna");
    let page = anna.begins_at(&house.service("borger")).await;
    let page = anna.types_password(&page).await;
    let shown = page.challenge();
    let wrong = anna.person.wrong_code(&shown);
    let page = anna.browser.submit(&page, &[("code", &wrong)]).await;
    assert_eq!(page.refusals(), ["code.wrong"], "{page:#}");
    assert_eq!(page.challenge(), shown, "a wrong answer must not draw another index");
    let page = anna.answers(&page).await;
    assert!(
        page.url.as_str().starts_with(&house.service("borger").origin),
        "{page:#}"
    );
}

async fn a_netbank_only_eid_is_refused_at_public_services_and_serves_at_its_bank(database: Database) {
    let way = "https://extend.example/start";
    let house = House::start(Plan::on(database).set("web.extend_url", way)).await;
    for (who, code) in [("bo", "OCES001"), ("dines", "OCES004"), ("nora", "OCES004")] {
        for service in ["borger", "skat", "shop"] {
            let citizen = house.citizen(who);
            let page = citizen.begins_at(&house.service(service)).await;
            let page = citizen.types_password(&page).await;
            assert_eq!(page.refusals(), [code], "{who} at {service}: {page:#}");
            // Under 15 or without a CPR number there is no way to extend, so none is shown.
            let ways: Vec<_> = html::with_attribute(&page.body, "id", "extend");
            let shown: Vec<_> = ways.iter().filter_map(|one| one.attribute("href")).collect();
            assert_eq!(
                shown,
                if code == "OCES001" { vec![way] } else { Vec::new() },
                "{who}: {page:#}"
            );
            let arrived = citizen.gives_up(&page).await;
            assert!(
                arrived.text().contains(code),
                "{service} was not told the reason: {arrived:#}"
            );
            assert!(citizen.is_unknown_at(&house.service(service)).await);
        }
    }
    let bo = house.citizen("bo");
    let me = bo.logs_in_at(&house.service("netbank").with("level=substantial")).await;
    assert_eq!(me["verified"], true, "{me}");
    let bo = house.citizen("bo");
    let page = bo
        .begins_at(&house.service("netbank-b").with("level=substantial"))
        .await;
    let page = bo.types_password(&page).await;
    assert_eq!(page.refusals(), ["AUTH003"], "a bank that is not his: {page:#}");
}

async fn a_netbank_refuses_whoever_it_is_not_linked_to(database: Database) {
    let house = House::on(database).await;
    let anna = house.citizen("anna");
    let page = anna
        .begins_at(&house.service("netbank-b").with("level=substantial"))
        .await;
    let page = anna.types_password(&page).await;
    assert_eq!(page.refusals(), ["AUTH003"], "{page:#}");
}

/// Who Otto is was never proven: he has a card and a password, and services hear Low of him or nothing.
async fn whoever_is_not_surely_known_is_told_as_no_more_than_that(database: Database) {
    let house = House::on(database).await;
    for service in ["borger", "skat"] {
        let otto = house.citizen("otto");
        let page = otto.begins_at(&house.service(service)).await;
        let page = otto.types_password(&page).await;
        assert_eq!(page.refusals(), ["OCES002"], "{service}: {page:#}");
        let arrived = otto.gives_up(&page).await;
        assert!(
            arrived.url.as_str().starts_with(&house.service(service).origin),
            "{arrived:#}"
        );
        assert!(otto.is_unknown_at(&house.service(service)).await);
    }
    let otto = house.citizen("otto");
    let kommune = house.service("kommune").with("level=low");
    let page = otto.begins_at(&kommune).await;
    otto.types_password(&page).await;
    let me = otto.is_known_at(&kommune).await;
    assert!(me["level"].as_str().is_some_and(|level| level.ends_with("Low")), "{me}");
    // His session opens nothing that needs more, and no code would.
    let page = otto.browser.get(&house.service("skat").login()).await;
    page.must_be_step("credentials");
}

async fn whoever_gives_up_is_brought_back_to_the_service(database: Database) {
    let house = House::on(database).await;
    for service in ["borger", "skat"] {
        let anna = house.citizen("anna");
        let page = anna.begins_at(&house.service(service)).await;
        let arrived = anna.gives_up(&page).await;
        assert!(
            arrived.url.as_str().starts_with(&house.service(service).origin),
            "{arrived:#}"
        );
        assert!(anna.is_unknown_at(&house.service(service)).await);
    }
}

#[tokio::test]
async fn the_page_speaks_the_language_of_its_reader() {
    let house = House::on(Database::Sqlite).await;
    let danish = house
        .browser()
        .speaking("da")
        .get(&house.service("borger").login())
        .await;
    let english = house
        .browser()
        .speaking("en-GB,en;q=0.9")
        .get(&house.service("borger").login())
        .await;
    assert!(danish.body.contains("<html lang=\"da\""), "{danish:#}");
    assert!(english.body.contains("<html lang=\"en\""), "{english:#}");
    assert_ne!(danish.text(), english.text());
}
