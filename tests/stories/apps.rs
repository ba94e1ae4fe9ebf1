//! The code app from outside: hanne's device speaks the protocol of docs/integrate/app.md, and her browser waits for it.

use acceptance::people::Device;
use acceptance::relying::Lab;
use acceptance::{Citizen, Database, House, Page, Plan};
use serde_json::Value;

use crate::both::on_both;

on_both!(
    hanne_approves_in_her_app,
    the_page_goes_on_by_itself,
    a_wrong_number_and_a_rejection_let_nobody_in,
    whoever_asks_too_often_is_not_heard,
);

/// Her browser as far as the page with the number.
async fn waits(hanne: &Citizen, lab: &Lab) -> Page {
    let page = hanne.browser.get(lab.asks("openid pid", &[]).url.as_str()).await;
    let page = hanne.types_password(&page).await;
    chooses(hanne, &page).await
}

async fn chooses(hanne: &Citizen, page: &Page) -> Page {
    let page = if page.step() == "factor" {
        page.clone()
    } else {
        hanne.browser.submit(page, &[("action", "other")]).await
    };
    page.must_be_step("factor");
    let page = hanne.browser.submit(&page, &[("factor", "app")]).await;
    page.must_be_step("app");
    page
}

/// The two digits on the page.
fn number(page: &Page) -> String {
    let after = page.body.split("data-number=\"").nth(1).expect("a number");
    after[..2].to_owned()
}

fn other(number: &str) -> String {
    let number: u32 = number.parse().unwrap();
    (10 + (number - 9) % 90).to_string()
}

async fn hanne_approves_in_her_app(database: Database) {
    let house = House::on(database).await;
    for (service, protocol) in [("borger", "oidc"), ("skat", "saml")] {
        let hanne = house.citizen("hanne");
        let device = Device::of(&house, &hanne.person);
        let page = hanne.begins_at(&house.service(service)).await;
        let page = hanne.types_password(&page).await;
        let page = chooses(&hanne, &page).await;
        let waiting = hanne.browser.submit(&page, &[]).await;
        assert_eq!(waiting.refusals(), ["app.waiting"], "{waiting:#}");
        let question = device.looks().await;
        assert_eq!(question["party"]["id"], service);
        let heard = device.answers(&question, "approve", &number(&page)).await;
        assert_eq!(heard["answer"], "approved", "{heard}");
        let page = hanne.browser.submit(&waiting, &[]).await;
        assert!(
            page.url.as_str().starts_with(&house.service(service).origin),
            "{page:#}"
        );
        let me = hanne.is_known_at(&house.service(service)).await;
        assert_eq!(
            (me["protocol"].as_str(), me["verified"].as_bool()),
            (Some(protocol), Some(true)),
            "{me}"
        );
        assert_eq!(me["level"], "Substantial", "{me}");
    }
}

async fn the_page_goes_on_by_itself(database: Database) {
    let house = House::start(Plan::on(database).without_services()).await;
    let lab = Lab::of(&house).await;
    let hanne = house.citizen("hanne");
    let device = Device::of(&house, &hanne.person);
    let page = waits(&hanne, &lab).await;
    assert!(
        page.body.contains("http-equiv=\"refresh\""),
        "it looks again without script"
    );
    let push = house.receives("push", |about| about["to"] == "demo").await;
    assert_eq!(push["event"], "question", "the app is woken: {push}");
    let again = hanne
        .browser
        .once(reqwest::Method::GET, page.url.clone(), Vec::new())
        .await;
    again.must_be_step("app");
    assert_eq!(number(&again), number(&page), "looking again asks nothing anew");
    let question = device.looks().await;
    device.answers(&question, "approve", &number(&page)).await;
    let gone_on = hanne
        .browser
        .once(reqwest::Method::GET, page.url.clone(), Vec::new())
        .await;
    let target = gone_on.redirect().expect("on to the service");
    assert!(target.as_str().contains("code="), "{target}");
    assert_eq!(device.looks().await, Value::Null, "the approval is used up");
}

async fn a_wrong_number_and_a_rejection_let_nobody_in(database: Database) {
    let house = House::start(Plan::on(database).without_services()).await;
    let lab = Lab::of(&house).await;
    let hanne = house.citizen("hanne");
    let device = Device::of(&house, &hanne.person);
    let page = waits(&hanne, &lab).await;
    let question = device.looks().await;
    let heard = device.answers(&question, "approve", &other(&number(&page))).await;
    assert_eq!(heard["answer"], "rejected", "{heard}");
    let heard = device.answers(&question, "approve", &number(&page)).await;
    assert_eq!(heard["errors"][0]["code"], "app.no_question", "one try: {heard}");
    let page = hanne.browser.submit(&page, &[]).await;
    assert_eq!(page.refusals(), ["app.rejected"], "{page:#}");
    page.must_be_step("factor");
    let page = chooses(&hanne, &page).await;
    let question = device.looks().await;
    device.answers(&question, "reject", "").await;
    let page = hanne.browser.submit(&page, &[]).await;
    assert_eq!(page.refusals(), ["app.rejected"], "{page:#}");
    let page = hanne.browser.submit(&page, &[("factor", "keycard")]).await;
    let code = hanne.person.code(&page.challenge()).to_owned();
    let page = hanne.browser.submit_once(&page, &[("code", &code)]).await;
    assert!(page.redirect().is_some(), "the card serves all the same: {page:#}");
}

async fn whoever_asks_too_often_is_not_heard(database: Database) {
    let house = House::start(Plan::on(database).without_services()).await;
    let lab = Lab::of(&house).await;
    for _ in 0..5 {
        waits(&house.citizen("hanne"), &lab).await;
    }
    let hanne = house.citizen("hanne");
    let page = hanne.browser.get(lab.asks("openid pid", &[]).url.as_str()).await;
    let page = hanne.types_password(&page).await;
    page.must_be_step("code");
    assert!(!page.body.contains("id=\"other\""), "the card alone is left: {page:#}");
}
