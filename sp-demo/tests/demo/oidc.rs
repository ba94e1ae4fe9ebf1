//! What a service does with an OIDC answer: one that holds opens a session, every other one opens none.
#![expect(clippy::unwrap_used, reason = "tests")]

use crate::world::{Browser, NOW, World, parameter};
use serde_json::{Value, json};

/// The answer is refused with this code, and nobody is logged in.
async fn refused(world: &World, claims: Value, code: &str) {
    world.says(claims.clone());
    let browser = Browser::new(world);
    let page = browser.log_in(world, "/borger/login").await;
    assert_eq!(page.code(), code, "{claims}");
    assert_eq!(browser.me("borger").await, None, "{claims}");
}

#[actix_web::test]
async fn a_log_in_that_holds_opens_a_session() {
    let world = World::new().await;
    let browser = Browser::new(&world);
    let page = browser.log_in(&world, "/borger/login?level=substantial").await;
    assert_eq!(page.location.as_deref(), Some("/borger/me"));
    let me = browser.me("borger").await.unwrap();
    assert_eq!(me["pid"], "9208-2002-2-123456789012");
    assert_eq!(
        (&me["service"], &me["protocol"], &me["level"]),
        (&json!("borger"), &json!("oidc"), &json!("Substantial"))
    );
    assert_eq!(
        (&me["verified"], &me["subject"]),
        (&json!(true), &json!("anna-at-borger"))
    );
    assert_eq!(me["attributes"]["email"], "anna@example.dk");
    let page = browser.get("/borger/me").await.body;
    assert!(
        page.contains("Anna Demo") && page.contains("The signature holds") && page.contains("at_hash"),
        "{page}"
    );
    assert_eq!(browser.me("shop").await, None, "a session opens one service");
}

#[actix_web::test]
async fn the_question_carries_all_that_the_answer_is_checked_by() {
    let world = World::new().await;
    let address = Browser::new(&world)
        .get("/borger/login?level=high&force=1")
        .await
        .address();
    for name in ["state", "nonce", "code_challenge", "redirect_uri"] {
        assert!(parameter(&address, name).is_some(), "{name}");
    }
    let is = |name, value: &str| assert_eq!(parameter(&address, name).as_deref(), Some(value), "{name}");
    is("code_challenge_method", "S256");
    is("prompt", "login");
    is("ui_locales", "en");
    is("acr_values", "https://data.gov.dk/concept/core/nsis/loa/High");
    is("redirect_uri", &format!("{}/borger/callback", world.sp));
    let passive = Browser::new(&world)
        .get("/borger/login?passive=1&force=1")
        .await
        .address();
    assert_eq!(parameter(&passive, "prompt").as_deref(), Some("none"));
}

#[actix_web::test]
async fn a_wrong_missing_or_used_state_is_unsolicited() {
    let world = World::new().await;
    let browser = Browser::new(&world);
    let address = browser.get("/borger/login").await.address();
    let right = world.approve(&address);
    let mut wrong = right.clone();
    wrong[1].1 = "made-up".into();
    assert_eq!(
        browser.get_with("/borger/callback", &wrong).await.code(),
        "sp.unsolicited"
    );
    wrong.remove(1);
    assert_eq!(
        browser.get_with("/borger/callback", &wrong).await.code(),
        "sp.unsolicited"
    );
    assert_eq!(browser.get_with("/borger/callback", &right).await.status, 303);
    assert_eq!(
        browser.get_with("/borger/callback", &right).await.code(),
        "sp.unsolicited",
        "a second time"
    );
}

#[actix_web::test]
async fn the_answer_to_another_browser_or_service_opens_nothing() {
    let world = World::new().await;
    let (anna, eve) = (Browser::new(&world), Browser::new(&world));
    let address = eve.get("/borger/login").await.address();
    let answer = world.approve(&address);
    anna.get("/borger/login").await;
    assert_eq!(
        anna.get_with("/borger/callback", &answer).await.code(),
        "sp.other_browser"
    );
    assert_eq!(anna.me("borger").await, None);
    assert_eq!(eve.get_with("/shop/callback", &answer).await.code(), "sp.other_browser");
    assert_eq!(
        eve.get_with("/borger/callback", &answer).await.status,
        303,
        "and it is not used up by that"
    );
}

#[actix_web::test]
async fn two_tabs_may_log_in_side_by_side() {
    let world = World::new().await;
    let browser = Browser::new(&world);
    let first = browser.get("/borger/login").await.address();
    let _second = browser.get("/borger/login").await.address();
    assert_eq!(
        browser
            .get_with("/borger/callback", &world.approve(&first))
            .await
            .status,
        303
    );
}

#[actix_web::test]
async fn an_answer_that_names_another_issuer_or_none_is_refused() {
    let world = World::new().await;
    for iss in [Some("https://evil.example"), None] {
        let browser = Browser::new(&world);
        let mut answer = world.approve(&browser.get("/borger/login").await.address());
        answer.pop();
        answer.extend(iss.map(|iss| ("iss".to_owned(), iss.to_owned())));
        assert_eq!(
            browser.get_with("/borger/callback", &answer).await.code(),
            "sp.issuer",
            "{iss:?}"
        );
        assert_eq!(browser.me("borger").await, None);
    }
}

#[actix_web::test]
async fn a_token_with_one_wrong_claim_is_refused() {
    let world = World::new().await;
    refused(&world, json!({ "nonce": "another" }), "sp.evidence").await;
    refused(&world, json!({ "nonce": null }), "sp.evidence").await;
    refused(&world, json!({ "iss": "https://evil.example" }), "sp.evidence").await;
    refused(&world, json!({ "aud": "shop" }), "sp.evidence").await;
    refused(&world, json!({ "aud": ["borger", "shop"] }), "sp.evidence").await;
    refused(&world, json!({ "exp": NOW() - 600 }), "sp.evidence").await;
    refused(&world, json!({ "iat": NOW() + 3600 }), "sp.evidence").await;
    refused(&world, json!({ "at_hash": "AAAAAAAAAAAAAAAAAAAAAA" }), "sp.evidence").await;
}

#[actix_web::test]
async fn a_token_signed_by_a_stranger_is_refused() {
    let world = World::new().await;
    world.script.lock().unwrap().wrong_key = true;
    refused(&world, json!({}), "sp.evidence").await;
}

#[actix_web::test]
async fn userinfo_about_somebody_else_is_refused() {
    let world = World::new().await;
    world.script.lock().unwrap().user_info = json!({ "sub": "bo-at-borger" }).as_object().unwrap().clone();
    refused(&world, json!({}), "sp.evidence").await;
}

#[actix_web::test]
async fn less_than_was_asked_for_is_refused() {
    let world = World::new().await;
    let browser = Browser::new(&world);
    world.says(json!({ "acr": "https://data.gov.dk/concept/core/nsis/loa/Low" }));
    assert_eq!(
        browser.log_in(&world, "/borger/login?level=substantial").await.code(),
        "sp.level"
    );
    world.says(json!({ "acr": null }));
    assert_eq!(
        browser.log_in(&world, "/borger/login?level=low").await.code(),
        "sp.level"
    );
    world.says(json!({ "auth_time": NOW() - 3600 }));
    assert_eq!(
        browser.log_in(&world, "/borger/login?force=1").await.code(),
        "sp.evidence"
    );
    assert_eq!(browser.me("borger").await, None);
    assert_eq!(
        browser.log_in(&world, "/borger/login").await.status,
        303,
        "an older log-in is good enough where none is forced"
    );
}

#[actix_web::test]
async fn a_step_up_by_another_person_leaves_the_session_as_it_was() {
    let world = World::new().await;
    let browser = Browser::new(&world);
    world.says(json!({ "acr": "https://data.gov.dk/concept/core/nsis/loa/Low" }));
    browser.log_in(&world, "/borger/login").await;
    let address = browser.get("/borger/login?level=substantial").await.address();
    assert!(parameter(&address, "id_token_hint").is_some_and(|hint| hint.split('.').count() == 3));
    world.says(json!({ "sub": "bo-at-borger" }));
    assert_eq!(
        browser
            .get_with("/borger/callback", &world.approve(&address))
            .await
            .code(),
        "sp.other_person"
    );
    assert_eq!(browser.me("borger").await.unwrap()["level"], "Low");
    world.says(json!({}));
    browser.log_in(&world, "/borger/login?level=substantial").await;
    assert_eq!(browser.me("borger").await.unwrap()["level"], "Substantial");
}

#[actix_web::test]
async fn a_refusal_is_shown_kindly_and_without_what_it_quotes() {
    let world = World::new().await;
    let browser = Browser::new(&world);
    let mut answer = world.approve(&browser.get("/borger/login").await.address());
    answer[0] = ("error".into(), "access_denied".into());
    answer.push(("error_description".into(), "OCES001 <b>only netbank</b>".into()));
    let page = browser.get_with("/borger/callback", &answer).await;
    assert_eq!((page.status, page.code()), (403, "OCES001"));
    assert!(
        page.body.contains("only gives access to netbank") && !page.body.contains("<b>only"),
        "{}",
        page.body
    );
}
