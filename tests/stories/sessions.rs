//! One session, whatever protocol opened it: entered again, stepped up, left everywhere at once.

use acceptance::{Database, House};

use crate::both::on_both;

on_both!(
    one_log_in_serves_the_public_group,
    leaving_one_service_leaves_all,
    a_session_from_low_asks_for_the_card_alone,
    a_bank_asks_for_everything_before_a_transfer,
    a_passive_question_is_answered_without_a_page,
    a_session_ends_by_time,
);

async fn one_log_in_serves_the_public_group(database: Database) {
    let house = House::on(database).await;
    let anna = house.citizen("anna");
    anna.logs_in_at(&house.service("borger")).await;
    let arrived = anna.browser.get(&house.service("skat").login()).await;
    assert!(
        arrived.url.as_str().starts_with(&house.service("skat").at("")),
        "asked again: {arrived:#}"
    );
    let me = anna.is_known_at(&house.service("skat")).await;
    assert_eq!(me["pid"].as_str(), anna.person.pid.as_deref(), "{me}");

    for other in ["netbank", "shop"] {
        let page = anna.browser.get(&house.service(other).login()).await;
        page.must_be_step("credentials");
    }
    let page = anna.browser.get(&house.service("skat").with("force=1").login()).await;
    page.must_be_step("credentials");
}

async fn leaving_one_service_leaves_all(database: Database) {
    let house = House::on(database).await;
    for leaves_by in ["borger", "skat"] {
        let anna = house.citizen("anna");
        anna.logs_in_at(&house.service("borger")).await;
        anna.browser.get(&house.service("skat").login()).await;
        anna.is_known_at(&house.service("skat")).await;

        let page = anna.browser.get(&house.service(leaves_by).at("logout")).await;
        let page = if page.step() == "notice" {
            anna.browser.submit(&page, &[]).await
        } else {
            page
        };
        assert!(anna.is_unknown_at(&house.service(leaves_by)).await, "{page:#}");
        let other = if leaves_by == "borger" { "skat" } else { "borger" };
        let mut tries = 0;
        while !anna.is_unknown_at(&house.service(other)).await {
            tries += 1;
            assert!(
                tries < 100,
                "{other} still knows her after she left {leaves_by}: {page:#}"
            );
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        anna.begins_at(&house.service("borger")).await;
    }
}

async fn a_session_from_low_asks_for_the_card_alone(database: Database) {
    let house = House::on(database).await;
    let anna = house.citizen("anna");
    let kommune = house.service("kommune").with("level=low");
    let page = anna.begins_at(&kommune).await;
    let arrived = anna.types_password(&page).await;
    assert!(
        arrived.url.as_str().starts_with(&kommune.at("")),
        "a code was asked for at Low: {arrived:#}"
    );
    let low = anna.is_known_at(&kommune).await;

    let page = anna.browser.get(&house.service("skat").login()).await;
    page.must_be_step("code");
    let arrived = anna.answers(&page).await;
    assert!(
        arrived.url.as_str().starts_with(&house.service("skat").at("")),
        "{arrived:#}"
    );
    let high = anna.is_known_at(&house.service("skat")).await;
    assert_eq!(high["pid"].as_str(), anna.person.pid.as_deref(), "{high}");
    assert_ne!(low["level"], high["level"], "{low} {high}");
}

async fn a_bank_asks_for_everything_before_a_transfer(database: Database) {
    let house = House::on(database).await;
    let anna = house.citizen("anna");
    let netbank = house.service("netbank");
    let page = anna.begins_at(&netbank.with("level=low")).await;
    let arrived = anna.types_password(&page).await;
    assert!(
        arrived.url.as_str().starts_with(&netbank.at("")),
        "a code was asked for at Low: {arrived:#}"
    );
    let low = anna.is_known_at(&netbank).await;
    let page = anna.browser.get(&netbank.with("level=substantial").login()).await;
    page.must_be_step("credentials");
    let page = anna.types_password(&page).await;
    anna.answers(&page).await;
    let substantial = anna.is_known_at(&netbank).await;
    assert_eq!(low["subject"], substantial["subject"]);

    // Somebody else cannot finish what she began.
    let page = anna.browser.get(&netbank.with("level=substantial").login()).await;
    let bo = house.citizen("bo");
    let page = anna
        .browser
        .submit(&page, &[("user_id", bo.user_id()), ("password", bo.password())])
        .await;
    let page = if page.step() == "code" {
        let code = bo.person.code(&page.challenge()).to_owned();
        anna.browser.submit(&page, &[("code", &code)]).await
    } else {
        page
    };
    let told = format!("{:?} {}", page.refusals(), page.text());
    assert!(told.contains("login.subject_mismatch"), "{page:#}");
}

async fn a_passive_question_is_answered_without_a_page(database: Database) {
    let house = House::on(database).await;
    for service in ["borger", "skat"] {
        let stranger = house.citizen("anna");
        let arrived = stranger
            .browser
            .get(&house.service(service).with("passive=1").login())
            .await;
        assert!(
            arrived.url.as_str().starts_with(&house.service(service).at("")),
            "{arrived:#}"
        );
        assert!(stranger.is_unknown_at(&house.service(service)).await);
    }
    // At a service where she was not before, so that what it knows came by the passive question.
    for (enters, asks) in [("skat", "borger"), ("borger", "skat")] {
        let anna = house.citizen("anna");
        anna.logs_in_at(&house.service(enters)).await;
        let asks = house.service(asks);
        assert!(anna.is_unknown_at(&asks).await);
        let arrived = anna.browser.get(&asks.with("passive=1").login()).await;
        assert!(arrived.url.as_str().starts_with(&asks.at("")), "{arrived:#}");
        let me = anna.is_known_at(&asks).await;
        assert_eq!(me["pid"].as_str(), anna.person.pid.as_deref(), "{me}");
    }
}

async fn a_session_ends_by_time(database: Database) {
    let house = House::on(database).await;
    let anna = house.citizen("anna");
    anna.logs_in_at(&house.service("borger")).await;
    house.waits(31 * 60).await;
    let page = anna.browser.get(&house.service("skat").login()).await;
    page.must_be_step("credentials");
}
