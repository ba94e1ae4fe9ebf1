//! Who is told what, where, and in which form it arrives.
#![expect(clippy::expect_used, reason = "tests")]

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use serde_json::Value;

use super::files::{FileSender, Folder};
use super::message::{Message, Voice};
use super::webhook::Webhook;
use super::{Address, Notice, notice, notice_once};
use crate::audit::Who;
use crate::config::Settings;
use crate::domain::contact::Phone;
use crate::domain::locale::Locale;
use crate::domain::time::{Span, Time};
use crate::outbox::{Sender, deliver};
use crate::testing::{Citizen, Ear, House};
use crate::texts::Say;

fn who(citizen: &Citizen) -> Who {
    Who {
        person: citizen.person,
        eid: citizen.eid,
    }
}

fn tells(house: &House, citizen: &Citizen, what: Notice) {
    let (ctx, who) = (house.ctx(), who(citizen));
    house.act(move |tx| notice(tx, &ctx, who, what.clone()));
}

fn waiting(house: &House) -> Vec<Message> {
    let now = house.clock.now();
    let letters = house.act(move |tx| tx.outbox().claim(100, now, Span::secs(1)));
    letters
        .iter()
        .map(|letter| Message::read(letter).expect("a message"))
        .collect()
}

fn mail(text: &str) -> Address {
    Address::Mail(text.into())
}

#[test]
fn a_change_of_contact_data_is_told_at_the_old_addresses_too() {
    let house = House::new();
    let anna = house.reachable("anna@example.dk", "80307050");
    let change = Notice::ContactChanged {
        old_email: Some("old@example.dk".into()),
        old_phone: Some("80307050".into()),
    };
    tells(&house, &anna, change);
    let told = waiting(&house);
    assert_eq!(told.len(), 3);
    for address in [
        mail("anna@example.dk"),
        Address::Mobile("80307050".into()),
        mail("old@example.dk"),
    ] {
        assert!(told.iter().any(|message| message.to == address), "{}", address.as_str());
    }
    let nothing_of_the_old = Notice::ContactChanged {
        old_email: None,
        old_phone: None,
    };
    assert!(told.iter().all(|message| message.notice == nothing_of_the_old));
}

#[test]
fn who_has_no_address_is_told_nothing_and_what_is_undone_is_told_to_nobody() {
    let house = House::new();
    let quiet = house.anna();
    tells(&house, &quiet, Notice::PasswordChanged);
    let reached = house.reachable("anna@example.dk", "80307050");
    let (ctx, who) = (house.ctx(), who(&reached));
    let undone = house
        .store
        .transact_blocking("story", crate::storage::Durability::Full, move |tx| {
            notice(tx, &ctx, who, Notice::EidBlocked)?;
            Err::<(), _>(crate::domain::refusal::Code::KeycardState.into())
        });
    assert!(undone.is_err() && waiting(&house).is_empty());
}

#[test]
fn under_one_key_it_is_said_once() {
    let house = House::new();
    let anna = house.reachable("anna@example.dk", "80307050");
    for _ in 0..3 {
        let (ctx, who) = (house.ctx(), who(&anna));
        house.act(move |tx| notice_once(tx, &ctx, who, Notice::CardExpired, "expired:A123456789"));
    }
    assert_eq!(waiting(&house).len(), 2);
    // Whoever takes an address away, or gives another, is not told once more.
    let (person, ctx) = (anna.person, house.ctx());
    house.act(move |tx| {
        tx.people().set_email(person, None)?;
        tx.people()
            .set_phone(person, Some(&Phone::parse("80307051").expect("a number")))
    });
    house.act(move |tx| notice_once(tx, &ctx, who(&anna), Notice::CardExpired, "expired:A123456789"));
    assert!(waiting(&house).is_empty());
}

#[test]
fn every_notice_has_its_texts() {
    for locale in Locale::ALL {
        let say = Say(locale);
        for word in Notice::WORDS {
            assert!(say.maybe(&format!("message-{word}-subject")).is_some(), "{word}");
        }
    }
}

/// There is one thing to do for whoever did not do it: to block the eID, or what the text itself says.
#[test]
fn nobody_is_told_to_block_an_eid_that_is_blocked_or_that_nobody_used() {
    let house = House::new();
    let anna = house.reachable("anna@example.dk", "80307050");
    let voice = Voice::of(&Settings::default());
    let advice = |text: &str| [text.matches("spær dit eID").count(), text.matches("kontakt").count()];
    for (what, once) in [
        (Notice::PasswordChanged, [1, 0]),
        (Notice::OrderedAgain, [0, 1]),
        (Notice::EidBlocked, [0, 1]),
        (Notice::EidClosed, [0, 1]),
    ] {
        tells(&house, &anna, what);
        let told = waiting(&house);
        assert_eq!(told.len(), 2);
        for message in told {
            for text in [voice.letter(&message), voice.line(&message)] {
                assert_eq!(advice(&text), once, "{text}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demo_writes_the_text_and_a_document_beside_it() {
    let house = House::new();
    let anna = house.reachable("anna@example.dk", "80307050");
    let person = anna.person;
    house.act(move |tx| tx.people().set_language(person, Locale::En));
    tells(&house, &anna, Notice::LogInsFailed { count: 10 });
    let dir = tempfile::tempdir().expect("a folder");
    let (folder, voice) = (Folder::of_demo(dir.path()), Voice::of(&Settings::default()));
    let senders: Vec<Arc<dyn Sender>> = ["mail", "sms"]
        .map(|kind| Arc::new(FileSender::new(kind, folder.clone(), voice.clone())) as Arc<dyn Sender>)
        .into();
    deliver(&house.store, &house.clock, &senders).await.expect("sent");
    for (kind, to) in [("mail", "anna@example.dk"), ("sms", "80307050")] {
        let mut files: Vec<_> = std::fs::read_dir(folder.channel(kind))
            .expect("a folder")
            .flatten()
            .collect();
        files.sort_by_key(std::fs::DirEntry::path);
        assert_eq!(files.len(), 2, "{kind}: the text and its document");
        let about = std::fs::read_to_string(files[0].path()).expect("the document");
        let about: Value = serde_json::from_str(&about).expect("JSON");
        assert_eq!((&about["to"], &about["notice"]), (&to.into(), &"log-ins-failed".into()));
        let text = std::fs::read_to_string(files[1].path()).expect("the text");
        assert!(text.contains("There were 10 failed attempts"), "{text}");
        let name = files[1].file_name().into_string().expect("a name");
        assert!(name.contains(about["eid_number"].as_str().expect("a number")), "{name}");
    }
}

/// The signature of RFC 9421, checked as its receiver would.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_webhook_is_signed_and_a_refusal_is_tried_again() {
    let secret = "a secret of at least thirty-two characters";
    let status = Arc::new(std::sync::atomic::AtomicU16::new(503));
    let answers = Arc::clone(&status);
    let ear = Ear::open(move |_| (answers.load(std::sync::atomic::Ordering::SeqCst), String::new()));
    let url: url::Url = ear.at("/sms").parse().expect("an address");
    let webhook = Webhook::new(url.clone(), &secret.to_owned().into(), "key-1").expect("a webhook");
    let now = Time::from_secs(1_795_348_800);
    let body = br#"{"to":"+4580307050"}"#.to_vec();
    let refused = webhook.post(body.clone(), "abc", now).await;
    assert_eq!(refused, Err("the webhook answered 503".into()));
    status.store(202, std::sync::atomic::Ordering::SeqCst);
    webhook.post(body.clone(), "abc", now).await.expect("taken");

    let heard = ear.heard();
    let call = heard.last().expect("a call");
    assert_eq!(call.body.as_bytes(), body);
    let header = |name: &str| call.header(name).expect("the header").to_owned();
    assert_eq!(header("idempotency-key"), "\"abc\"");
    let params = header("signature-input")
        .strip_prefix("sig1=")
        .expect("sig1")
        .to_owned();
    assert!(params.contains(r#";keyid="key-1";alg="hmac-sha256""#), "{params}");
    let base = format!(
        "\"@method\": POST\n\"@target-uri\": {url}\n\"content-digest\": {}\n\"content-type\": {}\n\
         \"idempotency-key\": {}\n\"@signature-params\": {params}",
        header("content-digest"),
        header("content-type"),
        header("idempotency-key")
    );
    let signature = header("signature");
    let signature = signature.trim_start_matches("sig1=:").trim_end_matches(':');
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let bytes = STANDARD.decode(signature).expect("base64");
    hmac::verify(&key, base.as_bytes(), &bytes).expect("the signature holds");
}

/// The gateway gets the number, the text to be read and a time after which nobody is called; a code that has lapsed is not said.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_is_signed_tried_again_and_never_late() {
    use super::calls::CallSender;
    let house = House::new();
    let anna = house.anna();
    let status = Arc::new(std::sync::atomic::AtomicU16::new(503));
    let answers = Arc::clone(&status);
    let ear = Ear::open(move |_| (answers.load(std::sync::atomic::Ordering::SeqCst), String::new()));
    let mut settings = Settings::default();
    settings.delivery.calls.key = Some("a secret of at least thirty-two characters".to_owned().into());
    let url = ear.at("/call").parse().expect("an address");
    let voice = Voice::of(&settings);
    let sender = CallSender::new(&settings.delivery.calls, url, voice, house.clock.clone()).expect("a gateway");
    let (ctx, who, until) = (house.ctx(), who(&anna), house.clock.now() + Span::minutes(5));
    house.act(move |tx| {
        let said = Notice::LogInCode {
            code: super::OneTime::new("004216".into()),
            party: "Borger".into(),
            until,
        };
        super::call(tx, &ctx, who, "+4580307050", said)
    });
    let now = house.clock.now();
    let letters = house.act(move |tx| tx.outbox().claim(9, now, Span::hours(9)));
    let letter = letters.iter().find(|letter| letter.kind == "calls").expect("a call");
    assert_eq!(sender.send(letter).await, Err("the webhook answered 503".into()));
    status.store(202, std::sync::atomic::Ordering::SeqCst);
    sender.send(letter).await.expect("taken");
    let heard = ear.heard();
    let last = heard.last().expect("a call");
    assert!(last.header("signature").is_some() && last.header("idempotency-key").is_some());
    let body: Value = serde_json::from_str(&last.body).expect("JSON");
    assert_eq!((&body["to"], &body["language"]), (&"+4580307050".into(), &"da".into()));
    let text = body["text"].as_str().expect("a text");
    for part in ["Borger", "0, 0, 4, 2, 1, 6", "Sig aldrig koden til nogen"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    house.clock.advance(Span::minutes(5));
    sender.send(letter).await.expect("done with");
    assert_eq!(ear.heard().len(), heard.len(), "nobody is called for nothing");
}
