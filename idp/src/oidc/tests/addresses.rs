//! Where a browser is never sent: every spelling of an address but the registered one.

use super::browser::{Browser, query};
use super::place::{ALPHA, Place, encoded};

/// What was tried at other providers (and what browsers make of it), against `https://alpha.example/cb`.
const CORPUS: &[&str] = &[
    // Another place, or nothing at all.
    "https://evil.example/cb",
    "https://beta.example/cb",
    "https://alpha.example/bye",
    "",
    "/cb",
    "cb",
    "//evil.example/cb",
    "javascript:alert(1)",
    "data:text/html,x",
    "urn:ietf:wg:oauth:2.0:oob",
    // Prefixes, suffixes and other patterns.
    "https://alpha.example/cb/",
    "https://alpha.example/cb/x",
    "https://alpha.example/cb.evil.example",
    "https://alpha.example/c",
    "https://alpha.example/*",
    "https://alpha.example",
    "https://alpha.example/",
    "https://alpha.example.evil.example/cb",
    "https://evilalpha.example/cb",
    "https://www.alpha.example/cb",
    // Queries and fragments.
    "https://alpha.example/cb?",
    "https://alpha.example/cb?x=1",
    "https://alpha.example/cb#",
    "https://alpha.example/cb#x",
    "https://alpha.example/cb%23x",
    "https://alpha.example/cb%3fx",
    "https://alpha.example/cb;x",
    // Userinfo.
    "https://alpha.example@evil.example/cb",
    "https://evil@alpha.example/cb",
    "https://a:b@alpha.example/cb",
    "https://alpha.example:b@evil.example/cb",
    "https://alpha.example%40evil.example/cb",
    // Dots and their disguises.
    "https://alpha.example/x/../cb",
    "https://alpha.example/./cb",
    "https://alpha.example/x/%2e%2e/cb",
    "https://alpha.example/x/%2E%2E/cb",
    "https://alpha.example/x/%252e%252e/cb",
    "https://alpha.example/cb/..;/evil",
    "https://alpha.example/cb%2f..%2fevil",
    "https://alpha.example./cb",
    // Slashes of both kinds.
    "https:/alpha.example/cb",
    "https:alpha.example/cb",
    "https:///alpha.example/cb",
    "https:\\\\alpha.example\\cb",
    "https://alpha.example\\cb",
    "https://evil.example\\@alpha.example/cb",
    "https://evil.example/\\alpha.example/cb",
    "https://alpha.example//cb",
    // Case, port, scheme, spelling.
    "HTTPS://alpha.example/cb",
    "https://ALPHA.example/cb",
    "https://alpha.example/CB",
    "https://alpha.example:443/cb",
    "https://alpha.example:8443/cb",
    "http://alpha.example/cb",
    "https://alpha.example/%63b",
    "https://alpha.example/cb%20",
    "https://alpha.example/cb ",
    " https://alpha.example/cb",
    "https://alph\u{430}.example/cb",
    "https://alpha\u{3002}example/cb",
    "https://alpha.example/cb\u{ff0f}",
    // More than one.
    "https://alpha.example/cb https://evil.example/cb",
    "https://alpha.example/cb,https://evil.example/cb",
];

#[test]
fn no_spelling_but_the_registered_one_is_ever_redirected_to() {
    let place = Place::new();
    for uri in CORPUS {
        // Neither a good request nor one that would be answered by an error goes there.
        for more in [vec![], vec![("prompt", "none")], vec![("response_type", "token")]] {
            let mut more = more;
            more.push(("redirect_uri", uri));
            let asked = ALPHA.asks("openid", &more);
            place
                .get(&Browser::new(), &asked.path)
                .must_stay_with("request.redirect_uri");
        }
    }
}

#[test]
fn control_characters_in_an_address_are_no_request() {
    let place = Place::new();
    for uri in [
        "https://alpha.example/cb%0d%0aLocation:%20https://evil.example",
        "https://alpha.example/cb%00",
    ] {
        let rest = ALPHA.asks("openid", &[("redirect_uri", "")]).path;
        let answer = place.get(&Browser::new(), &format!("{rest}&redirect_uri={uri}"));
        answer.must_stay_with("request.malformed");
    }
}

#[test]
fn two_addresses_or_two_clients_are_answered_here() {
    let place = Place::new();
    let path = ALPHA.asks("openid", &[]).path;
    for twice in [
        "redirect_uri=https://alpha.example/cb",
        "client_id=alpha",
        "%72edirect_uri=https://evil.example",
    ] {
        place
            .get(&Browser::new(), &format!("{path}&{twice}"))
            .must_stay_with("request.duplicate");
    }
    let stranger = ALPHA.asks("openid", &[("client_id", "stranger")]).path;
    place
        .get(&Browser::new(), &stranger)
        .must_stay_with("request.unknown_party");
}

#[test]
fn a_log_out_leads_to_registered_addresses_only() {
    let place = Place::new();
    let anna = place.house.anna();
    let hint = place.enters(&Browser::new(), &anna, ALPHA, "openid")["id_token"].clone();
    let hint = hint.as_str().unwrap();
    for uri in CORPUS {
        let uri = uri.replace("/cb", "/bye");
        if uri == ALPHA.post_logout_uri() {
            continue;
        }
        let fields = [("id_token_hint", hint), ("post_logout_redirect_uri", uri.as_str())];
        let answer = place.get(&Browser::new(), &format!("/oidc/logout?{}", encoded(&fields)));
        assert!(answer.header("location").is_none(), "{uri} → {}", answer.location());
        assert!(answer.link("back").is_none(), "{uri}");
    }
}

#[test]
fn the_registered_address_gets_the_answer_and_nothing_else_with_it() {
    let place = Place::new();
    let anna = place.house.anna();
    let asked = ALPHA.asks("openid", &[("x", "1"), ("display", "popup"), ("claims_locales", "se")]);
    let target = place.logs_in(&Browser::new(), &anna, &asked);
    let names: Vec<_> = target.query_pairs().map(|(name, _)| name.into_owned()).collect();
    assert_eq!(names, ["code", "state", "iss"]);
    assert_eq!(query(&target, "state").as_deref(), Some(asked.state.as_str()));
    assert_eq!(query(&target, "iss").as_deref(), Some(super::place::ISSUER));
}
