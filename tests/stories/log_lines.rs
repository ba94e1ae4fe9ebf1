//! The log of the running server, at its most talkative: each line of a request carries the request's id, and nothing in it is secret
//! or personal, whatever was typed, sent, answered or refused.

use std::collections::{BTreeMap, BTreeSet};

use acceptance::browser::Step;
use acceptance::people::Person;
use acceptance::relying::Lab;
use acceptance::{Citizen, Database, House, Page, Plan, postgres};
use base64::prelude::{BASE64_STANDARD, Engine};
use reqwest::Method;
use serde_json::Value;

use crate::both::on_both;

on_both!(whatever_happens_nothing_of_a_person_is_in_the_log);

/// Parameters whose values are words of the protocols, ours or the operator's.
const PLAIN: &[&str] = &[
    "action",
    "client_id",
    "code_challenge_method",
    "error",
    "error_description",
    "grant_type",
    "iss",
    "lang",
    "level",
    "passive",
    "redirect_uri",
    "response_type",
    "scope",
    "SigAlg",
    "prompt",
];
/// A shorter value is found by chance.
const LEAST: usize = 4;

/// What must not be found, by what it is.
#[derive(Default)]
struct Secrets(BTreeMap<String, String>);

impl Secrets {
    fn add(&mut self, what: &str, value: &str) {
        if value.len() >= LEAST {
            self.0.insert(value.to_owned(), what.to_owned());
        }
    }

    fn of_person(&mut self, person: &Person) {
        let texts = [
            ("user-ID", person.user_id.as_deref()),
            ("eID number", Some(person.eid_number.as_str())),
            ("password", person.password.as_deref()),
            ("PID", person.pid.as_deref()),
            ("name", person.name.as_deref()),
            ("e-mail", person.email.as_deref()),
            ("mobile", person.mobile.as_deref()),
        ];
        for (what, text) in texts {
            self.add(what, text.unwrap_or_default());
        }
        for word in person.name.as_deref().unwrap_or_default().split(' ') {
            self.add("a part of the name", word);
        }
        if let Some(cpr) = &person.cpr {
            let digits = cpr.replace('-', "");
            self.add("CPR number", &digits);
            self.add("CPR number", &format!("{}-{}", &digits[..6], &digits[6..]));
        }
        for card in &person.keycards {
            self.add("card number", &card.number);
        }
    }

    /// Everything that a browser has sent and was given to keep.
    fn of_steps(&mut self, steps: &[Step]) {
        for step in steps {
            let query = step
                .url
                .query_pairs()
                .map(|(name, value)| (name.into_owned(), value.into_owned()));
            for (name, value) in query.chain(step.fields.iter().cloned()) {
                if !PLAIN.contains(&name.as_str()) {
                    self.add(&name, &value);
                }
            }
            for cookie in step.headers.get_all("set-cookie") {
                let pair = cookie.to_str().unwrap().split(';').next().unwrap();
                let (name, value) = pair.split_once('=').unwrap();
                for part in value.split('.') {
                    self.add(name, part);
                }
            }
        }
    }

    /// Strings of an answer of ours that are tokens.
    fn of_tokens(&mut self, answer: &Value) {
        for name in ["access_token", "refresh_token", "id_token"] {
            self.add(name, answer[name].as_str().unwrap_or_default());
        }
    }

    /// What of it stands in the log.
    fn in_log<'a>(&'a self, log: &'a str) -> Vec<String> {
        let folded = log.to_lowercase();
        let found = self
            .0
            .iter()
            .filter(|(value, _)| folded.contains(&value.to_lowercase()));
        found
            .map(|(value, what)| {
                let line = log
                    .lines()
                    .find(|line| line.to_lowercase().contains(&value.to_lowercase()));
                format!("{what} ({value}): {}", line.unwrap_or_default())
            })
            .collect()
    }
}

async fn types(citizen: &Citizen, page: &Page, user_id: &str, password: &str) -> Page {
    citizen
        .browser
        .submit(page, &[("user_id", user_id), ("password", password)])
        .await
}

/// Over OIDC with a hint, wrong first, to every endpoint.
async fn over_oidc(house: &House, lab: &Lab, citizen: &Citizen, hint: &str, secrets: &mut Secrets) {
    let asked = lab.asks("openid pid profile email phone offline_access", &[("login_hint", hint)]);
    let page = citizen.browser.get(asked.url.as_str()).await;
    let page = types(citizen, &page, "somebody-unknown", "not-a-password-77").await;
    let page = types(citizen, &page, citizen.user_id(), "not-a-password-77").await;
    assert_eq!(page.refusals(), ["login.failed"], "{page:#}");
    let page = types(citizen, &page, citizen.user_id(), citizen.password()).await;
    page.must_be_step("code");
    let challenge = page.challenge();
    let (right, wrong) = (
        citizen.person.code(&challenge).to_owned(),
        citizen.person.wrong_code(&challenge),
    );
    let page = citizen.browser.submit(&page, &[("code", &wrong)]).await;
    assert_eq!(page.refusals(), ["code.wrong"], "{page:#}");
    let sent = citizen.browser.submit_once(&page, &[("code", &right)]).await;
    let code = acceptance::browser::query(&lab.answered(&sent), "code").unwrap();
    secrets.add("authorization code", &code);
    secrets.add("code verifier", &asked.verifier);
    secrets.add("client secret", &lab.secret);
    assert!(lab.exchanges("not-a-code-at-all", &asked).await.0.is_client_error());
    let (status, tokens) = lab.exchanges(&code, &asked).await;
    assert!(status.is_success(), "{status} {tokens}");
    secrets.of_tokens(&tokens);
    let access = tokens["access_token"].as_str().unwrap();
    let (_, told) = lab.userinfo(access).await;
    for name in ["sub", "email", "name", "phone_number"] {
        secrets.add(name, told[name].as_str().unwrap_or_default());
    }
    lab.userinfo("not-an-access-token").await;
    let (status, renewed) = lab.refreshes(tokens["refresh_token"].as_str().unwrap()).await;
    assert!(status.is_success(), "{status} {renewed}");
    secrets.of_tokens(&renewed);
    lab.posts("introspection_endpoint", &[("token", access)]).await;
    lab.posts("revocation_endpoint", &[("token", access)]).await;
    // Once more: a replay is a thing that somebody logs.
    assert!(lab.exchanges(&code, &asked).await.0.is_client_error());
    let leave = format!(
        "{}/oidc/logout?id_token_hint={}",
        house.issuer(),
        tokens["id_token"].as_str().unwrap()
    );
    citizen.browser.get(&leave).await;
}

/// Messages that are none, or are nobody's.
async fn nonsense(house: &House, secrets: &mut Secrets) {
    let browser = house.browser();
    let said = "hemmelig-besked-610290-1234";
    let request = format!(
        "<samlp:AuthnRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"_{said}\" Version=\"2.0\" \
         IssueInstant=\"2026-11-22T12:00:00Z\" AssertionConsumerServiceURL=\"https://{said}.example/\">\
         <saml:Issuer xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">{}/metadata</saml:Issuer>\
         <saml:Subject xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"><saml:NameID>{said}</saml:NameID></saml:Subject>\
         </samlp:AuthnRequest>",
        house.service("skat").at("").trim_end_matches('/')
    );
    let sso = format!("{}/saml/sso", house.issuer());
    for message in [
        said.to_owned(),
        format!("<{said}>"),
        request.clone(),
        request.replace("</samlp", "</"),
    ] {
        let value = BASE64_STANDARD.encode(&message);
        secrets.add("SAMLRequest", &value);
        let fields = vec![
            ("SAMLRequest".to_owned(), value.clone()),
            ("RelayState".to_owned(), said.to_owned()),
        ];
        let page = browser.once(Method::POST, sso.parse().unwrap(), fields).await;
        browser.follow(page).await;
        browser
            .get(&format!(
                "{sso}?SAMLRequest={}&RelayState={said}",
                value.replace('+', "%2B")
            ))
            .await;
    }
    for path in [
        format!("/oidc/authorize?client_id={said}"),
        format!("/oidc/authorize?client_id=lab&redirect_uri=https://{said}.example/"),
        format!("/oidc/logout?id_token_hint={said}"),
        format!("/{said}"),
        format!("/login/{said}"),
        format!("/help/{said}?{said}"),
    ] {
        browser.get(&format!("{}{path}", house.issuer())).await;
    }
    secrets.add("what a stranger sent", said);
    secrets.add("what a stranger sent", "610290-1234");
}

async fn whatever_happens_nothing_of_a_person_is_in_the_log(database: Database) {
    let plan = Plan::on(database).set("log.level", "debug").set("log.format", "json");
    let mut house = House::start(plan).await;
    let lab = Lab::of(&house).await;
    let mut secrets = Secrets::default();
    for (who, hint) in [("anna", "anna"), ("clara", "clara@demo.example")] {
        let citizen = house.citizen(who);
        secrets.of_person(&citizen.person);
        secrets.add("hint", hint);
        over_oidc(&house, &lab, &citizen, hint, &mut secrets).await;
        secrets.of_steps(&citizen.browser.steps());
    }
    // By CPR number, over SAML, and then everywhere by the session.
    let anna = house.citizen("anna");
    let page = anna.begins_at(&house.service("skat")).await;
    let page = types(&anna, &page, anna.person.cpr.as_deref().unwrap(), anna.password()).await;
    let arrived = anna.answers(&page).await;
    assert!(
        arrived.url.as_str().starts_with(&house.service("skat").at("")),
        "{arrived:#}"
    );
    anna.browser.get(&house.service("borger").login()).await;
    anna.browser.get(&house.service("skat").at("logout")).await;
    secrets.add(
        "SAMLResponse",
        &anna.browser.last_sent("SAMLResponse").expect("an answer"),
    );
    secrets.of_steps(&anna.browser.steps());
    // Somebody whose eID is for netbanks only, somebody who activates, somebody who blocks.
    let bo = house.citizen("bo");
    secrets.of_person(&bo.person);
    let page = bo.begins_at(&house.service("borger")).await;
    let page = bo.types_password(&page).await;
    assert_eq!(page.refusals(), ["OCES001"]);
    bo.gives_up(&page).await;
    secrets.of_steps(&bo.browser.steps());
    let ida = house.citizen("ida");
    secrets.of_person(&ida.person);
    let page = ida.browser.get(&format!("{}/activate", house.issuer())).await;
    let typed = ida.person.activation_password.clone().unwrap();
    let fields = [
        ("user_id", ida.person.eid_number.as_str()),
        ("activation_password", typed.as_str()),
    ];
    ida.browser.submit(&page, &fields).await.must_be_step("terms");
    secrets.of_steps(&ida.browser.steps());
    let karl = house.citizen("karl");
    secrets.of_person(&karl.person);
    let page = karl.browser.get(&format!("{}/block/eid", house.issuer())).await;
    let page = karl.types_password(&page).await;
    karl.browser.submit(&page, &[]).await;
    secrets.of_steps(&karl.browser.steps());
    nonsense(&house, &mut secrets).await;
    let incident = fault(&house).await;

    let log = house.running().log();
    assert_eq!(secrets.in_log(&log), Vec::<String>::new());
    assert!(secrets.0.len() > 150, "only {} things were looked for", secrets.0.len());
    // The same look finds what is there.
    let planted = format!(
        "{log}\n{{\"message\":\"{} was here\"}}",
        anna.person.name.as_deref().unwrap()
    );
    assert!(!secrets.in_log(&planted).is_empty());
    each_line_of_a_request_has_its_id(&log, incident.as_deref());
}

/// Something that nobody foresaw, on a database that lets itself be broken from outside; the incident that she is shown.
async fn fault(house: &House) -> Option<String> {
    let name = house.on_postgres()?;
    let anna = house.citizen("anna");
    let page = anna.begins_at(&house.service("borger")).await;
    postgres::shared().ask(name, "alter table aliases rename to mislaid");
    let page = anna.types_password(&page).await;
    postgres::shared().ask(name, "alter table mislaid rename to aliases");
    assert_eq!(page.status.as_u16(), 500, "{page:#}");
    let words = page.text();
    let is_id = |word: &&str| word.len() == 16 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let incident = words.split(|c: char| !c.is_ascii_alphanumeric()).find(is_id);
    Some(incident.unwrap_or_else(|| panic!("no incident: {page:#}")).to_owned())
}

fn each_line_of_a_request_has_its_id(log: &str, incident: Option<&str>) {
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect();
    let id = |line: &Value| line["request_id"].as_str().map(str::to_owned);
    let (mut requests, mut about) = (BTreeSet::new(), Vec::new());
    for line in &lines {
        for key in ["time", "level", "message", "target"] {
            assert!(line[key].is_string(), "no {key}: {line}");
        }
        if line["message"] == "request" {
            let id = id(line).unwrap_or_default();
            assert!(
                id.len() == 16 && id.bytes().all(|byte| byte.is_ascii_hexdigit()),
                "{line}"
            );
            assert!(requests.insert(id), "two requests have one id: {line}");
            assert!(
                line["route"].as_str().is_some_and(|route| !route.contains('?')),
                "{line}"
            );
        } else if let Some(id) = id(line) {
            about.push((id, line));
        } else {
            // What is about no request: the house itself, its jobs, its letters.
            let target = line["target"].as_str().unwrap();
            let of_the_house = [
                "idp::app",
                "idp::cli",
                "idp::jobs",
                "idp::outbox",
                "idp::shed",
                "idp::storage",
            ];
            assert!(
                of_the_house.iter().any(|room| target.starts_with(room)),
                "whose line is this? {line}"
            );
        }
    }
    assert!(requests.len() > 60, "only {} requests", requests.len());
    assert!(about.len() > 10, "only {} lines about requests", about.len());
    for (id, line) in &about {
        assert!(requests.contains(id), "a line of no request: {line}");
    }
    for message in ["refused", "SAML message not decoded", "SAML request not believed"] {
        let is = |(_, line): &(String, &Value)| line["message"].as_str().is_some_and(|text| text.starts_with(message));
        assert!(about.iter().any(is), "nobody said {message:?}");
    }
    if let Some(incident) = incident {
        let told = about
            .iter()
            .find(|(id, line)| id == incident && line["level"] == "error");
        assert!(told.is_some(), "the incident {incident} is not in the log");
    }
}
