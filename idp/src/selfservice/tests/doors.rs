//! Who comes in, and who does not.

use actix_web::test::TestRequest;
use serde_json::json;

use super::place::{Browser, Place};
use crate::domain::eid::EidStatus;

const SEE: [&str; 3] = ["/self-service", "/self-service/history", "/self-service/sessions"];
const CHANGE: [&str; 6] = [
    "/self-service/public",
    "/self-service/password",
    "/self-service/user-id",
    "/self-service/contact",
    "/self-service/data",
    "/self-service/close",
];

#[test]
fn whoever_is_not_logged_in_is_led_through_the_log_in_and_back() {
    let place = Place::new();
    let anna = place.house.anna();
    for path in SEE.into_iter().chain(CHANGE) {
        let browser = Browser::default();
        place.get(&browser, path).must_ask_for_a_log_in();
        let page = place.comes_to(&browser, &anna, path);
        assert_eq!(page.status, 200, "{path}: {}", page.body);
        assert!(browser.holds("idp_session_own") && !browser.holds("idp_session_public"));
        let asked = place.json(&Browser::default(), path);
        assert_eq!(asked.status, 401, "{path}");
        assert_eq!(asked.value()["errors"][0]["code"], "own.log_in", "{path}");
        let sent = place.post(&Browser::default(), path, &[("csrf", "x")]);
        assert!(sent.status == 303 || sent.status == 405, "{path}: {}", sent.status);
    }
}

#[test]
fn an_eid_for_netbank_only_comes_in_and_one_that_is_blocked_does_not() {
    let place = Place::new();
    let bo = place.house.citizen("bosen", "netbank-77x", false);
    let eid = bo.eid;
    place.house.act(move |tx| tx.eids().set_public(eid, false));
    let browser = place.logged_in(&bo);
    assert!(place.get(&browser, "/self-service").body.contains("Kun i netbank"));
    place
        .house
        .act(move |tx| tx.eids().set_status(eid, EidStatus::Active, EidStatus::Blocked));
    place.get(&browser, "/self-service").must_ask_for_a_log_in();
}

#[test]
fn a_session_is_read_anew_at_each_request() {
    let place = Place::new();
    let anna = place.house.anna();
    let browser = place.logged_in(&anna);
    for _ in 0..3 {
        place.waits(29);
        assert_eq!(place.get(&browser, "/self-service").status, 200, "it is in use");
    }
    place.waits(30);
    place.get(&browser, "/self-service").must_ask_for_a_log_in();
    let browser = place.logged_in(&anna);
    for _ in 0..23 {
        place.waits(20);
        assert_eq!(place.get(&browser, "/self-service").status, 200);
    }
    place.waits(20);
    place.get(&browser, "/self-service").must_ask_for_a_log_in();
}

#[test]
fn sessions_of_services_open_no_page_of_ours_and_ours_opens_no_service() {
    let place = Place::new();
    let anna = place.house.anna();
    let at_service = place.logs_in_at(&anna, "borger", "openid");
    place.get(&at_service, "/self-service").must_ask_for_a_log_in();
    let thief = Browser::with_cookie_of(&at_service, "idp_session_public", "idp_session_own");
    place.get(&thief, "/self-service").must_ask_for_a_log_in();
    let ours = place.logged_in(&anna);
    let flow = place.begins_at(&ours, "borger", "openid");
    assert!(flow.starts_with("/login/"), "{flow}");
    let thief = Browser::with_cookie_of(&ours, "idp_session_own", "idp_session_public");
    assert!(place.begins_at(&thief, "borger", "openid").starts_with("/login/"));
}

#[test]
fn what_is_sensitive_wants_a_proof_of_the_last_minutes() {
    let place = Place::new();
    let anna = place.house.anna();
    let browser = place.logged_in(&anna);
    place.waits(9);
    for path in CHANGE {
        assert_eq!(place.get(&browser, path).status, 200, "{path}");
    }
    let csrf = place.get(&browser, "/self-service/contact").csrf();
    place.waits(2);
    for path in CHANGE {
        place.get(&browser, path).must_ask_for_a_log_in();
        let told = place.json(&browser, path);
        assert_eq!(
            (told.status.as_u16(), &told.value()["errors"][0]["code"]),
            (401, &json!("own.again"))
        );
    }
    assert_eq!(
        place.get(&browser, "/self-service/history").status,
        200,
        "seeing needs none"
    );
    // The form that was opened in time is taken, though not for ever.
    let sent = place.post(
        &browser,
        "/self-service/contact",
        &[("csrf", &csrf), ("phone", "80307050")],
    );
    assert_eq!(sent.status, 200, "{}", sent.body);
    let (csrf_of_code, code) = (sent.csrf(), place.codes_sent().remove(0).1);
    let sent = place.post(
        &browser,
        "/self-service/contact/confirm",
        &[("csrf", &csrf_of_code), ("phone", "80307050"), ("phone_code", &code)],
    );
    assert!(
        sent.location().starts_with("/self-service/contact"),
        "{}",
        sent.location()
    );
    place.waits(10);
    let sent = place.post(
        &browser,
        "/self-service/contact",
        &[("csrf", &csrf), ("phone", "20304050")],
    );
    sent.must_ask_for_a_log_in();
    let page = place.comes_to(&browser, &anna, "/self-service/contact");
    assert!(page.body.contains("+4580307050"), "{}", page.body);
}

#[test]
fn the_fresh_proof_is_the_same_persons() {
    let place = Place::new();
    let (anna, bo) = (place.house.anna(), place.house.citizen("bosen", "netbank-77x", false));
    let browser = place.logged_in(&anna);
    place.waits(11);
    let flow = place.get(&browser, "/self-service/password").location().to_owned();
    let over = place.proves(&browser, &bo, &flow);
    assert_eq!(over["errors"][0]["code"], "login.subject_mismatch", "{over}");
    assert_eq!(
        place.get(&browser, "/self-service").status,
        200,
        "anna is logged in still"
    );
}

#[test]
fn a_form_is_of_this_session_this_act_and_this_epoch() {
    let place = Place::new();
    let anna = place.house.anna();
    let (browser, other) = (place.logged_in(&anna), place.logged_in(&anna));
    let path = "/self-service/contact";
    let own = place.get(&browser, path).csrf();
    let of_other = place.get(&other, path).csrf();
    let of_act = place.get(&browser, "/self-service/password").csrf();
    for wrong in ["", "x", &of_other, &of_act] {
        let sent = place.post(&browser, path, &[("csrf", wrong), ("email", "a@example.dk")]);
        assert_eq!((sent.status.as_u16(), sent.codes()), (403, vec!["login.csrf"]));
    }
    let eid = anna.eid;
    place.house.act(move |tx| tx.eids().raise_epoch(eid));
    let sent = place.post(&browser, path, &[("csrf", &own), ("email", "a@example.dk")]);
    assert_eq!(sent.codes(), ["login.csrf"], "of an earlier epoch");
    let person = anna.person;
    assert_eq!(place.house.act(move |tx| tx.people().find(person)).email, None);
}

#[test]
fn other_sites_cannot_send_our_forms() {
    let place = Place::new();
    let anna = place.house.anna();
    let browser = place.logged_in(&anna);
    for path in CHANGE
        .into_iter()
        .chain(["/self-service/sessions", "/self-service/logout", "/block/eid"])
    {
        for (name, value) in [
            ("origin", "https://evil.example"),
            ("sec-fetch-site", "cross-site"),
            ("origin", "null"),
        ] {
            let request = TestRequest::post()
                .uri(path)
                .insert_header((name, value))
                .insert_header(("content-type", "application/x-www-form-urlencoded"))
                .set_payload("csrf=x");
            let answer = place.call(request);
            assert_eq!(
                (answer.status.as_u16(), answer.codes()),
                (403, vec!["login.csrf"]),
                "{path} {value}"
            );
        }
    }
    assert_eq!(place.get(&browser, "/self-service").status, 200);
}

#[test]
fn a_password_alone_opens_what_stops_and_nothing_else() {
    let place = Place::new();
    let anna = place.house.anna();
    let browser = Browser::default();
    let flow = place.get(&browser, "/block/card").location().to_owned();
    let begun = place.json(&browser, &flow).value();
    let typed = json!({"user_id": anna.user_id, "password": anna.password, "csrf": begun["csrf"]});
    let over = place.post_json(&browser, &flow, &typed).value();
    assert_eq!(over["step"], "done", "no code is asked: {over}");
    assert_eq!(place.get(&browser, "/block/card").status, 200);
    assert!(!browser.holds("idp_device"), "a password alone makes no browser known");
    for path in SEE.into_iter().chain(CHANGE) {
        place.get(&browser, path).must_ask_for_a_log_in();
        assert_eq!(place.json(&browser, path).status, 401);
    }
    // The code alone is missing.
    let flow = place.get(&browser, "/self-service").location().to_owned();
    assert_eq!(place.json(&browser, &flow).value()["step"], "code");
    place.comes_to(&browser, &anna, "/self-service");
    assert_eq!(place.get(&browser, "/self-service").status, 200);
}

#[test]
fn leaving_ends_this_session_and_no_other() {
    let place = Place::new();
    let anna = place.house.anna();
    let (browser, other) = (place.logged_in(&anna), place.logged_in(&anna));
    let left = place.sends(&browser, "/self-service/logout", &[]);
    assert!(left.body.contains("data-receipt=\"logged-out\""), "{}", left.body);
    assert!(!browser.holds("idp_session_own"));
    place.get(&browser, "/self-service").must_ask_for_a_log_in();
    assert_eq!(place.get(&other, "/self-service").status, 200);
}

#[test]
fn whoever_gives_up_lands_on_the_start_page() {
    let place = Place::new();
    let browser = Browser::default();
    let flow = place.get(&browser, "/self-service/close").location().to_owned();
    let csrf = place.json(&browser, &flow).value()["csrf"].clone();
    let over = place
        .post_json(&browser, &flow, &json!({"csrf": csrf, "action": "cancel"}))
        .value();
    assert_eq!(over["continue"]["url"], "http://localhost:8080/");
    let start = place.get(&browser, "/").body;
    for id in ["selfservice", "block", "help"] {
        assert!(start.contains(&format!("id=\"{id}\"")), "{id}");
    }
}

#[test]
fn a_log_out_asked_for_by_a_service_ends_our_pages_in_the_same_browser() {
    let place = Place::new();
    let anna = place.house.anna();
    let browser = place.logged_in(&anna);
    let page = place.get(&browser, "/oidc/logout");
    assert!(page.body.contains("Selvbetjening"), "{}", page.body);
    let csrf = page.csrf();
    let done = place.post(
        &browser,
        "/oidc/logout/confirm",
        &[("csrf", &csrf), ("action", "logout")],
    );
    assert_eq!(done.status, 200, "{}", done.body);
    assert!(!done.body.contains("id=\"unreached\""));
    place.get(&browser, "/self-service").must_ask_for_a_log_in();
}
