//! A SAML service beside the OIDC clients, and one that has no log-out: what they ask and what they hear.

use std::path::Path;
use std::sync::LazyLock;

use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256};
use saml_core::authn_request::AuthnRequest;
use saml_core::key::SigningKey;
use saml_core::logout::{LogoutRequest, LogoutResponse};
use saml_core::metadata::{Endpoint, Idp, Indexed, KeyDescriptor, Sp};
use saml_core::ns::{binding, format};
use saml_core::status::Status;
use saml_core::xml::Limits;
use saml_core::{Id, Kind, redirect};

use super::browser::{Answer, Browser};
use super::place::{ISSUER, Place};

struct Keys {
    pkcs8: Vec<u8>,
    certificate: Vec<u8>,
}

static KEYS: LazyLock<Keys> = LazyLock::new(|| {
    let key = KeyPair::generate_for(&PKCS_RSA_SHA256).unwrap();
    let certificate = CertificateParams::new(Vec::new()).unwrap().self_signed(&key).unwrap();
    Keys {
        pkcs8: key.serialize_der(),
        certificate: certificate.der().to_vec(),
    }
});

fn entity(name: &str) -> String {
    format!("https://{name}.example/saml")
}

/// The services `tax`, told by Redirect, and `mute`, which names no address for a log-out.
pub(super) fn register(folder: &Path, apart: &[&str]) {
    for name in ["tax", "mute"] {
        let slo = Endpoint::new(binding::REDIRECT, format!("https://{name}.example/saml/slo"));
        let sp = Sp {
            entity_id: entity(name),
            valid_until: None,
            requests_signed: true,
            want_assertions_signed: false,
            keys: vec![KeyDescriptor::signing(&KEYS.certificate)],
            slo: if name == "tax" { vec![slo] } else { Vec::new() },
            name_id_formats: vec![format::PERSISTENT.to_owned()],
            acs: vec![Indexed {
                endpoint: Endpoint::new(binding::POST, format!("https://{name}.example/saml/acs")),
                index: 0,
                is_default: Some(true),
            }],
            attribute_services: Vec::new(),
        };
        std::fs::write(folder.join(format!("{name}.xml")), sp.elem().write().unwrap()).unwrap();
        let group = if apart.contains(&name) { "sso = \"apart\"\n" } else { "" };
        let file = format!(
            "{group}kind = \"public\"\ndemo = true\nsector = \"{name}\"\nclaims = [\"pid\"]\n\
             continues_to = [\"https://front.{name}.example\"]\n[name]\nda = \"{name}\"\nen = \"{name}\"\n\
             [saml]\nentity_id = \"{}\"\nmetadata = \"{name}.xml\"\nprofile = \"oiosaml-2\"\n",
            entity(name)
        );
        std::fs::write(folder.join(format!("{name}.toml")), file).unwrap();
    }
}

/// What the browser is answered when it comes with the service's request.
pub(super) fn asks(place: &Place, browser: &Browser, name: &str) -> Answer {
    let (id, now) = (Id::from_random(place.house.rng.bytes()), now(place));
    let acs = format!("https://{name}.example/saml/acs");
    let request = AuthnRequest::new(&id, now, &entity(name), &format!("{ISSUER}/saml/sso"), &acs);
    let sso = format!("{ISSUER}/saml/sso");
    place.get(browser, &signed(&sso, Kind::Request, &request.elem().write().unwrap()))
}

/// The browser enters the service on its running session.
#[track_caller]
pub(super) fn is_entered(place: &Place, browser: &Browser, name: &str) {
    let answer = asks(place, browser, name);
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(answer.field("SAMLResponse").is_some(), "{}", answer.body);
}

/// The LogoutRequest with which the browser is sent to the service.
#[track_caller]
pub(super) fn is_told(place: &Place, sent: &Answer) -> LogoutRequest {
    let (location, query) = sent.location().split_once('?').unwrap();
    assert_eq!(location, "https://tax.example/saml/slo");
    let incoming = redirect::decode(query, &Limits::message(65_536)).unwrap();
    let metadata = place.get(&Browser::new(), "/saml/metadata").body;
    let keys = Idp::parse(&metadata, &Limits::metadata_file())
        .unwrap()
        .trusted_keys()
        .unwrap();
    LogoutRequest::read(incoming.verify(&keys).unwrap()).unwrap()
}

/// The address at which the service sends the browser back.
pub(super) fn answers(place: &Place, told: &LogoutRequest, status: Status) -> String {
    let id = Id::from_random(place.house.rng.bytes());
    let slo = format!("{ISSUER}/saml/slo");
    let response = LogoutResponse::new(&id, now(place), &entity("tax"), &slo, &told.id, status);
    signed(&slo, Kind::Response, &response.elem().write().unwrap())
}

fn signed(to: &str, kind: Kind, xml: &str) -> String {
    let key = SigningKey::from_pkcs8(&KEYS.pkcs8, &KEYS.certificate).unwrap();
    redirect::encode(to, kind, xml, None, Some(&key)).unwrap()
}

fn now(place: &Place) -> chrono::DateTime<chrono::Utc> {
    chrono::DateTime::from_timestamp_micros(place.house.clock.now().micros()).unwrap()
}
