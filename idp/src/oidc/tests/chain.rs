//! A log-out at an OIDC client goes on to the SAML services of the session by way of the browser, and comes back.

use saml_core::status::{Status, Top, second};
use serde_json::Value;

use super::browser::{Answer, Browser};
use super::place::{ALPHA, BETA, Place, encoded};
use super::tax;
use crate::testing::Citizen;

/// Anna at alpha and at these SAML services, in one session.
fn logged_in(place: &Place, services: &[&str]) -> (Citizen, Browser, Value) {
    let (anna, browser) = (place.house.anna(), Browser::new());
    let tokens = place.enters(&browser, &anna, ALPHA, "openid");
    for service in services {
        tax::is_entered(place, &browser, service);
    }
    (anna, browser, tokens)
}

/// The browser is sent to log out by alpha.
fn logs_out(place: &Place, browser: &Browser, tokens: &Value) -> Answer {
    let uri = ALPHA.post_logout_uri();
    let fields = [
        ("id_token_hint", tokens["id_token"].as_str().unwrap()),
        ("post_logout_redirect_uri", &uri),
        ("state", "s"),
    ];
    place.get(browser, &format!("/oidc/logout?{}", encoded(&fields)))
}

fn has_ended(place: &Place, citizen: &Citizen) -> bool {
    let eid = citizen.eid;
    place.house.act(move |tx| tx.sessions().open_of_eid(eid)).is_empty()
}

#[test]
fn the_saml_service_is_told_by_redirect_and_the_client_gets_its_browser_back() {
    let place = Place::new();
    let (anna, browser, tokens) = logged_in(&place, &["tax"]);
    let first = logs_out(&place, &browser, &tokens);
    assert!(
        has_ended(&place, &anna),
        "our session ends before the browser is sent anywhere"
    );
    assert_eq!(
        place.userinfo(&tokens["access_token"]).status,
        401,
        "and so do its tokens"
    );
    assert!(!browser.holds("idp_session_public"));
    assert!(first.location().starts_with("/saml/logout?t="), "{}", first.location());

    let sent = place.get(&browser, first.location());
    let told = tax::is_told(&place, &sent);
    assert_eq!(told.session_indexes.len(), 1);
    let last = place.get(&browser, &tax::answers(&place, &told, Status::success()));
    assert_eq!(last.location(), "https://alpha.example/bye?state=s");
    assert!(!browser.holds("idp_logout"), "the round is over");
}

#[test]
fn a_service_that_says_no_or_has_no_address_is_named_and_leads_back() {
    let place = Place::new();
    let (anna, browser, tokens) = logged_in(&place, &["tax", "mute"]);
    place.enters(&browser, &anna, BETA, "openid");
    let first = logs_out(&place, &browser, &tokens);
    let sent = place.get(&browser, first.location());
    let told = tax::is_told(&place, &sent);
    let no = Status::of(Top::Responder, second::REQUEST_DENIED);
    let last = place.get(&browser, &tax::answers(&place, &told, no));
    assert_eq!(last.status, 200);
    for name in ["tax", "mute", "beta"] {
        assert!(last.body.contains(name), "{name}: {}", last.body);
    }
    assert!(last.body.contains("id=\"unreached\""));
    assert_eq!(last.link("back").as_deref(), Some("https://alpha.example/bye?state=s"));
}

#[test]
fn the_page_that_asks_lets_its_form_follow_the_whole_chain() {
    let place = Place::new();
    let (_, browser, _) = logged_in(&place, &["tax"]);
    let page = place.get(&browser, "/oidc/logout");
    let mut allowed = page.form_action();
    allowed.sort_unstable();
    assert_eq!(allowed, ["'self'", "https://front.tax.example", "https://tax.example"]);
}

#[test]
fn a_verified_address_may_follow_the_form_too() {
    let place = Place::new();
    let (_, _, tokens) = logged_in(&place, &[]);
    let (bo, browser) = (place.house.citizen("bo", "another-77x", false), Browser::new());
    place.enters(&browser, &bo, BETA, "openid");
    let page = logs_out(&place, &browser, &tokens);
    let mut allowed = page.form_action();
    allowed.sort_unstable();
    assert_eq!(allowed, ["'self'", "https://alpha.example"], "{}", page.body);
}

#[test]
fn several_sessions_of_one_browser_end_in_one_round() {
    let place = Place::in_two_groups();
    let (anna, browser, _) = logged_in(&place, &["tax"]);
    place.enters(&browser, &anna, BETA, "openid");
    tax::is_entered(&place, &browser, "mute");
    let eid = anna.eid;
    assert_eq!(place.house.act(move |tx| tx.sessions().open_of_eid(eid)).len(), 2);

    let page = place.get(&browser, "/oidc/logout");
    let csrf = page.field("csrf").unwrap();
    let confirm = [("csrf", csrf.as_str()), ("action", "logout")];
    let first = place.post(&browser, "/oidc/logout/confirm", &confirm);
    assert!(has_ended(&place, &anna), "both");
    // The form sent twice: the browser goes by the second answer, and that leads the same way.
    let second = place.post(&browser, "/oidc/logout/confirm", &confirm);
    for answer in [&first, &second] {
        let sent = place.get(&browser, answer.location());
        let told = tax::is_told(&place, &sent);
        let last = place.get(&browser, &tax::answers(&place, &told, Status::success()));
        assert_eq!(last.status, 200);
        for name in ["alpha", "beta", "mute"] {
            assert!(last.body.contains(name), "{name} could not be told: {}", last.body);
        }
        assert!(!last.body.contains(">tax<"), "{}", last.body);
    }
}

#[test]
fn a_log_out_sent_twice_goes_the_same_way_twice() {
    let place = Place::new();
    let (_, browser, tokens) = logged_in(&place, &["tax"]);
    let impatient = Browser::new();
    // A browser that drops the first answer still holds its cookie.
    let cookies = browser.cookies("/oidc/logout");
    let first = logs_out(&place, &browser, &tokens);
    assert!(first.location().starts_with("/saml/logout?t="));
    impatient.takes_over(&cookies);
    let again = logs_out(&place, &impatient, &tokens);
    assert!(again.location().starts_with("/saml/logout?t="), "{}", again.location());
    // Whoever only holds the ID token is led past nobody.
    let thief = logs_out(&place, &Browser::new(), &tokens);
    assert_eq!(thief.location(), "https://alpha.example/bye?state=s");
}

#[test]
fn a_hand_over_is_ours_fresh_and_nothing_else() {
    let place = Place::new();
    let (_, browser, tokens) = logged_in(&place, &["tax"]);
    let question = place.get(&browser, "/oidc/logout").field("csrf").unwrap();
    for sealed in ["", "x", &question] {
        place
            .get(&browser, &format!("/saml/logout?t={sealed}"))
            .must_stay_with("login.expired");
    }
    let first = logs_out(&place, &browser, &tokens);
    place.house.clock.advance(crate::domain::time::Span::minutes(5));
    place.get(&browser, first.location()).must_stay_with("login.expired");
}
