//! Log-outs by SOAP, from the outbox to a real endpoint: what it is told, and what becomes of its answers.

use std::sync::{Arc, Mutex};

use saml_core::{
    Id, Kind,
    logout::{LogoutRequest, LogoutResponse},
    metadata::{Endpoint, Sp},
    name_id::{NameId, NameIdPolicy},
    ns::{binding, format},
    soap,
    status::{Status, Top, second},
};

use super::logouts::{asks_to_log_out, logged_in, response_at};
use super::place::*;
use crate::domain::time::Span;
use crate::login::Outcome;
use crate::outbox::{Sender, deliver};
use crate::saml::BackChannel;
use crate::saml::own::moment;
use crate::testing::{Ear, Heard};

/// How the endpoint answers.
#[derive(Debug, Clone)]
enum Says {
    /// A LogoutResponse with this status.
    Status(Status),
    /// The same, under another key.
    Forged,
    /// The same, to another request.
    Astray,
    /// The same, unsigned.
    Unsigned,
    /// Something that is no answer.
    Noise(u16, String),
}

/// A service's SOAP endpoint, and what it says.
struct Endpoints {
    ear: Ear,
    says: Arc<Mutex<Says>>,
}

impl Endpoints {
    fn open() -> Self {
        let says = Arc::new(Mutex::new(Says::Status(Status::success())));
        let now = Arc::clone(&says);
        let ear = Ear::open(move |heard| answer(heard, &now.lock().unwrap()));
        Self { ear, says }
    }

    fn says(&self, answer: Says) {
        *self.says.lock().unwrap() = answer;
    }

    /// A house in which `old` names this endpoint beside its Redirect.
    fn place(&self) -> Place {
        Place::with(self.named())
    }

    fn named(&self) -> impl Fn(&str, &mut Sp) {
        let url = self.ear.at("/soap");
        move |name, sp| {
            if name == "old" {
                sp.slo.push(Endpoint::new(binding::SOAP, &url));
            }
        }
    }

    /// The requests so far, each believed by the keys in our metadata.
    fn heard(&self, place: &Place) -> Vec<LogoutRequest> {
        let believed = |heard: &Heard| {
            assert!(heard.head.starts_with("POST /soap "), "{}", heard.head);
            assert_eq!(heard.header("content-type"), Some(soap::CONTENT_TYPE));
            assert_eq!(heard.header("soapaction"), Some(soap::ACTION));
            let incoming = soap::decode(Kind::Request, heard.body.as_bytes(), &LIMITS).unwrap();
            LogoutRequest::read(incoming.verify(&place.idp_keys()).unwrap()).unwrap()
        };
        self.ear.heard().iter().map(believed).collect()
    }
}

fn answer(heard: &Heard, says: &Says) -> (u16, String) {
    let request = heard.body.split("LogoutRequest").nth(1).unwrap();
    let asked = request.split("ID=\"").nth(1).unwrap().split('"').next().unwrap();
    let to = match says {
        Says::Astray => "_somebody_elses",
        _ => asked,
    };
    let status = match says {
        Says::Noise(status, text) => return (*status, text.clone()),
        Says::Status(status) => status.clone(),
        _ => Status::success(),
    };
    let id = Id::from_random([7; 20]);
    let response = LogoutResponse::new(&id, chrono::DateTime::UNIX_EPOCH, &entity("old"), IDP, to, status);
    let key = match says {
        Says::Forged => EVIL.signing(),
        _ => KEYS.signing(),
    };
    let signed = soap::encode(response.elem(), &id, &key).unwrap();
    match (
        says,
        signed.split_once("<ds:Signature"),
        signed.split_once("</ds:Signature>"),
    ) {
        (Says::Unsigned, Some((before, _)), Some((_, after))) => (200, format!("{before}{after}")),
        _ => (200, signed),
    }
}

/// One round of the worker that sends.
fn sends(place: &Place) {
    let (clock, rng) = (place.house.clock.clone(), place.house.rng.clone());
    actix_web::rt::System::new().block_on(async {
        let sender: Arc<dyn Sender> = Arc::new(BackChannel::new(place.saml.clone(), clock.clone(), rng).unwrap());
        deliver(&place.house.store, &clock, &[sender]).await.unwrap();
    });
}

fn is_blocked(place: &Place, outcome: &Outcome) {
    let (ctx, eid) = (place.ctx(), outcome.eid);
    place.house.act(move |tx| crate::session::end_all_of_eid(tx, &ctx, eid));
}

#[test]
fn a_block_is_told_by_soap_signed_with_name_and_session() {
    let endpoint = Endpoints::open();
    let place = endpoint.place();
    let [(name_id, outcome)] = &logged_in(&place, &["old"])[..] else {
        panic!()
    };
    sends(&place);
    assert!(
        endpoint.ear.heard().is_empty(),
        "nothing is sent while she is logged in"
    );
    is_blocked(&place, outcome);
    sends(&place);
    let [told] = &endpoint.heard(&place)[..] else {
        panic!("{:?}", endpoint.ear.heard())
    };
    assert_eq!(&told.name_id, name_id);
    assert_eq!(told.session_indexes, std::slice::from_ref(&outcome.sid));
    assert_eq!(told.destination.as_deref(), Some(endpoint.ear.at("/soap").as_str()));
    let now = moment(place.house.clock.now());
    assert_eq!(told.issue_instant, now);
    assert!(told.not_on_or_after.is_some_and(|end| end > now));
    // Told is told: not after the lease of the letter, not ever.
    for _ in 0..3 {
        place.house.clock.advance(Span::hours(3));
        sends(&place);
    }
    assert_eq!(endpoint.ear.heard().len(), 1);
}

#[test]
fn a_log_out_elsewhere_is_told_by_soap_and_is_no_stop_of_the_round() {
    let endpoint = Endpoints::open();
    let place = endpoint.place();
    let [(tax, at_tax), (old, at_old)] = &logged_in(&place, &["tax", "old"])[..] else {
        panic!()
    };
    let (path, _) = asks_to_log_out(&place, "tax", tax, Some(&at_tax.sid));
    let response = response_at(&place, &place.get(&path, None).location.unwrap(), "tax");
    assert_eq!(
        response.status,
        Status::success(),
        "the browser is not sent to the other one"
    );
    sends(&place);
    let [told] = &endpoint.heard(&place)[..] else {
        panic!("{:?}", endpoint.ear.heard())
    };
    assert_eq!((&told.name_id, &told.session_indexes), (old, &vec![at_old.sid.clone()]));
}

#[test]
fn whoever_asked_is_not_told_by_soap_too() {
    let endpoint = Endpoints::open();
    let place = endpoint.place();
    let [(old, at_old)] = &logged_in(&place, &["old"])[..] else {
        panic!()
    };
    let (path, _) = asks_to_log_out(&place, "old", old, Some(&at_old.sid));
    assert!(
        response_at(&place, &place.get(&path, None).location.unwrap(), "old")
            .status
            .is_success()
    );
    sends(&place);
    assert!(endpoint.ear.heard().is_empty());
}

#[test]
fn a_service_that_fails_is_asked_again_later_and_later_until_it_answers_well() {
    let endpoint = Endpoints::open();
    let place = endpoint.place();
    let [(name_id, outcome)] = &logged_in(&place, &["old"])[..] else {
        panic!()
    };
    is_blocked(&place, outcome);
    let failures = [
        Says::Noise(500, "down".into()),
        Says::Noise(0, String::new()),
        Says::Noise(200, "<html>hello</html>".into()),
        Says::Noise(302, endpoint.ear.at("/soap")),
        Says::Status(Status::top(Top::Responder)),
        Says::Status(Status::of(Top::Requester, second::REQUEST_UNSUPPORTED)),
        Says::Forged,
        Says::Astray,
        Says::Unsigned,
        Says::Noise(200, " ".repeat(1_000_000)),
    ];
    let mut pause = 0;
    for (tries, failure) in failures.iter().enumerate() {
        endpoint.says(failure.clone());
        if pause > 0 {
            place.house.clock.advance(Span::secs(pause - 1));
            sends(&place);
            assert_eq!(endpoint.ear.heard().len(), tries, "too early for {failure:?}");
            place.house.clock.advance(Span::secs(1));
        }
        sends(&place);
        assert_eq!(endpoint.ear.heard().len(), tries + 1, "{failure:?}");
        pause = if pause == 0 { 2 } else { pause * 2 };
    }
    endpoint.says(Says::Status(Status::success()));
    place.house.clock.advance(Span::secs(pause));
    sends(&place);
    place.house.clock.advance(Span::hours(4));
    sends(&place);
    let heard = endpoint.heard(&place);
    assert_eq!(heard.len(), failures.len() + 1, "and not again once it answered well");
    let mut ids: Vec<_> = heard.iter().map(|told| told.id.clone()).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), heard.len(), "each try is a message of its own");
    for told in &heard {
        assert_eq!(
            (&told.name_id, &told.session_indexes),
            (name_id, &vec![outcome.sid.clone()])
        );
    }
}

#[test]
fn a_service_that_knows_nobody_has_nothing_to_end() {
    // In the words of the standard, of mod_auth_mellon, of Shibboleth.
    let words = [
        Status::of(Top::Requester, second::UNKNOWN_PRINCIPAL),
        Status::of(Top::Responder, second::REQUEST_DENIED),
        Status::of(Top::Requester, second::REQUEST_DENIED),
    ];
    for word in words {
        let endpoint = Endpoints::open();
        let place = endpoint.place();
        let [(_, outcome)] = &logged_in(&place, &["old"])[..] else {
            panic!()
        };
        is_blocked(&place, outcome);
        // The first answer was lost; by the second try its session is gone.
        endpoint.says(Says::Noise(0, String::new()));
        sends(&place);
        endpoint.says(Says::Status(word.clone()));
        for _ in 0..3 {
            place.house.clock.advance(Span::secs(10));
            sends(&place);
        }
        assert_eq!(endpoint.ear.heard().len(), 2, "{word:?}");
    }
}

/// Anna enters the service, asking for a name of this kind.
fn enters(place: &Place, outcome: &Outcome, kind: &str) -> NameId {
    let mut request = place.request("old");
    request.name_id_policy = Some(NameIdPolicy {
        format: Some(kind.into()),
        ..NameIdPolicy::default()
    });
    let (_, fields) = place.answered(&request, outcome);
    let need = saml_core::sp::Need::SignedAssertion;
    place.believes("old", &request.id, &fields, need).unwrap().name_id
}

#[test]
fn a_service_is_told_under_every_name_that_it_was_given() {
    let endpoint = Endpoints::open();
    let place = endpoint.place();
    let outcome = place.anna_at(&["old"]).remove(0);
    let names = [format::PERSISTENT, format::TRANSIENT].map(|kind| enters(&place, &outcome, kind));
    is_blocked(&place, &outcome);
    sends(&place);
    let told: Vec<NameId> = endpoint
        .heard(&place)
        .into_iter()
        .map(|request| request.name_id)
        .collect();
    assert_eq!(told, names);
    place.house.clock.advance(Span::hours(1));
    sends(&place);
    assert_eq!(endpoint.ear.heard().len(), 2, "and it is over");
}

/// What the sender itself says of one try.
fn tries(place: &Place) -> Result<(), String> {
    let (clock, rng, now) = (
        place.house.clock.clone(),
        place.house.rng.clone(),
        place.house.clock.now(),
    );
    let letters = place.house.act(move |tx| tx.outbox().claim(1, now, Span::secs(1)));
    actix_web::rt::System::new().block_on(async {
        let channel = BackChannel::new(place.saml.clone(), clock, rng).unwrap();
        channel.send(&letters[0]).await
    })
}

#[test]
fn of_an_answer_no_more_is_read_than_a_message_may_have() {
    let endpoint = Endpoints::open();
    let place = endpoint.place();
    let [(_, outcome)] = &logged_in(&place, &["old"])[..] else {
        panic!()
    };
    is_blocked(&place, outcome);
    endpoint.says(Says::Noise(200, " ".repeat(64 << 20)));
    let error = tries(&place).unwrap_err();
    assert!(error.contains("longer than 65536 bytes"), "{error}");
}

#[test]
fn a_letter_waits_for_metadata_that_have_not_ended() {
    let endpoint = Endpoints::open();
    let named = endpoint.named();
    let ending = |end: &'static str| {
        let named = &named;
        move |name: &str, sp: &mut Sp| {
            named(name, sp);
            sp.valid_until = Some(end.parse().unwrap());
        }
    };
    // The house's clock stands at noon of 22 November 2026.
    let place = Place::with(ending("2026-11-22T13:00:00Z"));
    let [(_, outcome)] = &logged_in(&place, &["old"])[..] else {
        panic!()
    };
    is_blocked(&place, outcome);
    place.house.clock.advance(Span::hours(1));
    sends(&place);
    assert!(endpoint.ear.heard().is_empty(), "not to an address out of it");
    place.swaps(ending("2026-11-23T13:00:00Z"));
    place.house.clock.advance(Span::secs(2));
    sends(&place);
    assert_eq!(endpoint.heard(&place).len(), 1);
}

#[test]
fn a_service_that_is_gone_from_the_metadata_is_given_up() {
    let endpoint = Endpoints::open();
    let place = endpoint.place();
    let [(_, outcome)] = &logged_in(&place, &["old"])[..] else {
        panic!()
    };
    is_blocked(&place, outcome);
    place.swaps(|_, _| {});
    sends(&place);
    // Named again, it is not told any more: the letter is over.
    place.swaps(endpoint.named());
    place.house.clock.advance(Span::hours(1));
    sends(&place);
    assert!(endpoint.ear.heard().is_empty());
}
