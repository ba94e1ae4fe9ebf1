//! A device comes in and answers; and whoever is not that device does not.
#![expect(clippy::expect_used, clippy::panic, reason = "tests")]

use actix_web::http::StatusCode;
use actix_web::middleware::from_fn;
use actix_web::test::{TestRequest, call_service, init_service, read_body_json};
use actix_web::{App, web};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::http::Desk;
use super::*;
use crate::audit::Who;
use crate::config::Settings;
use crate::config::parties::{Parties, SharedParties};
use crate::credentials::keycard;
use crate::domain::authenticator::State;
use crate::domain::code_app::{Decision, Handover, MOST, Number, PATIENCE};
use crate::domain::factor::{Factor, Purpose};
use crate::domain::id::{AuthenticatorId, FlowId};
use crate::domain::refusal::Code;
use crate::domain::time::Span;
use crate::storage::{Durability, Halt, NewDevice};
use crate::testing::{Citizen, Ear, House};
use crate::vault::card::{SCHEME, entries};
use crate::vault::device_key::DeviceKey;
use crate::web::{Site, door};

const ISSUER: &str = "https://id.example";
const WAIT: Span = Span::hours(1);

fn pair() -> EcdsaKeyPair {
    EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key")
}

fn signed(pair: &EcdsaKeyPair, message: &str) -> String {
    let signature = pair.sign(&SystemRandom::new(), message.as_bytes()).expect("signs");
    URL_SAFE_NO_PAD.encode(signature)
}

fn who(citizen: &Citizen) -> Who {
    Who {
        person: citizen.person,
        eid: citizen.eid,
    }
}

fn begins(house: &House, citizen: &Citizen, right: bool) -> Result<Begun, Code> {
    let (ctx, vault, who) = (house.ctx(), house.vault.clone(), who(citizen));
    let secret = citizen.secret.clone();
    let begun = house.store.transact_blocking("test", Durability::Full, move |tx| {
        let asked = keycard::ask(tx, &ctx, who.eid)?;
        let code = entries(&secret, SCHEME).code[usize::from(asked.position.get())];
        let other = crate::domain::keycard::Code::new((code.get() + 1) % 1_000_000).expect("a code");
        let typed = if right { code } else { other };
        begin(tx, &ctx, &vault, who, (&asked, &typed))
    });
    match begun {
        Ok(begun) => begun.map_err(|told| told.0.code),
        Err(Halt::Refused(refusal)) => Err(refusal.code),
        Err(halt) => panic!("{halt:?}"),
    }
}

fn takes_in(house: &House, handover: &Handover, pair: &EcdsaKeyPair) -> Result<AuthenticatorId, Code> {
    let (ctx, vault, handover) = (house.ctx(), house.vault.clone(), handover.clone());
    let key = DeviceKey::from_bytes(pair.public_key().as_ref()).expect("a point");
    let taken = house.store.transact_blocking("test", Durability::Full, move |tx| {
        let device = NewDevice {
            key: &key,
            name: "phone",
            push: Some("wake-me-7f3a"),
        };
        receive(tx, &ctx, &vault, &handover, device, WAIT)
    });
    match taken {
        Ok(app) => Ok(app.id),
        Err(Halt::Refused(refusal)) => Err(refusal.code),
        Err(halt) => panic!("{halt:?}"),
    }
}

/// A device of hers whose waiting time is over.
fn phone(house: &House, citizen: &Citizen) -> AuthenticatorId {
    let begun = begins(house, citizen, true).expect("begun");
    let app = takes_in(house, &begun.handover, &pair()).expect("taken in");
    house.clock.advance(WAIT);
    app
}

fn flow(n: u8) -> FlowId {
    FlowId::from_bytes([n; 16])
}

fn asks(house: &House, citizen: &Citizen, n: u8) -> Result<Asked, Code> {
    let (ctx, who) = (house.ctx(), who(citizen));
    let asked = house.store.transact_blocking("test", Durability::Soft, move |tx| {
        ask(tx, &ctx, who, flow(n), ("borger", Purpose::Login))
    });
    match asked {
        Ok(asked) => Ok(asked),
        Err(Halt::Refused(refusal)) => Err(refusal.code),
        Err(halt) => panic!("{halt:?}"),
    }
}

fn answers(house: &House, app: AuthenticatorId, asked: &Asked, decision: Decision) -> Result<Settled, Code> {
    let (ctx, question) = (house.ctx(), asked.question());
    let settled = house.store.transact_blocking("test", Durability::Full, move |tx| {
        let app = tx.code_apps().find(app)?.expect("a device");
        let answered = Answered {
            app,
            question,
            decision,
        };
        settle(tx, &ctx, &answered)
    });
    match settled {
        Ok(settled) => Ok(settled),
        Err(Halt::Refused(refusal)) => Err(refusal.code),
        Err(halt) => panic!("{halt:?}"),
    }
}

fn lets_in(house: &House, citizen: &Citizen, n: u8, asked: &Asked) -> Option<Code> {
    let (ctx, who, asked) = (house.ctx(), who(citizen), *asked);
    house.act(move |tx| {
        Ok(match answer(tx, &ctx, who, flow(n), &asked)? {
            Verdict::Accepted => None,
            Verdict::Refused(code) => Some(code),
        })
    })
}

fn other(number: Number) -> Number {
    Number::from_random(u32::from(number.get()) - 9)
}

#[test]
fn a_device_comes_in_by_a_code_of_the_card_and_once() {
    let house = House::new();
    let anna = house.anna();
    assert_eq!(begins(&house, &anna, false).err(), Some(Code::CodeWrong));
    let begun = begins(&house, &anna, true).expect("begun");
    let wrong = Handover::parse("0000 0000 0000 0000").expect("digits");
    assert_eq!(takes_in(&house, &wrong, &pair()), Err(Code::AppHandover));
    let app = takes_in(&house, &begun.handover, &pair()).expect("taken in");
    assert_eq!(app, begun.id);
    assert_eq!(
        takes_in(&house, &begun.handover, &pair()),
        Err(Code::AppHandover),
        "once"
    );
    let late = begins(&house, &anna, true).expect("begun");
    let later = begins(&house, &anna, true).expect("begun");
    assert_eq!(
        takes_in(&house, &late.handover, &pair()),
        Err(Code::AppHandover),
        "another took its place"
    );
    house.clock.advance(Span::minutes(10));
    assert_eq!(
        takes_in(&house, &later.handover, &pair()),
        Err(Code::AppHandover),
        "too late"
    );
}

#[test]
fn three_devices_are_the_most() {
    let house = House::new();
    let anna = house.anna();
    let mut phones = Vec::new();
    for _ in 0..MOST {
        phones.push(phone(&house, &anna));
    }
    assert_eq!(begins(&house, &anna, true).err(), Some(Code::AppTooMany));
    let (ctx, who, app) = (house.ctx(), who(&anna), phones[0]);
    house.act(move |tx| block(tx, &ctx, who, app));
    assert!(begins(&house, &anna, true).is_ok());
    let app = house.act(move |tx| tx.code_apps().find(app)).expect("a device");
    assert!(app.key.is_none() && app.state == State::Closed, "its key is erased");
}

#[test]
fn a_new_device_waits_an_hour() {
    let house = House::new();
    let anna = house.anna();
    let begun = begins(&house, &anna, true).expect("begun");
    let app = takes_in(&house, &begun.handover, &pair()).expect("taken in");
    let is_offered = |house: &House| {
        let (ctx, eid) = (house.ctx(), anna.eid);
        house
            .act(move |tx| crate::credentials::second::held(tx, &ctx, eid, crate::testing::VOICE))
            .factors()
            .contains(Factor::App)
    };
    assert!(!is_offered(&house));
    let asked = asks(&house, &anna, 1).expect("asked");
    let early = answers(&house, app, &asked, Decision::Approve(asked.number));
    assert_eq!(early, Err(Code::AppTooEarly));
    house.clock.advance(WAIT);
    assert!(is_offered(&house));
}

#[test]
fn an_approval_lets_in_the_log_in_that_asked_and_once() {
    let house = House::new();
    let (anna, bo) = (house.anna(), house.citizen("bo", "another-77x", false));
    let phone = phone(&house, &anna);
    let asked = asks(&house, &anna, 1).expect("asked");
    assert_eq!(lets_in(&house, &anna, 1, &asked), Some(Code::AppWaiting));
    assert_eq!(
        answers(&house, phone, &asked, Decision::Approve(asked.number)),
        Ok(Settled::Approved)
    );
    assert_eq!(
        answers(&house, phone, &asked, Decision::Approve(asked.number)),
        Err(Code::AppNoQuestion),
        "a replay"
    );
    assert_eq!(
        lets_in(&house, &anna, 2, &asked),
        Some(Code::AppLapsed),
        "another log-in"
    );
    assert_eq!(lets_in(&house, &bo, 1, &asked), Some(Code::AppLapsed), "another person");
    assert_eq!(lets_in(&house, &anna, 1, &asked), None);
    assert_eq!(lets_in(&house, &anna, 1, &asked), Some(Code::AppLapsed), "once");
}

#[test]
fn a_wrong_number_a_rejection_and_time_end_the_question() {
    let house = House::new();
    let anna = house.anna();
    let phone = phone(&house, &anna);
    let asked = asks(&house, &anna, 1).expect("asked");
    let wrong = Decision::Approve(other(asked.number));
    assert_eq!(answers(&house, phone, &asked, wrong), Ok(Settled::Rejected));
    assert_eq!(
        answers(&house, phone, &asked, Decision::Approve(asked.number)),
        Err(Code::AppNoQuestion),
        "one try"
    );
    assert_eq!(lets_in(&house, &anna, 1, &asked), Some(Code::AppRejected));
    let asked = asks(&house, &anna, 2).expect("asked");
    assert_eq!(answers(&house, phone, &asked, Decision::Reject), Ok(Settled::Rejected));
    let asked = asks(&house, &anna, 3).expect("asked");
    house.clock.advance(Span::minutes(5));
    assert_eq!(
        answers(&house, phone, &asked, Decision::Approve(asked.number)),
        Err(Code::AppNoQuestion)
    );
    assert_eq!(lets_in(&house, &anna, 3, &asked), Some(Code::AppLapsed));
}

#[test]
fn a_further_question_takes_the_place_of_the_first() {
    let house = House::new();
    let anna = house.anna();
    let phone = phone(&house, &anna);
    let first = asks(&house, &anna, 1).expect("asked");
    let second = asks(&house, &anna, 2).expect("asked");
    assert_eq!(
        answers(&house, phone, &first, Decision::Approve(first.number)),
        Err(Code::AppNoQuestion)
    );
    assert_eq!(
        answers(&house, phone, &second, Decision::Approve(second.number)),
        Ok(Settled::Approved)
    );
    assert_eq!(lets_in(&house, &anna, 1, &first), Some(Code::AppLapsed));
    assert_eq!(lets_in(&house, &anna, 2, &second), None);
}

#[test]
fn who_keeps_asking_tires_the_app_and_an_approval_refreshes_it() {
    let house = House::new();
    let anna = house.anna();
    let phone = phone(&house, &anna);
    for n in 1..PATIENCE {
        asks(&house, &anna, n).expect("asked");
    }
    let last = asks(&house, &anna, PATIENCE).expect("asked");
    assert_eq!(asks(&house, &anna, 9), Err(Code::AppRests));
    assert_eq!(
        answers(&house, phone, &last, Decision::Approve(last.number)),
        Ok(Settled::Approved)
    );
    assert_eq!(lets_in(&house, &anna, PATIENCE, &last), None);
    assert!(asks(&house, &anna, 9).is_ok(), "she is there");
    for n in 10..9 + PATIENCE {
        asks(&house, &anna, n).expect("asked");
    }
    assert_eq!(asks(&house, &anna, 99), Err(Code::AppRests));
    house.clock.advance(Span::minutes(65));
    assert!(asks(&house, &anna, 99).is_ok(), "after an hour");
}

#[test]
fn a_device_that_was_blocked_since_it_approved_lets_nobody_in() {
    let house = House::new();
    let anna = house.anna();
    let phone = phone(&house, &anna);
    let asked = asks(&house, &anna, 1).expect("asked");
    assert_eq!(
        answers(&house, phone, &asked, Decision::Approve(asked.number)),
        Ok(Settled::Approved)
    );
    let (ctx, who, app) = (house.ctx(), who(&anna), phone);
    house.act(move |tx| block(tx, &ctx, who, app));
    assert_eq!(lets_in(&house, &anna, 1, &asked), Some(Code::AppRejected));
    assert_eq!(
        asks(&house, &anna, 2).map(|_| ()),
        Ok(()),
        "nobody is left to answer it"
    );
    assert_eq!(
        answers(&house, phone, &asked, Decision::Approve(asked.number)),
        Err(Code::AppUnknown)
    );
}

/// What the house answers to an app, over HTTP.
async fn posts(house: &House, path: &str, body: &Value) -> (StatusCode, Value) {
    let mut settings = Settings::default();
    settings.demo.enabled = true;
    let site = Site::new(&settings, house.clock.clone(), house.rng.clone()).expect("a site");
    let parties = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../config/demo/parties");
    let desk = Desk {
        store: house.store.clone(),
        vault: house.vault.clone(),
        parties: SharedParties::new(Parties::load_dir(&parties, true).expect("parties")),
        issuer: ISSUER.into(),
        waits: WAIT,
    };
    let app = App::new()
        .app_data(web::Data::new(site))
        .app_data(web::Data::new(desk))
        .wrap(from_fn(door))
        .configure(super::http::mount);
    let app = init_service(app).await;
    let request = TestRequest::post().uri(path).set_json(body).to_request();
    let response = call_service(&app, request).await;
    let status = response.status();
    (status, read_body_json(response).await)
}

fn code_of(answer: &Value) -> &str {
    answer["errors"][0]["code"].as_str().unwrap_or_default()
}

/// A house that calls the operator's webhook.
fn senders(house: &House, ear: &Ear) -> Vec<std::sync::Arc<dyn crate::outbox::Sender>> {
    let mut settings = Settings::default();
    settings.delivery.push.url = Some(ear.at("/push").parse().expect("an address"));
    settings.delivery.push.key = Some(crate::config::Secret::from("k".repeat(32)));
    crate::delivery::senders(&settings, &house.clock).expect("senders")
}

fn pushes(house: &House) -> usize {
    let now = house.clock.now();
    let letters = house.act(move |tx| tx.outbox().claim(100, now, Span::micros(1)));
    letters.iter().filter(|letter| letter.kind == "push").count()
}

#[actix_web::test]
async fn a_question_wakes_the_app_and_tells_nothing_of_itself() {
    let house = House::new();
    let anna = house.anna();
    phone(&house, &anna);
    let answers = std::sync::atomic::AtomicUsize::new(0);
    let ear = Ear::open(move |_| {
        let first = answers.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 0;
        (if first { 503 } else { 204 }, String::new())
    });
    let senders = senders(&house, &ear);
    let asked = asks(&house, &anna, 1).expect("asked");
    for _ in 0..2 {
        crate::outbox::deliver(&house.store, &house.clock, &senders)
            .await
            .expect("delivered");
        house.clock.advance(Span::secs(60));
    }
    let heard = ear.heard();
    assert_eq!(heard.len(), 2, "once more after a failure, and not again");
    assert_eq!(heard[0].header("idempotency-key"), heard[1].header("idempotency-key"));
    assert!(
        heard[0]
            .header("signature")
            .is_some_and(|signature| signature.starts_with("sig1=:"))
    );
    let body: Value = serde_json::from_str(&heard[0].body).expect("JSON");
    let names: Vec<_> = body.as_object().expect("an object").keys().cloned().collect();
    assert_eq!(names, ["id", "to", "event", "expires_at"]);
    assert_eq!(
        (body["event"].as_str(), body["to"].as_str()),
        (Some("question"), Some("wake-me-7f3a"))
    );
    let number = format!("\"{}\"", asked.number);
    for secret in [
        "borger",
        "login",
        "anna",
        number.as_str(),
        &asked.question().to_string(),
    ] {
        assert!(!heard[0].body.contains(secret), "{secret}: {}", heard[0].body);
    }
}

#[actix_web::test]
async fn nobody_is_woken_for_what_has_lapsed_or_before_a_device_may_answer() {
    let house = House::new();
    let anna = house.anna();
    let app = phone(&house, &anna);
    let ear = Ear::open(|_| (204, String::new()));
    let senders = senders(&house, &ear);
    asks(&house, &anna, 1).expect("asked");
    house.clock.advance(Span::minutes(5));
    crate::outbox::deliver(&house.store, &house.clock, &senders)
        .await
        .expect("delivered");
    assert!(ear.heard().is_empty(), "nobody asks any more");
    let (ctx, who) = (house.ctx(), who(&anna));
    house.act(move |tx| block(tx, &ctx, who, app));
    house.clock.advance(Span::hours(2));
    let begun = begins(&house, &anna, true).expect("begun");
    takes_in(&house, &begun.handover, &pair()).expect("taken in");
    asks(&house, &anna, 2).expect("asked");
    assert_eq!(pushes(&house), 0, "one is over, the other waits its hour");
}

#[actix_web::test]
async fn a_push_address_is_part_of_what_is_signed() {
    let house = House::new();
    let anna = house.anna();
    let begun = begins(&house, &anna, true).expect("begun");
    let pair = pair();
    let public = URL_SAFE_NO_PAD.encode(pair.public_key());
    let bind = |push: &str, signed_push: Option<&str>| {
        let signature = signed(&pair, &bind_message(ISSUER, &begun.handover, &public, signed_push));
        json!({
            "handover": begun.handover.shown(), "name": "telefon", "public_key": public, "push": push, "signature": signature,
        })
    };
    for (push, signed_push, code) in [
        ("a b", Some("a b"), "app.push"),
        ("theirs", None, "app.signature"),
        ("theirs", Some("hers"), "app.signature"),
    ] {
        let (_, refused) = posts(&house, "/app/bind", &bind(push, signed_push)).await;
        assert_eq!(code_of(&refused), code);
    }
    let (status, bound) = posts(&house, "/app/bind", &bind("hers", Some("hers"))).await;
    assert_eq!(status, StatusCode::CREATED, "{bound}");
    house.clock.advance(WAIT);
    asks(&house, &anna, 1).expect("asked");
    assert_eq!(pushes(&house), 1);
}

#[actix_web::test]
async fn an_app_moves_or_gives_up_where_it_is_woken() {
    let house = House::new();
    let anna = house.anna();
    let pair = pair();
    let begun = begins(&house, &anna, true).expect("begun");
    let id = takes_in(&house, &begun.handover, &pair).expect("taken in");
    house.clock.advance(WAIT);
    let says = |pair: &EcdsaKeyPair, sent: &str, signed_push: &str, offset: i64| {
        let time = house.clock.now().secs() + offset;
        let signature = signed(pair, &push_message(ISSUER, id, time, signed_push));
        json!({ "app": id.to_string(), "time": time.to_string(), "push": sent, "signature": signature })
    };
    for (body, code) in [
        (says(&self::pair(), "there", "there", 0), "app.signature"),
        (says(&pair, "there", "elsewhere", 0), "app.signature"),
        (says(&pair, "over there", "over there", 0), "app.push"),
        (says(&pair, "there", "there", 301), "app.clock"),
    ] {
        let (_, refused) = posts(&house, "/app/push", &body).await;
        assert_eq!(code_of(&refused), code);
    }
    let (eid, now) = (anna.eid, house.clock.now());
    let wakes = |house: &House| house.act(move |tx| tx.code_apps().wakeable(eid, now));
    let (status, _) = posts(&house, "/app/push", &says(&pair, "there", "there", 0)).await;
    assert_eq!(
        (status, wakes(&house)),
        (StatusCode::OK, vec![(id, "there".to_owned())])
    );
    let (status, _) = posts(&house, "/app/push", &says(&pair, "", "", 0)).await;
    assert_eq!((status, wakes(&house)), (StatusCode::OK, Vec::new()));
    let (ctx, who) = (house.ctx(), who(&anna));
    house.act(move |tx| block(tx, &ctx, who, id));
    let (_, refused) = posts(&house, "/app/push", &says(&pair, "there", "there", 0)).await;
    assert_eq!(code_of(&refused), "app.unknown");
}

#[actix_web::test]
async fn the_protocol_from_the_hand_over_to_the_approval() {
    let house = House::new();
    let anna = house.anna();
    let pair = pair();
    let begun = begins(&house, &anna, true).expect("begun");
    let public = URL_SAFE_NO_PAD.encode(pair.public_key());
    let bind = |signature: String| json!({ "handover": begun.handover.shown(), "name": "Annas telefon", "public_key": public, "signature": signature });
    let stranger = signed(&self::pair(), &bind_message(ISSUER, &begun.handover, &public, None));
    let (status, refused) = posts(&house, "/app/bind", &bind(stranger)).await;
    assert_eq!((status, code_of(&refused)), (StatusCode::FORBIDDEN, "app.signature"));
    let own = signed(&pair, &bind_message(ISSUER, &begun.handover, &public, None));
    let (status, bound) = posts(&house, "/app/bind", &bind(own.clone())).await;
    assert_eq!(
        (status, bound["issuer"].as_str()),
        (StatusCode::CREATED, Some(ISSUER)),
        "{bound}"
    );
    let (_, again) = posts(&house, "/app/bind", &bind(own)).await;
    assert_eq!(code_of(&again), "app.handover");
    let id: AuthenticatorId = bound["app"].as_str().expect("an id").parse().expect("an id");
    house.clock.advance(WAIT);

    let look = |offset: i64, pair: &EcdsaKeyPair| {
        let time = house.clock.now().secs() + offset;
        let signature = signed(pair, &poll_message(ISSUER, id, time));
        json!({ "app": id.to_string(), "time": time.to_string(), "signature": signature })
    };
    let (_, nothing) = posts(&house, "/app/poll", &look(0, &pair)).await;
    assert_eq!(nothing["question"], Value::Null);
    let (_, off) = posts(&house, "/app/poll", &look(301, &pair)).await;
    assert_eq!(code_of(&off), "app.clock");
    let (_, strange) = posts(&house, "/app/poll", &look(0, &self::pair())).await;
    assert_eq!(code_of(&strange), "app.signature");

    let asked = asks(&house, &anna, 1).expect("asked");
    let (_, looked) = posts(&house, "/app/poll", &look(0, &pair)).await;
    let question = &looked["question"];
    assert_eq!(
        (question["party"]["id"].as_str(), question["purpose"].as_str()),
        (Some("borger"), Some("login"))
    );
    assert!(
        !looked.to_string().contains(&format!("\"{}\"", asked.number)),
        "the number is not told"
    );

    let name = question["party"]["name"].as_str().expect("a name").to_owned();
    let says = |pair: &EcdsaKeyPair, name: &str, sent: &str, number: Number| {
        let shown = Shown {
            question: asked.question(),
            party: "borger",
            name,
            purpose: Purpose::Login,
        };
        let signature = signed(pair, &answer_message(ISSUER, id, shown, Decision::Approve(number)));
        json!({ "app": id.to_string(), "question": asked.question().to_string(), "decision": sent,
            "number": number.to_string(), "signature": signature })
    };
    for (body, code) in [
        (says(&self::pair(), &name, "approve", asked.number), "app.signature"),
        (says(&pair, "Another party", "approve", asked.number), "app.signature"),
        (says(&pair, &name, "reject", asked.number), "app.signature"),
        (says(&pair, &name, "perhaps", asked.number), "request.malformed"),
    ] {
        let (_, refused) = posts(&house, "/app/answer", &body).await;
        assert_eq!(code_of(&refused), code);
    }
    let (status, heard) = posts(&house, "/app/answer", &says(&pair, &name, "approve", asked.number)).await;
    assert_eq!(
        (status, heard["answer"].as_str()),
        (StatusCode::OK, Some("approved")),
        "{heard}"
    );
    let (_, replayed) = posts(&house, "/app/answer", &says(&pair, &name, "approve", asked.number)).await;
    assert_eq!(code_of(&replayed), "app.no_question");
    let (_, looked) = posts(&house, "/app/poll", &look(0, &pair)).await;
    assert_eq!(looked["question"], Value::Null);
    assert_eq!(lets_in(&house, &anna, 1, &asked), None);
}

#[actix_web::test]
async fn what_is_no_json_or_no_device_is_turned_away() {
    let house = House::new();
    let nobody = AuthenticatorId::from_bytes([1; 16]);
    for body in [json!({}), json!({ "app": "x" })] {
        let (_, refused) = posts(&house, "/app/answer", &body).await;
        assert_eq!(code_of(&refused), "app.unknown");
    }
    let time = house.clock.now().secs();
    let signature = signed(&pair(), &poll_message(ISSUER, nobody, time));
    let body = json!({ "app": nobody.to_string(), "time": time.to_string(), "signature": signature });
    let (status, refused) = posts(&house, "/app/poll", &body).await;
    assert_eq!((status, code_of(&refused)), (StatusCode::FORBIDDEN, "app.unknown"));
    let (_, refused) = posts(&house, "/app/bind", &json!({ "handover": "12" })).await;
    assert_eq!(code_of(&refused), "app.handover");
    let (_, refused) = posts(&house, "/app/bind", &json!(["x"])).await;
    assert_eq!(code_of(&refused), "request.malformed");
}
