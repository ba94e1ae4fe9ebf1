//! After an OIDC log-in: log-out both ways, refresh, what a bank opens, and the pages around it.
#![expect(clippy::unwrap_used, reason = "tests")]

use serde_json::{Value, json};

use crate::world::{Browser, NOW, World, parameter};

#[actix_web::test]
async fn log_out_ends_here_first_and_then_at_the_identity_provider() {
    let world = World::new().await;
    let browser = Browser::new(&world);
    browser.log_in(&world, "/borger/login").await;
    let address = browser.get("/borger/logout").await.address();
    assert_eq!(browser.me("borger").await, None);
    assert!(parameter(&address, "id_token_hint").is_some());
    let back = format!("{}/borger/logged-out", world.sp);
    assert_eq!(parameter(&address, "post_logout_redirect_uri"), Some(back));
    let state = parameter(&address, "state").unwrap();
    let page = browser.get(&format!("/borger/logged-out?state={state}")).await;
    assert!(page.body.contains("here and at the log-in service"), "{}", page.body);
    assert!(
        !browser
            .get("/borger/logged-out?state=made-up")
            .await
            .body
            .contains("here and at")
    );
}

#[actix_web::test]
async fn the_refresh_token_brings_a_new_token_about_the_same_person() {
    let world = World::new().await;
    let browser = Browser::new(&world);
    browser.log_in(&world, "/borger/login").await;
    let before = browser.me("borger").await.unwrap();
    world.says(json!({ "nonce": null, "jti": "second" }));
    assert_eq!(browser.post("/borger/refresh", &[]).await.status, 303);
    assert_ne!(
        browser.me("borger").await.unwrap()["token_or_assertion"],
        before["token_or_assertion"]
    );
    world.says(json!({ "nonce": null, "sub": "bo-at-borger" }));
    assert_eq!(browser.post("/borger/refresh", &[]).await.code(), "sp.other_person");
    assert_eq!(
        Browser::new(&world).post("/borger/refresh", &[]).await.code(),
        "sp.not_logged_in"
    );
}

fn logout_token(world: &World, jti: &str) -> Value {
    json!({
        "iss": world.issuer, "aud": "borger", "iat": NOW(), "exp": NOW() + 120, "jti": jti, "sid": "sid-1", "sub": "anna-at-borger",
        "events": { "http://schemas.openid.net/event/backchannel-logout": {} },
    })
}

#[actix_web::test]
async fn a_log_out_token_ends_the_session_once() {
    let world = World::new().await;
    let browser = Browser::new(&world);
    let header = json!({ "alg": "ES256", "kid": "k1", "typ": "logout+jwt" });
    let form = |token: String| [("logout_token".to_owned(), token)];
    let post = async |token| {
        Browser::new(&world)
            .post("/borger/backchannel-logout", &form(token))
            .await
            .status
    };
    browser.log_in(&world, "/borger/login").await;

    let with = |name: &str, value: Value| {
        let mut claims = logout_token(&world, name);
        claims[name] = value;
        claims
    };
    let events = json!({ "http://schemas.openid.net/event/other": {} });
    let wrong = [
        ("iss", json!("x")),
        ("aud", json!("shop")),
        ("iat", json!(NOW() - 3600)),
        ("exp", json!(NOW() - 600)),
    ];
    for (name, value) in wrong.into_iter().chain([("nonce", json!("n")), ("events", events)]) {
        assert_eq!(post(world.sign(&header, &with(name, value))).await, 400, "{name}");
    }
    let good = logout_token(&world, "good");
    assert_eq!(post(world.forge(&header, &good)).await, 400, "forged");
    let types = [Some("at+jwt"), Some("JWT"), Some("logout"), Some(""), None];
    for typ in types {
        let mut header = header.clone();
        header["typ"] = json!(typ);
        if typ.is_none() {
            header.as_object_mut().unwrap().remove("typ");
        }
        assert_eq!(post(world.sign(&header, &good)).await, 400, "{typ:?}");
    }
    assert_eq!(
        post(world.sign(&json!({ "alg": "none", "kid": "k1" }), &good)).await,
        400,
        "none"
    );
    assert!(browser.me("borger").await.is_some());

    let other = with("sid", json!("sid-2"));
    assert_eq!(post(world.sign(&header, &other)).await, 200);
    assert!(browser.me("borger").await.is_some(), "another session of hers");

    let token = world.sign(&header, &good);
    assert_eq!(post(token.clone()).await, 200);
    assert_eq!(browser.me("borger").await, None);
    browser.log_in(&world, "/borger/login").await;
    assert_eq!(post(token).await, 200, "a second time, as at-least-once delivery may");
    assert!(browser.me("borger").await.is_some(), "and then it does nothing");
}

#[actix_web::test]
async fn a_form_post_service_takes_the_code_from_a_form_only() {
    let world = World::with(&[("SP_DEMO__SERVICES__BORGER__OIDC__RESPONSE_MODE", "form_post")]).await;
    let browser = Browser::new(&world);
    let address = browser.get("/borger/login").await.address();
    assert_eq!(parameter(&address, "response_mode").as_deref(), Some("form_post"));
    let answer = world.approve(&address);
    assert_eq!(
        browser.get_with("/borger/callback", &answer).await.code(),
        "sp.malformed"
    );
    assert_eq!(
        browser.post("/borger/callback", &answer).await.location.as_deref(),
        Some("/borger/me")
    );
}

#[actix_web::test]
async fn a_bank_opens_transfers_only_after_a_fresh_log_in_with_a_code() {
    let world = World::new().await;
    let browser = Browser::new(&world);
    let low = json!({ "aud": "netbank", "acr": "https://data.gov.dk/concept/core/nsis/loa/Low" });
    world.says(low);
    assert_eq!(
        browser.get("/netbank/transfers").await.location.as_deref(),
        Some("/netbank/login?level=substantial&then=transfers")
    );
    assert_eq!(
        browser
            .log_in(&world, "/netbank/login?then=account")
            .await
            .location
            .as_deref(),
        Some("/netbank/account")
    );
    assert!(browser.get("/netbank/account").await.body.contains("stored it now"));
    assert!(
        browser
            .get("/netbank/account")
            .await
            .body
            .contains("stored at your first visit")
    );
    assert!(browser.get("/netbank/transfers").await.body.contains("id=\"closed\""));
    world.says(json!({ "aud": "netbank", "customer_ref": "K-4711" }));
    browser
        .log_in(&world, "/netbank/login?level=substantial&then=transfers")
        .await;
    assert!(browser.get("/netbank/transfers").await.body.contains("id=\"open\""));
    assert!(browser.get("/netbank/account").await.body.contains("K-4711"));
    world.says(json!({ "aud": "netbank", "auth_time": NOW() - 301 }));
    browser.log_in(&world, "/netbank/login").await;
    assert!(
        browser.get("/netbank/transfers").await.body.contains("id=\"closed\""),
        "an older log-in"
    );
    assert_eq!(browser.get("/shop/account").await.status, 404);
}

#[actix_web::test]
async fn without_an_identity_provider_there_is_a_page_and_no_session() {
    let world = World::with(&[("SP_DEMO__ISSUER", "http://localhost:9")]).await;
    let page = Browser::new(&world).get("/borger/login").await;
    assert_eq!((page.status, page.code()), (503, "sp.unreachable"));
}

#[actix_web::test]
async fn pages_speak_two_languages_and_lead_nowhere_else() {
    let world = World::new().await;
    let browser = Browser::new(&world);
    assert!(browser.get("/").await.body.contains("Demo services"));
    assert_eq!(
        browser.get("/language/da?back=/borger").await.location.as_deref(),
        Some("/borger")
    );
    assert!(browser.get("/").await.body.contains("Demotjenester"));
    for evil in [
        "//evil.example",
        "https://evil.example",
        "/%5Cevil.example",
        "/%09/evil.example",
    ] {
        assert_eq!(
            browser
                .get(&format!("/language/en?back={evil}"))
                .await
                .location
                .as_deref(),
            Some("/"),
            "{evil}"
        );
    }
    assert_eq!(browser.get("/nobody").await.status, 404);
    assert_eq!(browser.get("/borger/login?level=extreme").await.status, 400);
}
