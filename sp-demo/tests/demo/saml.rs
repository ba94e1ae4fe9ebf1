//! What a service does with a SAML answer: one that holds opens a session, every other one opens none.
#![expect(clippy::unwrap_used, reason = "tests")]

use crate::world::saml::{ANNA, Asked, LIMITS, id};
use crate::world::{Browser, Page, World};
use chrono::TimeDelta;
use saml_core::enc::Recipient;
use saml_core::key::EncryptionKey;
use saml_core::metadata::Sp;
use saml_core::name_id::NameId;
use saml_core::ns::format;
use saml_core::response::{Response, Sealing, Signed};
use saml_core::status::{Status, Top, second};
use saml_core::{Kind, post, xml::Limits};
use serde_json::json;
use sp_demo::clock;

pub async fn metadata(world: &World) -> Sp {
    let xml = Browser::new(world).get("/skat/metadata").await.body;
    Sp::parse(&xml, &Limits::metadata_file()).unwrap()
}

/// A browser that has just been sent away by skat, and what the identity provider was asked.
async fn sent_away(world: &World, login: &str) -> (Browser, Asked, Sp) {
    let (browser, sp) = (Browser::new(world), metadata(world).await);
    let asked = world.saml.asked(&browser.get(login).await.address(), &sp);
    (browser, asked, sp)
}

/// Logs in with an answer that `spoil` had its hands on.
pub async fn answered(world: &World, login: &str, spoil: impl FnOnce(&mut Response)) -> (Browser, Page) {
    let (browser, asked, sp) = sent_away(world, login).await;
    let mut response = world.saml.answer(&asked);
    spoil(&mut response);
    let page = browser
        .post("/skat/acs", &world.saml.form(&response, &asked, &sp))
        .await;
    (browser, page)
}

async fn refused(world: &World, code: &str, what: &str, spoil: impl FnOnce(&mut Response)) {
    let (browser, page) = answered(world, "/skat/login", spoil).await;
    assert_eq!(page.code(), code, "{what}");
    assert_eq!(browser.me("skat").await, None, "{what}");
}

#[actix_web::test]
async fn a_log_in_that_holds_opens_a_session() {
    let world = World::new().await;
    let (browser, page) = answered(&world, "/skat/login?level=substantial", |_| ()).await;
    assert_eq!(page.location.as_deref(), Some("/skat/me"), "{}", page.body);
    let me = browser.me("skat").await.unwrap();
    assert_eq!(
        (&me["pid"], &me["subject"]),
        (&json!("9208-2002-2-123456789012"), &json!(ANNA))
    );
    assert_eq!(
        (&me["protocol"], &me["level"], &me["verified"]),
        (&json!("saml"), &json!("Substantial"), &json!(true))
    );
    let page = browser.get("/skat/me").await.body;
    assert!(
        page.contains("Anna &#38; &#60;Demo&#62;") && page.contains("encrypted for this service"),
        "{page}"
    );
}

#[actix_web::test]
async fn the_request_asks_for_what_the_click_asked_for() {
    let world = World::new().await;
    let (_, asked, _) = sent_away(&world, "/skat/login?level=high&force=1").await;
    let context = asked.request.context.unwrap();
    assert_eq!(context.classes, ["https://data.gov.dk/concept/core/nsis/loa/High"]);
    assert!(asked.request.force_authn && !asked.request.is_passive);
    let (_, asked, _) = sent_away(&world, "/skat/login?passive=1&force=1").await;
    assert!(asked.request.is_passive && !asked.request.force_authn && asked.request.context.is_none());
}

#[actix_web::test]
async fn the_request_may_travel_in_a_form() {
    let world = World::new().await;
    let (browser, sp) = (Browser::new(&world), metadata(&world).await);
    let page = browser.get("/skat/login?binding=post").await.body;
    let value = |name: &str| {
        let after = page.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap();
        after
            .split('"')
            .next()
            .unwrap()
            .replace("&#43;", "+")
            .replace("&#61;", "=")
    };
    assert!(page.contains(&format!("action=\"{}\"", world.saml.sso)), "{page}");
    let relay_state = Some(value("RelayState"));
    let incoming = post::decode_field(Kind::Request, &value("SAMLRequest"), relay_state, &LIMITS).unwrap();
    let asked = world.saml.believe(&incoming, &sp);
    let response = world.saml.answer(&asked);
    let page = browser
        .post("/skat/acs", &world.saml.form(&response, &asked, &sp))
        .await;
    assert_eq!(page.location.as_deref(), Some("/skat/me"));
}

#[actix_web::test]
async fn an_answer_to_no_question_is_unsolicited() {
    let world = World::new().await;
    let (browser, asked, sp) = sent_away(&world, "/skat/login").await;
    let mut form = world.saml.form(&world.saml.answer(&asked), &asked, &sp);
    let relay_state = std::mem::replace(&mut form[1].1, "made-up".to_owned());
    assert_eq!(browser.post("/skat/acs", &form).await.code(), "sp.unsolicited");
    assert_eq!(
        browser.post("/skat/acs", &form[..1]).await.code(),
        "sp.unsolicited",
        "without RelayState"
    );
    form[1].1 = relay_state;
    assert_eq!(
        Browser::new(&world).post("/skat/acs", &form).await.code(),
        "sp.other_browser"
    );
    assert_eq!(browser.post("/skat/acs", &form).await.status, 303);
    assert_eq!(
        browser.post("/skat/acs", &form).await.code(),
        "sp.unsolicited",
        "a second time"
    );
}

#[actix_web::test]
async fn an_assertion_for_another_log_in_is_refused() {
    let world = World::new().await;
    let (browser, first, sp) = sent_away(&world, "/skat/login").await;
    let response = world.saml.answer(&first);
    assert_eq!(
        browser
            .post("/skat/acs", &world.saml.form(&response, &first, &sp))
            .await
            .status,
        303
    );
    let (eve, second, sp) = sent_away(&world, "/skat/login").await;
    assert_eq!(
        eve.post("/skat/acs", &world.saml.form(&response, &second, &sp))
            .await
            .code(),
        "sp.evidence"
    );
    assert_eq!(eve.me("skat").await, None);
}

#[actix_web::test]
async fn an_answer_with_one_wrong_thing_is_refused() {
    let world = World::new().await;
    let is = "sp.evidence";
    refused(&world, is, "InResponseTo absent", |r| r.in_response_to = None).await;
    refused(&world, is, "InResponseTo of another", |r| {
        r.in_response_to = Some(id().to_string())
    })
    .await;
    refused(&world, is, "InResponseTo in the signed part", |r| {
        r.assertion.as_mut().unwrap().confirmation.in_response_to = id().to_string();
    })
    .await;
    refused(&world, is, "Issuer", |r| {
        r.assertion.as_mut().unwrap().issuer = "https://evil.example".into()
    })
    .await;
    refused(&world, is, "Issuer of the response", |r| {
        r.issuer = "https://evil.example".into()
    })
    .await;
    refused(&world, is, "Audience", |r| {
        r.assertion.as_mut().unwrap().conditions.audience = "https://a".into()
    })
    .await;
    refused(&world, is, "Recipient", |r| {
        r.assertion.as_mut().unwrap().confirmation.recipient = "https://a".into()
    })
    .await;
    refused(&world, is, "Destination", |r| r.destination = "https://a".into()).await;
    let past = clock::now() - TimeDelta::minutes(10);
    refused(&world, is, "over", |r| {
        r.assertion.as_mut().unwrap().conditions.not_on_or_after = past
    })
    .await;
    refused(&world, is, "old", |r| {
        r.assertion.as_mut().unwrap().issue_instant = past
    })
    .await;
    let future = clock::now() + TimeDelta::minutes(10);
    refused(&world, is, "early", |r| {
        r.assertion.as_mut().unwrap().conditions.not_before = future
    })
    .await;
    refused(&world, is, "specVersion", |r| {
        drop(r.assertion.as_mut().unwrap().attributes.remove(0))
    })
    .await;
}

#[actix_web::test]
async fn a_stranger_s_signature_or_an_open_assertion_is_refused() {
    let world = World::new().await;
    let (browser, asked, sp) = sent_away(&world, "/skat/login").await;
    let key = EncryptionKey::from_certificate(&sp.keys.last().unwrap().certificate_der).unwrap();
    let recipient = Recipient::choose(key, &[]).unwrap();
    let stranger = Sealing {
        key: &world.saml.stranger,
        signed: Signed::Both,
        encrypt: Some(&recipient),
    };
    let response = world.saml.answer(&asked);
    let page = browser
        .post("/skat/acs", &world.saml.sealed(&response, &asked, &stranger))
        .await;
    assert_eq!(page.code(), "sp.evidence");
    for signed in [Signed::Assertion, Signed::Response] {
        let (browser, asked, _) = sent_away(&world, "/skat/login").await;
        let open = Sealing {
            key: &world.saml.key,
            signed,
            encrypt: None,
        };
        let form = world.saml.sealed(&world.saml.answer(&asked), &asked, &open);
        assert_eq!(
            browser.post("/skat/acs", &form).await.code(),
            "sp.evidence",
            "{signed:?}"
        );
        assert_eq!(browser.me("skat").await, None);
    }
    assert_eq!(
        browser
            .post("/skat/acs", &[("SAMLResponse".into(), "PGE+".into())])
            .await
            .code(),
        "sp.malformed"
    );
}

#[actix_web::test]
async fn less_than_was_asked_for_is_refused() {
    let world = World::new().await;
    let low = |r: &mut Response| r.assertion.as_mut().unwrap().attributes[1].values = vec!["Low".to_owned()];
    let (_, page) = answered(&world, "/skat/login?level=substantial", low).await;
    assert_eq!(page.code(), "sp.level");
    let old = clock::now() - TimeDelta::hours(1);
    let stale = |r: &mut Response| r.assertion.as_mut().unwrap().authentication.instant = old;
    assert_eq!(
        answered(&world, "/skat/login?force=1", stale).await.1.code(),
        "sp.evidence"
    );
    assert_eq!(answered(&world, "/skat/login", stale).await.1.status, 303);
}

#[actix_web::test]
async fn a_step_up_by_another_person_leaves_the_session_as_it_was() {
    let world = World::new().await;
    let low = |r: &mut Response| r.assertion.as_mut().unwrap().attributes[1].values = vec!["Low".to_owned()];
    let (browser, _) = answered(&world, "/skat/login", low).await;
    let sp = metadata(&world).await;
    let asked = world
        .saml
        .asked(&browser.get("/skat/login?level=substantial").await.address(), &sp);
    assert_eq!(asked.request.subject, Some(NameId::new(ANNA, format::PERSISTENT)));
    let mut response = world.saml.answer(&asked);
    response.assertion.as_mut().unwrap().name_id.value = ANNA.replace("5f0d", "0000");
    let page = browser
        .post("/skat/acs", &world.saml.form(&response, &asked, &sp))
        .await;
    assert_eq!(page.code(), "sp.other_person");
    assert_eq!(browser.me("skat").await.unwrap()["level"], "Low");
}

#[actix_web::test]
async fn a_refusal_is_shown_kindly() {
    let world = World::new().await;
    let (browser, page) = answered(&world, "/skat/login", |response| {
        response.status = Status::of(Top::Responder, second::REQUEST_DENIED).saying("OCES001");
        response.assertion = None;
    })
    .await;
    assert_eq!((page.status, page.code()), (403, "OCES001"));
    assert!(page.body.contains("only gives access to netbank"));
    assert_eq!(browser.me("skat").await, None);
}

#[actix_web::test]
async fn the_registered_metadata_is_what_the_demo_publishes() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../config/demo");
    let settings = sp_demo::config::Settings::load(&folder.join("sp-demo.toml"), std::iter::empty()).unwrap();
    let services = sp_demo::services::load(&settings).unwrap();
    let sp_demo::services::Protocol::Saml(provider) = &services["skat"].protocol else {
        unreachable!()
    };
    let published = sp_demo::saml::metadata::describe(provider, "Skat (demo)").unwrap();
    let registered = std::fs::read_to_string(folder.join("parties/skat.metadata.xml")).unwrap();
    assert_eq!(
        registered.trim_end(),
        published,
        "cargo run -p sp-demo -- metadata skat > config/demo/parties/skat.metadata.xml"
    );
}
