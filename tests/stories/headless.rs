//! The same log-in without pages: a program of the operator's speaks JSON on the addresses of the pages.

use acceptance::relying::Lab;
use acceptance::{Database, House, Plan};
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

use crate::both::on_both;

on_both!(the_whole_log_in_as_json, other_sites_and_other_forms_are_turned_away);

struct Screen {
    client: reqwest::Client,
    url: String,
    csrf: String,
}

impl Screen {
    /// Begins a log-in, and reads its first screen.
    async fn open(house: &House, lab: &Lab) -> (Self, Value) {
        let client = house
            .client()
            .cookie_store(true)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        let answer = client.get(lab.asks("openid pid", &[]).url).send().await.unwrap();
        let url = answer
            .url()
            .join(answer.headers()["location"].to_str().unwrap())
            .unwrap()
            .to_string();
        let shown: Value = client
            .get(&url)
            .header("accept", "application/json")
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        let csrf = shown["csrf"].as_str().unwrap().to_owned();
        (Self { client, url, csrf }, shown)
    }

    async fn send(&mut self, mut fields: Value) -> (StatusCode, Value) {
        fields["csrf"] = json!(self.csrf);
        let answer = self.post(&fields, "application/json", None).await;
        let status = answer.status();
        let shown: Value = answer.json().await.unwrap_or(Value::Null);
        if let Some(csrf) = shown["csrf"].as_str() {
            csrf.clone_into(&mut self.csrf);
        }
        (status, shown)
    }

    async fn post(&self, fields: &Value, kind: &str, origin: Option<&str>) -> Response {
        let mut request = self
            .client
            .post(&self.url)
            .header("accept", "application/json")
            .header("content-type", kind);
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        request.body(fields.to_string()).send().await.unwrap()
    }
}

async fn the_whole_log_in_as_json(database: Database) {
    let house = House::start(Plan::on(database).without_services()).await;
    let lab = Lab::of(&house).await;
    let person = house.citizen("anna").person;
    let (mut screen, shown) = Screen::open(&house, &lab).await;
    assert_eq!(shown["step"], "credentials", "{shown}");

    let (_, shown) = screen
        .send(json!({ "user_id": "anna", "password": "not-her-password-1" }))
        .await;
    assert_eq!(shown["errors"][0]["code"], "login.failed", "{shown}");
    let (_, shown) = screen
        .send(json!({ "user_id": "anna", "password": person.password }))
        .await;
    assert_eq!(shown["step"], "code", "{shown}");
    let challenge = acceptance::browser::Challenge {
        index: shown["challenge"]["index"].as_str().unwrap().to_owned(),
        card: shown["challenge"]["card"].as_str().unwrap().to_owned(),
    };
    let (_, shown) = screen.send(json!({ "code": person.code(&challenge) })).await;
    assert_eq!(shown["step"], "done", "{shown}");
    assert!(
        shown["continue"]["url"]
            .as_str()
            .unwrap()
            .starts_with(&lab.redirect_uri),
        "{shown}"
    );
}

async fn other_sites_and_other_forms_are_turned_away(database: Database) {
    let house = House::start(Plan::on(database).without_services()).await;
    let lab = Lab::of(&house).await;
    let (screen, _) = Screen::open(&house, &lab).await;
    let fields = json!({ "user_id": "anna", "password": "x", "csrf": screen.csrf });
    let evil = screen
        .post(&fields, "application/json", Some("https://evil.example"))
        .await;
    assert!(evil.status().is_client_error(), "{}", evil.status());
    assert!(evil.headers().get("access-control-allow-origin").is_none());
    let plain = screen.post(&fields, "text/plain", None).await;
    assert!(plain.status().is_client_error(), "{}", plain.status());
    let forged = screen
        .post(
            &json!({ "user_id": "anna", "password": "x", "csrf": "forged" }),
            "application/json",
            None,
        )
        .await;
    assert!(forged.status().is_client_error(), "{}", forged.status());
    let stranger = house
        .client()
        .build()
        .unwrap()
        .get(&screen.url)
        .header("accept", "application/json")
        .send()
        .await
        .unwrap();
    assert!(
        stranger.status().is_client_error(),
        "the flow's address alone opens nothing: {}",
        stranger.status()
    );
}
