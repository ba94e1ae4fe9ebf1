//! A relying party that we write ourselves: `lab` of the demo configuration, one HTTP request per verb. What it gets is
//! checked by the stories; well-known clients are tried apart from this.

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use reqwest::StatusCode;
use serde_json::Value;
use url::Url;

use crate::browser::{Page, query};
use crate::house::House;
use crate::people::Citizen;

/// An OIDC client of the demo configuration with what discovery told it.
pub struct Lab {
    pub client_id: String,
    pub secret: String,
    pub redirect_uri: String,
    pub discovery: Value,
    client: reqwest::Client,
}

/// An authorization request under way.
pub struct Asked {
    pub url: Url,
    pub state: String,
    pub nonce: String,
    pub verifier: String,
}

impl Lab {
    pub async fn of(house: &House) -> Self {
        Self::named(house, "lab").await
    }

    /// Registers another party like `lab` at a house that does not run yet.
    pub fn register(house: &House, name: &str) {
        let like = std::fs::read_to_string(house.config("parties/lab.toml")).expect("lab.toml");
        let party = like.replace("client_id = \"lab\"", &format!("client_id = \"{name}\""));
        std::fs::write(house.config(&format!("parties/{name}.toml")), party).expect("party");
    }

    /// A party like `lab` under its own name.
    pub async fn named(house: &House, name: &str) -> Self {
        let file = std::fs::read_to_string(house.config(&format!("parties/{name}.toml"))).expect("party file");
        let party: toml::Table = file.parse().expect("TOML");
        let oidc = &party["oidc"];
        let text = |key: &str| {
            oidc[key]
                .as_str()
                .unwrap_or_else(|| panic!("{name}.toml: oidc.{key}"))
                .to_owned()
        };
        Self {
            client_id: text("client_id"),
            secret: text("secret"),
            redirect_uri: oidc["redirect_uris"][0].as_str().expect("redirect URI").to_owned(),
            discovery: house.document("/.well-known/openid-configuration").await,
            client: house.client().build().expect("client"),
        }
    }

    /// An endpoint by its name in discovery.
    #[track_caller]
    pub fn endpoint(&self, name: &str) -> &str {
        self.discovery[name]
            .as_str()
            .unwrap_or_else(|| panic!("discovery has no {name}"))
    }

    /// An authorization request with `state`, `nonce` and PKCE; `more` adds or replaces parameters.
    pub fn asks(&self, scope: &str, more: &[(&str, &str)]) -> Asked {
        let random = || format!("{}{}", uuid::Uuid::new_v4().simple(), uuid::Uuid::new_v4().simple());
        let (state, nonce, verifier) = (random(), random(), random());
        let challenge = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, verifier.as_bytes());
        let challenge = BASE64_URL_SAFE_NO_PAD.encode(challenge.as_ref());
        let mut url = Url::parse(self.endpoint("authorization_endpoint")).expect("endpoint");
        let ordinary = [
            ("response_type", "code"),
            ("client_id", &self.client_id),
            ("redirect_uri", &self.redirect_uri),
            ("scope", scope),
            ("state", &state),
            ("nonce", &nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        url.query_pairs_mut()
            .extend_pairs(
                ordinary
                    .iter()
                    .filter(|(name, _)| !more.iter().any(|(other, _)| other == name)),
            )
            .extend_pairs(more.iter().filter(|(_, value)| !value.is_empty()));
        Asked {
            url,
            state,
            nonce,
            verifier,
        }
    }

    /// The parameters of the answer, once the browser is sent to our redirect URI. Nothing listens there.
    #[track_caller]
    pub fn answered(&self, page: &Page) -> Url {
        let target = page
            .redirect()
            .unwrap_or_else(|| panic!("not sent back to us: {page:#}"));
        assert!(target.as_str().starts_with(&self.redirect_uri), "sent to {target}");
        target
    }

    /// A whole log-in by the citizen; the authorization code and the request.
    pub async fn receives(&self, citizen: &Citizen, scope: &str) -> (String, Asked) {
        let asked = self.asks(scope, &[]);
        let page = citizen.browser.get(asked.url.as_str()).await;
        page.must_be_step("credentials");
        let page = citizen.types_password(&page).await;
        let code = citizen.person.code(&page.challenge()).to_owned();
        let sent = citizen.browser.submit_once(&page, &[("code", &code)]).await;
        let target = self.answered(&sent);
        assert_eq!(query(&target, "state").as_deref(), Some(asked.state.as_str()));
        (
            query(&target, "code").unwrap_or_else(|| panic!("no code: {target}")),
            asked,
        )
    }

    /// Exchanges a code.
    pub async fn exchanges(&self, code: &str, asked: &Asked) -> (StatusCode, Value) {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.redirect_uri),
            ("code_verifier", &asked.verifier),
        ];
        self.posts("token_endpoint", &fields).await
    }

    pub async fn refreshes(&self, token: &str) -> (StatusCode, Value) {
        self.posts(
            "token_endpoint",
            &[("grant_type", "refresh_token"), ("refresh_token", token)],
        )
        .await
    }

    /// POST to an endpoint with our secret in the Basic form.
    pub async fn posts(&self, endpoint: &str, fields: &[(&str, &str)]) -> (StatusCode, Value) {
        let request = self
            .client
            .post(self.endpoint(endpoint))
            .basic_auth(&self.client_id, Some(&self.secret));
        let answer = request
            .form(fields)
            .send()
            .await
            .unwrap_or_else(|error| panic!("{endpoint}: {error:?}"));
        (answer.status(), answer.json().await.unwrap_or(Value::Null))
    }

    /// The same; `None` when the answer did not arrive whole: nobody knows what came of it.
    pub async fn tries_to_post(&self, endpoint: &str, fields: &[(&str, &str)]) -> Option<(StatusCode, Value)> {
        let request = self
            .client
            .post(self.endpoint(endpoint))
            .basic_auth(&self.client_id, Some(&self.secret));
        let answer = request.form(fields).send().await.ok()?;
        let status = answer.status();
        Some((status, answer.json().await.ok()?))
    }

    /// What userinfo tells the bearer.
    pub async fn userinfo(&self, token: &str) -> (StatusCode, Value) {
        let request = self.client.get(self.endpoint("userinfo_endpoint")).bearer_auth(token);
        let answer = request.send().await.expect("userinfo");
        (answer.status(), answer.json().await.unwrap_or(Value::Null))
    }
}

/// The claims of a JWT, its signature unchecked.
pub fn claims(token: &str) -> Value {
    let middle = token.split('.').nth(1).unwrap_or_else(|| panic!("not a JWT: {token}"));
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(middle).expect("base64url")).expect("JSON")
}
