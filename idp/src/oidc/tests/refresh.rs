//! Refresh tokens: each once, a little patience for a lost answer, and the end of the family for a copy.

use serde_json::Value;

use super::browser::Browser;
use super::place::{ALPHA, BETA, Client, EASY, PAGE, Place, claims};
use crate::domain::assurance::{Level, nsis_loa_uri};
use crate::domain::id::GrantId;
use crate::domain::pid::Pid;
use crate::domain::time::Span;

/// Anna's tokens at the client, and the grant behind them.
fn tokens(place: &Place, client: Client, scope: &str) -> (Browser, Value, GrantId) {
    let (anna, browser) = (place.house.anna(), Browser::new());
    let asked = client.asks(scope, &[]);
    let code = place.code(&browser, &anna, &asked);
    let tokens = place.exchanges(client, &code, &asked).json();
    (browser, tokens, place.grant_of(&code).id)
}

#[test]
fn a_narrower_scope_is_a_narrower_id_token() {
    let place = Place::new();
    let (anna, browser) = (place.house.anna(), Browser::new());
    let (person, now) = (anna.person, place.house.clock.now());
    place
        .house
        .act(move |tx| tx.pids().insert(person, &Pid::from_random(7), now));
    let tokens = place.enters(&browser, &anna, ALPHA, "openid pid");
    assert!(claims(&tokens["id_token"])["pid"].is_string());
    let token = tokens["refresh_token"].as_str().unwrap();
    let fields = [
        ("grant_type", "refresh_token"),
        ("refresh_token", token),
        ("scope", "openid"),
    ];
    let narrowed = place.posts(ALPHA, "/oidc/token", &fields).json();
    let id = claims(&narrowed["id_token"]);
    assert!(id["sub"].is_string() && id["pid"].is_null(), "{id}");
}

#[test]
fn each_answer_brings_the_next_token() {
    let place = Place::new();
    let (_, mut tokens, _) = tokens(&place, ALPHA, "openid pid");
    let first = claims(&tokens["id_token"]);
    for _ in 0..3 {
        place.house.clock.advance(Span::minutes(5));
        let answer = place.refreshes(ALPHA, &tokens["refresh_token"]);
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let next = answer.json();
        assert_ne!(next["refresh_token"], tokens["refresh_token"]);
        assert_ne!(next["access_token"], tokens["access_token"]);
        let id = claims(&next["id_token"]);
        for same in ["iss", "sub", "aud", "auth_time", "sid", "acr"] {
            assert_eq!(id[same], first[same], "{same}");
        }
        assert!(id["nonce"].is_null(), "the nonce is of the first one only");
        assert_eq!(place.userinfo(&next["access_token"]).status, 200);
        tokens = next;
    }
}

#[test]
fn a_lost_answer_is_given_again_within_half_a_minute() {
    let place = Place::new();
    let (_, first, grant) = tokens(&place, ALPHA, "openid");
    let second = place.refreshes(ALPHA, &first["refresh_token"]).json();
    place.house.clock.advance(Span::secs(29));
    let again = place.refreshes(ALPHA, &first["refresh_token"]).json();
    assert_eq!(again["refresh_token"], second["refresh_token"], "the same successor");
    assert!(place.grant(grant).ended_at.is_none());
    let third = place.refreshes(ALPHA, &second["refresh_token"]);
    assert_eq!(third.status, 200, "and it still serves");
}

#[test]
fn a_token_used_later_again_ends_the_family() {
    let place = Place::new();
    let (_, first, grant) = tokens(&place, ALPHA, "openid offline_access");
    let second = place.refreshes(ALPHA, &first["refresh_token"]).json();
    place.house.clock.advance(Span::secs(30));
    let answer = place.refreshes(ALPHA, &first["refresh_token"]);
    assert_eq!((answer.status.as_u16(), answer.error()), (400, "invalid_grant".into()));
    assert!(place.grant(grant).ended_at.is_some());
    assert_eq!(
        place.refreshes(ALPHA, &second["refresh_token"]).error(),
        "invalid_grant"
    );
    for tokens in [&first, &second] {
        assert_eq!(place.userinfo(&tokens["access_token"]).status, 401);
        assert!(place.stored(&tokens["access_token"]).revoked_at.is_some());
    }
}

#[test]
fn a_token_two_generations_old_ends_the_family_at_once() {
    let place = Place::new();
    let (_, first, grant) = tokens(&place, ALPHA, "openid");
    let second = place.refreshes(ALPHA, &first["refresh_token"]).json();
    place.refreshes(ALPHA, &second["refresh_token"]);
    assert_eq!(place.refreshes(ALPHA, &first["refresh_token"]).error(), "invalid_grant");
    assert!(place.grant(grant).ended_at.is_some());
}

#[test]
fn a_thief_who_asks_for_too_much_with_an_old_token_ends_the_family_too() {
    let place = Place::new();
    let (_, first, grant) = tokens(&place, ALPHA, "openid");
    place.refreshes(ALPHA, &first["refresh_token"]);
    place.house.clock.advance(Span::minutes(1));
    let old = first["refresh_token"].as_str().unwrap();
    let fields = [
        ("grant_type", "refresh_token"),
        ("refresh_token", old),
        ("scope", "openid pid"),
    ];
    assert_eq!(place.posts(ALPHA, "/oidc/token", &fields).error(), "invalid_grant");
    assert!(place.grant(grant).ended_at.is_some());
}

#[test]
fn many_refreshes_at_once_give_one_successor() {
    let place = Place::new();
    let (_, first, grant) = tokens(&place, ALPHA, "openid");
    let answers: Vec<_> = std::thread::scope(|scope| {
        let tabs: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| place.refreshes(ALPHA, &first["refresh_token"]).body))
            .collect();
        tabs.into_iter().map(|tab| tab.join().unwrap()).collect()
    });
    let mut successors: Vec<String> = answers
        .iter()
        .map(|body| serde_json::from_str::<Value>(body).unwrap()["refresh_token"].to_string())
        .collect();
    successors.dedup();
    assert_eq!(successors.len(), 1, "{answers:?}");
    assert_eq!(place.grant(grant).refresh.unwrap().generation, 2);
}

#[test]
fn another_client_cannot_use_it_and_does_not_harm_it() {
    let place = Place::new();
    let (_, first, grant) = tokens(&place, ALPHA, "openid");
    for thief in [BETA, PAGE] {
        let answer = place.refreshes(thief, &first["refresh_token"]);
        assert_eq!((answer.status.as_u16(), answer.error()), (400, "invalid_grant".into()));
    }
    assert!(place.grant(grant).ended_at.is_none());
    assert_eq!(place.refreshes(ALPHA, &first["refresh_token"]).status, 200);
}

#[test]
fn what_is_not_a_token_of_ours_is_void() {
    let place = Place::new();
    let (_, first, grant) = tokens(&place, ALPHA, "openid");
    let good = first["refresh_token"].as_str().unwrap();
    let swapped: String = good.chars().rev().collect();
    let access = first["access_token"].as_str().unwrap();
    for token in [&good[1..], &good[..good.len() - 1], &swapped, access, "x", "\u{f8}"] {
        let answer = place.refreshes(ALPHA, &Value::from(token));
        assert_eq!(
            (answer.status.as_u16(), answer.error()),
            (400, "invalid_grant".into()),
            "{token}"
        );
    }
    assert!(place.grant(grant).ended_at.is_none());
}

#[test]
fn nothing_is_refreshed_after_a_block() {
    let place = Place::new();
    let anna = place.house.anna();
    let kept: Vec<Value> = ["openid", "openid offline_access"]
        .iter()
        .map(|scope| place.enters(&Browser::new(), &anna, ALPHA, scope))
        .collect();
    place.blocks(&anna);
    for tokens in &kept {
        assert_eq!(
            place.refreshes(ALPHA, &tokens["refresh_token"]).error(),
            "invalid_grant"
        );
        assert_eq!(place.userinfo(&tokens["access_token"]).status, 401);
    }
}

#[test]
fn offline_access_survives_the_session_and_nothing_else_does() {
    let place = Place::new();
    let anna = place.house.anna();
    for (scope, survives) in [("openid", false), ("openid offline_access", true)] {
        let browser = Browser::new();
        let tokens = place.enters(&browser, &anna, ALPHA, scope);
        let hint = tokens["id_token"].as_str().unwrap();
        place.get(&browser, &format!("/oidc/logout?id_token_hint={hint}"));
        let answer = place.refreshes(ALPHA, &tokens["refresh_token"]);
        assert_eq!(answer.status == 200, survives, "{scope}: {}", answer.body);
        assert_eq!(
            place.userinfo(&tokens["access_token"]).status == 200,
            survives,
            "{scope}"
        );
    }
    // By time: the session is idle after half an hour.
    let tokens = place.enters(&Browser::new(), &anna, ALPHA, "openid");
    let offline = place.enters(&Browser::new(), &anna, ALPHA, "openid offline_access");
    place.house.clock.advance(Span::hours(9));
    assert_eq!(
        place.refreshes(ALPHA, &tokens["refresh_token"]).error(),
        "invalid_grant"
    );
    assert_eq!(place.refreshes(ALPHA, &offline["refresh_token"]).status, 200);
}

#[test]
fn a_family_lapses_unused_and_in_the_end() {
    let place = Place::new();
    let (_, idle, _) = tokens(&place, ALPHA, "openid offline_access");
    place.house.clock.advance(Span::days(30));
    assert_eq!(place.refreshes(ALPHA, &idle["refresh_token"]).error(), "invalid_grant");

    let place = Place::new();
    let (_, mut used, _) = tokens(&place, ALPHA, "openid offline_access");
    for _ in 0..8 {
        place.house.clock.advance(Span::days(20));
        used = place.refreshes(ALPHA, &used["refresh_token"]).json();
        assert!(used["access_token"].is_string(), "{used}");
    }
    place.house.clock.advance(Span::days(20));
    assert_eq!(
        place.refreshes(ALPHA, &used["refresh_token"]).error(),
        "invalid_grant",
        "180 days in all"
    );
}

#[test]
fn a_refresh_narrows_the_scope_and_never_widens_it() {
    let place = Place::new();
    let (_, first, grant) = tokens(&place, ALPHA, "openid profile offline_access");
    let refreshed = |token: &Value, scope: &str| {
        let token = token.as_str().unwrap();
        let fields = [
            ("grant_type", "refresh_token"),
            ("refresh_token", token),
            ("scope", scope),
        ];
        place.posts(ALPHA, "/oidc/token", &fields)
    };
    for wider in ["openid pid", "openid profile pid", "address", "cpr"] {
        let answer = refreshed(&first["refresh_token"], wider);
        assert_eq!(
            (answer.status.as_u16(), answer.error()),
            (400, "invalid_scope".into()),
            "{wider}"
        );
    }
    assert!(place.grant(grant).ended_at.is_none(), "a mistake is no theft");
    let narrow = refreshed(&first["refresh_token"], "openid").json();
    assert_eq!(narrow["scope"], "openid");
    assert!(place.userinfo(&narrow["access_token"]).json()["name"].is_null());
    // The grant itself is as wide as it was.
    let whole = place.refreshes(ALPHA, &narrow["refresh_token"]).json();
    assert!(place.userinfo(&whole["access_token"]).json()["name"].is_string());
}

#[test]
fn a_page_without_a_server_rotates_too() {
    let place = Place::new();
    let (_, first, grant) = tokens(&place, PAGE, "openid");
    let second = place.refreshes(PAGE, &first["refresh_token"]).json();
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    place.house.clock.advance(Span::minutes(1));
    assert_eq!(place.refreshes(PAGE, &first["refresh_token"]).error(), "invalid_grant");
    assert!(place.grant(grant).ended_at.is_some());
}

/// How sure it is who somebody is, is asked at each refresh, as all else that an answer rests on.
#[test]
fn a_refresh_tells_no_more_than_is_known_of_the_person_now() {
    let place = Place::new();
    let (anna, browser) = (place.house.anna(), Browser::new());
    let substantial = nsis_loa_uri(Level::Substantial);
    let asked = EASY.asks("openid", &[("acr_values", substantial)]);
    let code = place.code(&browser, &anna, &asked);
    let tokens = place.exchanges(EASY, &code, &asked).json();
    let strict = place.enters(&Browser::new(), &anna, ALPHA, "openid");
    assert_eq!(claims(&tokens["id_token"])["acr"], substantial);
    place.house.was_identified_to(&anna, Level::Low);
    let next = place.refreshes(EASY, &tokens["refresh_token"]).json();
    assert_eq!(claims(&next["id_token"])["acr"], nsis_loa_uri(Level::Low));
    let refused = place.refreshes(ALPHA, &strict["refresh_token"]);
    assert_eq!(refused.status, 400);
    assert_eq!(refused.error(), "invalid_grant");
}
