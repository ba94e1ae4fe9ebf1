//! What stands in the database of a log-in that was never finished, and of what strangers ask: nothing, or counters whose number is
//! fixed (docs/design.md, rule 11). Another connection looks on.

use actix_web::test::TestRequest;
use serde_json::json;

use super::browser::Browser;
use super::place::{ALPHA, BETA, Place};
use super::tax;
use crate::testing::changed;

#[test]
fn a_log_in_that_is_begun_and_left_has_written_nothing() {
    let place = Place::new();
    let anna = place.house.anna();
    let mut watch = place.house.watch();
    let before = watch.contents();
    let browser = Browser::new();
    for _ in 0..3 {
        let flow = place
            .get(&browser, &ALPHA.asks("openid pid", &[]).path)
            .location()
            .to_owned();
        assert!(flow.starts_with("/login/"), "{flow}");
        place.get(&browser, &flow);
        assert_eq!(place.step(&browser, &flow)["step"], "credentials");
        place.leaves(&browser, &flow);
    }
    let flow = tax::asks(&place, &browser, "tax").location().to_owned();
    assert_eq!(place.step(&browser, &flow)["step"], "credentials");
    assert!(!watch.has_seen_a_commit(), "{:?}", changed(&before, &watch.contents()));

    // The right password is counted like every other; whoever then goes away has left a counter, at rest.
    let csrf = place.step(&browser, &flow)["csrf"].clone();
    let typed = json!({"user_id": anna.user_id, "password": anna.password, "csrf": csrf});
    assert_eq!(place.post_json(&browser, &flow, &typed).json()["step"], "code");
    assert!(watch.has_seen_a_commit(), "an attempt is counted before it is verified");
    assert_eq!(changed(&before, &watch.contents()), [("lanes".to_owned(), 1)]);
    place.leaves(&browser, &flow);

    // The finish is what is written.
    let unfinished = watch.contents();
    let flow = place
        .get(&browser, &ALPHA.asks("openid pid", &[]).path)
        .location()
        .to_owned();
    place.proves(&browser, &anna, &flow);
    let written: Vec<_> = changed(&unfinished, &watch.contents())
        .into_iter()
        .map(|(table, _)| table)
        .collect();
    for table in ["audit_rows", "cards", "flows_done", "grants", "sessions"] {
        assert!(
            written.iter().any(|one| one == table),
            "{table} is not among {written:?}"
        );
    }
}

#[test]
fn what_a_stranger_asks_writes_nothing() {
    let place = Place::new();
    let anna = place.house.anna();
    let mut watch = place.house.watch();
    let before = watch.contents();
    let browser = Browser::new();
    let flow = place
        .get(&browser, &ALPHA.asks("openid", &[]).path)
        .location()
        .to_owned();
    let paths = [
        "/",
        "/nowhere",
        "/help",
        "/login/0190aaaa-0000-7000-8000-000000000000",
        "/oidc/authorize?client_id=nobody",
        "/oidc/authorize?client_id=alpha",
        "/oidc/userinfo",
        "/oidc/logout?id_token_hint=a.b.c",
        "/saml/sso?SAMLRequest=AAAA",
        "/saml/slo?SAMLResponse=AAAA",
    ];
    for path in paths {
        place.get(&browser, path);
    }
    let wrong_form = [
        ("user_id", anna.user_id),
        ("password", anna.password),
        ("csrf", "made up"),
    ];
    assert_eq!(place.post(&browser, &flow, &wrong_form).code(), "login.csrf");
    assert!(!place.post(&Browser::new(), &flow, &wrong_form).status.is_success());
    for client in [ALPHA, BETA] {
        for (path, name) in [
            ("/oidc/introspect", "token"),
            ("/oidc/revoke", "token"),
            ("/oidc/token", "code"),
            ("/oidc/token", "refresh_token"),
        ] {
            let grant = if name == "code" { "authorization_code" } else { name };
            place.posts(client, path, &[(name, "invented"), ("grant_type", grant)]);
        }
    }
    let unproven = TestRequest::post()
        .uri("/oidc/token")
        .insert_header(("content-type", "application/x-www-form-urlencoded"))
        .insert_header(("authorization", "Basic YWxwaGE6bm90LXRoZS1zZWNyZXQ="))
        .set_payload("grant_type=client_credentials");
    assert_eq!(place.call(unproven).error(), "invalid_client");
    assert!(!watch.has_seen_a_commit(), "{:?}", changed(&before, &watch.contents()));
}

#[test]
fn names_that_a_stranger_tries_leave_counters_of_fixed_number() {
    let place = Place::new();
    let anna = place.house.anna();
    let mut watch = place.house.watch();
    let before = watch.contents();
    let tries = |name: &str| {
        let browser = Browser::new();
        let flow = place
            .get(&browser, &ALPHA.asks("openid", &[]).path)
            .location()
            .to_owned();
        let csrf = place.step(&browser, &flow)["csrf"].clone();
        let typed = json!({"user_id": name, "password": "not-the-password-1", "csrf": csrf});
        let shown = place.post_json(&browser, &flow, &typed).json();
        assert_eq!(shown["errors"][0]["code"], "login.failed", "{shown}");
    };
    for _ in 0..2 {
        for name in ["nobody-at-all", "somebody-else", anna.user_id] {
            tries(name);
        }
    }
    let after = watch.contents();
    assert_eq!(changed(&before, &after), [("lanes".to_owned(), 3)], "one a name, once");
    // The counter of a name that nobody has is one of 65,536: its id is a slot's.
    let slots = after["lanes"]
        .iter()
        .filter(|row| row.starts_with(&format!("X'{}", "00".repeat(14))));
    assert_eq!(slots.count(), 2, "{:?}", after["lanes"]);
}
