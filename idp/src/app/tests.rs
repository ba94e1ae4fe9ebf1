//! A party that speaks both protocols, in a house with both: entered by each in one session, left by each.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use actix_web::{App, dev::ServiceResponse, middleware::from_fn, test as visitor, web};
use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256};
use saml_core::{
    Id, Kind,
    authn_request::AuthnRequest,
    key::SigningKey,
    logout::{LogoutRequest, LogoutResponse},
    metadata::{Endpoint, Idp, Indexed, KeyDescriptor, Sp},
    name_id::NameId,
    ns::{binding, format},
    redirect,
    xml::Limits,
};
use serde_json::json;

use super::House;
use crate::audit::{Event, record, seal_round};
use crate::config::Settings;
use crate::config::parties::{Parties, SharedParties};
use crate::domain::assurance::{Level, Method};
use crate::domain::id::SessionId;
use crate::domain::time::Span;
use crate::login::{self, Protocols, ResumeKind};
use crate::oidc::{self, Oidc};
use crate::saml::{self, Saml};
use crate::session::LogoutLetter;
use crate::storage::{NewSession, Participant};
use crate::testing;
use crate::vault::signing::{Alg, TYP_JWT};
use crate::web::{Site, door, mount, nothing_here};

const ISSUER: &str = "http://localhost:8080";
const SP: &str = "https://both.example/saml";
const COOKIE: &str = "idp_session_public=what-annas-browser-holds";

/// A house whose one party speaks both protocols, and anna, who is logged in.
struct Place {
    house: testing::House,
    app: House,
    key: SigningKey,
    session: SessionId,
}

impl Place {
    fn new() -> Self {
        let house = testing::House::new();
        let key = KeyPair::generate_for(&PKCS_RSA_SHA256).unwrap();
        let certificate = CertificateParams::default().self_signed(&key).unwrap();
        let key = SigningKey::from_pkcs8(&key.serialize_der(), certificate.der()).unwrap();
        let mut settings = Settings::default();
        settings.demo.enabled = true;
        let app = House {
            settings: Arc::new(settings),
            clock: house.clock.clone(),
            rng: house.rng.clone(),
            vault: house.vault.clone(),
            store: house.store.clone(),
            parties: SharedParties::new(both(certificate.der())),
            passkeys: testing::passkeys(),
            lists: crate::certificates::Lists::default(),
            jobs: crate::jobs::Board::default(),
        };
        let session = logged_in(&house);
        Self {
            house,
            app,
            key,
            session,
        }
    }

    /// Where anna's browser is sent from there, and what it shows.
    fn get(&self, path: &str) -> (Option<String>, String) {
        let house = &self.app;
        let (store, vault, parties) = (house.store.clone(), house.vault.clone(), house.parties.clone());
        let oidc = Oidc::new(store.clone(), vault.clone(), parties.clone(), &house.settings);
        let saml = Saml::new(&house.settings, store, vault, parties, house.clock.now()).unwrap();
        let protocols = Protocols::default()
            .with(ResumeKind::Oidc, Arc::new(oidc.clone()))
            .with(ResumeKind::Saml, Arc::new(saml.clone()));
        let ceremony = house.ceremony(protocols);
        let site = Site::new(&house.settings, house.clock.clone(), house.rng.clone()).unwrap();
        let (documents, metadata) = (oidc::Documents::new(&oidc), saml::metadata_document(&saml));
        actix_web::rt::System::new().block_on(async {
            let app = App::new()
                .app_data(web::Data::new(site.clone()))
                .app_data(web::Data::new(ceremony))
                .app_data(web::Data::new(saml))
                .wrap(from_fn(door))
                .configure(|config| mount(config, &site))
                .configure(login::http::mount)
                .configure(|config| oidc::mount(config, &oidc, &documents))
                .configure(|config| saml::mount(config, &metadata))
                .default_service(web::to(nothing_here));
            let app = visitor::init_service(app).await;
            let request = visitor::TestRequest::get()
                .uri(path)
                .peer_addr("127.0.0.1:50000".parse().unwrap())
                .insert_header(("accept", "text/html"))
                .insert_header(("cookie", COOKIE));
            let response: ServiceResponse = visitor::call_service(&app, request.to_request()).await;
            let location = response
                .headers()
                .get("location")
                .map(|v| v.to_str().unwrap().to_owned());
            let body = visitor::read_body(response).await;
            (location, String::from_utf8_lossy(&body).into_owned())
        })
    }

    fn id(&self) -> Id {
        Id::from_random(self.house.rng.bytes())
    }

    fn enters_by_saml(&self) {
        let now = self.house.clock.now().secs();
        let now = chrono::DateTime::from_timestamp(now, 0).unwrap();
        let sso = format!("{ISSUER}/saml/sso");
        let request = AuthnRequest::new(&self.id(), now, SP, &sso, &format!("{SP}/acs"));
        let (_, page) = self.get(&self.signed(&sso, &request.elem().write().unwrap()));
        assert!(page.contains("name=\"SAMLResponse\""), "{page}");
    }

    fn enters_by_oidc(&self) {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("response_type", "code")
            .append_pair("client_id", "both")
            .append_pair("redirect_uri", "http://localhost:8090/callback")
            .append_pair("scope", "openid")
            .append_pair("state", "s")
            .append_pair("nonce", "n")
            .append_pair("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
            .append_pair("code_challenge_method", "S256")
            .finish();
        let (location, page) = self.get(&format!("/oidc/authorize?{query}"));
        assert!(location.is_some_and(|to| to.contains("/callback?code=")), "{page}");
    }

    fn signed(&self, location: &str, xml: &str) -> String {
        let url = redirect::encode(location, Kind::Request, xml, None, Some(&self.key)).unwrap();
        url.strip_prefix(ISSUER).unwrap().to_owned()
    }

    fn part(&self, protocol: &'static str) -> Participant {
        let session = self.session;
        let all = self.house.act(move |tx| tx.sessions().participants(session));
        let mut parts = all.into_iter().filter(|one| one.protocol == protocol);
        let part = parts.next().unwrap();
        assert!(parts.next().is_none(), "one part by each protocol");
        part
    }

    fn has_ended(&self) -> bool {
        let session = self.session;
        let row = self.house.act(move |tx| tx.sessions().find(session)).unwrap();
        row.ended_at.is_some()
    }

    /// Whom the outbox tells, by protocol, and what of.
    fn told(&self) -> Vec<(String, String)> {
        let now = self.house.clock.now();
        let letters = self.house.act(move |tx| tx.outbox().claim(10, now, Span::secs(1)));
        let sid = |payload: &[u8]| serde_json::from_slice::<LogoutLetter>(payload).unwrap().sid;
        letters
            .iter()
            .map(|letter| (letter.kind.clone(), sid(&letter.payload)))
            .collect()
    }

    fn keys(&self) -> saml_core::key::TrustedKeys {
        let (_, metadata) = self.get("/saml/metadata");
        Idp::parse(&metadata, &Limits::metadata_file())
            .unwrap()
            .trusted_keys()
            .unwrap()
    }
}

fn both(certificate: &[u8]) -> Parties {
    let sp = Sp {
        entity_id: SP.to_owned(),
        valid_until: None,
        requests_signed: true,
        want_assertions_signed: true,
        keys: vec![
            KeyDescriptor::signing(certificate),
            KeyDescriptor::encryption(certificate, &[]),
        ],
        slo: vec![Endpoint::new(binding::REDIRECT, format!("{SP}/slo"))],
        name_id_formats: Vec::new(),
        acs: vec![Indexed {
            endpoint: Endpoint::new(binding::POST, format!("{SP}/acs")),
            index: 0,
            is_default: None,
        }],
        attribute_services: Vec::new(),
    };
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("both.xml"), sp.elem().write().unwrap()).unwrap();
    let file = format!(
        "kind = \"public\"\ndemo = true\nsector = \"both\"\nclaims = [\"name\"]\n\
         [name]\nda = \"Begge\"\nen = \"Both\"\n\
         [oidc]\nclient_id = \"both\"\nsecret = \"both-secret\"\nredirect_uris = [\"http://localhost:8090/callback\"]\n\
         backchannel_logout_uri = \"http://localhost:8090/backchannel\"\nscopes = [\"openid\"]\n\
         [saml]\nentity_id = \"{SP}\"\nmetadata = \"both.xml\"\nprofile = \"oiosaml-3\"\n"
    );
    std::fs::write(folder.path().join("both.toml"), file).unwrap();
    Parties::load_dir(folder.path(), true).unwrap()
}

/// Anna has a session in the browser that holds [`COOKIE`].
fn logged_in(house: &testing::House) -> SessionId {
    let anna = house.anna();
    let (now, id) = (
        house.clock.now(),
        SessionId::from_uuid(house.rng.uuid_v7(house.clock.now())),
    );
    let value = COOKIE.split_once('=').unwrap().1;
    let hash = ring::digest::digest(&ring::digest::SHA256, value.as_bytes());
    let token_hash: [u8; 32] = hash.as_ref().try_into().unwrap();
    house.act(move |tx| {
        tx.sessions().insert(&NewSession {
            id,
            token_hash,
            person: anna.person,
            eid: anna.eid,
            sso: Some("public".into()),
            party: None,
            level: Level::Substantial,
            methods: vec![Method::Password, Method::Keycard],
            at: now,
            expires_at: now + Span::hours(8),
        })
    });
    id
}

#[test]
fn entered_by_both_it_has_two_parts_and_keeps_each() {
    let place = Place::new();
    place.enters_by_saml();
    let before = place.part("saml");
    place.enters_by_oidc();
    place.enters_by_oidc();
    let (by_saml, by_oidc) = (place.part("saml"), place.part("oidc"));
    assert_ne!(by_saml.sid, by_oidc.sid);
    assert_eq!(
        (by_saml.sid, &by_saml.detail),
        (before.sid, &before.detail),
        "the NameID is still known"
    );
    assert!(!by_saml.detail.is_empty());
    assert!(by_oidc.back_channel && !by_saml.back_channel);
    assert_eq!(by_saml.sub, by_oidc.sub, "one sector, one name");
}

#[test]
fn left_by_saml_its_other_half_is_told_by_oidc() {
    let place = Place::new();
    place.enters_by_saml();
    place.enters_by_oidc();
    let (by_saml, by_oidc) = (place.part("saml"), place.part("oidc"));
    let name = format!("https://data.gov.dk/model/core/eid/person/uuid/{}", by_saml.sub);
    let now = chrono::DateTime::from_timestamp(place.house.clock.now().secs(), 0).unwrap();
    let slo = format!("{ISSUER}/saml/slo");
    let name_id = NameId::new(name, format::PERSISTENT);
    let request = LogoutRequest::new(&place.id(), now, SP, &slo, name_id, Some(&by_saml.sid));
    let (location, page) = place.get(&place.signed(&slo, &request.elem().write().unwrap()));
    assert!(location.is_some(), "{page}");
    let location = location.unwrap();
    let query = location.strip_prefix(&format!("{SP}/slo?")).unwrap();
    let incoming = redirect::decode(query, &Limits::message(65_536)).unwrap();
    let response = LogoutResponse::read(incoming.verify(&place.keys()).unwrap()).unwrap();
    assert_eq!(response.status, saml_core::status::Status::success());
    assert!(place.has_ended());
    assert_eq!(place.told(), [("logout.oidc".to_owned(), by_oidc.sid)]);
}

#[test]
fn left_by_oidc_its_other_half_is_told_by_saml() {
    let place = Place::new();
    place.enters_by_saml();
    place.enters_by_oidc();
    let (by_saml, by_oidc) = (place.part("saml"), place.part("oidc"));
    let claims = json!({
        "iss": ISSUER, "aud": "both", "sub": by_oidc.sub, "sid": by_oidc.sid, "exp": place.house.clock.now().secs(),
    });
    let now = place.house.clock.now();
    let hint = place.house.vault.sign_jwt(Alg::Es256, TYP_JWT, &claims, now).unwrap();
    let (onward, page) = place.get(&format!("/oidc/logout?id_token_hint={hint}"));
    assert!(place.has_ended());
    assert!(onward.is_some(), "{page}");
    let (told, page) = place.get(&onward.unwrap());
    assert!(told.is_some(), "{page}");
    let told = told.unwrap();
    let query = told.strip_prefix(&format!("{SP}/slo?")).unwrap();
    let incoming = redirect::decode(query, &Limits::message(65_536)).unwrap();
    let request = LogoutRequest::read(incoming.verify(&place.keys()).unwrap()).unwrap();
    assert_eq!(request.session_indexes, [by_saml.sid.as_str()]);
    assert!(request.name_id.value.ends_with(&by_saml.sub));
    assert_eq!(place.told(), [("logout.oidc".to_owned(), by_oidc.sid)]);
}

/// What the load balancer is told.
fn readiness(place: &Place) -> (u16, String) {
    let work = crate::work::Work::new(crate::work::WorkSettings::default());
    actix_web::rt::System::new().block_on(async {
        let app = App::new()
            .app_data(web::Data::new(place.app.clone()))
            .app_data(web::Data::new(work))
            .configure(super::manage::mount);
        let app = visitor::init_service(app).await;
        let request = visitor::TestRequest::get().uri("/health/ready").to_request();
        let response = visitor::call_service(&app, request).await;
        let status = response.status().as_u16();
        let body = visitor::read_body(response).await;
        (status, String::from_utf8(body.to_vec()).unwrap())
    })
}

#[test]
fn audit_rows_that_nobody_seals_make_the_node_unready() {
    let place = Place::new();
    assert_eq!(readiness(&place).0, 200);
    let ctx = place.house.ctx();
    let happens = Event::TokensImported {
        officer: "Olga".into(),
        tokens: 1,
    };
    place.house.act(move |tx| record(tx, &ctx, &happens));
    place.house.clock.advance(Span::secs(30));
    assert_eq!(readiness(&place).0, 200, "half a minute is borne");
    place.house.clock.advance(Span::secs(1));
    let (status, told) = readiness(&place);
    assert_eq!(status, 503, "{told}");
    assert!(told.contains("audit rows wait to be sealed"), "{told}");
    let ctx = crate::ctx::Ctx::system(place.house.clock.now(), &place.house.rng);
    let sealing = seal_round(&place.house.store, &place.house.vault, &ctx, [1; 16]);
    let sealed = actix_web::rt::System::new().block_on(sealing);
    assert!(sealed.unwrap() > 0);
    assert_eq!(readiness(&place).0, 200, "sealed, it is ready again");
}
