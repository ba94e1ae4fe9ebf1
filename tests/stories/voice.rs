//! Voice response: anna has a code read to her, and types what she hears.

use acceptance::post::heard;
use acceptance::relying::Lab;
use acceptance::{Citizen, Database, House, Page, Plan};
use serde_json::Value;

use crate::both::on_both;

on_both!(
    anna_types_what_is_read_to_her,
    her_temporary_password_is_read_to_her,
    a_number_waits_before_it_serves,
);

const OWN: &str = "/self-service/voice";

/// She orders it in self-service.
async fn orders(anna: &Citizen, house: &House) -> Page {
    let page = anna.browser.get(&format!("{}{OWN}", house.issuer())).await;
    let page = anna.types_password(&page).await;
    let page = anna.answers(&page).await;
    let page = anna
        .browser
        .submit(&page, &[("action", "order"), ("phone", "+46 70 123 45 67")])
        .await;
    assert_eq!(page.refusals(), ["voice.number"], "{page:#}");
    assert!(
        page.body.contains("value=\"+46 70 123 45 67\""),
        "what was typed is kept: {page:#}"
    );
    let page = anna
        .browser
        .submit(&page, &[("action", "order"), ("phone", "80 30 70 50")])
        .await;
    assert!(page.body.contains("id=\"called\""), "{page:#}");
    let call = house.receives("calls", |call| call["notice"] == "contact-code").await;
    assert_eq!(call["to"], "+4580307050");
    let text = call["text"].as_str().expect("a text");
    assert!(text.contains("Nogen vil bruge dette telefonnummer"), "{text}");
    let page = anna
        .browser
        .submit(&page, &[("action", "confirm"), ("code", &heard(&call))])
        .await;
    assert!(page.body.contains("Nummeret er bekræftet"), "{page:#}");
    page
}

/// A house whose numbers serve at once.
async fn house(database: Database) -> House {
    let plan = Plan::on(database).without_services();
    House::start(plan.set("login.voice.wait_minutes", 0)).await
}

/// Where the machine can speak, there is a sound.
fn sounds(house: &House, call: &Value) {
    if let Some(sound) = call["sound"].as_str() {
        let file = house.sent_file("calls", call).with_file_name(sound);
        let bytes = std::fs::read(file).expect("a sound");
        assert!(
            bytes.starts_with(b"RIFF") && bytes.len() > 10_000,
            "{} bytes",
            bytes.len()
        );
    }
}

async fn anna_types_what_is_read_to_her(database: Database) {
    let house = house(database).await;
    let lab = Lab::of(&house).await;
    let anna = house.citizen("anna");
    orders(&anna, &house).await;

    let fresh = house.citizen("anna");
    let page = fresh.browser.get(lab.asks("openid pid", &[]).url.as_str()).await;
    let page = fresh.types_password(&page).await;
    let page = fresh.browser.submit(&page, &[("action", "other")]).await;
    let page = fresh.browser.submit(&page, &[("factor", "voice")]).await;
    page.must_be_step("code");
    assert!(
        page.body.contains("data-factor=\"voice\"") && page.body.contains("ender på 50"),
        "{page:#}"
    );
    let call = house.receives("calls", |call| call["notice"] == "log-in-code").await;
    assert_eq!(call["to"], "+4580307050");
    let text = call["text"].as_str().expect("a text");
    assert!(text.contains("Sig aldrig koden til nogen"), "{text}");
    sounds(&house, &call);
    let code = heard(&call);
    let wrong = format!("{:06}", (code.parse::<u32>().expect("digits") + 1) % 1_000_000);
    for (typed, refusal) in [
        ("", "code.required"),
        ("12", "code.format"),
        (wrong.as_str(), "voice.wrong"),
    ] {
        let refused = fresh.browser.submit(&page, &[("code", typed)]).await;
        assert_eq!(refused.refusals(), [refusal], "{refused:#}");
    }
    let arrived = fresh.browser.submit_once(&page, &[("code", &code)]).await;
    assert!(arrived.redirect().is_some(), "{arrived:#}");

    // Another log-in does not get in by the same code.
    let other = house.citizen("anna");
    let page = other.browser.get(lab.asks("openid pid", &[]).url.as_str()).await;
    let page = other.types_password(&page).await;
    let page = other.browser.submit(&page, &[("action", "other")]).await;
    let page = other.browser.submit(&page, &[("factor", "voice")]).await;
    let refused = other.browser.submit(&page, &[("code", &code)]).await;
    assert_eq!(refused.refusals(), ["voice.wrong"], "{refused:#}");

    // Blocked by its holder, it is asked no more.
    let page = anna.browser.get(&format!("{}{OWN}", house.issuer())).await;
    assert!(page.body.contains("/block/voice"), "{page:#}");
    let page = anna.browser.get(&format!("{}/block/voice", house.issuer())).await;
    let page = anna.browser.submit(&page, &[]).await;
    assert!(page.body.contains("data-receipt=\"blocked-voice\""), "{page:#}");
    let last = house.citizen("anna");
    let page = last.browser.get(lab.asks("openid pid", &[]).url.as_str()).await;
    let page = last.types_password(&page).await;
    assert!(!page.body.contains("id=\"other\""), "{page:#}");
}

async fn her_temporary_password_is_read_to_her(database: Database) {
    let house = house(database).await;
    let anna = house.citizen("anna");
    orders(&anna, &house).await;
    let forgetful = house.citizen("anna");
    let page = forgetful
        .browser
        .get(&format!("{}/activate/order", house.issuer()))
        .await;
    let card = forgetful.person.keycards[0].number.clone();
    let fields = [("user_id", "anna"), ("card_number", card.as_str())];
    forgetful.browser.submit(&page, &fields).await;
    let call = house
        .receives("calls", |call| call["notice"] == "activation-password")
        .await;
    sounds(&house, &call);
    assert_eq!(heard(&call).len(), 6, "{call}");
    assert!(
        call["text"]
            .as_str()
            .expect("a text")
            .contains("midlertidige adgangskode"),
        "{call}"
    );
}

/// What somebody else orders for her serves them nothing for an hour, and she has heard of it.
async fn a_number_waits_before_it_serves(database: Database) {
    let house = House::start(Plan::on(database).without_services()).await;
    let lab = Lab::of(&house).await;
    let anna = house.citizen("anna");
    let page = orders(&anna, &house).await;
    assert!(page.body.contains("Det kan bruges ved log-in fra"), "{page:#}");
    let begins = async || {
        let fresh = house.citizen("anna");
        let page = fresh.browser.get(lab.asks("openid pid", &[]).url.as_str()).await;
        (fresh.types_password(&page).await, fresh)
    };
    let (page, _) = begins().await;
    assert!(!page.body.contains("id=\"other\""), "it is not asked yet: {page:#}");
    house.waits(3_600).await;
    let (page, fresh) = begins().await;
    let page = fresh.browser.submit(&page, &[("action", "other")]).await;
    let page = fresh.browser.submit(&page, &[("factor", "voice")]).await;
    let call = house.receives("calls", |call| call["notice"] == "log-in-code").await;
    let arrived = fresh.browser.submit_once(&page, &[("code", &heard(&call))]).await;
    assert!(arrived.redirect().is_some(), "{arrived:#}");
}
