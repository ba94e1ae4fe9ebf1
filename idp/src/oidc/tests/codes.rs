//! The authorization code: once, for its client, for its address, for its browser, within a minute.

use crate::domain::time::Span;
use crate::testing::Citizen;

use super::browser::Browser;
use super::place::{ALPHA, Asked, BETA, Client, LOOSE, PAGE, Place, challenge};

/// A code that anna's browser brought to the client.
fn code(place: &Place, anna: &Citizen, client: Client, more: &[(&str, &str)]) -> (String, Asked) {
    let asked = client.asks("openid offline_access", more);
    (place.code(&Browser::new(), anna, &asked), asked)
}

#[test]
fn a_code_used_twice_ends_all_that_it_gave() {
    let place = Place::new();
    let anna = place.house.anna();
    let (code, asked) = code(&place, &anna, ALPHA, &[]);
    let first = place.exchanges(ALPHA, &code, &asked).json();
    let second = place.refreshes(ALPHA, &first["refresh_token"]).json();
    for tokens in [&first, &second] {
        assert_eq!(place.userinfo(&tokens["access_token"]).status, 200);
    }

    let again = place.exchanges(ALPHA, &code, &asked);
    assert_eq!((again.status.as_u16(), again.error()), (400, "invalid_grant".into()));
    for tokens in [&first, &second] {
        assert_eq!(place.userinfo(&tokens["access_token"]).status, 401);
        assert!(!place.lives(ALPHA, &tokens["access_token"]));
        assert!(
            place.stored(&tokens["access_token"]).revoked_at.is_some(),
            "in the database too"
        );
    }
    assert_eq!(
        place.refreshes(ALPHA, &second["refresh_token"]).error(),
        "invalid_grant"
    );
    assert!(place.grant_of(&code).ended_at.is_some(), "offline as it was");
}

#[test]
fn a_code_used_many_times_at_once_leaves_nothing_alive() {
    let place = Place::new();
    let anna = place.house.anna();
    let (code, asked) = code(&place, &anna, ALPHA, &[]);
    let answers: Vec<_> = std::thread::scope(|scope| {
        let thieves: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| place.exchanges(ALPHA, &code, &asked).body))
            .collect();
        thieves.into_iter().map(|thief| thief.join().unwrap()).collect()
    });
    let given: Vec<serde_json::Value> = answers
        .iter()
        .map(|body| serde_json::from_str(body).unwrap())
        .filter(|answer: &serde_json::Value| answer["access_token"].is_string())
        .collect();
    assert_eq!(given.len(), 1, "{answers:?}");
    assert_eq!(place.userinfo(&given[0]["access_token"]).status, 401);
    assert_eq!(
        place.refreshes(ALPHA, &given[0]["refresh_token"]).error(),
        "invalid_grant"
    );
}

#[test]
fn a_code_of_another_client_is_neither_taken_nor_burnt() {
    let place = Place::new();
    let anna = place.house.anna();
    let (code, asked) = code(&place, &anna, ALPHA, &[]);
    for thief in [BETA, PAGE, LOOSE] {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", &ALPHA.redirect_uri()),
            ("code_verifier", &asked.verifier),
        ];
        let answer = place.posts(thief, "/oidc/token", &fields);
        assert_eq!((answer.status.as_u16(), answer.error()), (400, "invalid_grant".into()));
    }
    assert_eq!(
        place.exchanges(ALPHA, &code, &asked).status,
        200,
        "its owner still gets in"
    );
}

#[test]
fn a_code_is_good_for_a_minute() {
    let place = Place::new();
    let anna = place.house.anna();
    let (late, asked) = code(&place, &anna, ALPHA, &[]);
    place.house.clock.advance(Span::secs(60));
    assert_eq!(place.exchanges(ALPHA, &late, &asked).error(), "invalid_grant");
    let (timely, asked) = code(&place, &anna, ALPHA, &[]);
    place.house.clock.advance(Span::secs(59));
    assert_eq!(place.exchanges(ALPHA, &timely, &asked).status, 200);
}

#[test]
fn a_code_dies_with_the_session_or_the_eid_behind_it() {
    let place = Place::new();
    let anna = place.house.anna();
    let asked = ALPHA.asks("openid", &[]);
    let code = place.code(&Browser::new(), &anna, &asked);
    place.blocks(&anna);
    assert_eq!(place.exchanges(ALPHA, &code, &asked).error(), "invalid_grant");
}

#[test]
fn the_code_goes_with_the_address_of_its_request() {
    let place = Place::new();
    let anna = place.house.anna();
    let (code, asked) = code(&place, &anna, ALPHA, &[]);
    let wrong = [
        "",
        "https://beta.example/cb",
        "https://alpha.example/cb/",
        "https://alpha.example/cb?",
        "https://alpha.example/%63b",
        "https://ALPHA.example/cb",
        "https://alpha.example:443/cb",
    ];
    for uri in wrong {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", uri),
            ("code_verifier", &asked.verifier),
        ];
        let answer = place.posts(ALPHA, "/oidc/token", &fields);
        assert_eq!(answer.error(), "invalid_grant", "{uri}");
    }
    assert_eq!(place.exchanges(ALPHA, &code, &asked).status, 200);
}

#[test]
fn a_code_with_a_challenge_needs_its_verifier() {
    let place = Place::new();
    let anna = place.house.anna();
    let (code, asked) = code(&place, &anna, ALPHA, &[]);
    let (short, padded) = (asked.verifier[..42].to_owned(), format!("{}=", asked.verifier));
    let challenge = challenge(&asked.verifier);
    let other = asked.verifier.replace("alpha", "omega");
    for verifier in ["", &other, &short, &padded, &challenge, &"x".repeat(129)] {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", &ALPHA.redirect_uri()),
            ("code_verifier", verifier),
        ];
        let answer = place.posts(ALPHA, "/oidc/token", &fields);
        assert_eq!(
            (answer.status.as_u16(), answer.error()),
            (400, "invalid_grant".into()),
            "{verifier}"
        );
    }
    assert_eq!(place.exchanges(ALPHA, &code, &asked).status, 200);
}

#[test]
fn a_verifier_for_a_code_without_a_challenge_is_refused() {
    let place = Place::new();
    let anna = place.house.anna();
    let without = [("code_challenge", ""), ("code_challenge_method", "")];
    let (code, asked) = code(&place, &anna, LOOSE, &without);
    assert_eq!(place.exchanges(LOOSE, &code, &asked).error(), "invalid_grant");
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", &LOOSE.redirect_uri()),
    ];
    assert_eq!(place.posts(LOOSE, "/oidc/token", &fields).status, 200);
}

#[test]
fn plain_pkce_and_none_at_all_are_refused_at_the_request() {
    let place = Place::new();
    let browser = Browser::new();
    let verifier = "v".repeat(43);
    let requests: [(Client, &[(&str, &str)]); 6] = [
        (
            ALPHA,
            &[("code_challenge_method", "plain"), ("code_challenge", &verifier)],
        ),
        (ALPHA, &[("code_challenge_method", "")]),
        (ALPHA, &[("code_challenge_method", "s256")]),
        (ALPHA, &[("code_challenge", ""), ("code_challenge_method", "")]),
        (PAGE, &[("code_challenge", ""), ("code_challenge_method", "")]),
        (
            LOOSE,
            &[("code_challenge", ""), ("code_challenge_method", ""), ("nonce", "")],
        ),
    ];
    for (client, more) in requests {
        let asked = client.asks("openid", more);
        let target = place.get(&browser, &asked.path).target();
        assert!(target.as_str().starts_with(&client.redirect_uri()));
        assert_eq!(
            super::browser::query(&target, "error").as_deref(),
            Some("invalid_request"),
            "{more:?}"
        );
    }
}

#[test]
fn the_tokens_of_a_log_in_say_who_how_and_for_whom() {
    let place = Place::new();
    let anna = place.house.anna();
    let (code, asked) = code(&place, &anna, ALPHA, &[]);
    let answer = place.exchanges(ALPHA, &code, &asked);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("pragma"), Some("no-cache"));
    let tokens = answer.json();
    let claims = super::place::claims(&tokens["id_token"]);
    assert_eq!(claims["iss"], super::place::ISSUER);
    assert_eq!(claims["aud"], "alpha");
    assert_eq!(claims["nonce"], asked.nonce.as_str());
    assert_eq!(claims["amr"], serde_json::json!(["pwd", "otp", "mfa"]));
    assert_eq!(place.userinfo(&tokens["access_token"]).json()["sub"], claims["sub"]);
}
