//! Who may call: what proves a machine and an officer, and what does not.

use serde_json::{Value, json};

use super::place::{Officer, Place, officer, registrar, signed, support};
use crate::config::Settings;
use crate::domain::time::Span;
use crate::ra::assertion::TYP;

const OFFICER: (&str, &str) = ("GET", "/api/ra/v1/officer");

/// How a test bends the claims of an assertion.
type Bend = fn(&mut Value);

/// One call with claims that a test has bent.
fn with_claims(place: &Place, officer: &Officer, bend: impl FnOnce(&mut Value)) -> super::place::Answer {
    let token = place.token(officer.ra);
    let mut claims = place.claims(officer, OFFICER, &token);
    bend(&mut claims);
    let assertion = signed(officer.ra, Some(TYP), &claims);
    place.sends(OFFICER, (&token, &assertion), None, None)
}

#[test]
fn an_officer_is_who_their_ra_says() {
    let place = Place::new();
    let told = place.asks(&support(), "GET", OFFICER.1, None).done();
    assert_eq!(
        (&told["ra"], &told["officer"], &told["role"]),
        (&json!("support"), &json!("k.test"), &json!("support"))
    );
    let printer = officer("trykkeri", "printer");
    let told = place.asks(&printer, "GET", OFFICER.1, None).done();
    assert_eq!(told["may"], json!(["look", "print"]));
}

#[test]
fn a_machine_needs_a_token_of_its_own_for_this() {
    let place = Place::new();
    let good = place.claims(&support(), OFFICER, "nothing");
    let assertion = signed("support", Some(TYP), &good);
    place
        .sends(OFFICER, ("nothing", &assertion), None, None)
        .is_refused(401, "ra.token");
    let bare = place.fetches("support", None).body;
    let token = bare["access_token"].as_str().unwrap().to_owned();
    place
        .sends(OFFICER, (&token, &assertion), None, None)
        .is_refused(403, "ra.scope");
    assert_eq!(
        place.fetches("support", Some("ra openid")).body["error"],
        "invalid_scope"
    );
    let token = place.token("support");
    place.house.clock.advance(Span::minutes(30));
    let claims = place.claims(&support(), OFFICER, &token);
    let assertion = signed("support", Some(TYP), &claims);
    place
        .sends(OFFICER, (&token, &assertion), None, None)
        .is_refused(401, "ra.token");
}

#[test]
fn an_assertion_is_for_one_call_and_good_once() {
    let place = Place::new();
    let token = place.token("support");
    let claims = place.claims(&support(), OFFICER, &token);
    let assertion = signed("support", Some(TYP), &claims);
    let first = place.sends(OFFICER, (&token, &assertion), None, None);
    assert_eq!(first.status, 200, "{}", first.body);
    place
        .sends(OFFICER, (&token, &assertion), None, None)
        .is_refused(401, "ra.replayed");
    let bent: &[(&str, Bend)] = &[
        ("another method", |claims| claims["htm"] = json!("POST")),
        ("another address", |claims| {
            claims["htu"] = json!("http://localhost:8080/api/ra/v1/people/find");
        }),
        ("another token", |claims| claims["ath"] = json!("x")),
        ("another house", |claims| claims["aud"] = json!("https://idp.example")),
        ("several houses", |claims| {
            claims["aud"] = json!(["http://localhost:8080", "https://idp.example"]);
        }),
        ("another issuer", |claims| claims["iss"] = json!("ra-netbank")),
        ("no own eID told", |claims| {
            claims.as_object_mut().unwrap().remove("eid");
        }),
        ("an eID of nobody", |claims| claims["eid"] = json!("999999999")),
        ("no id", |claims| claims["jti"] = json!("")),
        ("a role of nobody", |claims| claims["role"] = json!("boss")),
        ("an officer without a name", |claims| claims["sub"] = json!("k test")),
        ("for hours", |claims| {
            claims["exp"] = json!(claims["iat"].as_i64().unwrap() + 3_600)
        }),
        ("over", |claims| {
            claims["exp"] = json!(claims["iat"].as_i64().unwrap() - 600)
        }),
        ("not begun", |claims| {
            claims["iat"] = json!(claims["iat"].as_i64().unwrap() + 600)
        }),
    ];
    for (what, bend) in bent {
        let answer = with_claims(&place, &support(), bend);
        assert_eq!(answer.body["code"], "ra.assertion", "{what}: {}", answer.body);
        answer.is_refused(401, "ra.assertion");
    }
    with_claims(&place, &support(), |claims| claims["reason"] = json!("cpr 010170-1234")).is_refused(400, "ra.reason");
    with_claims(&place, &support(), |claims| claims["reason"] = json!("x")).is_refused(400, "ra.reason");
}

#[test]
fn nobody_speaks_for_another_ra() {
    let place = Place::new();
    let token = place.token("support");
    let claims = place.claims(&support(), OFFICER, &token);
    let by_another = signed("ra-netbank", Some(TYP), &claims);
    place
        .sends(OFFICER, (&token, &by_another), None, None)
        .is_refused(401, "ra.assertion");
    // What proves the machine at the token endpoint does not prove an officer.
    for typ in [None, Some("JWT"), Some("at+jwt")] {
        let assertion = signed("support", typ, &claims);
        place
            .sends(OFFICER, (&token, &assertion), None, None)
            .is_refused(401, "ra.assertion");
    }
    let own_words = signed("ra-netbank", Some(TYP), &place.claims(&registrar(), OFFICER, &token));
    place
        .sends(OFFICER, (&token, &own_words), None, None)
        .is_refused(401, "ra.assertion");
}

#[test]
fn a_role_is_what_the_operator_lets_the_ra_give() {
    let place = Place::new();
    for wrong in [
        officer("support", "registrar"),
        officer("ra-borgerservice", "support"),
        officer("trykkeri", "registrar"),
    ] {
        place.asks(&wrong, "GET", OFFICER.1, None).is_refused(403, "ra.role");
    }
    let anna = place.house.anna();
    let number = place.number(anna.eid);
    place
        .finds(&officer("trykkeri", "printer"), json!({ "eid_number": number }))
        .is_refused(403, "ra.role");
}

#[test]
fn officers_and_machines_have_a_share_of_the_minute() {
    let mut settings = Settings::default();
    settings.ra.officer_calls_per_minute = 3;
    let place = Place::with(&settings);
    for _ in 0..3 {
        place.asks(&support(), "GET", OFFICER.1, None).done();
    }
    let answer = place.asks(&support(), "GET", OFFICER.1, None);
    answer.is_refused(429, "ra.too_many");
    assert!(answer.headers.contains_key("retry-after"));
    place.asks(&registrar(), "GET", OFFICER.1, None).done();
    place.house.clock.advance(Span::minutes(1));
    place.asks(&support(), "GET", OFFICER.1, None).done();
}

#[test]
fn whatever_is_asked_wrongly_is_answered_as_a_problem() {
    let place = Place::new();
    place
        .asks(&support(), "GET", "/api/ra/v1/nothing", None)
        .is_refused(404, "request.not_found");
    place
        .asks(&support(), "GET", "/api/ra/v1/people/find", None)
        .is_refused(405, "request.method");
    for body in [
        json!({}),
        json!({"cpr": "1", "eid_number": "2"}),
        json!({"name": "Anna"}),
        json!([]),
    ] {
        place.finds(&support(), body).is_refused(400, "request.malformed");
    }
    place
        .finds(&support(), json!({"cpr": "0"}))
        .is_refused(400, "cpr.format");
    let large = json!({ "cpr": "x".repeat(20_000) });
    place.finds(&support(), large).is_refused(413, "request.too_large");
    let larger = json!({ "cpr": "x".repeat(200_000) });
    place.finds(&support(), larger).is_refused(413, "request.too_large");
}
