//! A private service asks for a CPR number and more: its visitor sees who asks and for what, says yes or no, is asked again or not, and takes
//! it back. In a real browser that runs no script, in both languages.

use acceptance::chromium::{Chromium, Reader};
use acceptance::people::Person;
use acceptance::relying::{Asked, Lab};
use acceptance::{Citizen, Database, House};
use serde_json::Value;

use crate::both::on_both;

on_both!(a_shop_hears_what_anna_lets_it_know);

const SCOPE: &str = "openid profile email cpr";

/// From the shop's link to the page after the password.
async fn comes_to_consent(chromium: &Chromium, asked: &Asked, person: &Person) {
    chromium.goes_to(asked.url.as_str()).await;
    types_password(chromium, person).await;
    chromium.comes_to_step("consent").await;
}

async fn types_password(chromium: &Chromium, person: &Person) {
    chromium.comes_to_step("credentials").await;
    chromium
        .types("user_id", person.user_id.as_deref().expect("a user-ID"))
        .await;
    chromium
        .types("password", person.password.as_deref().expect("a password"))
        .await;
    chromium.presses("submit").await;
}

/// Answers the card; what the shop is then told: the scope and userinfo.
async fn is_told(chromium: &Chromium, shop: &Lab, asked: &Asked, person: &Person) -> (String, Value) {
    chromium.comes_to_step("code").await;
    chromium.answers_card(person).await;
    chromium.arrives_at(&shop.redirect_uri).await;
    let arrived = url::Url::parse(&chromium.address().await).unwrap();
    let code = acceptance::browser::query(&arrived, "code").expect("a code");
    let (status, tokens) = shop.exchanges(&code, asked).await;
    assert!(status.is_success(), "{tokens}");
    let (_, told) = shop.userinfo(tokens["access_token"].as_str().unwrap()).await;
    (tokens["scope"].as_str().unwrap_or(SCOPE).to_owned(), told)
}

async fn a_shop_hears_what_anna_lets_it_know(database: Database) {
    let house = House::on(database).await;
    let shop = Lab::named(&house, "shop").await;
    let (language, who, cpr_word, back) = match database {
        Database::Sqlite => ("da", "anna", "CPR-nummer", "Får, uden at du bliver spurgt"),
        Database::Postgres => ("en", "clara", "CPR number", "May know without asking"),
    };
    let reader = Reader {
        language,
        width: 390,
        dark: false,
    };
    let chromium = Chromium::open_for(&house, reader).await;
    chromium.without_script().await;
    let Citizen { person, .. } = house.citizen(who);

    // No answer is no answer; a no is one, and the log-in goes on without.
    let asked = shop.asks(SCOPE, &[]);
    comes_to_consent(&chromium, &asked, &person).await;
    let claims = "return [...document.querySelectorAll('#claims li')].map(claim => claim.dataset.claim)";
    assert_eq!(chromium.runs(claims).await, serde_json::json!(["name", "email", "cpr"]));
    let text = chromium.text().await;
    assert!(text.contains(cpr_word), "{text}");
    chromium.presses("submit").await;
    chromium.waits_for("[data-code='consent.required']").await;
    chromium.presses("consent-no").await;
    chromium.presses("submit").await;
    let (scope, told) = is_told(&chromium, &shop, &asked, &person).await;
    assert_eq!(scope, "openid");
    let told: Vec<&String> = told.as_object().expect("claims").keys().collect();
    assert_eq!(told, ["sub"], "nothing that was refused");

    // Yes, and for the next times.
    let asked = shop.asks(SCOPE, &[]);
    comes_to_consent(&chromium, &asked, &person).await;
    chromium.presses("consent-yes").await;
    chromium.presses("remember").await;
    chromium.presses("submit").await;
    let (scope, told) = is_told(&chromium, &shop, &asked, &person).await;
    assert_eq!(scope, SCOPE);
    assert_eq!(told["cpr"].as_str(), person.cpr.as_deref(), "{told}");
    assert_eq!(told["name"].as_str(), person.name.as_deref());

    let asked = shop.asks(SCOPE, &[]);
    chromium.goes_to(asked.url.as_str()).await;
    types_password(&chromium, &person).await;
    let (_, told) = is_told(&chromium, &shop, &asked, &person).await;
    assert!(told["cpr"].is_string(), "remembered: {told}");

    // She sees it among what services were given, takes it back, and is asked again.
    chromium
        .goes_to(&format!("{}/self-service/consents", house.issuer()))
        .await;
    types_password(&chromium, &person).await;
    chromium.comes_to_step("code").await;
    chromium.answers_card(&person).await;
    chromium.waits_for("[data-party='shop']").await;
    let text = chromium.text().await;
    assert!(text.contains(back) && text.contains(cpr_word), "{text}");
    chromium.presses("withdraw-shop").await;
    chromium.waits_for("[role='status']").await;
    let left = "return document.querySelectorAll('[data-party=\"shop\"]').length";
    assert_eq!(chromium.runs(left).await, 0);
    let asked = shop.asks(SCOPE, &[]);
    comes_to_consent(&chromium, &asked, &person).await;
    chromium.closes().await;
}
