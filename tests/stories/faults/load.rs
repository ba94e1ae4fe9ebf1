//! People under way, many at once, each with a journal of what they were told and of what they could not know: what the
//! stories of crashes put against the house afterwards.

use std::collections::BTreeSet;

use acceptance::browser::{Challenge, query};
use acceptance::listener::Listener;
use acceptance::people::Person;
use acceptance::relying::{Asked, Lab, claims};
use acceptance::{Citizen, House, Plan};
use serde_json::Value;

/// A house whose hashes cost little and that lets this machine ask as much as it likes.
pub fn busy(plan: Plan) -> Plan {
    plan.without_services()
        .set("login.hash.memory_kib", 1_024)
        .set("login.flood.address_per_minute", 1_000_000)
        .set("login.flood.network_per_minute", 1_000_000)
}

/// As many generated people who may log in at a public service.
pub fn crowd(house: &House, wanted: usize) -> Vec<Person> {
    let number = (wanted * 4).to_string();
    let generated = house.idp_says(&["demo", "generate", "--people", &number, "--codes", "--hash", "full"]);
    let mut people: Vec<Person> = generated
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    people.retain(|person| person.scope.iter().any(|scope| scope == "public"));
    people.truncate(wanted);
    assert_eq!(people.len(), wanted, "too few may log in at a public service");
    people
}

/// Registers a service that wants to hear of log-outs, at a house that does not run yet.
pub fn register(house: &House, name: &str, ear: &Listener) {
    Lab::register(house, name);
    let file = house.config(&format!("parties/{name}.toml"));
    let mut party = std::fs::read_to_string(&file).unwrap();
    party.push_str(&format!("\nbackchannel_logout_uri = \"{}\"\n", ear.at(name)));
    std::fs::write(file, party).unwrap();
}

/// How an act ended that may have been cut off.
#[derive(Debug)]
pub enum End<T> {
    Answered(T),
    /// No answer, or one that says to come again: it may have been done or not.
    Unknown,
}

/// Goes on with what was answered, or leaves the function with [`End::Unknown`].
macro_rules! known {
    ($end:expr) => {
        match $end {
            Some(answer) => answer,
            None => return End::Unknown,
        }
    };
}

/// The log-in up to the code, with the code that the service is sent.
pub async fn log_in(citizen: &Citizen, lab: &Lab) -> End<(Challenge, String, Asked)> {
    let asked = lab.asks("openid", &[("prompt", "login")]);
    let page = known!(citizen.browser.tries(asked.url.as_str()).await);
    if page.status == 503 {
        return End::Unknown;
    }
    let fields = [
        ("user_id", citizen.person.eid_number.as_str()),
        ("password", citizen.password()),
    ];
    let page = known!(citizen.browser.tries_to_submit(&page, &fields).await);
    if page.status == 503 {
        return End::Unknown;
    }
    page.must_be_step("code");
    let challenge = page.challenge();
    let code = citizen.person.code(&challenge);
    let sent = known!(citizen.browser.tries_to_submit(&page, &[("code", code)]).await);
    if sent.status == 503 {
        return End::Unknown;
    }
    let code = query(&lab.answered(&sent), "code").unwrap_or_else(|| panic!("no code: {sent:#}"));
    End::Answered((challenge, code, asked))
}

/// What a service holds after an exchange.
#[derive(Clone, Debug)]
pub struct Tokens {
    pub refresh: String,
    pub id: String,
    pub sid: String,
}

impl Tokens {
    fn of(answer: &Value) -> Self {
        let text = |name: &str| {
            answer[name]
                .as_str()
                .unwrap_or_else(|| panic!("no {name}: {answer}"))
                .to_owned()
        };
        let id = text("id_token");
        Self {
            refresh: text("refresh_token"),
            sid: claims(&id)["sid"].as_str().unwrap().to_owned(),
            id,
        }
    }
}

/// One person, their service, and all that they were told.
pub struct Life {
    pub citizen: Citizen,
    pub lab: Lab,
    /// Entries of the card whose answer led to the service.
    pub burnt: Vec<Challenge>,
    /// Log-ins that were sent and not answered.
    pub unsure_log_ins: usize,
    /// Codes that were exchanged.
    used: Vec<(String, Asked)>,
    /// A code whose exchange was not answered.
    unsure_code: Option<(String, Asked)>,
    /// A refresh token that was used up, and what came of it.
    refreshed: Option<(String, Tokens)>,
    /// A refresh that was not answered.
    unsure_refresh: Option<Tokens>,
    /// Sessions that the house said are over.
    pub ended: BTreeSet<String>,
    /// Log-outs that were not answered.
    unsure_log_outs: Vec<Tokens>,
    /// So many entries were burnt when one of them was last tried again.
    burnt_when_tried: usize,
}

/// After so many entries a card is too near its end for a story about crashes.
const CARD: usize = 130;

impl Life {
    pub fn new(citizen: Citizen, lab: Lab) -> Self {
        Self {
            citizen,
            lab,
            burnt: Vec::new(),
            unsure_log_ins: 0,
            used: Vec::new(),
            unsure_code: None,
            refreshed: None,
            unsure_refresh: None,
            ended: BTreeSet::new(),
            unsure_log_outs: Vec::new(),
            burnt_when_tried: 0,
        }
    }

    /// A log-in, an exchange, a refresh, and every other time a log-out. False once an answer did not come.
    pub async fn goes_round(&mut self) -> bool {
        if self.burnt.len() + self.unsure_log_ins >= CARD {
            return false;
        }
        let End::Answered((challenge, code, asked)) = log_in(&self.citizen, &self.lab).await else {
            self.unsure_log_ins += 1;
            return false;
        };
        self.burnt.push(challenge);
        let End::Answered(tokens) = self.exchanges(&code, &asked).await else {
            self.unsure_code = Some((code, asked));
            return false;
        };
        self.used.push((code, asked));
        let tokens = tokens.expect("a fresh code");
        let End::Answered(next) = self.refreshes(&tokens.refresh).await else {
            self.unsure_refresh = Some(tokens);
            return false;
        };
        let next = next.expect("a fresh refresh token");
        self.refreshed = Some((tokens.refresh, next.clone()));
        if self.burnt.len().is_multiple_of(2) {
            self.refreshed = None;
            if !self.logs_out(&next).await {
                self.unsure_log_outs.push(next);
                return false;
            }
            self.ended.insert(next.sid);
        }
        true
    }

    /// `Ok`: tokens; `Err`: refused as used or void.
    async fn exchanges(&self, code: &str, asked: &Asked) -> End<Result<Tokens, ()>> {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", self.lab.redirect_uri.as_str()),
            ("code_verifier", asked.verifier.as_str()),
        ];
        given(self.lab.tries_to_post("token_endpoint", &fields).await)
    }

    async fn refreshes(&self, token: &str) -> End<Result<Tokens, ()>> {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", token)];
        given(self.lab.tries_to_post("token_endpoint", &fields).await)
    }

    async fn logs_out(&self, tokens: &Tokens) -> bool {
        let mut url = url::Url::parse(self.lab.endpoint("end_session_endpoint")).unwrap();
        url.query_pairs_mut().append_pair("id_token_hint", &tokens.id);
        let page = self.citizen.browser.tries(url.as_str()).await;
        page.is_some_and(|page| page.status.is_success() && page.refusals().is_empty())
    }

    /// Everything that a house must answer alike before and after a crash. The house runs.
    pub async fn settles(&mut self) {
        let who = self.citizen.person.eid_number.clone();
        let distinct: BTreeSet<&str> = self.burnt.iter().map(|challenge| challenge.index.as_str()).collect();
        assert_eq!(distinct.len(), self.burnt.len(), "a card code of {who} served twice");

        // Before codes are tried again: a second use ends their grants.
        for tokens in std::mem::take(&mut self.unsure_log_outs) {
            if answered(self.refreshes(&tokens.refresh).await).is_err() {
                self.ended.insert(tokens.sid);
            }
        }
        if let Some((old, next)) = self.refreshed.take() {
            let again = answered(self.refreshes(&old).await);
            let again = again.map(|tokens| tokens.refresh);
            assert_eq!(
                again.as_ref(),
                Ok(&next.refresh),
                "a repeated refresh has the same successor"
            );
        }
        if let Some(tokens) = self.unsure_refresh.take() {
            let first =
                answered(self.refreshes(&tokens.refresh).await).expect("whether it was done or not, it is answered");
            let second = answered(self.refreshes(&tokens.refresh).await).expect("the same once more");
            assert_eq!(first.refresh, second.refresh, "one refresh token had two successors");
        }
        if let Some((code, asked)) = self.unsure_code.take() {
            // Done before the crash, or done now; never twice.
            let _either = answered(self.exchanges(&code, &asked).await);
            assert!(
                answered(self.exchanges(&code, &asked).await).is_err(),
                "a code of {who} was exchanged twice"
            );
        }
        for (code, asked) in self.used.split_off(self.used.len().saturating_sub(3)) {
            assert!(
                answered(self.exchanges(&code, &asked).await).is_err(),
                "a code of {who} was exchanged twice"
            );
        }
        self.is_asked_for_something_new().await;
    }

    /// The card asks for no entry that was burnt, and a burnt one opens nothing.
    async fn is_asked_for_something_new(&mut self) {
        let page = self
            .citizen
            .browser
            .get(self.lab.asks("openid", &[("prompt", "login")]).url.as_str())
            .await;
        let person = &self.citizen.person;
        let fields = [
            ("user_id", person.eid_number.as_str()),
            ("password", self.citizen.password()),
        ];
        let page = self.citizen.browser.submit(&page, &fields).await;
        let shown = page.challenge();
        assert!(
            !self.burnt.contains(&shown),
            "a burnt entry of {} is asked for again",
            person.eid_number
        );
        // A wrong code is forgotten at the next log-in that succeeds; five of them in a row block the card.
        let since = std::mem::replace(&mut self.burnt_when_tried, self.burnt.len());
        let Some(old) = self.burnt.get(since..).and_then(<[_]>::last) else {
            return;
        };
        if person.code(old) != person.code(&shown) {
            let answer = self
                .citizen
                .browser
                .submit_once(&page, &[("code", person.code(old))])
                .await;
            assert!(answer.redirect().is_none(), "a burnt code opened the door");
        }
    }
}

fn given(answer: Option<(reqwest::StatusCode, Value)>) -> End<Result<Tokens, ()>> {
    match answer {
        Some((status, answer)) if status.is_success() => End::Answered(Ok(Tokens::of(&answer))),
        Some((status, answer)) if status == 400 => {
            assert_eq!(answer["error"], "invalid_grant", "{answer}");
            End::Answered(Err(()))
        }
        Some((status, answer)) => {
            assert_eq!(status, 503, "neither an answer nor a refusal: {answer}");
            End::Unknown
        }
        None => End::Unknown,
    }
}

fn answered<T: std::fmt::Debug>(end: End<T>) -> T {
    match end {
        End::Answered(answer) => answer,
        End::Unknown => panic!("the house runs and did not answer"),
    }
}

/// Log-ins on record at a service.
pub fn on_record(export: &str, party: &str) -> usize {
    let party = format!("\"{party}\"");
    export
        .lines()
        .filter(|line| line.contains("login.completed") && line.contains(&party))
        .count()
}

/// The audit trail holds.
#[track_caller]
pub fn audit_holds(house: &House) {
    let (code, said, errors) = house.idp_tries(&["audit", "verify"]);
    assert_eq!(code, 0, "{said}{errors}");
}
