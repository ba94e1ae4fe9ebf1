//! What a client may ask of a log-in, and what it must not get by asking.

use super::browser::{Browser, query};
use super::place::{ALPHA, BETA, EASY, ISSUER, LOOSE, Place, claims, sent_to};
use crate::domain::assurance::{Level, nsis_loa_uri};
use crate::domain::time::Span;

/// The error that the client reads, once `state` and `iss` are seen to be there.
#[track_caller]
fn error(target: &url::Url) -> String {
    assert!(target.as_str().starts_with(&ALPHA.redirect_uri()), "{target}");
    assert_eq!(query(target, "state").as_deref(), Some("state of alpha"), "{target}");
    assert_eq!(query(target, "iss").as_deref(), Some(ISSUER), "{target}");
    assert!(query(target, "code").is_none(), "{target}");
    query(target, "error").unwrap()
}

#[test]
fn prompt_none_without_a_session_is_login_required() {
    let place = Place::new();
    let asked = ALPHA.asks("openid", &[("prompt", "none")]);
    let answer = place.get(&Browser::new(), &asked.path);
    assert_eq!(answer.status, 303);
    assert_eq!(error(&answer.target()), "login_required");
}

#[test]
fn prompt_none_stands_alone() {
    let place = Place::new();
    for prompt in [
        "none login",
        "login none",
        "none consent",
        "none none",
        "None",
        "create",
    ] {
        let asked = ALPHA.asks("openid", &[("prompt", prompt)]);
        assert_eq!(
            error(&place.get(&Browser::new(), &asked.path).target()),
            "invalid_request",
            "{prompt}"
        );
    }
}

#[test]
fn prompt_login_and_max_age_0_ask_again_in_a_running_session() {
    let place = Place::new();
    let (anna, browser) = (place.house.anna(), Browser::new());
    let first = claims(&place.enters(&browser, &anna, ALPHA, "openid")["id_token"]);
    for more in [
        [("prompt", "login")],
        [("max_age", "0")],
        [("prompt", "consent")],
        [("prompt", "select_account")],
    ] {
        place.house.clock.advance(Span::secs(60));
        let asked = ALPHA.asks("openid", &more);
        let begun = place.get(&browser, &asked.path);
        assert_eq!(
            place.step(&browser, begun.location())["step"],
            "credentials",
            "{more:?}"
        );
        let target = sent_to(&place.proves(&browser, &anna, begun.location()));
        let tokens = place.exchanges(ALPHA, &query(&target, "code").unwrap(), &asked).json();
        let later = claims(&tokens["id_token"]);
        assert!(later["auth_time"].as_i64() > first["auth_time"].as_i64());
        assert_eq!(later["auth_time"], place.house.clock.now().secs());
    }
    let silent = ALPHA.asks("openid", &[("max_age", "0"), ("prompt", "none")]);
    assert_eq!(error(&place.get(&browser, &silent.path).target()), "login_required");
}

#[test]
fn max_age_is_held_to_the_second() {
    let place = Place::new();
    let (anna, browser) = (place.house.anna(), Browser::new());
    let first = claims(&place.enters(&browser, &anna, ALPHA, "openid")["id_token"]);
    place.house.clock.advance(Span::secs(100));
    let young = ALPHA.asks("openid", &[("max_age", "101"), ("prompt", "none")]);
    let code = query(&place.get(&browser, &young.path).target(), "code").unwrap();
    let again = claims(&place.exchanges(ALPHA, &code, &young).json()["id_token"]);
    assert_eq!(
        (&again["auth_time"], &again["sub"]),
        (&first["auth_time"], &first["sub"])
    );

    let old = ALPHA.asks("openid", &[("max_age", "100"), ("prompt", "none")]);
    assert_eq!(error(&place.get(&browser, &old.path).target()), "login_required");
    let old = ALPHA.asks("openid", &[("max_age", "100")]);
    let begun = place.get(&browser, &old.path);
    assert_eq!(place.step(&browser, begun.location())["step"], "credentials");
    for nonsense in ["-1", "1.5", "ten", "1e3", "9999999999999"] {
        let asked = ALPHA.asks("openid", &[("max_age", nonsense)]);
        assert_eq!(
            error(&place.get(&browser, &asked.path).target()),
            "invalid_request",
            "{nonsense}"
        );
    }
}

#[test]
fn a_hint_of_another_person_never_ends_with_this_one() {
    let place = Place::new();
    let (anna, bo) = (place.house.anna(), place.house.citizen("bo", "another-77x", false));
    let bos = place.enters(&Browser::new(), &bo, ALPHA, "openid")["id_token"].clone();
    let browser = Browser::new();
    let annas = place.enters(&browser, &anna, ALPHA, "openid")["id_token"].clone();

    let hint = [("id_token_hint", annas.as_str().unwrap()), ("prompt", "none")];
    let good = place.get(&browser, &ALPHA.asks("openid", &hint).path).target();
    assert!(query(&good, "code").is_some(), "{good}");
    let hint = [("id_token_hint", bos.as_str().unwrap()), ("prompt", "none")];
    assert_eq!(
        error(&place.get(&browser, &ALPHA.asks("openid", &hint).path).target()),
        "login_required"
    );

    // With a page: she is asked, and told that she is somebody else; then the client hears it.
    let hint = [("id_token_hint", bos.as_str().unwrap())];
    let begun = place.get(&browser, &ALPHA.asks("openid", &hint).path);
    let stopped = place.proves(&browser, &anna, begun.location());
    assert_eq!(stopped["step"], "notice", "{stopped}");
    assert_eq!(stopped["errors"][0]["code"], "login.subject_mismatch");
    let target = sent_to(&place.leaves(&browser, begun.location()));
    assert_eq!(error(&target), "login_required");
    assert_eq!(
        query(&target, "error_description").as_deref(),
        Some("login.subject_mismatch")
    );
}

#[test]
fn a_hint_is_an_id_token_of_ours_for_this_client() {
    let place = Place::new();
    let anna = place.house.anna();
    let tokens = place.enters(&Browser::new(), &anna, BETA, "openid");
    let other_clients = tokens["id_token"].as_str().unwrap().to_owned();
    let mut forged = other_clients.clone();
    forged.truncate(forged.rfind('.').unwrap() + 1);
    let signed_elsewhere = place.assertion(|claims| {
        claims["iss"] = ISSUER.into();
        claims["aud"] = "alpha".into();
    });
    for hint in [
        &other_clients,
        &forged,
        &signed_elsewhere,
        "x.y.z",
        tokens["access_token"].as_str().unwrap(),
    ] {
        let asked = ALPHA.asks("openid", &[("id_token_hint", hint), ("prompt", "none")]);
        assert_eq!(
            error(&place.get(&Browser::new(), &asked.path).target()),
            "invalid_request",
            "{hint}"
        );
    }
}

#[test]
fn a_level_that_cannot_be_reached_is_unmet_and_never_lowered() {
    let place = Place::new();
    let (anna, browser) = (place.house.anna(), Browser::new());
    let uri = nsis_loa_uri;
    let high = ALPHA.asks("openid", &[("acr_values", uri(Level::High))]);
    let target = place.get(&browser, &high.path).target();
    assert_eq!(error(&target), "unmet_authentication_requirements");
    // Not in a running session either.
    place.enters(&browser, &anna, ALPHA, "openid");
    assert_eq!(
        error(&place.get(&browser, &high.path).target()),
        "unmet_authentication_requirements"
    );
    let silent = ALPHA.asks("openid", &[("acr_values", uri(Level::High)), ("prompt", "none")]);
    assert_eq!(
        error(&place.get(&browser, &silent.path).target()),
        "unmet_authentication_requirements"
    );
}

#[test]
fn nobody_is_told_more_than_is_known_of_who_they_are() {
    let place = Place::new();
    let (anna, browser) = (place.house.anna(), Browser::new());
    place.house.was_identified_to(&anna, Level::Low);
    let both = format!("{} {}", nsis_loa_uri(Level::Substantial), nsis_loa_uri(Level::Low));
    let asked = EASY.asks("openid", &[("acr_values", &both)]);
    let code = place.code(&browser, &anna, &asked);
    let tokens = place.exchanges(EASY, &code, &asked).json();
    assert_eq!(claims(&tokens["id_token"])["acr"], nsis_loa_uri(Level::Low));
    let silent = ALPHA.asks("openid", &[("prompt", "none")]);
    assert_eq!(error(&place.get(&browser, &silent.path).target()), "login_required");
}

#[test]
fn asking_for_low_gives_no_less_than_the_clients_own_level() {
    let place = Place::new();
    let anna = place.house.anna();
    let (low, substantial) = (nsis_loa_uri(Level::Low), nsis_loa_uri(Level::Substantial));
    let cases = [
        (ALPHA, format!("{low} {substantial}"), substantial),
        (ALPHA, low.to_owned(), substantial),
        (ALPHA, "urn:unknown".to_owned(), substantial),
        (EASY, String::new(), low),
        (EASY, low.to_owned(), low),
        (EASY, substantial.to_owned(), substantial),
    ];
    for (client, wanted, reached) in cases {
        let asked = client.asks("openid", &[("acr_values", &wanted)]);
        let code = place.code(&Browser::new(), &anna, &asked);
        let tokens = place.exchanges(client, &code, &asked).json();
        assert_eq!(claims(&tokens["id_token"])["acr"], reached, "{} {wanted}", client.id);
    }
}

#[test]
fn what_comes_back_by_form_post_is_escaped() {
    let place = Place::new();
    let state = "\"'><script>alert(1)</script>&amp;\u{e6}";
    let more = [("state", state), ("response_mode", "form_post"), ("prompt", "none")];
    let answer = place.get(&Browser::new(), &ALPHA.asks("openid", &more).path);
    assert_eq!(answer.status, 200);
    assert!(answer.header("location").is_none());
    assert!(!answer.body.contains("<script>alert"), "{}", answer.body);
    assert_eq!(answer.field("state").as_deref(), Some(state));
    assert_eq!(answer.field("error").as_deref(), Some("login_required"));
    assert_eq!(answer.field("iss").as_deref(), Some(ISSUER));
    assert!(
        answer.body.contains("action=\"https://alpha.example/cb\""),
        "{}",
        answer.body
    );
    let policy = answer.header("content-security-policy").unwrap();
    assert!(
        policy.contains("script-src 'nonce-") && policy.contains("default-src 'none'"),
        "{policy}"
    );
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

#[test]
fn a_code_by_form_post_stands_in_the_form_and_in_no_address() {
    let place = Place::new();
    let (anna, browser) = (place.house.anna(), Browser::new());
    place.enters(&browser, &anna, ALPHA, "openid");
    let asked = ALPHA.asks("openid", &[("response_mode", "form_post")]);
    let answer = place.get(&browser, &asked.path);
    assert!(answer.header("location").is_none());
    assert!(
        answer.body.contains("action=\"https://alpha.example/cb\""),
        "{}",
        answer.body
    );
    assert_eq!(answer.field("state").as_deref(), Some(asked.state.as_str()));
    let tokens = place.exchanges(ALPHA, &answer.field("code").unwrap(), &asked);
    assert_eq!(tokens.status, 200, "{}", tokens.body);
}

#[test]
fn request_objects_are_refused_by_name() {
    let place = Place::new();
    let refused = [
        ("request", "eyJhbGciOiJub25lIn0.e30.", "request_not_supported"),
        (
            "request_uri",
            "https://alpha.example/request.jwt",
            "request_uri_not_supported",
        ),
        (
            "request_uri",
            "urn:ietf:params:oauth:request_uri:x",
            "request_uri_not_supported",
        ),
        ("registration", "{}", "registration_not_supported"),
    ];
    for (name, value, word) in refused {
        let asked = ALPHA.asks("openid", &[(name, value)]);
        assert_eq!(error(&place.get(&Browser::new(), &asked.path).target()), word);
    }
}

#[test]
fn a_parameter_twice_is_refused() {
    let place = Place::new();
    let path = ALPHA.asks("openid", &[]).path;
    for name in [
        "scope=openid",
        "nonce=other",
        "code_challenge=x",
        "response_type=code",
        "x=1&x=2",
        "%73cope=openid",
    ] {
        let target = place.get(&Browser::new(), &format!("{path}&{name}")).target();
        assert_eq!(error(&target), "invalid_request", "{name}");
    }
    // Which of two states is meant is not guessed.
    let target = place.get(&Browser::new(), &format!("{path}&state=other")).target();
    assert_eq!(query(&target, "error").as_deref(), Some("invalid_request"));
    assert!(query(&target, "state").is_none(), "{target}");
}

#[test]
fn other_response_types_give_nothing() {
    let place = Place::new();
    for kind in [
        "token",
        "id_token",
        "code id_token",
        "code token",
        "none",
        "CODE",
        "code ",
    ] {
        let asked = ALPHA.asks("openid", &[("response_type", kind)]);
        let target = place.get(&Browser::new(), &asked.path).target();
        assert_eq!(error(&target), "unsupported_response_type", "{kind}");
        assert!(target.fragment().is_none());
    }
    let missing = ALPHA.asks("openid", &[("response_type", "")]);
    assert_eq!(
        error(&place.get(&Browser::new(), &missing.path).target()),
        "invalid_request"
    );
    for mode in ["fragment", "jwt", "web_message"] {
        let asked = ALPHA.asks("openid", &[("response_mode", mode)]);
        let target = place.get(&Browser::new(), &asked.path).target();
        assert_eq!(error(&target), "invalid_request", "{mode}");
        assert!(target.fragment().is_none());
    }
}

#[test]
fn a_posted_request_is_asked_again_as_a_get() {
    let place = Place::new();
    let (anna, browser) = (place.house.anna(), Browser::new());
    place.enters(&browser, &anna, ALPHA, "openid");
    let asked = ALPHA.asks("openid", &[]);
    let (path, text) = asked.path.split_once('?').unwrap();
    let pairs: Vec<(String, String)> = url::form_urlencoded::parse(text.as_bytes()).into_owned().collect();
    let fields: Vec<_> = pairs
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let posted = place.post(&browser, path, &fields);
    assert_eq!(posted.status, 303);
    assert!(
        posted.location().starts_with(&format!("{path}?t=")),
        "{}",
        posted.location()
    );
    assert!(
        !posted.location().contains("alpha"),
        "what it said is not in the address"
    );
    assert!(query(&place.get(&browser, posted.location()).target(), "code").is_some());
    place
        .get(&browser, &posted.location().replace(path, "/oidc/logout"))
        .must_stay_with("login.expired");
    place.house.clock.advance(Span::minutes(5));
    place.get(&browser, posted.location()).must_stay_with("login.expired");
}

#[test]
fn a_client_that_may_leave_pkce_out_sends_a_nonce() {
    let place = Place::new();
    let browser = Browser::new();
    let without = [("code_challenge", ""), ("code_challenge_method", "")];
    let begun = place.get(&browser, &LOOSE.asks("openid", &without).path);
    assert!(begun.location().starts_with("/login/"), "{}", begun.location());
    let neither = [("code_challenge", ""), ("code_challenge_method", ""), ("nonce", "")];
    let refused = place.get(&browser, &LOOSE.asks("openid", &neither).path);
    assert_eq!(query(&refused.target(), "error").as_deref(), Some("invalid_request"));
}

#[test]
fn a_person_who_gives_up_is_access_denied() {
    let place = Place::new();
    let browser = Browser::new();
    let begun = place.get(&browser, &ALPHA.asks("openid", &[]).path);
    let target = sent_to(&place.leaves(&browser, begun.location()));
    assert_eq!(error(&target), "access_denied");
}
