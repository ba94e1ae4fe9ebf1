//! Single log-out both ways, and by SOAP.
#![expect(clippy::unwrap_used, reason = "tests")]

use chrono::TimeDelta;
use saml_core::key::SigningKey;
use saml_core::logout::{LogoutRequest, LogoutResponse};
use saml_core::name_id::NameId;
use saml_core::ns::format;
use saml_core::status::{Status, Top, second};
use saml_core::{Kind, redirect, soap};
use sp_demo::clock;

use crate::saml::{answered, metadata};
use crate::world::saml::{ANNA, LIMITS, id};
use crate::world::{Browser, World};

/// The address that a message of the identity provider comes to skat by.
fn redirected(world: &World, kind: Kind, xml: &str, key: &SigningKey) -> String {
    let url = redirect::encode(&format!("{}/skat/slo", world.sp), kind, xml, Some("relay"), Some(key)).unwrap();
    url.strip_prefix(&world.sp).unwrap().to_owned()
}

fn logout_request(world: &World, index: &str) -> LogoutRequest {
    let destination = format!("{}/skat/slo", world.sp);
    let name_id = NameId::new(ANNA, format::PERSISTENT);
    let mut request = LogoutRequest::new(
        &id(),
        clock::now(),
        &world.saml.entity_id,
        &destination,
        name_id,
        Some(index),
    );
    request.not_on_or_after = Some(clock::now() + TimeDelta::minutes(5));
    request
}

#[actix_web::test]
async fn log_out_ends_here_first_and_then_at_the_identity_provider() {
    let world = World::new().await;
    for (status, says) in [
        (Status::success(), "here and at the log-in service"),
        (
            Status::of(Top::Responder, second::PARTIAL_LOGOUT),
            "at least one other service",
        ),
        (Status::top(Top::Responder), "did not confirm"),
    ] {
        let (browser, _) = answered(&world, "/skat/login", |_| ()).await;
        let address = browser.get("/skat/logout").await.address();
        assert_eq!(browser.me("skat").await, None);
        let incoming = redirect::decode(address.query().unwrap(), &LIMITS).unwrap();
        let keys = metadata(&world).await.trusted_keys().unwrap();
        let request = LogoutRequest::read(incoming.verify(&keys).unwrap()).unwrap();
        assert_eq!(
            (request.name_id.value.as_str(), &request.session_indexes[..]),
            (ANNA, &["index-1".to_owned()][..])
        );

        let to = format!("{}/skat/slo", world.sp);
        let answer = LogoutResponse::new(&id(), clock::now(), &world.saml.entity_id, &to, &request.id, status);
        let xml = answer.elem().write().unwrap();
        let forged = redirected(&world, Kind::Response, &xml, &world.saml.stranger);
        assert_eq!(browser.get(&forged).await.code(), "sp.evidence");
        let genuine = redirected(&world, Kind::Response, &xml, &world.saml.key);
        let page = browser.get(&genuine).await.location.unwrap();
        assert!(browser.get(&page).await.body.contains(says), "{says}");
        assert_eq!(browser.get(&genuine).await.code(), "sp.unsolicited", "a second time");
    }
}

#[actix_web::test]
async fn a_log_out_elsewhere_ends_the_session_and_is_answered() {
    let world = World::new().await;
    let (browser, _) = answered(&world, "/skat/login", |_| ()).await;
    let write = |request: &LogoutRequest| request.elem().write().unwrap();

    let forged = redirected(
        &world,
        Kind::Request,
        &write(&logout_request(&world, "index-1")),
        &world.saml.stranger,
    );
    assert_eq!(browser.get(&forged).await.code(), "sp.evidence");
    let mut stray = logout_request(&world, "index-1");
    stray.destination = Some("https://other.example/slo".into());
    let stray = redirected(&world, Kind::Request, &write(&stray), &world.saml.key);
    assert_eq!(browser.get(&stray).await.code(), "sp.evidence");
    let mut late = logout_request(&world, "index-1");
    late.not_on_or_after = Some(clock::now() - TimeDelta::minutes(5));
    let late = redirected(&world, Kind::Request, &write(&late), &world.saml.key);
    assert_eq!(browser.get(&late).await.code(), "sp.evidence");
    let other = redirected(
        &world,
        Kind::Request,
        &write(&logout_request(&world, "index-2")),
        &world.saml.key,
    );
    assert_eq!(
        browser.get(&other).await.status,
        303,
        "nobody here by that session: logged out all the same"
    );
    assert!(browser.me("skat").await.is_some());

    let request = logout_request(&world, "index-1");
    let genuine = redirected(&world, Kind::Request, &write(&request), &world.saml.key);
    // The browser of the chain need not bring our cookie: another site sent it here.
    let address = Browser::new(&world).get(&genuine).await.address();
    assert_eq!(browser.me("skat").await, None);
    let incoming = redirect::decode(address.query().unwrap(), &LIMITS).unwrap();
    let keys = metadata(&world).await.trusted_keys().unwrap();
    let answer = LogoutResponse::read(incoming.verify(&keys).unwrap()).unwrap();
    assert_eq!(
        (answer.in_response_to, answer.status.is_success()),
        (Some(request.id), true)
    );
    assert_eq!(incoming.relay_state(), Some("relay"));
    assert_eq!(browser.get(&genuine).await.code(), "sp.unsolicited", "a second time");
}

#[actix_web::test]
async fn a_log_out_by_soap_needs_no_browser() {
    let world = World::new().await;
    let (browser, _) = answered(&world, "/skat/login", |_| ()).await;
    let post = async |key: &SigningKey| {
        let id = id();
        let request = LogoutRequest {
            id: id.to_string(),
            ..logout_request(&world, "index-1")
        };
        let envelope = soap::encode(request.elem(), &id, key).unwrap();
        Browser::new(&world).post_xml("/skat/slo", envelope).await
    };
    assert_eq!(post(&world.saml.stranger).await.status, 403);
    assert!(browser.me("skat").await.is_some());
    let answer = post(&world.saml.key).await;
    let incoming = soap::decode(Kind::Response, answer.body.as_bytes(), &LIMITS).unwrap();
    let keys = metadata(&world).await.trusted_keys().unwrap();
    assert!(
        LogoutResponse::read(incoming.verify(&keys).unwrap())
            .unwrap()
            .status
            .is_success()
    );
    assert_eq!(browser.me("skat").await, None);
}
