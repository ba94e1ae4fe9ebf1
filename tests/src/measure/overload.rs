//! What becomes of everybody when more people want to log in than can be served: strangers at a multiple of what the hashes can do,
//! from addresses that nobody has, keeping their places in the line; beside them known browsers, honest strangers, and services
//! that ask for tokens. `make overload` runs it long; a story runs it short and asks for what must hold on any machine.

mod people;
mod probes;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::forged::{self, Answer, Open};
use super::{crowd, memory, processor};
use crate::house::{Database, House, Plan};
use crate::relying::Lab;
use people::{Honest, known_browsers, strangers};
use probes::{Probed, Probes};

/// How long and how hard.
#[derive(Clone, Debug)]
pub struct Wish {
    pub database: Database,
    /// Of each phase.
    pub lasts: Duration,
    /// Multiples of what the hashes can do.
    pub factors: Vec<f64>,
    /// Known browsers, each of a person of their own.
    pub known: usize,
    /// Between two log-ins of one of them.
    pub known_every: Duration,
    /// Between two honest strangers.
    pub stranger_every: Duration,
    /// Addresses that the forged strangers have.
    pub addresses: u32,
    /// Addresses that only come by once, at the end.
    pub passers_by: u32,
}

impl Wish {
    /// As `make overload` asks.
    pub fn long(database: Database) -> Self {
        Self {
            database,
            lasts: Duration::from_secs(40),
            factors: vec![1.0, 2.0, 10.0],
            known: 48,
            known_every: Duration::from_secs(8),
            stranger_every: Duration::from_secs(2),
            addresses: 20_000,
            passers_by: 1_000_000,
        }
    }

    /// As CI asks: it says nothing about speed.
    pub fn short() -> Self {
        Self {
            database: Database::Sqlite,
            lasts: Duration::from_secs(6),
            factors: vec![10.0],
            known: 3,
            known_every: Duration::from_secs(1),
            stranger_every: Duration::from_secs(60),
            addresses: 2_000,
            passers_by: 5_000,
        }
    }
}

/// One phase, as it was seen.
#[derive(Debug)]
pub struct Phase {
    pub factor: f64,
    pub offered_per_second: f64,
    pub probes: BTreeMap<&'static str, Probed>,
    pub known: Honest,
    pub strangers: Honest,
    pub attack: BTreeMap<Answer, usize>,
    pub rss_mib: f64,
    pub processor_seconds: f64,
    pub room_was_open: bool,
}

/// The whole.
#[derive(Debug)]
pub struct Seen {
    pub capacity_per_second: f64,
    pub rest: BTreeMap<&'static str, Probed>,
    pub rest_known: Honest,
    pub phases: Vec<Phase>,
    pub rss_before_mib: f64,
    pub passers_by: BTreeMap<Answer, usize>,
    pub rss_after_passers_by_mib: f64,
    pub rss_peak_mib: f64,
    pub turned_away: BTreeMap<String, f64>,
}

/// Runs it all. The runtime must have several threads.
pub async fn run(wish: &Wish) -> Seen {
    let plan = Plan::on(wish.database)
        .without_services()
        .set("server.trusted_proxies", "127.0.0.1/32,::1/128")
        .set("log.level", "warn");
    let mut house = House::built(plan);
    house.seed();
    let everybody = crowd(&house, wish.known + 40);
    let (known, others) = everybody.split_at(wish.known);
    house.opens().await;
    let pid = house.running().pid();
    let house = Arc::new(house);
    let lab = Arc::new(Lab::of(&house).await);
    let known = known_browsers(&house, &lab, known).await;
    let probes = Probes::prepare(&house, &others[0]).await;
    let client = forged::client(house.client());
    let mut open = Vec::new();
    for _ in 0..32 {
        open.push(Open::at(&client, &lab).await.expect("an open log-in at rest"));
    }
    let open = Arc::new(open);

    let capacity = capacity(&client, &open, wish.lasts / 4).await;
    let rest_known = Arc::new(AtomicBool::new(false));
    let knowns = tokio::spawn(known.clone().log_in(wish.known_every, Arc::clone(&rest_known)));
    let rest = probes.run(wish.lasts).await;
    rest_known.store(true, Ordering::SeqCst);
    let rest_known = knowns.await.expect("known browsers");
    let rss_before = memory(pid, "VmRSS");

    let mut phases = Vec::new();
    for factor in &wish.factors {
        let (over, used) = (Arc::new(AtomicBool::new(false)), processor(pid));
        let knowns = tokio::spawn(known.clone().log_in(wish.known_every, Arc::clone(&over)));
        let honest = tokio::spawn(strangers(
            Arc::clone(&house),
            Arc::clone(&lab),
            others[1..].to_vec(),
            wish.stranger_every,
            Arc::clone(&over),
        ));
        let crowd = Crowd {
            client: client.clone(),
            open: Arc::clone(&open),
            names: known.names(),
            addresses: wish.addresses,
        };
        let attack = tokio::spawn(crowd.tries(factor * capacity, Arc::clone(&over)));
        // The probes' patience is the phase's length.
        let probed = probes.run(wish.lasts).await;
        let room_was_open = metrics(&house)
            .await
            .get("idp_room_open")
            .is_some_and(|open| *open > 0.0);
        let rss_mib = memory(pid, "VmRSS");
        over.store(true, Ordering::SeqCst);
        phases.push(Phase {
            factor: *factor,
            offered_per_second: factor * capacity,
            probes: probed,
            known: knowns.await.expect("known browsers"),
            strangers: honest.await.expect("strangers"),
            attack: attack.await.expect("the crowd"),
            rss_mib,
            processor_seconds: processor(pid) - used,
            room_was_open,
        });
    }
    let passers_by = passers_by(&client, &open, wish.passers_by).await;
    Seen {
        capacity_per_second: capacity,
        rest,
        rest_known,
        phases,
        rss_before_mib: rss_before,
        passers_by,
        rss_after_passers_by_mib: memory(pid, "VmRSS"),
        rss_peak_mib: memory(pid, "VmHWM"),
        turned_away: metrics(&house)
            .await
            .into_iter()
            .filter(|(name, _)| name.starts_with("idp_turned_away_total"))
            .collect(),
    }
}

/// Passwords a second when a few try as fast as they are answered; from this machine, which nobody counts.
async fn capacity(client: &reqwest::Client, open: &Arc<Vec<Open>>, lasts: Duration) -> f64 {
    let (begun, mut tasks) = (Instant::now(), JoinSet::new());
    for worker in 0..3_usize {
        let (client, open) = (client.clone(), Arc::clone(open));
        tasks.spawn(async move {
            let mut tried = 0_usize;
            while begun.elapsed() < lasts {
                let name = format!("capacity-{worker}-{tried}");
                let (answer, _) = open[worker]
                    .tries(&client, (&name, "wrong-password-1"), None, None)
                    .await;
                tried += usize::from(answer == Answer::Tried);
            }
            tried
        });
    }
    let tried: usize = tasks.join_all().await.into_iter().sum();
    tried as f64 / begun.elapsed().as_secs_f64()
}

/// The forged strangers.
struct Crowd {
    client: reqwest::Client,
    open: Arc<Vec<Open>>,
    names: Vec<String>,
    addresses: u32,
}

impl Crowd {
    /// So many passwords a second, whatever becomes of them, until it is over. Half of them against people who exist. Each address
    /// keeps the ticket that it is given and shows it the next time.
    async fn tries(self, per_second: f64, over: Arc<AtomicBool>) -> BTreeMap<Answer, usize> {
        let (this, begun) = (Arc::new(self), Instant::now());
        let tickets: Arc<Vec<tokio::sync::Mutex<Option<String>>>> =
            Arc::new((0..this.addresses).map(|_| tokio::sync::Mutex::default()).collect());
        let under_way = Arc::new(Semaphore::new(2_000));
        let (mut tasks, mut answers, mut sent) = (JoinSet::new(), BTreeMap::new(), 0_u32);
        while !over.load(Ordering::SeqCst) {
            let due = (begun.elapsed().as_secs_f64() * per_second) as u32;
            while sent < due {
                let Ok(leave) = Arc::clone(&under_way).try_acquire_owned() else {
                    break;
                };
                let (this, tickets, number) = (Arc::clone(&this), Arc::clone(&tickets), sent);
                tasks.spawn(async move {
                    let at = number % this.addresses;
                    let mut ticket = tickets[at as usize].lock().await;
                    let name = match number % 2 {
                        0 => this.names[number as usize / 2 % this.names.len()].clone(),
                        _ => format!("nobody-{number}"),
                    };
                    let (answer, given) = this.open[number as usize % this.open.len()]
                        .tries(
                            &this.client,
                            (&name, "wrong-password-1"),
                            Some(forged::address(at)),
                            ticket.as_deref(),
                        )
                        .await;
                    if given.is_some() || answer == Answer::Tried {
                        *ticket = given;
                    }
                    drop(leave);
                    answer
                });
                sent += 1;
            }
            // What could not be sent now is not made up for: the driver must not burst.
            sent = sent.max(due);
            while let Some(done) = tasks.try_join_next() {
                *answers.entry(done.expect("a try")).or_insert(0) += 1;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        for answer in tasks.join_all().await {
            *answers.entry(answer).or_insert(0) += 1;
        }
        answers
    }
}

/// Addresses that come by once each.
async fn passers_by(client: &reqwest::Client, open: &Arc<Vec<Open>>, wanted: u32) -> BTreeMap<Answer, usize> {
    let mut tasks = JoinSet::new();
    for worker in 0..16_u32 {
        let (client, open) = (client.clone(), Arc::clone(open));
        tasks.spawn(async move {
            let mut answers = BTreeMap::new();
            for number in (worker..wanted).step_by(16) {
                let from = forged::address(number.wrapping_add(1_000_000_000));
                let at = &open[number as usize % open.len()];
                let (answer, _) = at
                    .tries(&client, ("nobody-at-all", "wrong-password-1"), Some(from), None)
                    .await;
                *answers.entry(answer).or_insert(0_usize) += 1;
            }
            answers
        });
    }
    let mut all = BTreeMap::new();
    for answers in tasks.join_all().await {
        for (answer, count) in answers {
            *all.entry(answer).or_insert(0) += count;
        }
    }
    all
}

/// The product's own numbers, by name and labels.
pub async fn metrics(house: &House) -> BTreeMap<String, f64> {
    let client = house.client().build().expect("client");
    let page = client.get(format!("{}/metrics", house.management())).send().await;
    let text = page.expect("metrics").text().await.expect("metrics");
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.rsplit_once(' '))
        .filter_map(|(name, value)| Some((name.to_owned(), value.parse().ok()?)))
        .collect()
}

impl Seen {
    /// Whether nobody but the strangers was harmed, at a phase: no errors, p99 at most three times that at rest, 95 % of the known.
    pub fn unharmed(&self, phase: &Phase) -> bool {
        let probes = phase.probes.iter().all(|(kind, probed)| {
            probed.errors() == 0 && probed.p99() <= 3.0 * self.rest.get(kind).map_or(f64::NAN, Probed::p99)
        });
        probes && phase.known.part() >= 0.95
    }

    pub fn as_json(&self, wish: &Wish) -> Value {
        let probes = |probes: &BTreeMap<&'static str, Probed>| {
            probes
                .iter()
                .map(|(kind, probed)| ((*kind).to_owned(), probed.as_json()))
                .collect::<serde_json::Map<_, _>>()
        };
        let answers = |answers: &BTreeMap<Answer, usize>| {
            answers
                .iter()
                .map(|(answer, count)| (format!("{answer:?}"), json!(count)))
                .collect::<serde_json::Map<_, _>>()
        };
        let phases: Vec<Value> = self
            .phases
            .iter()
            .map(|phase| {
                json!({
                    "factor": phase.factor, "offered_per_second": round(phase.offered_per_second),
                    "probes": probes(&phase.probes), "known_browsers": phase.known.as_json(),
                    "honest_strangers": phase.strangers.as_json(), "forged_strangers": answers(&phase.attack),
                    "room_was_open": phase.room_was_open, "rss_mib": round(phase.rss_mib),
                    "processor_seconds": round(phase.processor_seconds), "unharmed": self.unharmed(phase),
                })
            })
            .collect();
        json!({
            "database": format!("{:?}", wish.database), "phase_seconds": wish.lasts.as_secs(),
            "capacity_per_second": round(self.capacity_per_second),
            "at_rest": { "probes": probes(&self.rest), "known_browsers": self.rest_known.as_json() },
            "phases": phases,
            "addresses_that_came_once": { "number": wish.passers_by, "answers": answers(&self.passers_by) },
            "rss_mib": { "before": round(self.rss_before_mib), "after_all": round(self.rss_after_passers_by_mib),
                "peak": round(self.rss_peak_mib) },
            "turned_away": self.turned_away,
        })
    }

    /// The curve as a table in Markdown.
    pub fn table(&self) -> String {
        let mut rows = String::from("| | at rest |");
        for phase in &self.phases {
            rows += &format!(" {}× |", phase.factor);
        }
        rows += &format!("\n|---|---|{}\n", "---|".repeat(self.phases.len()));
        let mut row = |name: &str, rest: String, of: &dyn Fn(&Phase) -> String| {
            rows += &format!("| {name} | {rest} |");
            for phase in &self.phases {
                rows += &format!(" {} |", of(phase));
            }
            rows.push('\n');
        };
        row("passwords offered by strangers, a second", "0".into(), &|phase| {
            format!("{:.0}", phase.offered_per_second)
        });
        row("known browsers let in", self.rest_known.share(), &|phase| {
            phase.known.share()
        });
        row("their log-in, p50 / p99 ms", self.rest_known.times(), &|phase| {
            phase.known.times()
        });
        row("honest strangers let in", "–".into(), &|phase| {
            phase.strangers.share()
        });
        row("their log-in, p50 / p99 s", "–".into(), &|phase| {
            phase.strangers.waits()
        });
        for (kind, rest) in &self.rest {
            row(&format!("{kind}: p50 / p99 ms, errors"), rest.shown(), &|phase| {
                phase.probes.get(kind).map_or_else(String::new, Probed::shown)
            });
        }
        row("waiting room open", "no".into(), &|phase| {
            if phase.room_was_open { "yes" } else { "no" }.into()
        });
        row("memory, MiB", format!("{:.0}", self.rss_before_mib), &|phase| {
            format!("{:.0}", phase.rss_mib)
        });
        row("unharmed", "–".into(), &|phase| {
            if self.unharmed(phase) { "yes" } else { "no" }.into()
        });
        rows
    }
}

pub(crate) fn round(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
