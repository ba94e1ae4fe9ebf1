//! The whole log-in of a person whose browser is known: authorize, user-ID and password, card code, exchange; by the JSON form
//! of the log-in page.

use anyhow::{Context, Result, ensure};
use async_trait::async_trait;
use bench::prepared::Person;
use hyper::Method;
use hyper::header::{ACCEPT, CONTENT_TYPE, COOKIE, LOCATION};
use serde_json::{Value, json};

use crate::pace::{Desk, Steps};
use crate::tokens::{authorize, exchange};
use crate::wire::{Jar, Reply, Wire, parameter};

/// Where the log-in of a person has led.
pub struct LoggedIn {
    /// The authorization code.
    pub code: String,
    /// The cookies of the browser.
    pub jar: Jar,
}

/// From the authorization request to the code.
pub async fn log_in(wire: &mut Wire, request: &str, person: &Person, mut jar: Jar) -> Result<LoggedIn> {
    let cookie = jar.header();
    let begun = wire.get(request, &[(COOKIE, &cookie)]).await?;
    jar.keep(&begun);
    let page = begun
        .header(LOCATION)
        .with_context(|| format!("authorize: {} {}", begun.status, begun.start()))?
        .to_owned();
    let cookie = jar.header();
    let shown = wire
        .get(&page, &[(COOKIE, &cookie), (ACCEPT, "application/json")])
        .await?
        .must_be(200, "log-in page")?;
    let password = person.password.as_deref().context("a password")?;
    let typed = json!({ "csrf": shown.field("csrf")?, "user_id": person.eid_number, "password": password });
    let asked = answer(wire, &page, &mut jar, &typed).await?;
    let asked: Value = serde_json::from_slice(&asked.body)?;
    ensure!(asked["step"] == "code", "after the password: {asked}");
    let (index, card) = (&asked["challenge"]["index"], &asked["challenge"]["card"]);
    let card = person.keycards.iter().find(|known| *card == known.number.as_str());
    let code = card
        .and_then(|card| card.codes.get(index.as_str()?))
        .with_context(|| format!("no code {index}"))?;
    let done = answer(wire, &page, &mut jar, &json!({ "csrf": asked["csrf"], "code": code })).await?;
    let done: Value = serde_json::from_slice(&done.body)?;
    let url = done["continue"]["url"]
        .as_str()
        .with_context(|| format!("after the code: {done}"))?;
    let code = parameter(url, "code").with_context(|| format!("no code in {url}"))?;
    Ok(LoggedIn {
        code: code.to_owned(),
        jar,
    })
}

async fn answer(wire: &mut Wire, page: &str, jar: &mut Jar, typed: &Value) -> Result<Reply> {
    let cookie = jar.header();
    let headers = [
        (COOKIE, cookie.as_str()),
        (ACCEPT, "application/json"),
        (CONTENT_TYPE, "application/json"),
    ];
    let reply = wire
        .send(Method::POST, page, &headers, typed.to_string().into())
        .await?
        .must_be(200, "an answer to the log-in")?;
    jar.keep(&reply);
    Ok(reply)
}

/// A person after the other, each with a browser that remembers them but is logged in nowhere.
#[derive(Clone)]
pub struct LogIn;

/// A worker's people with their browsers.
pub struct Waiting {
    people: Vec<(Person, Jar)>,
    at: usize,
}

#[async_trait]
impl Steps for LogIn {
    type Own = Waiting;

    fn begin(&self, desk: &Desk) -> Result<Waiting> {
        let people = desk.seat.of(&desk.prepared.people);
        ensure!(!people.is_empty(), "no people were prepared");
        Ok(Waiting {
            people: people.into_iter().map(|(_, person)| (person, Jar::default())).collect(),
            at: 0,
        })
    }

    async fn run(&self, desk: &mut Desk, own: &mut Waiting) -> Result<usize> {
        own.at = (own.at + 1) % own.people.len();
        let (person, browser) = &mut own.people[own.at];
        let paths = &desk.prepared.paths;
        let request = authorize(&paths.authorize, &desk.client);
        let LoggedIn { code, mut jar } = log_in(&mut desk.wire, &request, person, browser.clone()).await?;
        // The browser stays known; its session and the finished flow do not.
        jar.retain(|name| name.contains("device"));
        *browser = jar;
        let tokens = exchange(&mut desk.wire, &paths.token, &desk.client, &desk.basic, &code).await?;
        Ok(tokens.body.len())
    }
}
