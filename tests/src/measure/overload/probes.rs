//! Services that ask for tokens, refresh, introspect, discover, and a person who enters a further service on a running session: at a
//! steady pace, on a thread of their own, so that what is measured is the house and not its crowd.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use super::round;
use crate::browser::{Browser, query};
use crate::house::House;
use crate::measure::statistics::percentile;
use crate::people::{Citizen, Person};
use crate::relying::Lab;

/// Between two questions of one kind.
const EVERY: Duration = Duration::from_millis(60);

/// The kinds.
const KINDS: [&str; 5] = ["discovery", "token", "refresh", "introspection", "running session"];

/// What came of one kind of question.
#[derive(Clone, Debug, Default)]
pub struct Probed {
    millis: Vec<f64>,
    errors: Vec<String>,
}

impl Probed {
    pub fn errors(&self) -> usize {
        self.errors.len()
    }

    /// What was wrong, for who has to look.
    pub fn first_error(&self) -> Option<&str> {
        self.errors.first().map(String::as_str)
    }

    pub fn asked(&self) -> usize {
        self.millis.len()
    }

    pub fn p99(&self) -> f64 {
        percentile(&self.millis, 0.99)
    }

    pub fn as_json(&self) -> Value {
        json!({
            "asked": self.asked(), "errors": self.errors(), "first_error": self.first_error(),
            "p50_ms": round(percentile(&self.millis, 0.5)), "p99_ms": round(self.p99()),
        })
    }

    pub fn shown(&self) -> String {
        format!(
            "{:.1} / {:.1}, {}",
            percentile(&self.millis, 0.5),
            self.p99(),
            self.errors()
        )
    }
}

/// What the questions need: made at rest.
pub struct Probes {
    lab: Arc<Lab>,
    browser: Browser,
    token: String,
    refresh: Arc<std::sync::Mutex<String>>,
}

impl Probes {
    pub async fn prepare(house: &House, person: &Person) -> Self {
        let lab = Lab::of(house).await;
        let citizen = Citizen {
            person: person.clone(),
            browser: house.browser(),
        };
        let (code, asked) = lab.receives(&citizen, "openid offline_access").await;
        let (status, tokens) = lab.exchanges(&code, &asked).await;
        assert!(status.is_success(), "{status} {tokens}");
        let text = |name: &str| {
            tokens[name]
                .as_str()
                .unwrap_or_else(|| panic!("no {name}: {tokens}"))
                .to_owned()
        };
        Self {
            lab: Arc::new(lab),
            browser: citizen.browser,
            token: text("access_token"),
            refresh: Arc::new(std::sync::Mutex::new(text("refresh_token"))),
        }
    }

    /// Asks for as long as that.
    pub async fn run(&self, lasts: Duration) -> BTreeMap<&'static str, Probed> {
        let (lab, browser, token, refresh) = (
            Arc::clone(&self.lab),
            self.browser.clone(),
            self.token.clone(),
            Arc::clone(&self.refresh),
        );
        tokio::task::spawn_blocking(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("runtime");
            runtime.block_on(async move {
                let begun = Instant::now();
                let asker = |kind: &'static str| {
                    let asker = Asker {
                        kind,
                        lab: Arc::clone(&lab),
                        browser: browser.clone(),
                        token: token.clone(),
                        refresh: Arc::clone(&refresh),
                    };
                    async move { (kind, asker.asks(begun, lasts).await) }
                };
                futures_util::future::join_all(KINDS.map(asker))
                    .await
                    .into_iter()
                    .collect()
            })
        })
        .await
        .expect("the probes")
    }
}

struct Asker {
    kind: &'static str,
    lab: Arc<Lab>,
    browser: Browser,
    token: String,
    refresh: Arc<std::sync::Mutex<String>>,
}

impl Asker {
    async fn asks(&self, begun: Instant, lasts: Duration) -> Probed {
        let mut probed = Probed::default();
        let mut next = begun;
        while begun.elapsed() < lasts {
            tokio::time::sleep(next.saturating_duration_since(Instant::now())).await;
            next = (next + EVERY).max(Instant::now());
            let asked = Instant::now();
            let answer = self.once().await;
            probed.millis.push(asked.elapsed().as_secs_f64() * 1_000.0);
            probed.errors.extend(answer.err());
        }
        probed
    }

    async fn once(&self) -> Result<(), String> {
        match self.kind {
            "discovery" => {
                let url = format!(
                    "{}/.well-known/openid-configuration",
                    self.lab.discovery["issuer"].as_str().unwrap_or_default()
                );
                let answer = self
                    .browser
                    .client()
                    .get(url)
                    .send()
                    .await
                    .map_err(|error| format!("{error:?}"))?;
                let status = answer.status();
                answer.bytes().await.map_err(|error| format!("{error:?}"))?;
                status.is_success().then_some(()).ok_or_else(|| status.to_string())
            }
            "token" => {
                let (status, answer) = self
                    .lab
                    .posts("token_endpoint", &[("grant_type", "client_credentials")])
                    .await;
                status
                    .is_success()
                    .then_some(())
                    .ok_or_else(|| format!("{status} {answer}"))
            }
            "refresh" => {
                let before = self.refresh.lock().expect("token").clone();
                let (status, answer) = self.lab.refreshes(&before).await;
                let next = answer["refresh_token"]
                    .as_str()
                    .ok_or_else(|| format!("{status} {answer}"))?;
                next.clone_into(&mut self.refresh.lock().expect("token"));
                Ok(())
            }
            "introspection" => {
                let (status, answer) = self
                    .lab
                    .posts("introspection_endpoint", &[("token", &self.token)])
                    .await;
                (answer["active"] == true)
                    .then_some(())
                    .ok_or_else(|| format!("{status} {answer}"))
            }
            _ => {
                let asked = self.lab.asks("openid", &[("prompt", "none")]);
                let page = self.browser.once(Method::GET, asked.url.clone(), Vec::new()).await;
                let target = page.redirect().ok_or_else(|| format!("{page:#}"))?;
                let code = query(&target, "code").ok_or_else(|| format!("{target}"))?;
                let (status, answer) = self.lab.exchanges(&code, &asked).await;
                status
                    .is_success()
                    .then_some(())
                    .ok_or_else(|| format!("{status} {answer}"))
            }
        }
    }
}
