//! Who may ask at the back door: a client that proves itself in its one way, and what it may ask for.

use actix_web::http::Method;
use actix_web::test::TestRequest;

use super::browser::{Answer, Browser};
use super::place::{ALPHA, BETA, Client, KEYED, PAGE, Place, basic, encoded};

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

fn token_request() -> TestRequest {
    TestRequest::post().uri("/oidc/token").insert_header(FORM)
}

fn for_itself(place: &Place, client: Client, more: &[(&str, &str)]) -> Answer {
    let mut fields = vec![("grant_type", "client_credentials")];
    fields.extend(more);
    place.posts(client, "/oidc/token", &fields)
}

#[test]
fn two_proofs_at_once_are_refused() {
    let place = Place::new();
    let body = "grant_type=client_credentials&client_id=alpha&client_secret=alpha-secret";
    let answer = place.call(
        token_request()
            .insert_header(basic("alpha", "alpha-secret"))
            .set_payload(body),
    );
    assert_eq!(
        (answer.status.as_u16(), answer.error()),
        (400, "invalid_request".into())
    );
    let twice = token_request()
        .insert_header(basic("alpha", "alpha-secret"))
        .append_header(basic("alpha", "other"));
    let answer = place.call(twice.set_payload("grant_type=client_credentials"));
    assert_eq!(
        (answer.status.as_u16(), answer.error()),
        (400, "invalid_request".into())
    );
}

#[test]
fn a_stranger_a_wrong_secret_and_another_way_read_alike() {
    let place = Place::new();
    let mut bodies = Vec::new();
    for (id, secret) in [
        ("alpha", "wrong"),
        ("alpha", ""),
        ("stranger", "alpha-secret"),
        ("beta", "beta-secret"),
    ] {
        let answer = place.call(
            token_request()
                .insert_header(basic(id, secret))
                .set_payload("grant_type=client_credentials"),
        );
        assert_eq!(
            (answer.status.as_u16(), answer.error()),
            (401, "invalid_client".into()),
            "{id}"
        );
        assert_eq!(answer.header("www-authenticate"), Some("Basic realm=\"token\""));
        bodies.push(answer.body);
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1, "{bodies:?}");
    let fields = [
        ("grant_type", "client_credentials"),
        ("client_id", "alpha"),
        ("client_secret", "alpha-secret"),
    ];
    let answer = place.call(token_request().set_payload(encoded(&fields)));
    assert_eq!(answer.error(), "invalid_client", "right, but not in its way");
}

#[test]
fn a_public_client_is_a_name_and_nothing_more() {
    let place = Place::new();
    assert_eq!(for_itself(&place, PAGE, &[]).error(), "unauthorized_client");
    let fields = [
        ("grant_type", "authorization_code"),
        ("client_id", "page"),
        ("client_secret", "guess"),
    ];
    assert_eq!(
        place.call(token_request().set_payload(encoded(&fields))).error(),
        "invalid_client"
    );
    assert_eq!(
        place.posts(PAGE, "/oidc/introspect", &[("token", "x")]).error(),
        "invalid_client"
    );
    // A confidential client does not become one by leaving its proof out.
    for id in ["alpha", "beta", "keyed"] {
        let fields = [("grant_type", "client_credentials"), ("client_id", id)];
        assert_eq!(
            place.call(token_request().set_payload(encoded(&fields))).error(),
            "invalid_client"
        );
    }
}

#[test]
fn a_pages_own_origin_may_read_the_token_endpoint_and_no_other() {
    let place = Place::new();
    let anna = place.house.anna();
    let asked = PAGE.asks("openid", &[]);
    let code = place.code(&Browser::new(), &anna, &asked);
    let uri = PAGE.redirect_uri();
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", &uri),
        ("code_verifier", &asked.verifier),
        ("client_id", "page"),
    ];
    let body = encoded(&fields);
    let from = |origin: &str| {
        token_request()
            .insert_header(("origin", origin))
            .set_payload(body.clone())
    };
    let answer = place.call(from("https://page.example"));
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(
        answer.header("access-control-allow-origin"),
        Some("https://page.example")
    );
    assert!(answer.header("access-control-allow-credentials").is_none());
    assert!(answer.header("vary").unwrap().contains("Origin"));
    let strangers = [
        "https://evil.example",
        "https://page.example.evil.example",
        "http://page.example",
        "https://page.example:8443",
        "https://alpha.example",
        "null",
    ];
    for origin in strangers {
        let answer = place.call(from(origin));
        assert!(answer.header("access-control-allow-origin").is_none(), "{origin}");
        assert!(answer.header("vary").unwrap().contains("Origin"));
    }
}

#[test]
fn a_preflight_allows_what_the_request_needs() {
    let place = Place::new();
    for path in ["/oidc/token", "/oidc/userinfo", "/oidc/revoke"] {
        let ask = |origin: &'static str| {
            TestRequest::default()
                .method(Method::OPTIONS)
                .uri(path)
                .insert_header(("origin", origin))
                .insert_header(("access-control-request-method", "POST"))
                .insert_header(("access-control-request-headers", "authorization"))
        };
        let answer = place.call(ask("https://page.example"));
        assert_eq!(answer.status, 204);
        assert_eq!(
            answer.header("access-control-allow-origin"),
            Some("https://page.example")
        );
        let headers = answer.header("access-control-allow-headers").unwrap().to_lowercase();
        assert!(headers.contains("authorization") && headers.contains("content-type"));
        assert!(
            place
                .call(ask("https://evil.example"))
                .header("access-control-allow-origin")
                .is_none()
        );
    }
}

#[test]
fn a_service_gets_a_token_for_itself_without_a_scope_or_a_person() {
    let place = Place::new();
    for client in [ALPHA, BETA, KEYED] {
        let answer = for_itself(&place, client, &[]);
        assert_eq!(answer.status, 200, "{}", answer.body);
        let tokens = answer.json();
        assert!(
            tokens["id_token"].is_null() && tokens["refresh_token"].is_null(),
            "{tokens}"
        );
        assert_eq!(tokens["scope"], "");
        assert_eq!(
            place.userinfo(&tokens["access_token"]).status,
            401,
            "there is nobody behind it"
        );
        let token = tokens["access_token"].as_str().unwrap();
        let told = place.posts(client, "/oidc/introspect", &[("token", token)]).json();
        assert_eq!((&told["active"], &told["sub"]), (&true.into(), &client.id.into()));
    }
}

#[test]
fn no_scope_is_for_a_service_itself() {
    let place = Place::new();
    for scope in ["openid", "pid", "openid profile", "offline_access", "admin"] {
        let answer = for_itself(&place, ALPHA, &[("scope", scope)]);
        assert_eq!(
            (answer.status.as_u16(), answer.error()),
            (400, "invalid_scope".into()),
            "{scope}"
        );
    }
}

#[test]
fn other_grants_and_broken_forms_give_nothing() {
    let place = Place::new();
    for kind in [
        "password",
        "implicit",
        "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "AUTHORIZATION_CODE",
    ] {
        let fields = [("grant_type", kind), ("username", "anna"), ("password", "noegle-1234x")];
        assert_eq!(
            place.posts(ALPHA, "/oidc/token", &fields).error(),
            "unsupported_grant_type"
        );
    }
    assert_eq!(place.posts(ALPHA, "/oidc/token", &[]).error(), "invalid_request");
    let twice = [
        ("grant_type", "client_credentials"),
        ("grant_type", "client_credentials"),
    ];
    assert_eq!(place.posts(ALPHA, "/oidc/token", &twice).error(), "invalid_request");
    for kind in ["application/json", "text/plain", "multipart/form-data; boundary=x"] {
        let request = TestRequest::post()
            .uri("/oidc/token")
            .insert_header(("content-type", kind))
            .insert_header(basic("alpha", "alpha-secret"));
        let answer = place.call(request.set_payload("grant_type=client_credentials"));
        assert_eq!(
            (answer.status.as_u16(), answer.error()),
            (400, "invalid_request".into()),
            "{kind}"
        );
    }
    let get = TestRequest::get().uri("/oidc/token?grant_type=client_credentials");
    assert_eq!(
        place.call(get.insert_header(basic("alpha", "alpha-secret"))).status,
        405
    );
}
