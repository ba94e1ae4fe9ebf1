//! Clients that prove themselves by a signed assertion: what is forged, stale, meant for somebody else or played again.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

use super::browser::Answer;
use super::place::{ISSUER, KEYED, Place};
use crate::domain::time::Span;
use crate::oidc::protocol::client::ASSERTION_TYPE;

fn asks(place: &Place, assertion: &str, more: &[(&str, &str)]) -> Answer {
    let mut fields = vec![
        ("grant_type", "client_credentials"),
        ("client_assertion_type", ASSERTION_TYPE),
        ("client_assertion", assertion),
    ];
    fields.extend(more);
    place.call(
        actix_web::test::TestRequest::post()
            .uri("/oidc/token")
            .insert_header(("content-type", "application/x-www-form-urlencoded"))
            .set_payload(super::place::encoded(&fields)),
    )
}

#[track_caller]
fn refused(answer: &Answer, why: &str) {
    assert_eq!(
        (answer.status.as_u16(), answer.error()),
        (401, "invalid_client".into()),
        "{why}"
    );
    assert!(!answer.body.contains("access_token"));
}

#[test]
fn an_assertion_proves_once_and_is_remembered_durably() {
    let place = Place::new();
    let assertion = place.assertion(|claims| claims["jti"] = "once".into());
    assert_eq!(asks(&place, &assertion, &[]).status, 200);
    refused(&asks(&place, &assertion, &[]), "again");
    place.house.clock.advance(Span::secs(59));
    refused(&asks(&place, &assertion, &[]), "again, later");
    // Another assertion with the same id is the same assertion.
    let twin = place.assertion(|claims| claims["jti"] = "once".into());
    refused(&asks(&place, &twin, &[]), "its twin");
    // It stands in the database, so that it holds on every node and after a restart.
    let now = place.house.clock.now();
    let fresh = place
        .house
        .act(move |tx| tx.replays().take("client:keyed", "once", now + Span::minutes(5), now));
    assert!(!fresh);
}

#[test]
fn an_assertion_is_burnt_even_if_the_request_fails() {
    let place = Place::new();
    let assertion = place.assertion(|_| {});
    assert_eq!(
        asks(&place, &assertion, &[("scope", "openid")]).error(),
        "invalid_scope"
    );
    refused(&asks(&place, &assertion, &[]), "after a mistake");
}

#[test]
fn an_assertion_played_many_times_at_once_proves_once() {
    let place = Place::new();
    let assertion = place.assertion(|_| {});
    let answers: Vec<u16> = std::thread::scope(|scope| {
        let many: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| asks(&place, &assertion, &[]).status.as_u16()))
            .collect();
        many.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(
        answers.iter().filter(|status| **status == 200).count(),
        1,
        "{answers:?}"
    );
}

#[test]
fn an_assertion_for_somebody_else_or_another_time_does_not_prove() {
    let place = Place::new();
    let now = place.house.clock.now().secs();
    let faults = [
        ("aud", json!("https://other.example")),
        ("aud", json!([ISSUER, "https://other.example"])),
        ("aud", json!(format!("{ISSUER}/oidc/authorize"))),
        ("aud", json!(format!("{ISSUER}/oidc/revoke"))),
        ("aud", json!(null)),
        ("iss", json!("alpha")),
        ("sub", json!("alpha")),
        ("exp", json!(now - 181)),
        ("exp", json!(now + 3_600)),
        ("exp", json!(null)),
        ("iat", json!(now + 600)),
        ("nbf", json!(now + 600)),
        ("jti", json!(null)),
    ];
    for (name, value) in faults {
        let assertion = place.assertion(|claims| claims[name] = value.clone());
        refused(&asks(&place, &assertion, &[]), &format!("{name} = {value}"));
    }
    for aud in [json!(ISSUER), json!(format!("{ISSUER}/oidc/token")), json!([ISSUER])] {
        let assertion = place.assertion(|claims| claims["aud"] = aud.clone());
        assert_eq!(asks(&place, &assertion, &[]).status, 200, "{aud}");
    }
}

#[test]
fn an_unsigned_assertion_or_one_under_another_kind_of_key_does_not_prove() {
    let place = Place::new();
    let good = place.assertion(|_| {});
    let mut parts = good.split('.');
    let (_, body) = (parts.next(), parts.next().unwrap());
    let header = |alg: &str| URL_SAFE_NO_PAD.encode(json!({"alg": alg, "typ": "JWT", "kid": "k1"}).to_string());
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(body).unwrap()).unwrap();
    // The public key, which everybody knows, as the secret of a MAC: in each form in which a server may hold it.
    let file = place
        .oidc
        .parties
        .current()
        .by_client("keyed")
        .unwrap()
        .oidc
        .clone()
        .unwrap()
        .jwks
        .unwrap();
    let jwk = &file["keys"][0];
    let mut secrets = vec![file.to_string().into_bytes(), jwk.to_string().into_bytes()];
    secrets.push(URL_SAFE_NO_PAD.decode(jwk["x"].as_str().unwrap()).unwrap());
    secrets.push(b"keyed-secret".to_vec());
    let mut forged: Vec<String> = secrets
        .iter()
        .map(|secret| {
            let mut header = Header::new(Algorithm::HS256);
            header.kid = Some("k1".into());
            jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(secret)).unwrap()
        })
        .collect();
    for alg in ["none", "None", "NONE", "HS256", "RS256", ""] {
        forged.push(format!("{}.{body}.", header(alg)));
        forged.push(format!("{}.{body}.{}", header(alg), good.rsplit('.').next().unwrap()));
    }
    forged.push(format!("{}x", &good[..good.len() - 1]));
    for assertion in forged {
        refused(&asks(&place, &assertion, &[]), &assertion);
    }
    assert_eq!(
        asks(&place, &good, &[]).status,
        200,
        "and nothing of that burnt the good one"
    );
}

#[test]
fn a_secret_is_no_substitute_for_an_assertion() {
    let place = Place::new();
    let fields = [
        ("grant_type", "client_credentials"),
        ("client_id", "keyed"),
        ("client_secret", "keyed-secret"),
    ];
    let post = || {
        actix_web::test::TestRequest::post()
            .uri("/oidc/token")
            .insert_header(("content-type", "application/x-www-form-urlencoded"))
    };
    refused(
        &place.call(post().set_payload(super::place::encoded(&fields))),
        "by post",
    );
    let basic = post().insert_header(super::place::basic("keyed", "keyed-secret"));
    refused(
        &place.call(basic.set_payload("grant_type=client_credentials")),
        "by header",
    );
    let name = post().set_payload("grant_type=client_credentials&client_id=keyed");
    refused(&place.call(name), "by name");
}

#[test]
fn an_assertion_and_another_proof_at_once_are_refused() {
    let place = Place::new();
    let assertion = place.assertion(|_| {});
    let answer = asks(
        &place,
        &assertion,
        &[("client_secret", "keyed-secret"), ("client_id", "keyed")],
    );
    assert_eq!(
        (answer.status.as_u16(), answer.error()),
        (400, "invalid_request".into())
    );
    let answer = asks(&place, &assertion, &[("client_id", "alpha")]);
    assert_eq!(
        (answer.status.as_u16(), answer.error()),
        (400, "invalid_request".into())
    );
    assert_eq!(
        place
            .posts(KEYED, "/oidc/token", &[("grant_type", "client_credentials")])
            .status,
        200
    );
}
