//! The demo services, a made-up identity provider that says whatever a test wants, and a browser.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::future::ready;
use std::net::TcpListener;
use std::path::Path;
use std::sync::{Arc, Mutex};

use actix_web::{App, HttpResponse, HttpServer, web};
use aws_lc_rs::digest;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as B64};
use serde_json::{Map, Value, json};
use sp_demo::{config::Settings, server};

pub mod saml;

pub const NOW: fn() -> i64 = || sp_demo::clock::now().timestamp();

/// What the identity provider will say next.
#[derive(Default)]
pub struct Script {
    /// Claims to put over the right ones; null removes.
    pub claims: Map<String, Value>,
    /// Userinfo to put over the right one.
    pub user_info: Map<String, Value>,
    /// Sign with a key that is not published.
    pub wrong_key: bool,
    /// What the last token request sent.
    pub token_request: Vec<(String, String)>,
    nonce: String,
    challenge: String,
}

pub struct World {
    pub sp: String,
    pub issuer: String,
    pub script: Arc<Mutex<Script>>,
    pub saml: Arc<saml::Idp>,
    keys: Arc<Keys>,
}

struct Keys {
    published: EcdsaKeyPair,
    stranger: EcdsaKeyPair,
}

impl World {
    pub async fn new() -> Self {
        Self::with(&[]).await
    }

    /// A world whose demo services have these environment variables.
    pub async fn with(environment: &[(&str, &str)]) -> Self {
        let key = || EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let keys = Arc::new(Keys {
            published: key(),
            stranger: key(),
        });
        let script = Arc::new(Mutex::new(Script::default()));
        let (op_listener, issuer) = listener();
        let (sp_listener, sp) = listener();
        let saml = Arc::new(saml::Idp::new(&issuer));
        run_op(op_listener, &issuer, &script, &keys, &saml);

        let own = [
            ("SP_DEMO__ISSUER", issuer.as_str()),
            ("SP_DEMO__PUBLIC_URL", sp.as_str()),
        ];
        let all = own
            .iter()
            .chain(environment)
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../config/demo/sp-demo.toml");
        let settings = Settings::load(&file, all.collect::<Vec<_>>().into_iter()).unwrap();
        actix_web::rt::spawn(server::start(settings, sp_listener).unwrap());
        Self {
            sp,
            issuer,
            script,
            saml,
            keys,
        }
    }

    pub fn says(&self, claims: Value) {
        self.script.lock().unwrap().claims = claims.as_object().unwrap().clone();
    }

    /// A signed token of any kind.
    pub fn sign(&self, header: &Value, claims: &Value) -> String {
        sign(&self.keys.published, header, claims)
    }

    pub fn forge(&self, header: &Value, claims: &Value) -> String {
        sign(&self.keys.stranger, header, claims)
    }

    /// Plays the identity provider's page: the person logs in, and is sent back with these parameters.
    pub fn approve(&self, authorize: &url::Url) -> Vec<(String, String)> {
        let mut script = self.script.lock().unwrap();
        script.nonce = parameter(authorize, "nonce").unwrap();
        script.challenge = parameter(authorize, "code_challenge").unwrap();
        let state = parameter(authorize, "state").unwrap();
        [("code", "the-code"), ("state", &state), ("iss", &self.issuer)]
            .map(|(n, v)| (n.to_owned(), v.to_owned()))
            .to_vec()
    }
}

fn listener() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://localhost:{}", listener.local_addr().unwrap().port());
    (listener, url)
}

pub fn parameter(url: &url::Url, name: &str) -> Option<String> {
    url.query_pairs()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}

fn run_op(listener: TcpListener, issuer: &str, script: &Arc<Mutex<Script>>, keys: &Arc<Keys>, saml: &saml::Idp) {
    let metadata = saml.metadata();
    let (issuer, script, keys) = (issuer.to_owned(), script.clone(), keys.clone());
    let server = HttpServer::new(move || {
        let (discovery, jwks) = (discovery(&issuer), jwks(&keys.published));
        let (token_script, token_keys, token_issuer) = (script.clone(), keys.clone(), issuer.clone());
        let info_script = script.clone();
        let metadata = metadata.clone();
        App::new()
            .route(
                "/saml/metadata",
                web::get().to(move || ready(HttpResponse::Ok().body(metadata.clone()))),
            )
            .route(
                "/.well-known/openid-configuration",
                web::get().to(move || answer(discovery.clone())),
            )
            .route("/jwks", web::get().to(move || answer(jwks.clone())))
            .route(
                "/token",
                web::post().to(move |form: web::Form<Vec<(String, String)>>| {
                    answer(tokens(
                        &mut token_script.lock().unwrap(),
                        form.into_inner(),
                        &token_keys,
                        &token_issuer,
                    ))
                }),
            )
            .route("/revoke", web::post().to(|| answer(json!({}))))
            .route(
                "/userinfo",
                web::get().to(move || {
                    let mut info = json!({ "sub": "anna-at-borger", "name": "Anna Demo", "email": "anna@example.dk" });
                    overlay(&mut info, &info_script.lock().unwrap().user_info);
                    answer(info)
                }),
            )
    });
    actix_web::rt::spawn(server.workers(1).listen(listener).unwrap().run());
}

async fn answer(body: Value) -> HttpResponse {
    HttpResponse::Ok().json(body)
}

fn discovery(issuer: &str) -> Value {
    let at = |path: &str| format!("{issuer}/{path}");
    json!({
        "issuer": issuer,
        "authorization_endpoint": at("authorize"), "token_endpoint": at("token"), "userinfo_endpoint": at("userinfo"),
        "jwks_uri": at("jwks"), "end_session_endpoint": at("logout"), "revocation_endpoint": at("revoke"),
        "response_types_supported": ["code"], "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["ES256", "RS256"],
        "authorization_response_iss_parameter_supported": true,
    })
}

fn jwks(key: &EcdsaKeyPair) -> Value {
    let point = key.public_key().as_ref();
    let (x, y) = (B64.encode(&point[1..33]), B64.encode(&point[33..65]));
    json!({ "keys": [{ "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": "k1", "x": x, "y": y }] })
}

fn tokens(script: &mut Script, form: Vec<(String, String)>, keys: &Keys, issuer: &str) -> Value {
    let field = |name: &str| form.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
    if let Some(verifier) = field("code_verifier") {
        let challenge = B64.encode(digest::digest(&digest::SHA256, verifier.as_bytes()));
        assert_eq!(challenge, script.challenge, "PKCE");
    }
    let hash = digest::digest(&digest::SHA256, b"an-access-token");
    let mut claims = json!({
        "iss": issuer, "aud": "borger", "sub": "anna-at-borger", "iat": NOW(), "exp": NOW() + 300, "auth_time": NOW(),
        "nonce": script.nonce, "sid": "sid-1", "pid": "9208-2002-2-123456789012",
        "acr": "https://data.gov.dk/concept/core/nsis/loa/Substantial", "at_hash": B64.encode(&hash.as_ref()[..16]),
    });
    overlay(&mut claims, &script.claims);
    script.token_request = form;
    let key = if script.wrong_key {
        &keys.stranger
    } else {
        &keys.published
    };
    let id_token = sign(key, &json!({ "alg": "ES256", "kid": "k1" }), &claims);
    json!({
        "access_token": "an-access-token", "token_type": "Bearer", "expires_in": 600, "id_token": id_token,
        "refresh_token": "a-refresh-token",
    })
}

fn overlay(under: &mut Value, over: &Map<String, Value>) {
    let under = under.as_object_mut().unwrap();
    for (name, value) in over {
        under.insert(name.clone(), value.clone());
    }
    under.retain(|_, value| !value.is_null());
}

fn sign(key: &EcdsaKeyPair, header: &Value, claims: &Value) -> String {
    let signed = format!("{}.{}", B64.encode(header.to_string()), B64.encode(claims.to_string()));
    let signature = key.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
    format!("{signed}.{}", B64.encode(signature))
}

/// A browser with a cookie jar; it follows nothing by itself.
pub struct Browser {
    client: reqwest::Client,
    pub sp: String,
}

pub struct Page {
    pub status: u16,
    pub location: Option<String>,
    pub body: String,
}

impl Page {
    /// The `data-code` of a problem page.
    pub fn code(&self) -> &str {
        self.body
            .split("data-code=\"")
            .nth(1)
            .and_then(|rest| rest.split('"').next())
            .unwrap_or("none")
    }

    pub fn address(&self) -> url::Url {
        url::Url::parse(self.location.as_deref().unwrap_or_else(|| panic_without(&self.body))).unwrap()
    }
}

fn panic_without(body: &str) -> &str {
    assert!(body.is_empty(), "no redirect but: {body}");
    body
}

impl Browser {
    pub fn new(world: &World) -> Self {
        let client = reqwest::Client::builder()
            .cookie_store(true)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy();
        Self {
            client: client.build().unwrap(),
            sp: world.sp.clone(),
        }
    }

    pub async fn get(&self, path: &str) -> Page {
        self.send(self.client.get(format!("{}{path}", self.sp))).await
    }

    pub async fn get_with(&self, path: &str, query: &[(String, String)]) -> Page {
        self.send(self.client.get(format!("{}{path}", self.sp)).query(query))
            .await
    }

    pub async fn post(&self, path: &str, form: &[(String, String)]) -> Page {
        self.send(self.client.post(format!("{}{path}", self.sp)).form(form))
            .await
    }

    pub async fn post_xml(&self, path: &str, body: String) -> Page {
        let request = self
            .client
            .post(format!("{}{path}", self.sp))
            .header("Content-Type", "text/xml");
        self.send(request.body(body)).await
    }

    /// Who is logged in, if anybody.
    pub async fn me(&self, service: &str) -> Option<Value> {
        let request = self
            .client
            .get(format!("{}/{service}/me", self.sp))
            .header("Accept", "application/json");
        let answer = request.send().await.unwrap();
        if answer.status() == 401 {
            None
        } else {
            Some(answer.json().await.unwrap())
        }
    }

    /// Logs in at a service as far as the identity provider lets it.
    pub async fn log_in(&self, world: &World, login: &str) -> Page {
        let address = self.get(login).await.address();
        let service = login.split('/').nth(1).unwrap();
        self.get_with(&format!("/{service}/callback"), &world.approve(&address))
            .await
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Page {
        let answer = request.header("Accept-Language", "en").send().await.unwrap();
        let location = answer
            .headers()
            .get("Location")
            .map(|value| value.to_str().unwrap().to_owned());
        Page {
            status: answer.status().as_u16(),
            location,
            body: answer.text().await.unwrap(),
        }
    }
}
