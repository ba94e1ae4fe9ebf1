//! Single log-out: our session first, then the others, and a true word at the end.

use saml_core::{
    Id, Kind,
    logout::{LogoutRequest, LogoutResponse},
    name_id::NameId,
    ns::format,
    redirect,
    status::{Status, Top, second},
};

use super::place::*;
use crate::login::Outcome;
use crate::saml::own::moment;
use crate::session::Onward;

/// Anna is logged in at these services, each of which got its Response.
fn logged_in(place: &Place, services: &[&str]) -> Vec<(NameId, Outcome)> {
    let outcomes = place.anna_at(services);
    let enter = |(name, outcome): (&&str, Outcome)| {
        let request = place.request(name);
        let (_, fields) = place.answered(&request, &outcome);
        let need = if *name == "uni" {
            saml_core::sp::Need::SignedResponse
        } else {
            saml_core::sp::Need::SignedAssertion
        };
        (
            place.believes(name, &request.id, &fields, need).unwrap().name_id,
            outcome,
        )
    };
    services.iter().zip(outcomes).map(enter).collect()
}

fn asks_to_log_out(place: &Place, name: &str, name_id: &NameId, sid: Option<&str>) -> (String, String) {
    let id = Id::from_random(place.house.rng.bytes());
    let now = moment(place.house.clock.now());
    let request = LogoutRequest::new(&id, now, &entity(name), SLO, name_id.clone(), sid);
    let xml = request.elem().write().unwrap();
    let url = redirect::encode(SLO, Kind::Request, &xml, Some("relay"), Some(&KEYS.signing())).unwrap();
    (
        url.strip_prefix("http://localhost:8080").unwrap().to_owned(),
        id.to_string(),
    )
}

fn answers(place: &Place, name: &str, to: &str, status: Status) -> String {
    let id = Id::from_random(place.house.rng.bytes());
    let response = LogoutResponse::new(&id, moment(place.house.clock.now()), &entity(name), SLO, to, status);
    let xml = response.elem().write().unwrap();
    let url = redirect::encode(SLO, Kind::Response, &xml, None, Some(&KEYS.signing())).unwrap();
    url.strip_prefix("http://localhost:8080").unwrap().to_owned()
}

/// The LogoutRequest or LogoutResponse that a service gets in an address of ours.
fn request_at(place: &Place, url: &str, name: &str) -> LogoutRequest {
    let (location, query) = url.split_once('?').unwrap();
    assert_eq!(location, format!("https://{name}.example/saml/slo"));
    let incoming = redirect::decode(query, &LIMITS).unwrap();
    LogoutRequest::read(incoming.verify(&place.idp_keys()).unwrap()).unwrap()
}

fn response_at(place: &Place, url: &str, name: &str) -> LogoutResponse {
    let (location, query) = url.split_once('?').unwrap();
    assert_eq!(location, format!("https://{name}.example/saml/slo"));
    let incoming = redirect::decode(query, &LIMITS).unwrap();
    assert_eq!(incoming.relay_state(), Some("relay"));
    LogoutResponse::read(incoming.verify(&place.idp_keys()).unwrap()).unwrap()
}

fn has_ended(place: &Place, outcome: &Outcome) -> bool {
    let session = outcome.session;
    place
        .house
        .act(move |tx| Ok(tx.sessions().find(session)?.unwrap().ended_at.is_some()))
}

#[test]
fn one_service_logs_out_and_hears_success() {
    let place = Place::new();
    let [(name_id, outcome)] = &logged_in(&place, &["tax"])[..] else {
        panic!()
    };
    let (path, id) = asks_to_log_out(&place, "tax", name_id, Some(&outcome.sid));
    let answer = place.get(&path, None);
    let response = response_at(&place, &answer.location.unwrap(), "tax");
    assert_eq!(response.in_response_to.as_deref(), Some(id.as_str()));
    assert_eq!(response.status, Status::success());
    assert!(has_ended(&place, outcome));
    // Once more: the session is gone already, and that is what was asked for.
    let (path, _) = asks_to_log_out(&place, "tax", name_id, Some(&outcome.sid));
    let response = response_at(&place, &place.get(&path, None).location.unwrap(), "tax");
    assert!(response.status.is_success());
}

#[test]
fn the_other_services_are_told_in_turn() {
    let place = Place::new();
    let [(tax, at_tax), (old, at_old)] = &logged_in(&place, &["tax", "old"])[..] else {
        panic!()
    };
    let (path, id) = asks_to_log_out(&place, "tax", tax, Some(&at_tax.sid));
    let first = place.get(&path, None);
    assert!(
        has_ended(&place, at_tax),
        "our session ends before the browser is sent anywhere"
    );
    let told = request_at(&place, &first.location.unwrap(), "old");
    assert_eq!((&told.name_id, &told.session_indexes), (old, &vec![at_old.sid.clone()]));
    assert!(told.not_on_or_after.is_some());
    let cookie = first.cookie.unwrap();
    // An answer to another question, or without the round, moves nothing.
    let stray = answers(&place, "old", "_other", Status::success());
    assert_eq!(place.get(&stray, Some(&cookie)).code(), "login.expired");
    let good = answers(&place, "old", &told.id, Status::success());
    assert_eq!(place.get(&good, None).code(), "login.expired");
    let foreign = answers(&place, "tax", &told.id, Status::success());
    assert_eq!(place.get(&foreign, Some(&cookie)).code(), "login.expired");
    let last = place.get(&good, Some(&cookie));
    let response = response_at(&place, &last.location.unwrap(), "tax");
    assert_eq!(response.in_response_to.as_deref(), Some(id.as_str()));
    assert_eq!(response.status, Status::success());
}

#[test]
fn a_service_that_fails_or_has_no_address_is_named_and_makes_it_partial() {
    let place = Place::new();
    let [(tax, at_tax), _, _] = &logged_in(&place, &["tax", "old", "uni"])[..] else {
        panic!()
    };
    let (path, _) = asks_to_log_out(&place, "tax", tax, Some(&at_tax.sid));
    let first = place.get(&path, None);
    let told = request_at(&place, &first.location.unwrap(), "old");
    let failed = answers(
        &place,
        "old",
        &told.id,
        Status::of(Top::Responder, second::REQUEST_DENIED),
    );
    let last = place.get(&failed, first.cookie.as_deref());
    assert_eq!(last.status, 200);
    assert!(last.body.contains("id=\"unreached\"") && last.body.contains("old") && last.body.contains("uni"));
    let back = last
        .body
        .split("id=\"back\" href=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let response = response_at(&place, &back.replace("&amp;", "&").replace("&#38;", "&"), "tax");
    assert_eq!(response.status, Status::of(Top::Success, second::PARTIAL_LOGOUT));
}

#[test]
fn nobody_logs_out_anybody_elses_session() {
    let place = Place::new();
    let [(tax, at_tax), (old, at_old)] = &logged_in(&place, &["tax", "old"])[..] else {
        panic!()
    };
    let wrong_name = NameId::new("somebody", format::PERSISTENT);
    let cases = [
        ("old", tax, Some(at_tax.sid.as_str())),
        ("old", old, Some(at_tax.sid.as_str())),
        ("tax", &wrong_name, Some(at_tax.sid.as_str())),
        ("tax", tax, Some("_unknown")),
        ("tax", tax, None),
    ];
    for (name, name_id, sid) in cases {
        let (path, _) = asks_to_log_out(&place, name, name_id, sid);
        let response = response_at(&place, &place.get(&path, None).location.unwrap(), name);
        assert_eq!(response.status, Status::of(Top::Requester, second::UNKNOWN_PRINCIPAL));
    }
    assert!(!has_ended(&place, at_old));
}

#[test]
fn an_unsigned_log_out_is_refused() {
    let place = Place::new();
    let [(tax, at_tax)] = &logged_in(&place, &["tax"])[..] else {
        panic!()
    };
    let (path, _) = asks_to_log_out(&place, "tax", tax, Some(&at_tax.sid));
    let unsigned = path.split("&SigAlg=").next().unwrap();
    assert_eq!(place.get(unsigned, None).code(), "request.malformed");
    assert!(!has_ended(&place, at_tax));
}

#[test]
fn another_protocols_log_out_goes_on_over_the_saml_services() {
    let place = Place::new();
    let [(_, at_tax)] = &logged_in(&place, &["tax"])[..] else {
        panic!()
    };
    let back = Some(("old".to_owned(), "https://old.example/bye".to_owned()));
    let onward = Onward::new(&place.ctx(), at_tax.session, vec!["uni".into()], back);
    let first = place.get(&onward.address(&place.house.vault, &place.ctx()).unwrap(), None);
    let told = request_at(&place, &first.location.unwrap(), "tax");
    let last = place.get(
        &answers(&place, "tax", &told.id, Status::success()),
        first.cookie.as_deref(),
    );
    assert!(
        last.body.contains("uni") && last.body.contains("https://old.example/bye"),
        "{}",
        last.body
    );
}

#[test]
fn a_posted_answer_finds_its_round_by_a_get() {
    let place = Place::new();
    let [(tax, at_tax), _] = &logged_in(&place, &["tax", "old"])[..] else {
        panic!()
    };
    let (path, _) = asks_to_log_out(&place, "tax", tax, Some(&at_tax.sid));
    let first = place.get(&path, None);
    let told = request_at(&place, &first.location.unwrap(), "old");
    // As OIOSAML.Java answers: by POST, to the address of the redirect binding.
    let id = Id::from_random([3; 20]);
    let now = moment(place.house.clock.now());
    let response = LogoutResponse::new(&id, now, &entity("old"), SLO, &told.id, Status::success());
    let xml = saml_core::dsig::enveloped(response.elem(), &id, &KEYS.signing()).unwrap();
    let posted = place.post("/saml/slo", &saml_core::post::encode(Kind::Response, &xml, None));
    let next = posted.location.unwrap();
    assert!(next.starts_with("/saml/slo/next?t="));
    let last = place.get(&next, first.cookie.as_deref());
    assert!(response_at(&place, &last.location.unwrap(), "tax").status.is_success());
}
