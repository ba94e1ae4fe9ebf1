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
use crate::testing::Citizen;

/// Anna is logged in at these services, each of which got its Response.
pub(super) fn logged_in(place: &Place, services: &[&str]) -> Vec<(NameId, Outcome)> {
    is_logged_in(place, place.anna(), services)
}

pub(super) fn is_logged_in(place: &Place, citizen: &Citizen, services: &[&str]) -> Vec<(NameId, Outcome)> {
    let outcomes = place.is_at(citizen, services);
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

pub(super) fn asks_to_log_out(place: &Place, name: &str, name_id: &NameId, sid: Option<&str>) -> (String, String) {
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

pub(super) fn answers(place: &Place, name: &str, to: &str, status: Status) -> String {
    let id = Id::from_random(place.house.rng.bytes());
    let response = LogoutResponse::new(&id, moment(place.house.clock.now()), &entity(name), SLO, to, status);
    let xml = response.elem().write().unwrap();
    let url = redirect::encode(SLO, Kind::Response, &xml, None, Some(&KEYS.signing())).unwrap();
    url.strip_prefix("http://localhost:8080").unwrap().to_owned()
}

/// The LogoutRequest or LogoutResponse that a service gets in an address of ours.
pub(super) fn request_at(place: &Place, url: &str, name: &str) -> LogoutRequest {
    let (location, query) = url.split_once('?').unwrap();
    assert_eq!(location, format!("https://{name}.example/saml/slo"));
    let incoming = redirect::decode(query, &LIMITS).unwrap();
    LogoutRequest::read(incoming.verify(&place.idp_keys()).unwrap()).unwrap()
}

pub(super) fn response_at(place: &Place, url: &str, name: &str) -> LogoutResponse {
    let (location, query) = url.split_once('?').unwrap();
    assert_eq!(location, format!("https://{name}.example/saml/slo"));
    let incoming = redirect::decode(query, &LIMITS).unwrap();
    assert_eq!(incoming.relay_state(), Some("relay"));
    LogoutResponse::read(incoming.verify(&place.idp_keys()).unwrap()).unwrap()
}

pub(super) fn has_ended(place: &Place, outcome: &Outcome) -> bool {
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
        ("tax", &wrong_name, None),
        ("old", tax, None),
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

/// A log-out that ended these sessions elsewhere comes to us.
fn handed_over(place: &Place, sessions: &[&Outcome], unreached: &[&str]) -> Answer {
    let back = Some(("old".to_owned(), "https://old.example/bye".to_owned()));
    let sessions = sessions.iter().map(|outcome| outcome.session).collect();
    let unreached = unreached.iter().map(ToString::to_string).collect();
    let onward = Onward::new(&place.ctx(), sessions, unreached, back);
    place.get(&onward.address(&place.house.vault, &place.ctx()).unwrap(), None)
}

#[test]
fn another_protocols_log_out_goes_on_over_the_saml_services_and_back() {
    let place = Place::new();
    let [(_, at_tax)] = &logged_in(&place, &["tax"])[..] else {
        panic!()
    };
    let first = handed_over(&place, &[at_tax], &[]);
    let told = request_at(&place, &first.location.unwrap(), "tax");
    let good = answers(&place, "tax", &told.id, Status::success());
    let last = place.get(&good, first.cookie.as_deref());
    assert_eq!(last.location.as_deref(), Some("https://old.example/bye"));
}

#[test]
fn who_could_not_be_told_elsewhere_or_here_is_named_before_the_way_back() {
    let place = Place::new();
    let [(_, at_tax), _] = &logged_in(&place, &["tax", "uni"])[..] else {
        panic!()
    };
    let first = handed_over(&place, &[at_tax], &["old"]);
    let told = request_at(&place, &first.location.unwrap(), "tax");
    let good = answers(&place, "tax", &told.id, Status::success());
    let last = place.get(&good, first.cookie.as_deref());
    assert!(last.location.is_none());
    for shown in ["<li>uni</li>", "<li>old</li>", "https://old.example/bye"] {
        assert!(last.body.contains(shown), "{}", last.body);
    }
}

#[test]
fn several_sessions_are_told_of_in_one_round() {
    let place = Place::new();
    let anna = place.house.anna();
    let sessions: Vec<_> = (0..2).flat_map(|_| is_logged_in(&place, &anna, &["tax"])).collect();
    let outcomes: Vec<&Outcome> = sessions.iter().map(|(_, outcome)| outcome).collect();
    let mut answer = handed_over(&place, &outcomes, &[]);
    let mut told = Vec::new();
    for _ in 0..2 {
        let request = request_at(&place, &answer.location.unwrap(), "tax");
        let good = answers(&place, "tax", &request.id, Status::success());
        told.extend(request.session_indexes);
        answer = place.get(&good, answer.cookie.as_deref());
    }
    told.sort();
    let mut sids: Vec<_> = outcomes.iter().map(|outcome| outcome.sid.clone()).collect();
    sids.sort();
    assert_eq!(told, sids);
    assert_eq!(answer.location.as_deref(), Some("https://old.example/bye"));
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
