//! A house with the officers' API, and RAs with keys of their own that call it as any program would.

use std::cell::Cell;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use actix_web::body::MessageBody;
use actix_web::http::StatusCode;
use actix_web::http::header::HeaderMap;
use actix_web::middleware::from_fn;
use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::{App, web};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::config::parties::{Parties, SharedParties};
use crate::config::{RegistersSection, Settings};
use crate::credentials::activation::{By, Rules};
use crate::demo::officer_keys;
use crate::domain::id::EidId;
use crate::domain::time::Span;
use crate::letters::Printer;
use crate::oidc::{self, Oidc};
use crate::ra::assertion::{TYP, token_hash};
use crate::ra::{self, Desk};
use crate::registers::Registers;
use crate::testing::House;
use crate::web::{Site, door, nothing_here};

const ISSUER: &str = "http://localhost:8080";

pub(super) struct Place {
    pub(super) house: House,
    oidc: Oidc,
    desk: Desk,
    site: Site,
    serial: Cell<u64>,
}

/// An officer, and whose machine speaks for them.
#[derive(Clone)]
pub(super) struct Officer {
    pub(super) ra: &'static str,
    pub(super) role: &'static str,
    pub(super) own: Value,
}

#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Value,
}

pub(super) const fn officer(ra: &'static str, role: &'static str) -> Officer {
    Officer {
        ra,
        role,
        own: Value::Null,
    }
}

/// At a desk of a citizen service centre.
pub(super) const fn registrar() -> Officer {
    officer("ra-borgerservice", "registrar")
}

/// By telephone.
pub(super) const fn support() -> Officer {
    officer("support", "support")
}

/// The private key of a demo RA.
fn key(ra: &str) -> EncodingKey {
    EncodingKey::from_ec_pem(&std::fs::read(keys().join(format!("{ra}.pem"))).unwrap()).unwrap()
}

/// What a demo makes at its first run, once for all tests.
fn keys() -> &'static Path {
    static KEYS: LazyLock<TempDir> = LazyLock::new(|| {
        let folder = tempfile::tempdir().unwrap();
        officer_keys::make(folder.path()).unwrap();
        folder
    });
    KEYS.path()
}

pub(super) fn signed(ra: &str, typ: Option<&str>, claims: &Value) -> String {
    let mut header = Header::new(Algorithm::ES256);
    header.typ = typ.map(str::to_owned);
    header.kid = Some(ra.to_owned());
    encode(&header, claims, &key(ra)).unwrap()
}

impl Place {
    pub(super) fn new() -> Self {
        Self::with(&Settings::default())
    }

    pub(super) fn with(settings: &Settings) -> Self {
        Self::asking(settings, None)
    }

    /// With these registers; the house's own where none are given.
    pub(super) fn asking(settings: &Settings, registers: Option<Registers>) -> Self {
        let house = House::new().certifies();
        let mut settings = settings.clone();
        settings.demo.enabled = true;
        let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/../config/demo/parties");
        let shared = SharedParties::new(Parties::read(dir.as_ref(), true, Some(keys())).unwrap());
        let oidc = Oidc::new(house.store.clone(), house.vault.clone(), shared.clone(), &settings);
        let rules = Rules {
            life: Span::days(28),
            by: By::Letter,
        };
        let own = Registers::open(&RegistersSection::default(), house.store.clone()).unwrap();
        let registers = registers.unwrap_or(own);
        let desk = Desk::new(
            house.store.clone(),
            shared,
            (registers, Arc::new(Printer::new(&settings).unwrap())),
            rules,
            &settings,
        );
        let site = Site::new(&settings, house.clock.clone(), house.rng.clone()).unwrap();
        Self {
            house,
            oidc,
            desk,
            site,
            serial: Cell::new(0),
        }
    }

    /// One request through the whole house.
    pub(super) fn call(&self, request: TestRequest) -> Answer {
        actix_web::rt::System::new().block_on(async {
            let (site, oidc, desk) = (&self.site, &self.oidc, &self.desk);
            let description = ra::http::document(site);
            let app = App::new()
                .app_data(web::Data::new(site.clone()))
                .wrap(from_fn(door))
                .configure(|config| crate::web::mount(config, site))
                .configure(|config| oidc::mount(config, oidc, &oidc::Documents::new(oidc)))
                .configure(|config| ra::http::mount(config, desk, &description))
                .default_service(web::to(nothing_here));
            let app = init_service(app).await;
            let request = request.peer_addr("127.0.0.1:50000".parse().unwrap());
            let response = call_service(&app, request.to_request()).await;
            let (status, headers) = (response.status(), response.headers().clone());
            let body = response.into_body().try_into_bytes().unwrap_or_default();
            Answer {
                status,
                headers,
                body: serde_json::from_slice(&body).unwrap_or(Value::Null),
            }
        })
    }

    fn serial(&self) -> u64 {
        self.serial.set(self.serial.get() + 1);
        self.serial.get()
    }

    /// What the token endpoint answers the RA's machine.
    pub(super) fn fetches(&self, ra: &str, scope: Option<&str>) -> Answer {
        let now = self.house.clock.now().secs();
        let proof = signed(
            ra,
            None,
            &json!({
                "iss": ra, "sub": ra, "aud": ISSUER, "iat": now, "exp": now + 60, "jti": format!("c{}", self.serial()),
            }),
        );
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.append_pair("grant_type", "client_credentials")
            .append_pair("client_assertion", &proof)
            .append_pair(
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            );
        if let Some(scope) = scope {
            body.append_pair("scope", scope);
        }
        let request = TestRequest::post()
            .uri("/oidc/token")
            .insert_header(("content-type", "application/x-www-form-urlencoded"))
            .set_payload(body.finish());
        self.call(request)
    }

    #[track_caller]
    pub(super) fn token(&self, ra: &str) -> String {
        let given = self.fetches(ra, Some("ra")).body;
        given["access_token"]
            .as_str()
            .unwrap_or_else(|| panic!("{given}"))
            .to_owned()
    }

    /// The claims of an assertion for one call.
    pub(super) fn claims(&self, officer: &Officer, (method, path): (&str, &str), token: &str) -> Value {
        let now = self.house.clock.now().secs();
        json!({
            "iss": officer.ra, "aud": ISSUER, "sub": "k.test", "role": officer.role, "reason": "sag 2026-7",
            "eid": officer.own, "iat": now, "exp": now + 60, "jti": format!("o{}", self.serial()),
            "htm": method, "htu": format!("{ISSUER}{path}"), "ath": token_hash(token),
        })
    }

    /// A call as it is made, with everything that proves who makes it.
    pub(super) fn asks(&self, officer: &Officer, method: &str, path: &str, body: Option<Value>) -> Answer {
        let key = format!("key-{:08}", self.serial());
        self.asks_under(officer, method, path, body, &key)
    }

    /// The same, under a key of the RA's.
    pub(super) fn asks_under(
        &self,
        officer: &Officer,
        method: &str,
        path: &str,
        body: Option<Value>,
        key: &str,
    ) -> Answer {
        let token = self.token(officer.ra);
        let claims = self.claims(officer, (method, path), &token);
        let assertion = signed(officer.ra, Some(TYP), &claims);
        self.sends((method, path), (&token, &assertion), body, Some(key))
    }

    pub(super) fn sends(
        &self,
        (method, path): (&str, &str),
        (token, assertion): (&str, &str),
        body: Option<Value>,
        key: Option<&str>,
    ) -> Answer {
        let mut request = TestRequest::with_uri(path)
            .method(method.parse().unwrap())
            .insert_header(("authorization", format!("Bearer {token}")))
            .insert_header(("officer-assertion", assertion));
        if let Some(key) = key {
            request = request.insert_header(("idempotency-key", key));
        }
        if let Some(body) = body {
            request = request
                .insert_header(("content-type", "application/json"))
                .set_payload(body.to_string());
        }
        self.call(request)
    }

    /// Posts to an eID.
    pub(super) fn does(&self, officer: &Officer, eid: EidId, what: &str, body: Value) -> Answer {
        self.asks(officer, "POST", &format!("/api/ra/v1/eids/{eid}/{what}"), Some(body))
    }

    pub(super) fn finds(&self, officer: &Officer, body: Value) -> Answer {
        self.asks(officer, "POST", "/api/ra/v1/people/find", Some(body))
    }

    pub(super) fn number(&self, eid: EidId) -> String {
        self.house.act(move |tx| tx.eids().find(eid)).number.as_str().to_owned()
    }

    /// The kinds of what stands in an eID's trail, and the bodies, newest first.
    pub(super) fn trail(&self, eid: EidId) -> Vec<(String, Value)> {
        let rows = self.house.act(move |tx| tx.audit().of_eid(eid, 100));
        rows.into_iter()
            .map(|row| (row.kind, serde_json::from_str(&row.body).unwrap()))
            .collect()
    }
}

impl Answer {
    #[track_caller]
    pub(super) fn is_refused(&self, status: u16, code: &str) {
        let told = (self.status.as_u16(), self.body["code"].as_str().unwrap_or_default());
        assert_eq!(told, (status, code), "{}", self.body);
        let kind = self.headers.get("content-type").unwrap();
        assert_eq!(kind, "application/problem+json");
        assert_eq!(
            self.headers.get("request-id").unwrap(),
            self.body["request"].as_str().unwrap()
        );
    }

    #[track_caller]
    pub(super) fn done(self) -> Value {
        assert_eq!(self.status, 200, "{}", self.body);
        assert!(self.headers.contains_key("request-id"));
        self.body
    }
}
