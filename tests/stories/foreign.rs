//! Relying parties that other people wrote, against the running server: npm `openid-client`, PyPI `python3-saml`.

use std::fs;
use std::process::Command;

use acceptance::program::{Conversation, root, run};
use acceptance::relying::Lab;
use acceptance::saml::{self, Provider};
use acceptance::{Citizen, Database, House, Page, Plan};
use serde_json::{Value, json};

use crate::both::on_both;

on_both!(openid_client, python3_saml);

async fn openid_client(database: Database) {
    let house = House::start(Plan::on(database).without_services()).await;
    let lab = Lab::of(&house).await;
    let folder = root().join("tests/foreign/openid-client");
    let mut client = Conversation::with(
        Command::new(root().join("tests/foreign/.installed/node/node"))
            .arg(folder.join("relying-party.mjs"))
            .args([
                &house.issuer(),
                &lab.client_id,
                &lab.secret,
                &lab.redirect_uri,
                "http://127.0.0.1:9499/logged-out",
            ]),
    );

    let anna = house.citizen("anna");
    let sent = finishes(&anna, client.says()["go"].as_str().unwrap()).await;
    client.hears(lab.answered(&sent).as_str());

    let arrived = client.says();
    assert_eq!(
        arrived["claims"]["pid"].as_str(),
        anna.person.pid.as_deref(),
        "{arrived}"
    );
    assert_eq!(arrived["userinfo"]["sub"], arrived["claims"]["sub"], "{arrived}");
    assert_eq!(arrived["active"], true, "{arrived}");
    assert_eq!(arrived["refresh"], true, "{arrived}");

    let later = client.says();
    let expected = json!({ "rotated": true, "same_subject": true, "active_after_revocation": false, "machine": true });
    assert_eq!(later, expected);

    let leave = client.says();
    let page = anna
        .browser
        .once(
            reqwest::Method::GET,
            leave["go"].as_str().unwrap().parse().unwrap(),
            Vec::new(),
        )
        .await;
    let target = leads_to(&anna, page, "http://127.0.0.1:9499/logged-out").await;
    assert!(target.contains("state=bye"), "{target}");
}

async fn python3_saml(database: Database) {
    let mut house = House::built(Plan::on(database).without_services());
    let provider = Provider::new("python3-saml");
    let settings = settings(&provider);
    let file = house.folder().join("settings.json");
    fs::write(&file, settings.to_string()).unwrap();
    let metadata = run(python("metadata").arg(&file));
    Provider::register(&house, "python3-saml", "oiosaml-3", &metadata);
    house.seed();
    house.opens().await;

    let ours = house.folder().join("idp-metadata.xml");
    fs::write(&ours, saml::metadata(&house).await).unwrap();
    let mut library = Conversation::with(python("visit").arg(&file).arg(&ours));
    let anna = house.citizen("anna");
    let page = finishes(&anna, library.says()["go"].as_str().unwrap()).await;
    let form = page
        .self_sending()
        .unwrap_or_else(|| panic!("no posted answer: {page:#}"));
    let field = |name: &str| {
        form.fields
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.clone())
    };
    assert_eq!(
        form.action,
        settings["sp"]["assertionConsumerService"]["url"].as_str().unwrap()
    );
    assert_eq!(field("RelayState").as_deref(), Some("relay-state-of-the-visit"));
    library.hears(&json!({ "SAMLResponse": field("SAMLResponse") }).to_string());

    let arrived = library.says();
    assert_eq!(arrived["authenticated"], true, "{arrived}");
    assert_eq!(arrived["errors"], json!([]), "{arrived}");
    // A signed word that was altered, and a signed assertion that was wrapped into another: only the untouched one is believed.
    let forged = arrived["forged"].as_object().unwrap();
    assert!(forged.len() >= 9, "{arrived}");
    for (change, believed) in forged {
        assert_eq!(*believed, json!(change == "untouched"), "{change}: {arrived}");
    }
    assert_eq!(arrived["other_request_accepted"], false, "{arrived}");
    assert!(arrived["session_index"].is_string(), "{arrived}");
    let pid = anna.person.pid.as_deref().unwrap();
    assert!(arrived["attributes"].to_string().contains(pid), "{arrived}");

    let page = anna
        .browser
        .once(
            reqwest::Method::GET,
            library.says()["go"].as_str().unwrap().parse().unwrap(),
            Vec::new(),
        )
        .await;
    let url = leads_to(
        &anna,
        page,
        settings["sp"]["singleLogoutService"]["url"].as_str().unwrap(),
    )
    .await;
    library.hears(&json!({ "url": url }).to_string());
    let left = library.says();
    assert_eq!(left["errors"], json!([]), "{left}");
}

/// A service that nothing listens at: what is sent there is seen in the browser.
fn settings(provider: &Provider) -> Value {
    json!({
        "strict": true,
        "sp": {
            "entityId": "http://127.0.0.1:9498/python/metadata",
            "assertionConsumerService": {
                "url": "http://127.0.0.1:9498/python/acs",
                "binding": "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
            },
            "singleLogoutService": {
                "url": "http://127.0.0.1:9498/python/slo",
                "binding": "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
            },
            "NameIDFormat": "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
            "x509cert": provider.certificate_base64(),
            "privateKey": provider.key,
        },
        "idp": {},
        "security": {
            "authnRequestsSigned": true,
            "logoutRequestSigned": true,
            "logoutResponseSigned": true,
            "wantAssertionsSigned": true,
            "wantAssertionsEncrypted": true,
            "wantNameId": true,
            "signatureAlgorithm": "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
            "digestAlgorithm": "http://www.w3.org/2001/04/xmlenc#sha256",
            "rejectDeprecatedAlgorithm": true,
            "requestedAuthnContext": false,
        }
    })
}

fn python(verb: &str) -> Command {
    let mut command = Command::new(root().join("tests/foreign/.installed/python/bin/python"));
    command
        .arg(root().join("tests/foreign/python/service_provider.py"))
        .arg(verb);
    command
}

/// The log-in from the library's address to the page that carries the answer away, not followed.
pub(crate) async fn finishes(citizen: &Citizen, address: &str) -> Page {
    let page = citizen.browser.get(address).await;
    page.must_be_step("credentials");
    let page = citizen.types_password(&page).await;
    let code = citizen.person.code(&page.challenge()).to_owned();
    citizen.browser.submit_once(&page, &[("code", &code)]).await
}

/// Follows redirects and presses what asks to be pressed, until it is sent to an address where nothing listens.
async fn leads_to(citizen: &Citizen, mut page: Page, end: &str) -> String {
    for _ in 0..10 {
        page = match page.redirect() {
            Some(target) if target.as_str().starts_with(end) => return target.to_string(),
            Some(target) => citizen.browser.once(reqwest::Method::GET, target, Vec::new()).await,
            None => citizen.browser.submit_once(&page, &[]).await,
        };
    }
    panic!("never sent to {end}: {page:#}");
}
