//! The demo people as whoever knows their secrets: they log in, answer their card, give up.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::browser::{Browser, Challenge, Page};
use crate::house::Service;

/// A person as `idp demo people` prints it.
#[derive(Clone, Debug, Deserialize)]
pub struct Person {
    pub user_id: Option<String>,
    pub eid_number: String,
    pub cpr: Option<String>,
    pub password: Option<String>,
    #[serde(default)]
    pub activation_password: Option<String>,
    pub pid: Option<String>,
    #[serde(default)]
    pub scope: Vec<String>,
    pub status: String,
    #[serde(default)]
    pub keycards: Vec<Card>,
}

/// A key card with its codes by index.
#[derive(Clone, Debug, Deserialize)]
pub struct Card {
    pub number: String,
    pub status: String,
    #[serde(default)]
    pub codes: BTreeMap<String, String>,
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

    /// The whole log-in, from the service's link to the service's page; what the service then knows.
    pub async fn logs_in_at(&self, service: &Service) -> Value {
        let page = self.begins_at(service).await;
        let page = self.types_password(&page).await;
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
