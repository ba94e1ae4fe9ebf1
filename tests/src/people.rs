//! The demo people as whoever knows their secrets: they log in, answer their card, give up.

use std::collections::BTreeMap;

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::browser::{Browser, Challenge, Page};
use crate::house::{House, Service};

/// A person as `idp demo people` prints it.
#[derive(Clone, Debug, Deserialize)]
pub struct Person {
    pub user_id: Option<String>,
    pub eid_number: String,
    pub cpr: Option<String>,
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub address: Option<String>,
    #[serde(default)]
    pub email: Option<String>,
    #[serde(default)]
    pub mobile: Option<String>,
    pub password: Option<String>,
    #[serde(default)]
    pub activation_password: Option<String>,
    pub pid: Option<String>,
    #[serde(default)]
    pub scope: Vec<String>,
    pub status: String,
    #[serde(default)]
    pub keycards: Vec<Card>,
    #[serde(default)]
    pub documents: Vec<Document>,
    #[serde(default)]
    pub tokens: Vec<Token>,
    #[serde(default)]
    pub apps: Vec<App>,
}

/// A passport or a driving licence.
#[derive(Clone, Debug, Deserialize)]
pub struct Document {
    #[serde(rename = "type")]
    pub kind: String,
    pub number: String,
}

/// A device with a code app, and its key.
#[derive(Clone, Debug, Deserialize)]
pub struct App {
    pub id: String,
    pub private_key: String,
}

/// A code app that speaks docs/integrate/app.md.
pub struct Device {
    client: reqwest::Client,
    issuer: String,
    id: String,
    key: EcdsaKeyPair,
}

impl Device {
    /// The device that the person holds.
    pub fn of(house: &House, person: &Person) -> Self {
        let app = person.apps.first().expect("a device");
        let key = URL_SAFE_NO_PAD.decode(&app.private_key).expect("base64url");
        Self {
            client: house.client().build().expect("a client"),
            issuer: house.issuer(),
            id: app.id.clone(),
            key: EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &key).expect("a key"),
        }
    }

    fn signs(&self, lines: &[&str]) -> String {
        let message = lines.join("\n");
        let signature = self.key.sign(&SystemRandom::new(), message.as_bytes());
        URL_SAFE_NO_PAD.encode(signature.expect("signs"))
    }

    async fn posts(&self, path: &str, body: Value) -> Value {
        let request = self.client.post(format!("{}{path}", self.issuer)).json(&body);
        let answer = request.send().await.expect("an answer");
        answer.json().await.expect("JSON")
    }

    /// Looks for a question.
    pub async fn looks(&self) -> Value {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let time = now.expect("after 1970").as_secs().to_string();
        let signature = self.signs(&["nogle-app-poll-1", &self.issuer, &self.id, &time]);
        let body = json!({ "app": self.id, "time": time, "signature": signature });
        self.posts("/app/poll", body).await["question"].clone()
    }

    /// Answers a question; a number only where it approves.
    pub async fn answers(&self, question: &Value, decision: &str, number: &str) -> Value {
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let (id, party) = (text(&question["id"]), text(&question["party"]["id"]));
        let (name, purpose) = (text(&question["party"]["name"]), text(&question["purpose"]));
        let first = "nogle-app-answer-1";
        let lines = [
            first,
            &self.issuer,
            &self.id,
            &id,
            &party,
            &name,
            &purpose,
            decision,
            number,
        ];
        let signature = self.signs(&lines);
        let body = json!({
            "app": self.id, "question": id, "decision": decision, "number": number, "signature": signature,
        });
        self.posts("/app/answer", body).await
    }
}

/// A key card with its codes by index.
#[derive(Clone, Debug, Deserialize)]
pub struct Card {
    pub number: String,
    pub status: String,
    #[serde(default)]
    pub codes: BTreeMap<String, String>,
}

/// A code token with its seed.
#[derive(Clone, Debug, Deserialize)]
pub struct Token {
    pub serial: String,
    pub status: String,
    pub digits: u32,
    pub seed: String,
    pub next: u64,
}

impl Token {
    /// What its display shows at the press so many after the next one (RFC 4226 §5.3).
    pub fn shows(&self, presses: u64) -> String {
        let digit = |at: usize| u8::from_str_radix(&self.seed[at..at + 2], 16).expect("hex");
        let seed: Vec<u8> = (0..self.seed.len()).step_by(2).map(digit).collect();
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &seed);
        let tag = hmac::sign(&key, &(self.next + presses).to_be_bytes());
        let tag = tag.as_ref();
        let at = usize::from(tag[tag.len() - 1] & 0x0f);
        let four = [tag[at] & 0x7f, tag[at + 1], tag[at + 2], tag[at + 3]];
        let code = u32::from_be_bytes(four) % 10_u32.pow(self.digits);
        format!("{code:0digits$}", digits = self.digits as usize)
    }
}

impl Person {
    /// The code that the card has for a challenge.
    #[track_caller]
    pub fn code(&self, challenge: &Challenge) -> &str {
        let card = self.keycards.iter().find(|card| card.number == challenge.card);
        let card = card.unwrap_or_else(|| panic!("{} has no card {}", self.eid_number, challenge.card));
        card.codes
            .get(&challenge.index)
            .unwrap_or_else(|| panic!("no index {} on {}", challenge.index, card.number))
    }

    /// Six digits that are not the code.
    #[track_caller]
    pub fn wrong_code(&self, challenge: &Challenge) -> String {
        let right: u32 = self.code(challenge).parse().expect("digits");
        format!("{:06}", (right + 1) % 1_000_000)
    }
}

/// A person at a browser.
#[derive(Clone)]
pub struct Citizen {
    pub person: Person,
    pub browser: Browser,
}

impl Citizen {
    pub fn user_id(&self) -> &str {
        self.person.user_id.as_deref().expect("a chosen user-ID")
    }

    pub fn password(&self) -> &str {
        self.person.password.as_deref().expect("a password")
    }

    /// Begins at the service; must come to the page that asks for user-ID and password.
    pub async fn begins_at(&self, service: &Service) -> Page {
        let page = self.browser.get(&service.login()).await;
        page.must_be_step("credentials");
        page
    }

    /// Types user-ID and password.
    pub async fn types_password(&self, page: &Page) -> Page {
        self.browser
            .submit(page, &[("user_id", self.user_id()), ("password", self.password())])
            .await
    }

    /// Answers the card page.
    pub async fn answers(&self, page: &Page) -> Page {
        page.must_be_step("code");
        let code = self.person.code(&page.challenge()).to_owned();
        self.browser.submit(page, &[("code", &code)]).await
    }

    /// Lets the service know what it asks for, where it asks.
    pub async fn lets_know(&self, page: Page) -> Page {
        if page.step() != "consent" {
            return page;
        }
        self.browser.submit(&page, &[("consent", "yes")]).await
    }

    /// The whole log-in, from the service's link to the service's page; what the service then knows.
    pub async fn logs_in_at(&self, service: &Service) -> Value {
        let page = self.begins_at(service).await;
        let page = self.types_password(&page).await;
        let page = self.lets_know(page).await;
        let page = self.answers(&page).await;
        assert!(
            page.url.as_str().starts_with(service.origin.as_str()),
            "did not arrive at {}: {page:#}",
            service.name
        );
        self.is_known_at(service).await
    }

    /// What the service tells about who is logged in.
    pub async fn is_known_at(&self, service: &Service) -> Value {
        let (status, me) = self.browser.json(&service.at("me")).await;
        assert!(
            status.is_success(),
            "{} does not know anybody: {status} {me}",
            service.name
        );
        me
    }

    /// Whether the service knows nobody in this browser.
    pub async fn is_unknown_at(&self, service: &Service) -> bool {
        !self.browser.json(&service.at("me")).await.0.is_success()
    }

    /// Gives the log-in up by its button.
    pub async fn gives_up(&self, page: &Page) -> Page {
        self.browser.submit(page, &[("action", "cancel")]).await
    }
}
