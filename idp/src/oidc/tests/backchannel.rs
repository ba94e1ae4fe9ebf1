//! Clients are told of a log-out server to server: a real endpoint, the token that it gets, patience when it fails.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

use serde_json::{Value, json};

use super::browser::Browser;
use super::place::{ALPHA, BETA, ISSUER, Place, claims, encoded, header};
use crate::domain::time::Span;
use crate::oidc::LogoutSender;
use crate::outbox::{Sender, deliver};
use crate::testing::{Ear, Heard};

/// One round of the worker that sends.
fn sends(place: &Place) {
    actix_web::rt::System::new().block_on(async {
        let sender: Arc<dyn Sender> =
            Arc::new(LogoutSender::new(place.oidc.clone(), place.house.clock.clone()).unwrap());
        deliver(&place.house.store, &place.house.clock, &[sender])
            .await
            .unwrap();
    });
}

/// An endpoint that answers with the status of the moment.
fn endpoint(status: &Arc<AtomicU16>) -> Ear {
    let status = Arc::clone(status);
    Ear::open(move |_| (status.load(Ordering::SeqCst), String::new()))
}

fn token(heard: &Heard) -> Value {
    let fields: Vec<_> = url::form_urlencoded::parse(heard.body.as_bytes())
        .into_owned()
        .collect();
    let [(name, value)] = &fields[..] else {
        panic!("one field and nothing else: {fields:?}")
    };
    assert_eq!(name, "logout_token");
    json!(value)
}

fn logs_out(place: &Place, browser: &Browser, tokens: &Value) {
    let fields = [("id_token_hint", tokens["id_token"].as_str().unwrap())];
    place.get(browser, &format!("/oidc/logout?{}", encoded(&fields)));
}

#[test]
fn every_client_of_the_session_gets_a_log_out_token() {
    let status = Arc::new(AtomicU16::new(200));
    let (alphas, betas) = (endpoint(&status), endpoint(&status));
    let place = Place::told_at(&[("alpha", alphas.at("/told")), ("beta", betas.at("/told"))]);
    let (anna, browser) = (place.house.anna(), Browser::new());
    let tokens = [ALPHA, BETA].map(|client| place.enters(&browser, &anna, client, "openid"));
    sends(&place);
    assert!(alphas.heard().is_empty(), "nothing is sent while she is logged in");

    logs_out(&place, &browser, &tokens[0]);
    sends(&place);
    for (client, ear, tokens) in [(ALPHA, &alphas, &tokens[0]), (BETA, &betas, &tokens[1])] {
        let [heard] = &ear.heard()[..] else {
            panic!("{}: {:?}", client.id, ear.heard())
        };
        assert!(heard.head.starts_with("POST /told "), "{}", heard.head);
        assert_eq!(heard.header("content-type"), Some("application/x-www-form-urlencoded"));
        let token = token(heard);
        let now = place.house.clock.now();
        let believed = place
            .house
            .vault
            .verify_own_jwt(token.as_str().unwrap(), "logout+jwt", now);
        let said = believed.unwrap_or_else(|| panic!("not signed by a key of ours"));
        assert_eq!(header(&token)["typ"], "logout+jwt");
        assert_eq!(header(&token)["alg"], "RS256");
        let id_token = claims(&tokens["id_token"]);
        assert_eq!(said["iss"], ISSUER);
        assert_eq!(said["aud"], client.id);
        assert_eq!((&said["sub"], &said["sid"]), (&id_token["sub"], &id_token["sid"]));
        assert_eq!(said["iat"], now.secs());
        assert_eq!(said["exp"], now.secs() + 120);
        assert!(said["jti"].as_str().is_some_and(|jti| !jti.is_empty()));
        assert_eq!(
            said["events"],
            json!({"http://schemas.openid.net/event/backchannel-logout": {}})
        );
        assert!(
            said.get("nonce").is_none(),
            "an ID token it must never pass for: {said}"
        );
    }
    place.house.clock.advance(Span::hours(4));
    sends(&place);
    assert_eq!(alphas.heard().len(), 1, "told is told");
}

#[test]
fn an_endpoint_that_fails_is_tried_again_later_and_later() {
    let status = Arc::new(AtomicU16::new(500));
    let ear = endpoint(&status);
    let place = Place::told_at(&[("alpha", ear.at("/told"))]);
    let (anna, browser) = (place.house.anna(), Browser::new());
    let tokens = place.enters(&browser, &anna, ALPHA, "openid");
    logs_out(&place, &browser, &tokens);
    sends(&place);
    assert_eq!(ear.heard().len(), 1);
    // 2 s after the first failure, 4 s after the second; in between nothing. The endpoint refuses, then hangs up.
    for (pause, answer) in [(2, 400), (4, 0), (8, 503)] {
        place.house.clock.advance(Span::secs(pause - 1));
        let before = ear.heard().len();
        sends(&place);
        assert_eq!(ear.heard().len(), before, "too early");
        status.store(answer, Ordering::SeqCst);
        place.house.clock.advance(Span::secs(1));
        sends(&place);
        assert_eq!(ear.heard().len(), before + 1);
    }
    status.store(200, Ordering::SeqCst);
    place.house.clock.advance(Span::secs(16));
    sends(&place);
    place.house.clock.advance(Span::hours(4));
    sends(&place);
    let heard = ear.heard();
    assert_eq!(heard.len(), 5, "and not again once it was taken");
    let tokens: Vec<Value> = heard.iter().map(|one| claims(&token(one))).collect();
    assert!(
        tokens.iter().all(|one| one["jti"] == tokens[0]["jti"]),
        "one jti: the client sees that it is a repeat"
    );
    assert!(
        tokens[4]["iat"].as_i64() > tokens[0]["iat"].as_i64(),
        "and each is fresh"
    );
}

#[test]
fn a_redirect_is_not_followed() {
    let elsewhere = Ear::open(|_| (200, String::new()));
    let target = elsewhere.at("/elsewhere");
    let ear = Ear::open(move |_| (307, target.clone()));
    let place = Place::told_at(&[("alpha", ear.at("/told"))]);
    let (anna, browser) = (place.house.anna(), Browser::new());
    let tokens = place.enters(&browser, &anna, ALPHA, "openid");
    logs_out(&place, &browser, &tokens);
    sends(&place);
    assert_eq!((ear.heard().len(), elsewhere.heard().len()), (1, 0));
    place.house.clock.advance(Span::secs(2));
    sends(&place);
    assert_eq!(
        (ear.heard().len(), elsewhere.heard().len()),
        (2, 0),
        "tried again where it is registered"
    );
}

#[test]
fn a_block_and_somebody_elses_log_in_are_told_too() {
    let ear = Ear::open(|_| (204, String::new()));
    let place = Place::told_at(&[("alpha", ear.at("/told"))]);
    let (anna, bo) = (place.house.anna(), place.house.citizen("bo", "another-77x", false));
    let tokens = place.enters(&Browser::new(), &anna, ALPHA, "openid");
    place.blocks(&anna);
    sends(&place);
    assert_eq!(
        claims(&token(&ear.heard()[0]))["sid"],
        claims(&tokens["id_token"])["sid"]
    );

    let family = Browser::new();
    let first = place.enters(&family, &bo, ALPHA, "openid");
    let again = ALPHA.asks("openid", &[("prompt", "login")]);
    let carl = place.house.citizen("carl", "another-78x", false);
    place.code(&family, &carl, &again);
    sends(&place);
    assert_eq!(
        claims(&token(&ear.heard()[1]))["sid"],
        claims(&first["id_token"])["sid"]
    );
    assert_eq!(ear.heard().len(), 2);
}
