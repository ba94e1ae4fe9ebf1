//! Requests signed with a service's own key, or not, that nobody may profit from. Each ends on a page of ours with a code:
//! never a 500, never at an address that is not in the metadata.

use saml_core::{Id, Kind, authn_request::AuthnRequest, dsig, logout::LogoutRequest, post, redirect};

use super::logouts::{has_ended, logged_in};
use super::place::*;
use crate::domain::time::Span;
use crate::saml::own::moment;

fn refused(place: &Place, path: &str, code: &str) {
    let answer = place.get(path, None);
    assert!(answer.status.is_client_error(), "{path}: {}", answer.status);
    assert_eq!(answer.code(), code, "{path}: {}", answer.body);
    assert_eq!(answer.location, None);
    assert!(!answer.body.contains("SAMLResponse"), "{path}");
}

#[test]
fn no_answer_to_an_address_that_is_not_in_the_metadata() {
    type Change = fn(&mut AuthnRequest);
    let changes: &[Change] = &[
        |r| r.acs_url = Some("https://evil.example/acs".into()),
        |r| r.acs_url = Some("javascript:alert(1)".into()),
        |r| r.acs_url = Some(format!("{}/", acs("tax"))),
        |r| r.acs_url = Some(acs("old")),
        |r| r.acs_index = Some(0),
        |r| (r.acs_url, r.acs_index) = (None, Some(9)),
    ];
    let place = Place::new();
    for change in changes {
        let mut request = place.request("tax");
        change(&mut request);
        // Not even with an error that would be told to the service.
        request.is_passive = true;
        refused(&place, &place.asks(&request, None), "request.redirect_uri");
    }
}

#[test]
fn only_fresh_requests_for_us() {
    let place = Place::new();
    let mut other = place.request("tax");
    other.destination = Some("https://other.example/sso".into());
    refused(&place, &place.asks(&other, None), "request.malformed");
    other.destination = None;
    refused(&place, &place.asks(&other, None), "request.malformed");
    let query = place.asks(&place.request("tax"), None);
    place.house.clock.advance(Span::minutes(9));
    refused(&place, &query, "login.expired");
    let mut early = place.request("tax");
    early.issue_instant += chrono::TimeDelta::minutes(4);
    refused(&place, &place.asks(&early, None), "login.expired");
    refused(
        &place,
        &place.asks(&place.request("tax"), Some(&"x".repeat(1_201))),
        "request.too_large",
    );
}

#[test]
fn unsigned_and_foreign_requests() {
    let place = Place::new();
    let xml = place.request("tax").elem().write().unwrap();
    let path = |url: String| url.strip_prefix("http://localhost:8080").unwrap().to_owned();
    let unsigned = redirect::encode(SSO, Kind::Request, &xml, None, None).unwrap();
    refused(&place, &path(unsigned), "request.malformed");
    let evil = redirect::encode(SSO, Kind::Request, &xml, None, Some(&EVIL.signing())).unwrap();
    refused(&place, &path(evil), "request.malformed");
    let stranger = xml.replace("tax.example/saml<", "nobody.example/saml<");
    let stranger = redirect::encode(SSO, Kind::Request, &stranger, None, Some(&KEYS.signing())).unwrap();
    refused(&place, &path(stranger), "request.unknown_party");
    let response = redirect::encode(SSO, Kind::Response, &xml, None, Some(&KEYS.signing())).unwrap();
    refused(&place, &path(response), "request.malformed");
}

#[test]
fn queries_and_forms_that_make_no_sense() {
    let place = Place::new();
    let good = place.asks(&place.request("tax"), None);
    refused(&place, "/saml/sso", "request.malformed");
    refused(&place, "/saml/sso?SAMLRequest=%%%", "request.malformed");
    refused(
        &place,
        &format!("{good}&RelayState=a&RelayState=b"),
        "request.duplicate",
    );
    refused(&place, &format!("{good}&SAMLResponse=a"), "request.duplicate");
    refused(&place, &format!("{good}&%53AMLRequest=a"), "request.malformed");
    refused(&place, "/saml/slo?SAMLResponse=AAAA", "request.malformed");
    for body in [
        "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>",
        "<a",
        "",
        "<a><!-- x --></a>",
    ] {
        use base64::Engine as _;
        let field = base64::engine::general_purpose::STANDARD.encode(body);
        for path in ["/saml/sso", "/saml/slo"] {
            let answer = place.post(path, &[("SAMLRequest".to_owned(), field.clone())]);
            assert_eq!(
                (answer.status.as_u16(), answer.code()),
                (400, "request.malformed"),
                "{body}"
            );
        }
    }
}

#[test]
fn a_version_that_is_not_ours_is_answered_at_the_default_address() {
    let place = Place::new();
    let xml = place
        .request("tax")
        .elem()
        .write()
        .unwrap()
        .replace("Version=\"2.0\"", "Version=\"3.0\"");
    let url = redirect::encode(SSO, Kind::Request, &xml, None, Some(&KEYS.signing())).unwrap();
    let answer = place.get(url.strip_prefix("http://localhost:8080").unwrap(), None);
    assert!(
        answer.body.contains(&format!("action=\"{}\"", acs("tax"))),
        "{}",
        answer.body
    );
}

#[test]
fn a_ticket_of_another_kind_opens_nothing() {
    let place = Place::new();
    let ctx = place.ctx();
    let sealed = place
        .house
        .vault
        .travel_seal(crate::vault::Travel::Flow, ctx.now, b"{}", &ctx.rng);
    for path in ["/saml/sso/continue", "/saml/slo/next", "/saml/logout"] {
        refused(&place, &format!("{path}?t={sealed}"), "login.expired");
        refused(&place, path, "login.expired");
    }
}

#[test]
fn what_a_stranger_wrote_is_never_read_back_as_markup() {
    let place = Place::new();
    let evil = "https://nobody.example/\"><script>alert(1)</script>";
    let mut pages = Vec::new();
    let mut request = place.request("tax");
    request.issuer = evil.into();
    pages.push(place.get(&place.asks(&request, Some(evil)), None));
    let mut request = place.request("tax");
    request.acs_url = Some(evil.into());
    pages.push(place.get(&place.asks(&request, Some(evil)), None));
    request.acs_url = Some("javascript:alert(1)".into());
    pages.push(place.get(&place.asks(&request, None), None));
    let mut request = place.request("tax");
    request.destination = Some(evil.into());
    pages.push(place.get(&place.asks(&request, None), None));
    pages.push(place.get("/saml/sso?SAMLRequest=%3Cscript%3Ealert(1)%3C/script%3E", None));
    for page in pages {
        assert!(page.status.is_client_error());
        for part in ["alert(1)", "nobody.example", "javascript:"] {
            assert!(!page.body.contains(part), "{part}: {}", page.body);
        }
    }
    // RelayState does come back, to the service that sent it and as a value.
    let mut request = place.request("tax");
    request.is_passive = true;
    let page = place.get(&place.asks(&request, Some(evil)), None);
    assert!(
        page.body.contains("name=\"RelayState\"") && !page.body.contains("<script>alert"),
        "{}",
        page.body
    );
}

#[test]
fn a_wrapped_log_out_ends_nobodys_session() {
    let place = Place::new();
    let [(tax, at_tax), (old, at_old)] = &logged_in(&place, &["tax", "old"])[..] else {
        panic!()
    };
    let ask = |id: &Id, name: &str, name_id, sid| {
        LogoutRequest::new(
            id,
            moment(place.house.clock.now()),
            &entity(name),
            SLO,
            Clone::clone(name_id),
            Some(sid),
        )
        .elem()
    };
    let (id, other) = (Id::from_random([7; 20]), Id::from_random([8; 20]));
    // The service's own, genuine; and what it would like to have signed.
    let good = dsig::enveloped(ask(&id, "tax", tax, "_unknown"), &id, &KEYS.signing()).unwrap();
    let forged = ask(&other, "tax", tax, &at_tax.sid).write().unwrap();
    let foreign = ask(&other, "old", old, &at_old.sid).write().unwrap();
    let start = good.find("<ds:Signature").unwrap();
    let end = good.find("</ds:Signature>").unwrap() + "</ds:Signature>".len();
    let (signature, bare) = (&good[start..end], format!("{}{}", &good[..start], &good[end..]));
    for forged in [&forged, &foreign] {
        let into = |inner: &str| forged.replace("</saml:Issuer>", &format!("</saml:Issuer>{inner}"));
        let cases = [
            into(&format!("<samlp:Extensions>{good}</samlp:Extensions>")),
            into(&format!("{signature}<samlp:Extensions>{bare}</samlp:Extensions>")),
            good.replace(
                "</ds:Signature>",
                &format!("<ds:Object>{forged}</ds:Object></ds:Signature>"),
            ),
            into(&signature.replace(
                "</ds:Signature>",
                &format!("<ds:Object>{bare}</ds:Object></ds:Signature>"),
            )),
            good.replace("</samlp:LogoutRequest>", &format!("{forged}</samlp:LogoutRequest>")),
        ];
        for xml in cases {
            let answer = place.post("/saml/slo", &post::encode(Kind::Request, &xml, None));
            assert_eq!((answer.code(), &answer.location), ("request.malformed", &None), "{xml}");
        }
    }
    assert!(!has_ended(&place, at_tax) && !has_ended(&place, at_old));
}
