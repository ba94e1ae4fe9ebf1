//! People who mean no harm: known browsers that log in now and then, and strangers who come once, read what the page says and wait.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::round;
use crate::browser::Page;
use crate::house::House;
use crate::measure::forged;
use crate::measure::statistics::percentile;
use crate::people::{Citizen, Person};
use crate::relying::Lab;

/// What came of them.
#[derive(Clone, Debug, Default)]
pub struct Honest {
    pub came: usize,
    /// Seconds of those who were let in.
    pub seconds: Vec<f64>,
    /// How it ended for some who were not.
    pub ends: Vec<String>,
}

impl Honest {
    /// The part that was let in; all of nobody.
    pub fn part(&self) -> f64 {
        if self.came == 0 {
            1.0
        } else {
            self.seconds.len() as f64 / self.came as f64
        }
    }

    pub fn share(&self) -> String {
        format!("{} of {} ({:.0} %)", self.seconds.len(), self.came, self.part() * 100.0)
    }

    pub fn times(&self) -> String {
        format!("{:.0} / {:.0}", self.at(0.5) * 1_000.0, self.at(0.99) * 1_000.0)
    }

    pub fn waits(&self) -> String {
        format!("{:.0} / {:.0}", self.at(0.5), self.at(0.99))
    }

    fn at(&self, part: f64) -> f64 {
        percentile(&self.seconds, part)
    }

    pub fn as_json(&self) -> Value {
        let known = |value: f64| {
            if value.is_nan() {
                Value::Null
            } else {
                json!(round(value))
            }
        };
        json!({
            "came": self.came, "let_in": self.seconds.len(), "part": round(self.part()),
            "p50_seconds": known(self.at(0.5)), "p99_seconds": known(self.at(0.99)), "ends": self.ends,
        })
    }

    fn add(&mut self, end: Result<f64, String>) {
        self.came += 1;
        match end {
            Ok(seconds) => self.seconds.push(seconds),
            Err(end) if self.ends.len() < 5 => self.ends.push(end),
            Err(_) => {}
        }
    }
}

/// Browsers that have logged in before.
#[derive(Clone)]
pub struct Known {
    lab: Arc<Lab>,
    citizens: Arc<Vec<Citizen>>,
}

/// Lets each of them log in once, at rest, each from an address of its own.
pub async fn known_browsers(house: &House, lab: &Arc<Lab>, people: &[Person]) -> Known {
    let mut citizens = Vec::new();
    for (number, person) in people.iter().enumerate() {
        let from = forged::address(u32::try_from(number).unwrap_or(0).wrapping_add(2_000_000_000));
        let citizen = Citizen {
            person: person.clone(),
            browser: house.browser().from_address(IpAddr::V4(from)),
        };
        logs_in(&citizen, lab, Duration::from_secs(30))
            .await
            .unwrap_or_else(|end| panic!("at rest: {end}"));
        citizens.push(citizen);
    }
    Known {
        lab: Arc::clone(lab),
        citizens: Arc::new(citizens),
    }
}

impl Known {
    /// Their user-IDs.
    pub fn names(&self) -> Vec<String> {
        self.citizens
            .iter()
            .map(|citizen| citizen.person.eid_number.clone())
            .collect()
    }

    /// Each logs in again and again, with pauses, until it is over.
    pub async fn log_in(self, every: Duration, over: Arc<AtomicBool>) -> Honest {
        let mut tasks = JoinSet::new();
        let apart = every / u32::try_from(self.citizens.len().max(1)).unwrap_or(1);
        for (number, citizen) in self.citizens.iter().cloned().enumerate() {
            let (lab, over) = (Arc::clone(&self.lab), Arc::clone(&over));
            tasks.spawn(async move {
                let mut ends = Vec::new();
                tokio::time::sleep(apart * u32::try_from(number).unwrap_or(0)).await;
                while !over.load(Ordering::SeqCst) {
                    let begun = Instant::now();
                    ends.push(logs_in(&citizen, &lab, Duration::from_secs(30)).await);
                    tokio::time::sleep(every.saturating_sub(begun.elapsed())).await;
                }
                ends
            });
        }
        let mut honest = Honest::default();
        for end in tasks.join_all().await.into_iter().flatten() {
            honest.add(end);
        }
        honest
    }
}

/// Somebody new now and then, at a new browser. Those who came in the last third of the time are not counted: they may wait yet.
pub async fn strangers(
    house: Arc<House>,
    lab: Arc<Lab>,
    people: Vec<Person>,
    every: Duration,
    over: Arc<AtomicBool>,
) -> Honest {
    let (begun, mut tasks) = (Instant::now(), JoinSet::new());
    for (number, person) in people.into_iter().enumerate() {
        tokio::time::sleep(every).await;
        if over.load(Ordering::SeqCst) {
            break;
        }
        let from = forged::address(u32::try_from(number).unwrap_or(0).wrapping_add(3_000_000_000));
        let citizen = Citizen {
            person,
            browser: house.browser().from_address(IpAddr::V4(from)),
        };
        let (lab, came) = (Arc::clone(&lab), begun.elapsed());
        tasks.spawn(async move { (came, logs_in(&citizen, &lab, Duration::from_secs(150)).await) });
    }
    while !over.load(Ordering::SeqCst) {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let counted = begun.elapsed() * 2 / 3;
    let mut honest = Honest::default();
    // Whoever waits when the crowd has gone is let in: that would be no measure of the crowd.
    while let Some(done) = tasks.try_join_next() {
        let (came, end) = done.expect("a stranger");
        if came <= counted {
            honest.add(end);
        }
    }
    honest.came = honest.came.max(
        counted
            .as_millis()
            .checked_div(every.as_millis())
            .map_or(0, |came| came as usize),
    );
    honest
}

/// A whole log-in, waiting where the page says so.
async fn logs_in(citizen: &Citizen, lab: &Lab, patience: Duration) -> Result<f64, String> {
    let begun = Instant::now();
    let asked = lab.asks("openid", &[("prompt", "login")]);
    let gone = |page: Option<Page>| page.ok_or_else(|| "no answer".to_owned());
    let mut page = gone(citizen.browser.tries(asked.url.as_str()).await)?;
    let credentials = [
        ("user_id", citizen.person.eid_number.as_str()),
        ("password", citizen.password()),
    ];
    loop {
        if begun.elapsed() > patience {
            return Err(format!("still waits: {page}"));
        }
        match page.step().as_str() {
            "credentials" if page.refusals().is_empty() => {
                page = gone(citizen.browser.tries_to_submit(&page, &credentials).await)?;
            }
            "wait" => {
                let again = page
                    .headers
                    .get("retry-after")
                    .and_then(|again| again.to_str().ok()?.parse().ok());
                tokio::time::sleep(Duration::from_secs(again.unwrap_or(1))).await;
                page = gone(citizen.browser.tries(page.url.as_str()).await)?;
            }
            "code" => break,
            _ => return Err(format!("{page}")),
        }
    }
    let code = citizen.person.code(&page.challenge()).to_owned();
    let sent = gone(citizen.browser.tries_to_submit(&page, &[("code", &code)]).await)?;
    let target = sent.redirect().ok_or_else(|| format!("{sent}"))?;
    if target.as_str().starts_with(&lab.redirect_uri) {
        Ok(begun.elapsed().as_secs_f64())
    } else {
        Err(format!("sent to {target}"))
    }
}
