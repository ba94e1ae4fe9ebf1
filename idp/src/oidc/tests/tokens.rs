//! What a token is worth: at userinfo, at introspection, after a revocation.

use actix_web::test::TestRequest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::browser::{Answer, Browser};
use super::place::{ALPHA, BETA, CURVED, KEYED, LOOSE, PAGE, Place, claims, header};
use crate::domain::time::Span;

fn challenge(answer: &Answer) -> &str {
    answer.header("www-authenticate").unwrap_or_default()
}

#[test]
fn userinfo_without_a_token_asks_for_one() {
    let place = Place::new();
    let answer = place.call(TestRequest::get().uri("/oidc/userinfo"));
    assert_eq!(
        (answer.status.as_u16(), challenge(&answer)),
        (401, "Bearer"),
        "no error word: RFC 6750 §3.1"
    );
    for scheme in ["Basic YWxwaGE6eA==", "Bearer", "Bearer ", "bearer x", "Digest x"] {
        let request = TestRequest::get()
            .uri("/oidc/userinfo")
            .insert_header(("authorization", scheme));
        let answer = place.call(request);
        assert_eq!(answer.status, 401, "{scheme}");
        assert!(challenge(&answer).starts_with("Bearer"), "{}", challenge(&answer));
    }
}

#[test]
fn an_expired_a_revoked_and_an_invented_token_are_told_alike() {
    let place = Place::new();
    let anna = place.house.anna();
    let [expired, revoked] = [0, 1].map(|_| place.enters(&Browser::new(), &anna, ALPHA, "openid"));
    assert_eq!(place.revokes(ALPHA, &revoked["access_token"]).status, 200);
    place.house.clock.advance(Span::minutes(10));
    let mut bodies = Vec::new();
    let id_token = &expired["id_token"];
    for token in [
        &expired["access_token"],
        &revoked["access_token"],
        &json!("invented"),
        id_token,
    ] {
        let answer = place.userinfo(token);
        assert_eq!(answer.status, 401);
        assert_eq!(challenge(&answer), "Bearer error=\"invalid_token\"");
        bodies.push(answer.body);
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1, "{bodies:?}");
}

#[test]
fn a_token_comes_in_the_header_or_a_form_and_never_in_an_address() {
    let place = Place::new();
    let anna = place.house.anna();
    let tokens = place.enters(&Browser::new(), &anna, ALPHA, "openid");
    let token = tokens["access_token"].as_str().unwrap();
    let form = |body: String| {
        TestRequest::post()
            .uri("/oidc/userinfo")
            .insert_header(("content-type", "application/x-www-form-urlencoded"))
            .set_payload(body)
    };
    assert_eq!(place.call(form(format!("access_token={token}"))).status, 200);
    let bearer = ("authorization", format!("Bearer {token}"));
    assert_eq!(
        place
            .call(TestRequest::post().uri("/oidc/userinfo").insert_header(bearer.clone()))
            .status,
        200
    );
    let address = format!("/oidc/userinfo?access_token={token}");
    assert_eq!(place.call(TestRequest::get().uri(&address)).status, 401);
    assert_eq!(place.call(TestRequest::post().uri(&address)).status, 401);
    let twice = place.call(form(format!("access_token={token}")).insert_header(bearer));
    assert_eq!((twice.status.as_u16(), twice.error()), (400, "invalid_request".into()));
    assert_eq!(
        place
            .call(form(format!("access_token={token}&access_token={token}")))
            .status,
        400
    );
}

#[test]
fn userinfo_tells_what_the_scope_asked_for_and_no_more() {
    let place = Place::new();
    let anna = place.house.anna();
    for (scope, name, pid) in [
        ("openid", false, false),
        ("openid profile", true, false),
        ("openid address phone", false, false),
    ] {
        let tokens = place.enters(&Browser::new(), &anna, ALPHA, scope);
        let told = place.userinfo(&tokens["access_token"]).json();
        assert_eq!(
            (told["name"].is_string(), told["pid"].is_string()),
            (name, pid),
            "{scope}: {told}"
        );
        assert_eq!(told["sub"], claims(&tokens["id_token"])["sub"]);
    }
}

#[test]
fn a_client_asks_about_its_own_tokens_only() {
    let place = Place::new();
    let anna = place.house.anna();
    let tokens = place.enters(&Browser::new(), &anna, BETA, "openid");
    for token in [&tokens["access_token"], &tokens["refresh_token"]] {
        assert!(place.lives(BETA, token));
        assert!(!place.lives(ALPHA, token), "a stranger learns nothing");
        let stranger = place.posts(ALPHA, "/oidc/introspect", &[("token", token.as_str().unwrap())]);
        assert_eq!(stranger.json(), json!({"active": false}));
    }
    let unproven = TestRequest::post()
        .uri("/oidc/introspect")
        .insert_header(("content-type", "application/x-www-form-urlencoded"))
        .set_payload("token=x");
    assert_eq!(place.call(unproven).error(), "invalid_client");
}

#[test]
fn a_resource_learns_what_a_token_is_worth_and_not_who_it_is() {
    let place = Place::new();
    let anna = place.house.anna();
    let tokens = place.enters(&Browser::new(), &anna, BETA, "openid profile");
    let access = tokens["access_token"].as_str().unwrap();
    let told = place.posts(KEYED, "/oidc/introspect", &[("token", access)]).json();
    assert_eq!(told["active"], true);
    assert_eq!(
        (&told["client_id"], &told["scope"]),
        (&json!("beta"), &json!("openid profile"))
    );
    assert!(told["sub"].is_null(), "a name of another sector: {told}");
    let owner = place.posts(BETA, "/oidc/introspect", &[("token", access)]).json();
    assert_eq!(owner["sub"], claims(&tokens["id_token"])["sub"]);
    // Refresh tokens are nobody's business but their client's.
    assert!(!place.lives(KEYED, &tokens["refresh_token"]));
}

#[test]
fn a_token_that_died_is_inactive_for_everybody() {
    let place = Place::new();
    let anna = place.house.anna();
    let browser = Browser::new();
    let tokens = place.enters(&browser, &anna, BETA, "openid");
    let hint = tokens["id_token"].as_str().unwrap();
    place.get(&browser, &format!("/oidc/logout?id_token_hint={hint}"));
    for asker in [BETA, KEYED] {
        assert!(!place.lives(asker, &tokens["access_token"]), "after the log-out");
        assert!(!place.lives(asker, &tokens["refresh_token"]));
    }
    assert_eq!(place.userinfo(&tokens["access_token"]).status, 401);
    let tokens = place.enters(&Browser::new(), &anna, BETA, "openid");
    place.house.clock.advance(Span::minutes(10));
    assert!(!place.lives(BETA, &tokens["access_token"]), "after its time");
}

#[test]
fn a_revoked_access_token_dies_alone_and_a_refresh_token_takes_all_along() {
    let place = Place::new();
    let anna = place.house.anna();
    let tokens = place.enters(&Browser::new(), &anna, ALPHA, "openid");
    assert_eq!(place.revokes(ALPHA, &tokens["access_token"]).status, 200);
    assert_eq!(place.userinfo(&tokens["access_token"]).status, 401);
    assert!(place.stored(&tokens["access_token"]).revoked_at.is_some());
    let next = place.refreshes(ALPHA, &tokens["refresh_token"]).json();
    assert_eq!(place.userinfo(&next["access_token"]).status, 200);

    assert_eq!(place.revokes(ALPHA, &next["refresh_token"]).status, 200);
    assert_eq!(place.userinfo(&next["access_token"]).status, 401);
    assert_eq!(place.refreshes(ALPHA, &next["refresh_token"]).error(), "invalid_grant");
    assert_eq!(
        place.revokes(ALPHA, &next["refresh_token"]).status,
        200,
        "again is no error"
    );
}

#[test]
fn a_stranger_revokes_nothing() {
    let place = Place::new();
    let anna = place.house.anna();
    let tokens = place.enters(&Browser::new(), &anna, ALPHA, "openid");
    for stranger in [BETA, PAGE, KEYED] {
        for token in [&tokens["access_token"], &tokens["refresh_token"]] {
            let answer = place.revokes(stranger, token);
            assert_eq!((answer.status.as_u16(), answer.json()), (200, json!({})));
        }
    }
    assert_eq!(place.userinfo(&tokens["access_token"]).status, 200);
    assert_eq!(place.refreshes(ALPHA, &tokens["refresh_token"]).status, 200);
    for nonsense in ["x", "a.b.c", "\u{f8}"] {
        assert_eq!(place.revokes(ALPHA, &nonsense.into()).status, 200);
    }
    assert_eq!(place.posts(ALPHA, "/oidc/revoke", &[]).error(), "invalid_request");
}

#[test]
fn a_jwt_access_token_is_checked_and_can_be_ended() {
    let place = Place::new();
    let anna = place.house.anna();
    let tokens = place.enters(&Browser::new(), &anna, LOOSE, "openid");
    let access = &tokens["access_token"];
    assert_eq!(header(access)["typ"], "at+jwt");
    let said = claims(access);
    assert_eq!(
        (&said["aud"], &said["client_id"]),
        (&json!(super::place::ISSUER), &json!("loose"))
    );
    assert_eq!(place.userinfo(access).status, 200);

    let parts: Vec<&str> = access.as_str().unwrap().split('.').collect();
    let unsigned = URL_SAFE_NO_PAD.encode(json!({"alg": "none", "typ": "at+jwt"}).to_string());
    let jti: Value = said["jti"].clone();
    let forged = [
        json!(format!("{unsigned}.{}.", parts[1])),
        json!(format!("{}.{}.", parts[0], parts[1])),
        json!(format!("jwt:{}", jti.as_str().unwrap())),
        jti,
        tokens["id_token"].clone(),
    ];
    for token in &forged {
        assert_eq!(place.userinfo(token).status, 401, "{token}");
        assert!(!place.lives(LOOSE, token));
    }
    assert_eq!(place.revokes(LOOSE, access).status, 200);
    assert_eq!(place.userinfo(access).status, 401);
    assert!(!place.lives(LOOSE, access));
}

/// A second eID of the same person: whichever she uses, she is the same to services.
#[test]
fn a_person_has_one_pid_and_one_sub_with_every_eid() {
    let place = Place::new();
    let anna = place.house.anna();
    let second = place.house.another_eid(&anna, "anna-again", "another-77x");
    // As each eID is issued.
    let (ctx, person) = (place.house.ctx(), anna.person);
    let given = [0, 1].map(|_| {
        let ctx = ctx.clone();
        place.house.act(move |tx| crate::pid::of(tx, &ctx, person))
    });
    assert_eq!(given[0], given[1]);
    let told = [&anna, &second].map(|citizen| {
        let tokens = place.enters(&Browser::new(), citizen, ALPHA, "openid pid");
        claims(&tokens["id_token"])
    });
    assert_eq!(told[0]["pid"], given[0].as_str());
    assert_eq!((&told[0]["pid"], &told[0]["sub"]), (&told[1]["pid"], &told[1]["sub"]));
    let bo = place.house.citizen("bo", "netbank-77x", false);
    let ctx = place.house.ctx();
    place.house.act(move |tx| crate::pid::of(tx, &ctx, bo.person));
    let others = claims(&place.enters(&Browser::new(), &bo, ALPHA, "openid pid")["id_token"]);
    assert_ne!(others["pid"], told[0]["pid"]);
}

/// Checked with the published key and ring alone, never with what signed it.
#[test]
fn an_id_token_by_es256_holds_and_names_its_access_token() {
    let place = Place::new();
    let anna = place.house.anna();
    let jwks = place.call(TestRequest::get().uri("/oidc/jwks")).json();
    for (client, alg, kind) in [(CURVED, "ES256", "EC"), (ALPHA, "RS256", "RSA")] {
        let tokens = place.enters(&Browser::new(), &anna, client, "openid");
        let head = header(&tokens["id_token"]);
        assert_eq!(head["alg"], alg, "{head}");
        let mut keys = jwks["keys"].as_array().unwrap().iter();
        let key = keys.find(|key| key["kid"] == head["kid"]).unwrap();
        assert_eq!((&key["kty"], &key["alg"]), (&json!(kind), &json!(alg)), "{key}");
        let access = tokens["access_token"].as_str().unwrap();
        let digest = ring::digest::digest(&ring::digest::SHA256, access.as_bytes());
        let half = URL_SAFE_NO_PAD.encode(&digest.as_ref()[..16]);
        assert_eq!(claims(&tokens["id_token"])["at_hash"], half, "OIDC Core 3.1.3.6");
        if client.id == CURVED.id {
            let token = tokens["id_token"].as_str().unwrap();
            assert!(holds(token, key), "by the published key");
            let (signed, signature) = token.rsplit_once('.').unwrap();
            let (head, body) = signed.split_once('.').unwrap();
            let mut said = claims(&tokens["id_token"]);
            said["sub"] = json!("somebody else");
            let forged = format!("{head}.{}.{signature}", URL_SAFE_NO_PAD.encode(said.to_string()));
            assert!(!holds(&forged, key), "another word under the same signature");
            assert!(holds(&format!("{head}.{body}.{signature}"), key));
        }
    }
}

/// RFC 7518 §3.4: r and s, 32 bytes each, over P-256 and SHA-256.
fn holds(token: &str, key: &Value) -> bool {
    let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let part = |name: &str| bytes(key[name].as_str().unwrap());
    let point = [vec![4], part("x"), part("y")].concat();
    let key = ring::signature::UnparsedPublicKey::new(&ring::signature::ECDSA_P256_SHA256_FIXED, point);
    key.verify(signed.as_bytes(), &bytes(signature)).is_ok()
}
