//! What a request says about our own name changes no address of ours.

use actix_web::test::TestRequest;

use super::browser::{Browser, query};
use super::place::{ALPHA, ISSUER, Place, claims};

const LIES: &[(&str, &str)] = &[
    ("host", "evil.example"),
    ("x-forwarded-host", "evil.example"),
    ("x-forwarded-proto", "https"),
    ("x-forwarded-port", "4443"),
    ("x-forwarded-prefix", "/evil"),
    ("forwarded", "for=192.0.2.9;host=evil.example;proto=https"),
    ("x-original-url", "/evil"),
    ("x-rewrite-url", "/evil"),
    ("x-host", "evil.example"),
];

/// A request that lies about who we are.
fn lying(path: &str) -> TestRequest {
    let request = TestRequest::get().uri(path).insert_header(("accept", "text/html"));
    LIES.iter().fold(request, |request, lie| request.insert_header(*lie))
}

#[test]
fn no_header_changes_what_we_call_ourselves() {
    let place = Place::new();
    let documents = [
        "/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server",
        "/saml/metadata",
    ];
    for path in documents {
        let answer = place.call(lying(path));
        assert_eq!(answer.status, 200);
        assert!(
            answer.body.contains(ISSUER) && !answer.body.contains("evil"),
            "{}",
            answer.body
        );
        let honest = place.get(&Browser::new(), path);
        assert_eq!(answer.body, honest.body);
    }
    let document = place.get(&Browser::new(), documents[0]).json();
    assert_eq!(document["issuer"], ISSUER);
}

#[test]
fn no_header_changes_where_a_browser_is_sent() {
    let place = Place::new();
    let begun = place.call(lying(&ALPHA.asks("openid", &[]).path));
    assert!(begun.location().starts_with("/login/"), "{}", begun.location());
    let refused = place
        .call(lying(&ALPHA.asks("openid", &[("prompt", "none")]).path))
        .target();
    assert!(refused.as_str().starts_with(&ALPHA.redirect_uri()));
    assert_eq!(query(&refused, "iss").as_deref(), Some(ISSUER));
    for path in ["/oidc/logout", "/oidc/authorize", "/nowhere"] {
        let answer = place.call(lying(path));
        assert!(!answer.body.contains("evil"), "{}", answer.body);
        assert!(
            answer
                .headers
                .iter()
                .all(|(_, value)| !value.to_str().unwrap().contains("evil"))
        );
    }
}

#[test]
fn no_header_changes_what_a_token_says() {
    let place = Place::new();
    let anna = place.house.anna();
    let asked = ALPHA.asks("openid", &[]);
    let code = place.code(&Browser::new(), &anna, &asked);
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", &ALPHA.redirect_uri()),
        ("code_verifier", &asked.verifier),
    ];
    let request = TestRequest::post()
        .uri("/oidc/token")
        .insert_header(("content-type", "application/x-www-form-urlencoded"))
        .insert_header(super::place::basic("alpha", "alpha-secret"))
        .set_payload(super::place::encoded(&fields));
    let tokens = place
        .call(LIES.iter().fold(request, |request, lie| request.insert_header(*lie)))
        .json();
    assert_eq!(claims(&tokens["id_token"])["iss"], ISSUER);
}
