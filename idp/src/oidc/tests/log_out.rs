//! Log-out asked for by a client: whose session, asked about or not, where it leads.

use serde_json::Value;

use super::browser::{Answer, Browser, query};
use super::place::{ALONE, ALPHA, BETA, ISSUER, Place, encoded};
use crate::domain::time::Span;
use crate::testing::Citizen;

/// The request to log out, with an ID token as hint.
fn request(hint: &Value, more: &[(&str, &str)]) -> String {
    let mut fields = vec![("id_token_hint", hint.as_str().unwrap())];
    fields.extend(more);
    format!("/oidc/logout?{}", encoded(&fields))
}

/// Asked through alpha, which takes part already.
fn is_logged_out(place: &Place, browser: &Browser) -> bool {
    let silent = ALPHA.asks("openid", &[("prompt", "none")]);
    let target = place.get(browser, &silent.path).target();
    query(&target, "error").as_deref() == Some("login_required")
}

fn open_sessions(place: &Place, citizen: &Citizen) -> usize {
    let eid = citizen.eid;
    place.house.act(move |tx| tx.sessions().open_of_eid(eid)).len()
}

/// Answers the page that asks.
fn says(place: &Place, browser: &Browser, page: &Answer, action: &str) -> Answer {
    let csrf = page
        .field("csrf")
        .unwrap_or_else(|| panic!("no question: {}", page.body));
    place.post(browser, "/oidc/logout/confirm", &[("csrf", &csrf), ("action", action)])
}

#[test]
fn a_client_that_shows_its_id_token_ends_the_session_and_gets_its_state_back() {
    let place = Place::new();
    let (anna, browser) = (place.house.anna(), Browser::new());
    let tokens = place.enters(&browser, &anna, ALPHA, "openid");
    let uri = ALPHA.post_logout_uri();
    let fields = [
        ("post_logout_redirect_uri", uri.as_str()),
        ("state", "a b&c=\u{f8}"),
        ("client_id", "alpha"),
    ];
    let answer = place.get(&browser, &request(&tokens["id_token"], &fields));
    let target = answer.target();
    let pairs: Vec<_> = target.query_pairs().into_owned().collect();
    assert_eq!(
        pairs,
        [("state".to_owned(), "a b&c=\u{f8}".to_owned())],
        "state and nothing else"
    );
    assert!(target.as_str().starts_with(&uri));
    assert!(is_logged_out(&place, &browser));
    assert_eq!(open_sessions(&place, &anna), 0);
    assert!(!browser.holds("idp_session_public"), "its cookie is void");
    assert_eq!(place.userinfo(&tokens["access_token"]).status, 401);
    assert!(!place.lives(ALPHA, &tokens["access_token"]));
    assert_eq!(
        place.refreshes(ALPHA, &tokens["refresh_token"]).error(),
        "invalid_grant"
    );
}

#[test]
fn without_state_or_address_nothing_is_invented() {
    let place = Place::new();
    let anna = place.house.anna();
    let uri = ALPHA.post_logout_uri();
    let browser = Browser::new();
    let tokens = place.enters(&browser, &anna, ALPHA, "openid");
    let back = [("post_logout_redirect_uri", uri.as_str())];
    let answer = place.get(&browser, &request(&tokens["id_token"], &back));
    assert_eq!(answer.location(), uri);

    let tokens = place.enters(&browser, &anna, ALPHA, "openid");
    let answer = place.get(&browser, &request(&tokens["id_token"], &[("state", "alone")]));
    assert_eq!(answer.status, 200);
    assert!(answer.header("location").is_none() && answer.link("back").is_none());
    assert!(is_logged_out(&place, &browser));
}

#[test]
fn an_expired_hint_still_says_who_asks() {
    let place = Place::new();
    let (anna, browser) = (place.house.anna(), Browser::new());
    let tokens = place.enters(&browser, &anna, ALPHA, "openid");
    place.house.clock.advance(Span::minutes(25));
    let uri = ALPHA.post_logout_uri();
    let answer = place.get(
        &browser,
        &request(&tokens["id_token"], &[("post_logout_redirect_uri", &uri)]),
    );
    assert_eq!(answer.location(), uri);
    assert_eq!(open_sessions(&place, &anna), 0);
}

#[test]
fn a_hint_that_is_not_ours_is_no_hint() {
    let place = Place::new();
    let (anna, browser) = (place.house.anna(), Browser::new());
    let tokens = place.enters(&browser, &anna, ALPHA, "openid");
    let good = tokens["id_token"].as_str().unwrap().to_owned();
    let unsigned = format!("{}.", good.rsplit_once('.').unwrap().0);
    let signed_elsewhere = place.assertion(|claims| {
        let ours = super::place::claims(&tokens["id_token"]);
        claims["iss"] = ISSUER.into();
        claims["aud"] = "alpha".into();
        claims["sid"] = ours["sid"].clone();
    });
    let uri = ALPHA.post_logout_uri();
    for hint in [
        unsigned,
        signed_elsewhere,
        "x.y.z".into(),
        tokens["access_token"].as_str().unwrap().into(),
    ] {
        let answer = place.get(&browser, &request(&hint.into(), &[("post_logout_redirect_uri", &uri)]));
        assert_eq!(answer.status, 200);
        assert!(answer.header("location").is_none(), "{}", answer.location());
        assert!(answer.field("csrf").is_some(), "the person is asked: {}", answer.body);
        assert!(
            !answer.form_action().contains(&"https://alpha.example"),
            "nothing of the request is believed"
        );
    }
    // Nor is a good one that is shown for another client.
    let fields = [("client_id", "beta"), ("post_logout_redirect_uri", &uri)];
    assert!(
        place
            .get(&browser, &request(&tokens["id_token"], &fields))
            .header("location")
            .is_none()
    );
    assert!(!is_logged_out(&place, &browser));
}

#[test]
fn an_address_that_is_not_this_clients_is_never_gone_to() {
    let place = Place::new();
    let (anna, browser) = (place.house.anna(), Browser::new());
    let beta = BETA.post_logout_uri();
    for uri in [
        beta.as_str(),
        "https://alpha.example/cb",
        "https://alpha.example/bye?x=1",
        "https://evil.example",
    ] {
        let tokens = place.enters(&browser, &anna, ALPHA, "openid");
        let answer = place.get(
            &browser,
            &request(&tokens["id_token"], &[("post_logout_redirect_uri", uri)]),
        );
        assert_eq!(answer.status, 200);
        assert!(
            answer.header("location").is_none() && answer.link("back").is_none(),
            "{uri}"
        );
        assert!(is_logged_out(&place, &browser), "she is logged out all the same");
    }
}

#[test]
fn without_a_hint_the_person_is_asked() {
    let place = Place::new();
    let (anna, browser) = (place.house.anna(), Browser::new());
    place.enters(&browser, &anna, ALPHA, "openid");
    place.enters(&browser, &anna, BETA, "openid");
    let page = place.get(&browser, "/oidc/logout");
    assert!(
        page.body.contains("alpha") && page.body.contains("beta"),
        "{}",
        page.body
    );
    let stays = says(&place, &browser, &page, "cancel");
    assert_eq!(stays.location(), "/");
    assert!(!is_logged_out(&place, &browser));

    let page = place.get(
        &browser,
        "/oidc/logout?post_logout_redirect_uri=https://alpha.example/bye&state=x",
    );
    let gone = says(&place, &browser, &page, "logout");
    assert_eq!(gone.status, 200, "nowhere else to go: the address was not believed");
    assert!(is_logged_out(&place, &browser));
    assert_eq!(open_sessions(&place, &anna), 0);
    // Nobody is logged in: there is nothing to ask.
    let again = place.get(&browser, "/oidc/logout");
    assert_eq!((again.status.as_u16(), again.field("csrf")), (200, None));
}

#[test]
fn the_question_is_answered_by_our_own_page_only() {
    let place = Place::new();
    let (anna, browser) = (place.house.anna(), Browser::new());
    place.enters(&browser, &anna, ALPHA, "openid");
    let page = place.get(&browser, "/oidc/logout");
    let csrf = page.field("csrf").unwrap();
    for token in ["", "x", &csrf[1..]] {
        let answer = place.post(
            &browser,
            "/oidc/logout/confirm",
            &[("csrf", token), ("action", "logout")],
        );
        assert_eq!((answer.status.as_u16(), answer.code()), (403, "login.csrf"));
    }
    let cross = |name: &'static str, value: &'static str| {
        let body = encoded(&[("csrf", csrf.as_str()), ("action", "logout")]);
        actix_web::test::TestRequest::post()
            .uri("/oidc/logout/confirm")
            .insert_header(("content-type", "application/x-www-form-urlencoded"))
            .insert_header(("accept", "text/html"))
            .insert_header((name, value))
            .set_payload(body)
    };
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
    ] {
        assert!(
            place.call(cross(name, value)).status.is_client_error(),
            "{name}: {value}"
        );
    }
    assert!(!is_logged_out(&place, &browser));
    place.house.clock.advance(Span::minutes(10));
    let late = says(&place, &browser, &page, "logout");
    assert_eq!(late.code(), "login.expired");
    assert!(!is_logged_out(&place, &browser));
}

#[test]
fn an_id_token_alone_ends_the_clients_own_part_and_tells_of_nobody() {
    let place = Place::new();
    let (anna, browser) = (place.house.anna(), Browser::new());
    let alphas = place.enters(&browser, &anna, ALPHA, "openid");
    let betas = place.enters(&browser, &anna, BETA, "openid");
    // Whoever holds the ID token, without her browser.
    let uri = ALPHA.post_logout_uri();
    let thief = Browser::new();
    let answer = place.get(
        &thief,
        &request(&alphas["id_token"], &[("post_logout_redirect_uri", &uri)]),
    );
    assert_eq!(answer.location(), uri);
    assert!(!answer.body.contains("beta"));
    assert_eq!(place.userinfo(&alphas["access_token"]).status, 401);
    assert_eq!(
        place.refreshes(ALPHA, &alphas["refresh_token"]).error(),
        "invalid_grant"
    );
    assert_eq!(
        open_sessions(&place, &anna),
        1,
        "the session that others share lives on"
    );
    assert_eq!(place.userinfo(&betas["access_token"]).status, 200);
    assert!(!is_logged_out(&place, &browser));

    // Somebody else's browser: its owner is asked about her own session and about nothing else.
    let (bo, other) = (place.house.citizen("bo", "another-77x", false), Browser::new());
    place.enters(&other, &bo, ALPHA, "openid");
    let page = place.get(&other, &request(&betas["id_token"], &[]));
    assert!(
        page.body.contains("alpha") && !page.body.contains("beta"),
        "{}",
        page.body
    );
    says(&place, &other, &page, "logout");
    assert_eq!((open_sessions(&place, &bo), open_sessions(&place, &anna)), (0, 1));
    assert_eq!(
        place.userinfo(&betas["access_token"]).status,
        401,
        "what its client gave back is gone"
    );
}

#[test]
fn a_session_of_one_client_alone_ends_by_its_id_token() {
    let place = Place::new();
    let (anna, browser) = (place.house.anna(), Browser::new());
    let tokens = place.enters(&browser, &anna, ALONE, "openid");
    let uri = ALONE.post_logout_uri();
    let answer = place.get(
        &browser,
        &request(&tokens["id_token"], &[("post_logout_redirect_uri", &uri)]),
    );
    assert_eq!(answer.location(), uri);
    assert_eq!(open_sessions(&place, &anna), 0);
    assert_eq!(place.userinfo(&tokens["access_token"]).status, 401);
}

#[test]
fn another_client_that_cannot_be_told_is_named() {
    let place = Place::new();
    let (anna, browser) = (place.house.anna(), Browser::new());
    place.enters(&browser, &anna, BETA, "openid");
    let tokens = place.enters(&browser, &anna, ALPHA, "openid");
    let uri = ALPHA.post_logout_uri();
    let fields = [("post_logout_redirect_uri", uri.as_str()), ("state", "s")];
    let answer = place.get(&browser, &request(&tokens["id_token"], &fields));
    assert_eq!(answer.status, 200);
    assert!(
        answer.body.contains("id=\"unreached\"") && answer.body.contains("beta"),
        "{}",
        answer.body
    );
    assert!(
        !answer.body.contains("<li>Tjenesten alpha"),
        "whoever asks knows already"
    );
    assert_eq!(answer.link("back").as_deref(), Some(format!("{uri}?state=s").as_str()));
}

#[test]
fn a_session_that_was_left_alone_too_long_still_ends() {
    let place = Place::new();
    let (anna, browser) = (place.house.anna(), Browser::new());
    let tokens = place.enters(&browser, &anna, ALPHA, "openid");
    place.house.clock.advance(Span::hours(1));
    let uri = ALPHA.post_logout_uri();
    let answer = place.get(
        &browser,
        &request(&tokens["id_token"], &[("post_logout_redirect_uri", &uri)]),
    );
    assert_eq!(answer.location(), uri);
    assert_eq!(
        open_sessions(&place, &anna),
        0,
        "others may still hold it for alive: they are told"
    );
}

#[test]
fn what_does_not_fit_or_stands_twice_is_refused() {
    let place = Place::new();
    let (anna, browser) = (place.house.anna(), Browser::new());
    let tokens = place.enters(&browser, &anna, ALPHA, "openid");
    let (uri, long) = (ALPHA.post_logout_uri(), "s".repeat(1_800));
    let fields = [("post_logout_redirect_uri", uri.as_str()), ("state", long.as_str())];
    let answer = place.get(&browser, &request(&tokens["id_token"], &fields));
    assert_eq!((answer.status.as_u16(), answer.code()), (413, "request.too_large"));
    let twice = [("state", "a"), ("state", "b")];
    place
        .get(&browser, &request(&tokens["id_token"], &twice))
        .must_stay_with("request.duplicate");
    place
        .get(&browser, "/oidc/logout?state=%ff")
        .must_stay_with("request.malformed");
    assert!(!is_logged_out(&place, &browser));
    // 1,200 bytes of state always fit.
    let fields = [("post_logout_redirect_uri", uri.as_str()), ("state", &long[..1_200])];
    let answer = place.get(&browser, &request(&tokens["id_token"], &fields));
    assert_eq!(query(&answer.target(), "state").as_deref(), Some(&long[..1_200]));
}

#[test]
fn a_posted_log_out_is_asked_again_as_a_get() {
    let place = Place::new();
    let (anna, browser) = (place.house.anna(), Browser::new());
    let tokens = place.enters(&browser, &anna, ALPHA, "openid");
    let fields = [("id_token_hint", tokens["id_token"].as_str().unwrap()), ("state", "s")];
    let answer = place.post(&browser, "/oidc/logout", &fields);
    assert_eq!(answer.status.as_u16(), 303);
    assert!(
        answer.location().starts_with("/oidc/logout?t="),
        "{}",
        answer.location()
    );
    assert!(
        !is_logged_out(&place, &browser),
        "a POST from elsewhere ends nothing by itself"
    );
    place.get(&browser, answer.location());
    assert!(is_logged_out(&place, &browser));
}
