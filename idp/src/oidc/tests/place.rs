//! A house with clients of every kind and a SAML service, and what people and clients do there.

use std::sync::Arc;

use actix_web::body::MessageBody;
use actix_web::middleware::from_fn;
use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::{App, web};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, Header};
use serde_json::{Value, json};
use url::Url;

use super::browser::{Answer, Browser, query};
pub(super) use super::parties::{
    ALONE, ALPHA, Asked, BETA, CURVED, Client, EASY, KEYED, LOOSE, PAGE, challenge, encoded,
};
use super::parties::{KEY, Proof, parties};
use crate::config::Settings;
use crate::config::parties::SharedParties;
use crate::credentials::password::Sources;
use crate::domain::id::GrantId;
use crate::login::{self, Ceremony, Protocols, ResumeKind, Room};
use crate::oidc::resume::sha256;
use crate::oidc::{self, Oidc};
use crate::saml::{self, Saml};
use crate::session::Limits;
use crate::storage::{AccessToken, Grant};
use crate::testing::{CHEAP, Citizen, House};
use crate::vault::card::{SCHEME, entries};
use crate::web::{Site, door, nothing_here};
use crate::work::{Work, WorkSettings};

pub(super) const ISSUER: &str = "http://localhost:8080";
const FORM: &str = "application/x-www-form-urlencoded";

pub(super) struct Place {
    pub(super) house: House,
    pub(super) oidc: Oidc,
    pub(super) ceremony: Ceremony,
    saml: Saml,
    site: Site,
}

impl Place {
    pub(super) fn new() -> Self {
        Self::with(&[], &[])
    }

    /// With back-channel log-out at these addresses, by client.
    pub(super) fn told_at(backchannels: &[(&str, String)]) -> Self {
        Self::with(backchannels, &[])
    }

    /// `beta` and the SAML service `mute` share sessions with each other only.
    pub(super) fn in_two_groups() -> Self {
        Self::with(&[], &["beta", "mute"])
    }

    fn with(backchannels: &[(&str, String)], apart: &[&str]) -> Self {
        let house = House::new();
        let mut settings = Settings::default();
        settings.demo.enabled = true;
        settings.server.trusted_proxies = vec!["10.9.9.9/32".parse().unwrap()];
        settings.server.client_certificate_header = Some("Client-Cert".to_owned());
        let shared = SharedParties::new(parties(backchannels, apart));
        let oidc = Oidc::new(house.store.clone(), house.vault.clone(), shared.clone(), &settings);
        let (store, vault, now) = (house.store.clone(), house.vault.clone(), house.clock.now());
        let saml = Saml::new(&settings, store, vault, shared.clone(), now).unwrap();
        let protocols = Protocols::default()
            .with(ResumeKind::Oidc, Arc::new(oidc.clone()))
            .with(ResumeKind::Saml, Arc::new(saml.clone()));
        let ceremony = Ceremony {
            store: house.store.clone(),
            vault: house.vault.clone(),
            work: Work::new(WorkSettings::default()),
            room: Room::default(),
            clock: house.clock.clone(),
            rng: house.rng.clone(),
            parties: shared,
            protocols,
            sources: Arc::new(Sources::default()),
            passkeys: crate::testing::passkeys(),
            voice: crate::testing::VOICE,
            hash: CHEAP,
            law: crate::domain::password::Law::Modern,
            limits: Limits::default(),
        };
        let site = Site::new(&settings, house.clock.clone(), house.rng.clone()).unwrap();
        Self {
            house,
            oidc,
            ceremony,
            saml,
            site,
        }
    }

    /// One request through the whole house.
    pub(super) fn call(&self, request: TestRequest) -> Answer {
        self.call_from("127.0.0.1:50000", request)
    }

    /// The same, from a peer of the test's choice; 10.9.9.9 is a named proxy.
    pub(super) fn call_from(&self, peer: &str, request: TestRequest) -> Answer {
        actix_web::rt::System::new().block_on(async {
            let (site, ceremony, oidc, saml) = (&self.site, &self.ceremony, &self.oidc, &self.saml);
            let app = App::new()
                .app_data(web::Data::new(site.clone()))
                .app_data(web::Data::new(ceremony.clone()))
                .app_data(web::Data::new(saml.clone()))
                .wrap(from_fn(door))
                .configure(|config| crate::web::mount(config, site))
                .configure(login::http::mount)
                .configure(|config| oidc::mount(config, oidc, &oidc::Documents::new(oidc)))
                .configure(|config| saml::mount(config, &saml::metadata_document(saml)))
                .default_service(web::to(nothing_here));
            let app = init_service(app).await;
            let request = request.peer_addr(peer.parse().unwrap());
            let response = call_service(&app, request.to_request()).await;
            let (status, headers) = (response.status(), response.headers().clone());
            let body = response.into_body().try_into_bytes().unwrap_or_default();
            Answer {
                status,
                headers,
                body: String::from_utf8(body.to_vec()).unwrap(),
            }
        })
    }

    fn visit(&self, browser: &Browser, path: &str, request: TestRequest) -> Answer {
        let cookies = browser.cookies(path.split('?').next().unwrap());
        let answer = self.call(request.uri(path).insert_header(("cookie", cookies)));
        browser.keeps(&answer.headers);
        answer
    }

    pub(super) fn get(&self, browser: &Browser, path: &str) -> Answer {
        let path = path.strip_prefix(ISSUER).unwrap_or(path);
        self.visit(browser, path, TestRequest::get().insert_header(("accept", "text/html")))
    }

    pub(super) fn post(&self, browser: &Browser, path: &str, fields: &[(&str, &str)]) -> Answer {
        let request = TestRequest::post()
            .insert_header(("content-type", FORM))
            .insert_header(("accept", "text/html"))
            .set_payload(encoded(fields));
        self.visit(browser, path, request)
    }

    pub(super) fn post_json(&self, browser: &Browser, path: &str, body: &Value) -> Answer {
        let request = TestRequest::post()
            .insert_header(("content-type", "application/json"))
            .set_payload(body.to_string());
        self.visit(browser, path, request)
    }

    /// What the ceremony asks at this address.
    pub(super) fn step(&self, browser: &Browser, flow: &str) -> Value {
        let request = TestRequest::get().insert_header(("accept", "application/json"));
        self.visit(browser, flow, request).json()
    }

    /// Goes through the ceremony at this address: to the party, or to a page that says why not.
    pub(super) fn proves(&self, browser: &Browser, citizen: &Citizen, flow: &str) -> Value {
        let mut at = self.step(browser, flow);
        for _ in 0..3 {
            let csrf = at["csrf"].as_str().unwrap_or_default().to_owned();
            let typed = match at["step"].as_str() {
                Some("credentials") => json!({"user_id": citizen.user_id, "password": citizen.password, "csrf": csrf}),
                Some("code") => json!({"code": code_of(citizen, &at["challenge"]["index"]), "csrf": csrf}),
                _ => return at,
            };
            at = self.post_json(browser, flow, &typed).json();
        }
        at
    }

    /// The person leaves a page that says why it cannot go on.
    pub(super) fn leaves(&self, browser: &Browser, flow: &str) -> Value {
        let csrf = self.step(browser, flow)["csrf"].clone();
        self.post_json(browser, flow, &json!({"csrf": csrf, "action": "cancel"}))
            .json()
    }

    /// The whole log-in, from the request to the client's address.
    #[track_caller]
    pub(super) fn logs_in(&self, browser: &Browser, citizen: &Citizen, asked: &Asked) -> Url {
        let begun = self.get(browser, &asked.path);
        let flow = begun.location();
        if !flow.starts_with("/login/") {
            return begun.target();
        }
        sent_to(&self.proves(browser, citizen, flow))
    }

    /// The code that a log-in gives.
    #[track_caller]
    pub(super) fn code(&self, browser: &Browser, citizen: &Citizen, asked: &Asked) -> String {
        let target = self.logs_in(browser, citizen, asked);
        query(&target, "code").unwrap_or_else(|| panic!("no code: {target}"))
    }

    /// A form from a client that proves itself.
    pub(super) fn posts(&self, client: Client, path: &str, fields: &[(&str, &str)]) -> Answer {
        let (secret, assertion) = (format!("{}-secret", client.id), self.assertion(|_| {}));
        let mut fields = fields.to_vec();
        let mut request = TestRequest::post().uri(path).insert_header(("content-type", FORM));
        match client.proof {
            Proof::Basic => request = request.insert_header(basic(client.id, &secret)),
            Proof::Post => fields.extend([("client_id", client.id), ("client_secret", secret.as_str())]),
            Proof::Name => fields.push(("client_id", client.id)),
            Proof::Assertion => fields.extend([
                ("client_assertion_type", oidc::protocol::client::ASSERTION_TYPE),
                ("client_assertion", assertion.as_str()),
            ]),
        }
        self.call(request.set_payload(encoded(&fields)))
    }

    /// An assertion of [`KEYED`], changed as the test says.
    pub(super) fn assertion(&self, change: impl FnOnce(&mut Value)) -> String {
        let (now, jti) = (self.house.clock.now().secs(), self.house.rng.token());
        let mut claims =
            json!({"iss": "keyed", "sub": "keyed", "aud": ISSUER, "jti": jti, "iat": now, "exp": now + 60});
        change(&mut claims);
        let mut header = Header::new(Algorithm::ES256);
        header.kid = Some("k1".into());
        jsonwebtoken::encode(&header, &claims, &KEY.0).unwrap()
    }

    pub(super) fn exchanges(&self, client: Client, code: &str, asked: &Asked) -> Answer {
        let uri = client.redirect_uri();
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &uri),
            ("code_verifier", &asked.verifier),
        ];
        self.posts(client, "/oidc/token", &fields)
    }

    pub(super) fn refreshes(&self, client: Client, token: &Value) -> Answer {
        let token = token.as_str().unwrap();
        let fields = [("grant_type", "refresh_token"), ("refresh_token", token)];
        self.posts(client, "/oidc/token", &fields)
    }

    /// A log-in with its tokens.
    #[track_caller]
    pub(super) fn enters(&self, browser: &Browser, citizen: &Citizen, client: Client, scope: &str) -> Value {
        let asked = client.asks(scope, &[]);
        let code = self.code(browser, citizen, &asked);
        let answer = self.exchanges(client, &code, &asked);
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()
    }

    pub(super) fn userinfo(&self, token: &Value) -> Answer {
        let bearer = format!("Bearer {}", token.as_str().unwrap());
        self.call(
            TestRequest::get()
                .uri("/oidc/userinfo")
                .insert_header(("authorization", bearer)),
        )
    }

    /// Whether introspection by its own client finds the token alive.
    pub(super) fn lives(&self, client: Client, token: &Value) -> bool {
        let answer = self.posts(client, "/oidc/introspect", &[("token", token.as_str().unwrap())]);
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()["active"] == true
    }

    pub(super) fn revokes(&self, client: Client, token: &Value) -> Answer {
        self.posts(client, "/oidc/revoke", &[("token", token.as_str().unwrap())])
    }

    /// The grant behind a code, as stored.
    pub(super) fn grant_of(&self, code: &str) -> Grant {
        let hash = sha256(code);
        self.house.act(move |tx| tx.grants().by_code(&hash)).unwrap().grant
    }

    pub(super) fn grant(&self, id: GrantId) -> Grant {
        self.house.act(move |tx| tx.grants().find(id)).unwrap()
    }

    /// An opaque access token, as stored.
    pub(super) fn stored(&self, token: &Value) -> AccessToken {
        let hash = sha256(token.as_str().unwrap());
        self.house.act(move |tx| tx.tokens().find(&hash)).unwrap()
    }

    /// The eID is blocked, as support or the law does it.
    pub(super) fn blocks(&self, citizen: &Citizen) {
        let (ctx, eid) = (self.house.ctx(), citizen.eid);
        self.house.act(move |tx| crate::session::end_all_of_eid(tx, &ctx, eid));
    }
}

pub(super) fn basic(id: &str, secret: &str) -> (&'static str, String) {
    let pair = STANDARD.encode(format!("{id}:{secret}"));
    ("authorization", format!("Basic {pair}"))
}

fn code_of(citizen: &Citizen, index: &Value) -> String {
    let printed = entries(&citizen.secret, SCHEME);
    let asked = index.as_str().unwrap();
    let position = printed.index.iter().position(|index| index.to_string() == asked);
    printed.code[position.unwrap()].to_string()
}

/// Where the end of a log-in leads.
#[track_caller]
pub(super) fn sent_to(at: &Value) -> Url {
    let url = at["continue"]["url"]
        .as_str()
        .unwrap_or_else(|| panic!("not over: {at}"));
    url.parse().unwrap()
}

/// The claims of a JWT, its signature unchecked.
pub(super) fn claims(token: &Value) -> Value {
    part(token, 1)
}

/// The header of a JWT.
pub(super) fn header(token: &Value) -> Value {
    part(token, 0)
}

fn part(token: &Value, nth: usize) -> Value {
    let part = token.as_str().unwrap().split('.').nth(nth).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}
