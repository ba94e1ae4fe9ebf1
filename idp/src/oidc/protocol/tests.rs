//! The authorization request's rules, each with what keeps and what breaks it; the attacks that other providers fell to.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::path::Path;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::config::parties::Parties;
use crate::domain::assurance::Level;
use crate::domain::locale::Locale;
use crate::domain::refusal::Code;
use crate::domain::time::Span;

const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const BORGER: &str = "http://localhost:8081/borger/callback";

fn parties() -> Parties {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../config/demo/parties");
    Parties::load_dir(&dir, true).unwrap()
}

fn read_text(text: &str) -> Result<AuthorizationRequest, Refused> {
    let id_token = |token: &str| match token {
        "ours" => Some(json!({"iss": "https://idp.example", "aud": "borger", "sub": "s1"})),
        "lab's" => Some(json!({"iss": "https://idp.example", "aud": "lab", "sub": "s1"})),
        "old-issuer" => Some(json!({"iss": "https://old.example", "aud": "borger", "sub": "s1"})),
        _ => None::<Value>,
    };
    let house = House {
        parties: &parties(),
        issuer: "https://idp.example",
        id_token: &id_token,
    };
    AuthorizationRequest::read(&Params::parse(text).unwrap(), &house)
}

/// A good request of *borger*, with some parameters changed (`None` takes one away).
fn text(changes: &[(&str, Option<&str>)]) -> String {
    let mut pairs = vec![
        ("client_id", "borger"),
        ("redirect_uri", BORGER),
        ("response_type", "code"),
        ("scope", "openid pid"),
        ("state", "s"),
        ("nonce", "n"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    for (name, value) in changes {
        pairs.retain(|(known, _)| known != name);
        pairs.extend(value.map(|value| (*name, value)));
    }
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}

fn read(changes: &[(&str, Option<&str>)]) -> Result<AuthorizationRequest, Refused> {
    read_text(&text(changes))
}

fn word(changes: &[(&str, Option<&str>)]) -> &'static str {
    match read(changes) {
        Ok(_) => "ok",
        Err(Refused::Client(_, error)) => error.code.as_str(),
        Err(Refused::Page(code)) => code.as_str(),
    }
}

#[test]
fn a_good_request_is_read_whole() {
    let request = read(&[
        ("prompt", Some("login")),
        ("max_age", Some("300")),
        (
            "acr_values",
            Some("unknown https://data.gov.dk/concept/core/nsis/loa/Substantial"),
        ),
        ("ui_locales", Some("fr da-DK en")),
        ("login_hint", Some("anna")),
        ("id_token_hint", Some("ours")),
        ("response_mode", Some("form_post")),
        ("display", Some("popup")),
        ("extra", Some("ignored")),
    ])
    .unwrap();
    assert_eq!(request.party.id, "borger");
    assert_eq!(request.scope.text(), "openid pid");
    assert_eq!(request.challenge.as_deref(), Some(CHALLENGE));
    assert!(request.prompt.anew && !request.prompt.none);
    assert_eq!(request.max_age, Some(Span::secs(300)));
    assert_eq!(request.levels, [Level::Substantial]);
    assert_eq!(request.locale, Some(Locale::Da));
    assert_eq!(request.hint.as_deref(), Some("anna"));
    assert_eq!(request.must_be.as_deref(), Some("s1"));
    assert_eq!(request.answer.mode, Mode::FormPost);
}

#[test]
fn every_rule_has_its_word() {
    for (changes, expected) in [
        (&[][..], "ok"),
        (&[("response_type", None)], "invalid_request"),
        (&[("response_type", Some("token"))], "unsupported_response_type"),
        (&[("response_type", Some("code id_token"))], "unsupported_response_type"),
        (&[("response_mode", Some("fragment"))], "invalid_request"),
        (&[("scope", None)], "invalid_scope"),
        (&[("scope", Some("profile"))], "invalid_scope"),
        (&[("scope", Some("openid cpr"))], "ok"),
        (&[("request", Some("x"))], "request_not_supported"),
        (&[("request_uri", Some("urn:x"))], "request_uri_not_supported"),
        (&[("registration", Some("{}"))], "registration_not_supported"),
        (&[("prompt", Some("none"))], "ok"),
        (&[("prompt", Some("none login"))], "invalid_request"),
        (&[("prompt", Some("create"))], "invalid_request"),
        (&[("max_age", Some("0"))], "ok"),
        (&[("max_age", Some("-1"))], "invalid_request"),
        (&[("max_age", Some("+1"))], "invalid_request"),
        (&[("max_age", Some("soon"))], "invalid_request"),
        (&[("max_age", Some("999999999999999999999999"))], "invalid_request"),
        (&[("id_token_hint", Some("forged"))], "invalid_request"),
        (&[("id_token_hint", Some("lab's"))], "invalid_request"),
        (&[("id_token_hint", Some("old-issuer"))], "invalid_request"),
        (&[("acr_values", Some("1 2"))], "ok"),
        (&[("claims", Some("{}")), ("claims_locales", Some("se"))], "ok"),
        (&[("nonce", None), ("state", None)], "ok"),
    ] {
        assert_eq!(word(changes), expected, "{changes:?}");
    }
}

/// CVE-2023-48228, CVE-2024-23647: PKCE could be left out or downgraded.
#[test]
fn pkce_is_s256_or_nothing() {
    for (challenge, method, expected) in [
        (None, None, "invalid_request"),
        (None, Some("S256"), "invalid_request"),
        (Some(CHALLENGE), None, "invalid_request"),
        (Some(CHALLENGE), Some("plain"), "invalid_request"),
        (Some(CHALLENGE), Some("s256"), "invalid_request"),
        (Some("short"), Some("S256"), "invalid_request"),
        (
            Some("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM"),
            Some("S256"),
            "invalid_request",
        ),
        (Some(CHALLENGE), Some("S256"), "ok"),
    ] {
        let changes = [("code_challenge", challenge), ("code_challenge_method", method)];
        assert_eq!(word(&changes), expected, "{changes:?}");
    }
    let lab = [
        ("client_id", Some("lab")),
        ("redirect_uri", Some("http://127.0.0.1:9499/cb")),
    ];
    let without = [("code_challenge", None), ("code_challenge_method", None)];
    assert_eq!(
        word(&[lab, without].concat()),
        "ok",
        "a client that may leave it out sends a nonce"
    );
    assert_eq!(
        word(&[&lab[..], &without, &[("nonce", None)]].concat()),
        "ok",
        "test tools in a demo may know neither"
    );
}

/// CVE-2023-6291, CVE-2024-1132, CVE-2022-3782, CVE-2024-8883, CVE-2024-52289: patterns, double encoding, dots, users.
#[test]
fn only_the_very_bytes_of_a_registered_address_are_answered_to() {
    for uri in [
        "http://localhost:8081/borger/callback/",
        "http://localhost:8081/borger/callback?",
        "http://localhost:8081/borger/callback?x=1",
        "http://localhost:8081/borger/callback#x",
        "http://localhost:8081/borger/Callback",
        "http://localhost:8081/borger/x/../callback",
        "http://localhost:8081/borger/./callback",
        "http://localhost:8081/borger/%63allback",
        "http://localhost:8081/borger/%252e%252e/callback",
        "http://localhost:8081//borger/callback",
        "http://localhost:8081\\borger\\callback",
        "http://LOCALHOST:8081/borger/callback",
        "http://localhost:8081@evil.example/borger/callback",
        "http://evil.example@localhost:8081/borger/callback",
        "http://localhost:8081.evil.example/borger/callback",
        "http://127.0.0.1:8081/borger/callback",
        "https://localhost:8081/borger/callback",
        "http://localhost/borger/callback",
        " http://localhost:8081/borger/callback",
        "http://localhost:8081/borger/callback ",
        "http://localhost:8081/shop/callback",
        "javascript:alert(1)",
        ".*",
        "",
    ] {
        let answer = read(&[("redirect_uri", Some(uri))]);
        assert!(matches!(answer, Err(Refused::Page(Code::RequestRedirectUri))), "{uri}");
    }
    assert!(matches!(
        read(&[("redirect_uri", None)]),
        Err(Refused::Page(Code::RequestRedirectUri))
    ));
}

#[test]
fn before_client_and_address_are_known_nothing_is_redirected() {
    for client in [None, Some("nobody"), Some("Borger"), Some("")] {
        assert!(matches!(
            read(&[("client_id", client)]),
            Err(Refused::Page(Code::RequestUnknownParty))
        ));
    }
    for twice in ["client_id=lab", "redirect_uri=http%3A%2F%2Fevil.example"] {
        let answer = read_text(&format!("{}&{twice}", text(&[])));
        assert!(matches!(answer, Err(Refused::Page(Code::RequestDuplicate))), "{twice}");
    }
    for twice in [
        "state=2",
        "scope=openid",
        "nonce=2",
        "whatever=1&whatever=2",
        "code_challenge_method=plain",
    ] {
        let answer = read_text(&format!("{}&{twice}", text(&[])));
        let Err(Refused::Client(answer, error)) = answer else {
            panic!("{twice}")
        };
        assert_eq!(
            (answer.redirect_uri.as_str(), error.code.as_str()),
            (BORGER, "invalid_request"),
            "{twice}"
        );
    }
}

#[test]
fn a_state_that_is_sent_twice_is_not_sent_back() {
    let Err(Refused::Client(answer, _)) = read_text(&format!("{}&state=2", text(&[]))) else {
        panic!()
    };
    assert_eq!(answer.state, None);
}

#[test]
fn a_state_of_1200_bytes_fits_and_a_book_does_not() {
    assert_eq!(word(&[("state", Some(&"x".repeat(1_200)))]), "ok");
    assert_eq!(word(&[("state", Some(&"x".repeat(2_000)))]), "invalid_request");
}

#[test]
fn a_cpr_number_as_hint_is_forgotten_at_once() {
    for hint in [
        "0102901234",
        "010290-1234",
        "010290 1234",
        " 0102901234 ",
        "610290-1234",
    ] {
        assert_eq!(read(&[("login_hint", Some(hint))]).unwrap().hint, None, "{hint}");
    }
    assert_eq!(
        read(&[("login_hint", Some("123456789"))]).unwrap().hint.as_deref(),
        Some("123456789")
    );
    assert_eq!(read(&[("login_hint", Some(&"x".repeat(65)))]).unwrap().hint, None);
}

#[test]
fn what_is_published_is_what_is_built() {
    let document = discovery::document("https://idp.example", false);
    assert_eq!(document["issuer"], "https://idp.example");
    for (name, value) in document.as_object().unwrap() {
        if name.ends_with("_endpoint") || name.ends_with("_uri") {
            assert!(
                value.as_str().unwrap().starts_with("https://idp.example/oidc/"),
                "{name}"
            );
        }
    }
    assert!(document["scopes_supported"].as_array().unwrap().contains(&json!("cpr")));
    assert_eq!(document["code_challenge_methods_supported"], json!(["S256"]));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn any_parameters_are_read_or_refused_and_answered_only_to_registered_addresses(
        pairs in prop::collection::vec(("(client_id|redirect_uri|scope|prompt|max_age|state|nonce|code_challenge|acr_values|x)",
            "(borger|http://localhost:8081/borger/callback|openid|none|[ -~]{0,12})"), 0..9)
    ) {
        let text = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish();
        match read_text(&text) {
            Err(Refused::Client(answer, _)) => prop_assert_eq!(answer.redirect_uri, BORGER),
            Ok(request) => prop_assert_eq!(request.answer.redirect_uri, BORGER),
            Err(Refused::Page(_)) => {}
        }
    }
}
