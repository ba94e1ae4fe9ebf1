//! Log-outs of several sessions, under several names, by several protocols; answers by a form; metadata that have ended.

use saml_core::{
    Id, Kind,
    logout::{LogoutRequest, LogoutResponse},
    metadata::Endpoint,
    name_id::{NameId, NameIdPolicy},
    ns::{binding, format},
    post, redirect,
    sp::Need,
    status::{Status, Top, second},
};

use super::logouts::{answers, asks_to_log_out, has_ended, logged_in, request_at, response_at};
use super::place::*;
use crate::domain::time::Span;
use crate::login::Outcome;
use crate::saml::own::moment;
use crate::session::LogoutLetter;
use crate::storage::Participant;

/// What a service hears when it asks for the end of these sessions.
fn asks_to_end(place: &Place, name: &str, name_id: &NameId, sids: &[&str]) -> Status {
    let id = Id::from_random(place.house.rng.bytes());
    let now = moment(place.house.clock.now());
    let mut request = LogoutRequest::new(&id, now, &entity(name), SLO, name_id.clone(), None);
    request.session_indexes = sids.iter().map(ToString::to_string).collect();
    let xml = request.elem().write().unwrap();
    let url = redirect::encode(SLO, Kind::Request, &xml, Some("relay"), Some(&KEYS.signing())).unwrap();
    let answer = place.get(url.strip_prefix("http://localhost:8080").unwrap(), None);
    response_at(place, &answer.location.unwrap(), name).status
}

/// Enters a service in a session that there is, asking for a name of this kind.
fn enters(place: &Place, name: &str, outcome: &Outcome, kind: &str) -> NameId {
    let mut request = place.request(name);
    request.name_id_policy = Some(NameIdPolicy {
        format: Some(kind.into()),
        ..NameIdPolicy::default()
    });
    let (_, fields) = place.answered(&request, outcome);
    place
        .believes(name, &request.id, &fields, Need::SignedAssertion)
        .unwrap()
        .name_id
}

fn unknown() -> Status {
    Status::of(Top::Requester, second::UNKNOWN_PRINCIPAL)
}

#[test]
fn all_sessions_that_a_request_names_end_or_none() {
    let place = Place::new();
    let (tax, first) = logged_in(&place, &["tax"]).remove(0);
    let (_, second) = logged_in(&place, &["tax"]).remove(0);
    let (_, at_old) = logged_in(&place, &["old"]).remove(0);
    for foreign in ["_unknown", at_old.sid.as_str()] {
        for sids in [[first.sid.as_str(), foreign], [foreign, first.sid.as_str()]] {
            assert_eq!(asks_to_end(&place, "tax", &tax, &sids), unknown());
            assert!(!has_ended(&place, &first) && !has_ended(&place, &at_old));
        }
    }
    let both = [first.sid.as_str(), second.sid.as_str(), first.sid.as_str()];
    assert_eq!(asks_to_end(&place, "tax", &tax, &both), Status::success());
    assert!(has_ended(&place, &first) && has_ended(&place, &second) && !has_ended(&place, &at_old));
}

#[test]
fn without_a_session_index_every_session_of_that_name_ends_and_no_other() {
    let place = Place::new();
    let bo = place.house.citizen("bo", "another-77x", false);
    let (tax, first) = logged_in(&place, &["tax"]).remove(0);
    let (_, second) = logged_in(&place, &["tax"]).remove(0);
    let at_old = logged_in(&place, &["old"]).remove(0).1;
    let passing = place.anna_at(&["tax"]).remove(0);
    let for_once = enters(&place, "tax", &passing, format::TRANSIENT);
    let bos = place.is_at(&bo, &["tax"]).remove(0);
    let bos_name = enters(&place, "tax", &bos, format::PERSISTENT);

    let nobody = NameId {
        value: tax.value.replace(&first.released.sub, &uuid::Uuid::nil().to_string()),
        ..tax.clone()
    };
    assert_eq!(asks_to_end(&place, "tax", &nobody, &[]), unknown());
    assert_eq!(
        asks_to_end(&place, "old", &tax, &[]),
        unknown(),
        "another service's name"
    );
    assert!(!has_ended(&place, &first));

    assert_eq!(asks_to_end(&place, "tax", &tax, &[]), Status::success());
    assert!(has_ended(&place, &first) && has_ended(&place, &second));
    for other in [&at_old, &passing, &bos] {
        assert!(
            !has_ended(&place, other),
            "known there under another name, or elsewhere"
        );
    }
    assert_eq!(
        asks_to_end(&place, "tax", &tax, &[]),
        Status::success(),
        "there is none left, as was asked for"
    );

    assert_eq!(asks_to_end(&place, "tax", &for_once, &[]), Status::success());
    assert!(has_ended(&place, &passing) && !has_ended(&place, &bos));
    assert_eq!(asks_to_end(&place, "old", &for_once, &[]), unknown());
    let wrong_kind = NameId {
        format: Some(format::TRANSIENT.into()),
        ..bos_name.clone()
    };
    assert_eq!(asks_to_end(&place, "tax", &wrong_kind, &[]), unknown());
    assert!(!has_ended(&place, &bos));
    assert_eq!(asks_to_end(&place, "tax", &bos_name, &[]), Status::success());
}

#[test]
fn a_service_that_was_given_two_names_ends_by_either() {
    for kind in [format::PERSISTENT, format::TRANSIENT] {
        let place = Place::new();
        let outcome = place.anna_at(&["tax"]).remove(0);
        let names = [format::PERSISTENT, format::TRANSIENT].map(|kind| enters(&place, "tax", &outcome, kind));
        let name_id = names.iter().find(|name| name.format() == kind).unwrap();
        assert_eq!(asks_to_end(&place, "tax", name_id, &[&outcome.sid]), Status::success());
        assert!(has_ended(&place, &outcome));
    }
}

#[test]
fn a_service_that_was_given_two_names_is_told_of_both() {
    let place = Place::new();
    let (tax, at_tax) = logged_in(&place, &["tax", "old"]).remove(0);
    let at_old = place.house.act({
        let session = at_tax.session;
        move |tx| {
            let all = tx.sessions().participants(session)?;
            Ok(all.into_iter().find(|one| one.party == "old").unwrap())
        }
    });
    let outcome = Outcome {
        sid: at_old.sid.clone(),
        released: crate::login::Released {
            sub: at_old.sub.clone(),
            ..at_tax.released.clone()
        },
        ..at_tax.clone()
    };
    // Entered twice more: once for another name, once for one that it has.
    let transient = enters(&place, "old", &outcome, format::TRANSIENT);
    let persistent = enters(&place, "old", &outcome, format::PERSISTENT);
    let (path, _) = asks_to_log_out(&place, "tax", &tax, Some(&at_tax.sid));
    let mut answer = place.get(&path, None);
    let mut told = Vec::new();
    for _ in 0..2 {
        let request = request_at(&place, &answer.location.unwrap(), "old");
        assert_eq!(request.session_indexes, [at_old.sid.as_str()]);
        told.push(request.name_id);
        let good = answers(&place, "old", &request.id, Status::success());
        answer = place.get(&good, answer.cookie.as_deref());
    }
    assert!(told.contains(&transient) && told.contains(&persistent), "{told:?}");
    assert!(
        response_at(&place, &answer.location.unwrap(), "tax")
            .status
            .is_success()
    );
}

#[test]
fn a_party_that_takes_part_by_another_protocol_too_is_told_by_that() {
    let place = Place::new();
    let (tax, at_tax) = logged_in(&place, &["tax"]).remove(0);
    let by_oidc = Participant {
        sid: "by-oidc".into(),
        session: at_tax.session,
        party: "tax".into(),
        protocol: "oidc".into(),
        sub: at_tax.released.sub.clone(),
        detail: Vec::new(),
        back_channel: true,
        joined_at: place.house.clock.now(),
        entered_at: place.house.clock.now(),
        ended_at: None,
    };
    place
        .house
        .act(move |tx| tx.sessions().join(&by_oidc, by_oidc.entered_at).map(drop));
    assert_eq!(asks_to_end(&place, "tax", &tax, &[&at_tax.sid]), Status::success());
    let now = place.house.clock.now();
    let letters = place.house.act(move |tx| tx.outbox().claim(10, now, Span::secs(1)));
    let told: Vec<(String, String)> = letters
        .iter()
        .map(|letter| {
            let told: LogoutLetter = serde_json::from_slice(&letter.payload).unwrap();
            (letter.kind.clone(), told.sid)
        })
        .collect();
    assert_eq!(told, [("logout.oidc".to_owned(), "by-oidc".to_owned())]);
}

#[test]
fn who_was_not_reached_is_named_before_an_answer_by_a_form_goes_out() {
    let place = Place::with(|name, sp| {
        if name == "tax" {
            sp.slo = vec![Endpoint::new(binding::POST, "https://tax.example/saml/slo")];
        }
    });
    let [(tax, at_tax), _] = &logged_in(&place, &["tax", "uni"])[..] else {
        panic!()
    };
    let (path, id) = asks_to_log_out(&place, "tax", tax, Some(&at_tax.sid));
    let page = place.get(&path, None);
    assert_eq!((page.status.as_u16(), &page.location), (200, &None));
    assert!(
        page.body.contains("id=\"unreached\"") && page.body.contains("<li>uni</li>"),
        "{}",
        page.body
    );
    assert!(
        page.body
            .contains("<form method=\"post\" action=\"https://tax.example/saml/slo\">"),
        "{}",
        page.body
    );
    assert!(!page.body.contains("<script"), "nothing goes on before it was read");
    assert!(
        page.policy.ends_with("form-action 'self' https://tax.example"),
        "{}",
        page.policy
    );
    assert_eq!(page.field("RelayState").as_deref(), Some("relay"));
    let value = page.field("SAMLResponse").unwrap();
    let incoming = post::decode_field(Kind::Response, &value, None, &LIMITS).unwrap();
    let response = LogoutResponse::read(incoming.verify(&place.idp_keys()).unwrap()).unwrap();
    assert_eq!(response.in_response_to.as_deref(), Some(id.as_str()));
    assert_eq!(response.status, Status::of(Top::Success, second::PARTIAL_LOGOUT));
}

#[test]
fn an_answer_that_does_not_say_where_it_is_meant_to_go_counts_for_nothing() {
    let place = Place::new();
    let (tax, at_tax) = logged_in(&place, &["tax", "old"]).remove(0);
    let (path, _) = asks_to_log_out(&place, "tax", &tax, Some(&at_tax.sid));
    let first = place.get(&path, None);
    let told = request_at(&place, first.location.as_deref().unwrap(), "old");
    let id = Id::from_random(place.house.rng.bytes());
    let now = moment(place.house.clock.now());
    let good = LogoutResponse::new(&id, now, &entity("old"), SLO, &told.id, Status::success());
    for destination in [
        None,
        Some("https://other.example/slo".to_owned()),
        Some(format!("{SLO}/")),
    ] {
        let response = LogoutResponse {
            destination,
            ..good.clone()
        };
        let xml = response.elem().write().unwrap();
        let url = redirect::encode(SLO, Kind::Response, &xml, None, Some(&KEYS.signing())).unwrap();
        let path = url.strip_prefix("http://localhost:8080").unwrap();
        assert_eq!(place.get(path, first.cookie.as_deref()).code(), "request.malformed");
        let xml = saml_core::dsig::enveloped(response.elem(), &id, &KEYS.signing()).unwrap();
        let posted = place.post("/saml/slo", &post::encode(Kind::Response, &xml, None));
        assert_eq!(posted.code(), "request.malformed");
    }
    // The round is where it was.
    let last = place.get(
        &answers(&place, "old", &told.id, Status::success()),
        first.cookie.as_deref(),
    );
    assert!(response_at(&place, &last.location.unwrap(), "tax").status.is_success());
}

#[test]
fn a_service_whose_metadata_have_ended_is_neither_heard_nor_told() {
    let place = Place::with(|name, sp| {
        if name == "old" {
            // The house's clock stands at noon of 22 November 2026.
            sp.valid_until = Some("2026-11-22T13:00:00Z".parse().unwrap());
        }
    });
    let [(tax, at_tax), (old, at_old)] = &logged_in(&place, &["tax", "old"])[..] else {
        panic!()
    };
    place.house.clock.advance(Span::minutes(59));
    let early = place.get(&place.asks(&place.request("old"), None), None);
    assert!(early.location.unwrap().starts_with("/login/"));
    let request = place.request("old");
    let under_way = place.answered(&request, at_old).0;
    place.house.clock.advance(Span::minutes(1));

    assert_eq!(
        place.get(&place.asks(&place.request("old"), None), None).code(),
        "request.unknown_party"
    );
    let (path, _) = asks_to_log_out(&place, "old", old, Some(&at_old.sid));
    assert_eq!(place.get(&path, None).code(), "request.unknown_party");
    let stray = answers(&place, "old", "_x", Status::success());
    assert_eq!(place.get(&stray, None).code(), "request.unknown_party");
    assert!(!has_ended(&place, at_old));
    // A log-in that was under way is not answered at an address out of it.
    use crate::login::Protocol as _;
    assert!(place.saml.answer(&place.ctx(), &under_way, at_old, &[]).is_err());

    let (path, _) = asks_to_log_out(&place, "tax", tax, Some(&at_tax.sid));
    let page = place.get(&path, None);
    assert!(
        page.body.contains("<li>old</li>"),
        "named among those that could not be told: {}",
        page.body
    );
}
