//! Whether a stranger can tell by time what the page does not say: an unknown user-ID, a wrong password, a closed lane, a blocked
//! eID or password. Many tries against the real server, one after the other, of all kinds mixed at random, and two statistics for
//! each pair of kinds.
//!
//! With hashes at full cost it measures what a stranger meets; with hashes that cost next to nothing (`thin`) it looks a hundred
//! times closer at everything else on the way.

use std::collections::BTreeMap;
use std::time::Instant;

use serde_json::{Value, json};

use super::forged::{self, Answer, Open};
use super::statistics::{TOLD_APART, cropped, mann_whitney, percentile, welch};
use super::{crowd, forged::address};
use crate::house::{Database, House, Plan};
use crate::people::Person;
use crate::postgres;
use crate::program::run as run_to_its_end;
use crate::relying::Lab;

/// A kind of try that a stranger must not be able to tell from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Nobody has that user-ID.
    Unknown,
    /// Somebody has, and the password is wrong.
    Wrong,
    /// The strangers' lane of somebody is closed.
    Closed,
    /// The lane of a user-ID that nobody has is closed.
    ClosedUnknown,
    /// The eID is blocked, and the password is wrong.
    BlockedEid,
    /// The password is blocked, and wrong.
    BlockedPassword,
}

impl Kind {
    pub const ALL: [Self; 6] = [
        Self::Unknown,
        Self::Wrong,
        Self::Closed,
        Self::ClosedUnknown,
        Self::BlockedEid,
        Self::BlockedPassword,
    ];

    pub fn word(self) -> &'static str {
        match self {
            Self::Unknown => "unknown user-ID",
            Self::Wrong => "wrong password",
            Self::Closed => "closed lane",
            Self::ClosedUnknown => "closed lane of an unknown user-ID",
            Self::BlockedEid => "blocked eID",
            Self::BlockedPassword => "blocked password",
        }
    }
}

/// How much.
#[derive(Clone, Copy, Debug)]
pub struct Wish {
    pub database: Database,
    /// Tries of each kind.
    pub tries: usize,
    /// Hashes that cost next to nothing.
    pub thin: bool,
}

/// A pair of kinds, compared.
#[derive(Clone, Debug)]
pub struct Compared {
    pub one: Kind,
    pub other: Kind,
    /// Difference of the medians in microseconds.
    pub medians_apart: f64,
    pub welch: f64,
    pub mann_whitney: f64,
}

impl Compared {
    /// Whether either statistic tells the two apart.
    pub fn told_apart(&self) -> bool {
        self.welch.abs() > TOLD_APART || self.mann_whitney.abs() > TOLD_APART
    }
}

/// What was measured: microseconds of each try.
#[derive(Debug)]
pub struct Seen {
    pub micros: BTreeMap<Kind, Vec<f64>>,
    /// The same page asked for twice in a row: what the measuring itself makes of equals.
    pub control: [Vec<f64>; 2],
}

/// A wrong password counts against a lane: nobody is tried more often than that.
const TRIES_OF_ONE: usize = 4;
/// People whose lanes are closed beforehand.
const CLOSED: usize = 8;

/// Measures.
pub async fn run(wish: Wish) -> Seen {
    let mut plan = Plan::on(wish.database)
        .without_services()
        .set("server.trusted_proxies", "127.0.0.1/32,::1/128")
        .set("login.flood.total_per_minute", 100_000_000)
        .set("log.level", "warn");
    if wish.thin {
        plan = plan.set("login.hash.memory_kib", 8).set("login.hash.passes", 1);
    }
    let mut house = House::built(plan);
    house.seed();
    let each = wish.tries.div_ceil(TRIES_OF_ONE);
    let people = crowd(&house, each * 3 + CLOSED);
    let (wrong, rest) = people.split_at(each);
    let (blocked_eids, rest) = rest.split_at(each);
    let (blocked_passwords, closed) = rest.split_at(each);
    block(&house, wish.database, blocked_eids, blocked_passwords);
    house.idp_opens().await;
    let lab = Lab::of(&house).await;
    let client = forged::client(house.client());
    let open = Open::at(&client, &lab).await.expect("an open log-in");
    let mut stranger = Stranger {
        client: &client,
        open: &open,
        number: 0,
    };

    for (number, person) in closed.iter().enumerate().take(CLOSED) {
        for _ in 0..5 {
            stranger.tries(&person.eid_number).await;
            stranger.tries(&format!("closed-unknown-{number}")).await;
        }
    }
    // Warm: caches, connections, the first pages of the database.
    for number in 0..50 {
        stranger.tries(&format!("warm-up-{number}")).await;
    }
    let mut micros: BTreeMap<Kind, Vec<f64>> = BTreeMap::new();
    let mut control = [Vec::new(), Vec::new()];
    for round in 0..wish.tries {
        for kind in shuffled(round) {
            let user_id = match kind {
                // As often as somebody who exists: the first try of a name makes its counter, later ones change it.
                Kind::Unknown => format!("unknown-{}", round / TRIES_OF_ONE),
                Kind::Wrong => wrong[round / TRIES_OF_ONE].eid_number.clone(),
                Kind::Closed => closed[round % CLOSED].eid_number.clone(),
                Kind::ClosedUnknown => format!("closed-unknown-{}", round % CLOSED),
                Kind::BlockedEid => blocked_eids[round / TRIES_OF_ONE].eid_number.clone(),
                Kind::BlockedPassword => blocked_passwords[round / TRIES_OF_ONE].eid_number.clone(),
            };
            micros.entry(kind).or_default().push(stranger.tries(&user_id).await);
        }
        control[round % 2].push(stranger.tries(&format!("control-{round}")).await);
    }
    Seen { micros, control }
}

struct Stranger<'a> {
    client: &'a reqwest::Client,
    open: &'a Open,
    number: u32,
}

impl Stranger<'_> {
    /// Tries a wrong password from a fresh address; how many microseconds the answer took.
    async fn tries(&mut self, user_id: &str) -> f64 {
        self.number += 1;
        let from = Some(address(self.number));
        let begun = Instant::now();
        let (answer, _) = self
            .open
            .tries(self.client, (user_id, "wrong-password-1"), from, None)
            .await;
        let micros = begun.elapsed().as_secs_f64() * 1e6;
        assert_eq!(answer, Answer::Tried, "{user_id}");
        micros
    }
}

/// All kinds in an order that depends on the round alone, and follows no pattern.
fn shuffled(round: usize) -> Vec<Kind> {
    let mut kinds = Kind::ALL.to_vec();
    let mut state = (round as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    for last in (1..kinds.len()).rev() {
        // xorshift*
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        let drawn = state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        kinds.swap(last, drawn as usize % (last + 1));
    }
    kinds
}

/// There is no page yet on which a person is blocked: the rows are changed as support would change them.
fn block(house: &House, database: Database, eids: &[Person], passwords: &[Person]) {
    let list = |people: &[Person]| {
        let numbers: Vec<String> = people.iter().map(|person| format!("'{}'", person.eid_number)).collect();
        numbers.join(",")
    };
    let statements = [
        format!("update eids set status = 'blocked' where number in ({})", list(eids)),
        format!(
            "update passwords set blocked = true where eid in (select id from eids where number in ({}))",
            list(passwords)
        ),
    ];
    for statement in statements {
        match database {
            Database::Postgres => {
                let name = house.storage_url().trim_start_matches("postgres:///");
                let name = name.split('?').next().unwrap_or_default();
                postgres::shared().ask(name, &statement);
            }
            Database::Sqlite => {
                let script =
                    "import sqlite3, sys\ndb = sqlite3.connect(sys.argv[1])\ndb.execute(sys.argv[2])\ndb.commit()\n";
                let path = house.storage_url().trim_start_matches("sqlite:");
                run_to_its_end(std::process::Command::new("python3").args(["-c", script, path, &statement]));
            }
        }
    }
}

/// Two lots of samples, compared.
pub fn compare(one: &[f64], other: &[f64]) -> (f64, f64, f64) {
    let (one_cropped, other_cropped) = cropped(one, other);
    (
        percentile(one, 0.5) - percentile(other, 0.5),
        welch(&one_cropped, &other_cropped),
        mann_whitney(one, other),
    )
}

impl Seen {
    /// Every pair.
    pub fn compared(&self) -> Vec<Compared> {
        let mut pairs = Vec::new();
        for (at, (one, samples)) in self.micros.iter().enumerate() {
            for (other, others) in self.micros.iter().skip(at + 1) {
                let (medians_apart, welch, mann_whitney) = compare(samples, others);
                pairs.push(Compared {
                    one: *one,
                    other: *other,
                    medians_apart,
                    welch,
                    mann_whitney,
                });
            }
        }
        pairs
    }

    /// What the same statistics say of equals.
    pub fn control(&self) -> (f64, f64, f64) {
        compare(&self.control[0], &self.control[1])
    }

    pub fn as_json(&self, wish: Wish) -> Value {
        let kinds: serde_json::Map<_, _> = self
            .micros
            .iter()
            .map(|(kind, micros)| {
                let at = |part| percentile(micros, part).round();
                (
                    kind.word().to_owned(),
                    json!({ "tries": micros.len(), "p25_us": at(0.25), "median_us": at(0.5), "p75_us": at(0.75) }),
                )
            })
            .collect();
        let hundredth = |value: f64| (value * 100.0).round() / 100.0;
        let pairs: Vec<Value> = self
            .compared()
            .iter()
            .map(|pair| {
                json!({
                    "one": pair.one.word(), "other": pair.other.word(), "medians_apart_us": pair.medians_apart.round(),
                    "welch_t": hundredth(pair.welch), "mann_whitney_z": hundredth(pair.mann_whitney),
                    "told_apart": pair.told_apart(),
                })
            })
            .collect();
        let (_, control_t, control_z) = self.control();
        json!({
            "database": format!("{:?}", wish.database), "hashes": if wish.thin { "next to nothing" } else { "full cost" },
            "threshold": TOLD_APART, "kinds": kinds, "pairs": pairs,
            "control": { "welch_t": hundredth(control_t), "mann_whitney_z": hundredth(control_z) },
        })
    }

    /// One line of a page: medians, and the pair that is furthest apart.
    pub fn line(&self, wish: Wish) -> String {
        let medians: Vec<String> = Kind::ALL
            .iter()
            .map(|kind| format!("{:.2}", percentile(&self.micros[kind], 0.5) / 1_000.0))
            .collect();
        let pairs = self.compared();
        let apart = |pair: &&Compared| pair.welch.abs().max(pair.mann_whitney.abs());
        let furthest = pairs.iter().max_by(|one, other| apart(one).total_cmp(&apart(other)));
        let furthest = furthest.map_or_else(String::new, |pair| {
            let (one, other) = (pair.one.word(), pair.other.word());
            format!("{one} / {other}: t {:+.1}, z {:+.1}", pair.welch, pair.mann_whitney)
        });
        let told = pairs.iter().filter(|pair| pair.told_apart()).count();
        format!(
            "| {:?} | {} | {} | {} | {furthest} | {told} of {} |\n",
            wish.database,
            if wish.thin { "next to nothing" } else { "full cost" },
            wish.tries,
            medians.join(" · "),
            pairs.len()
        )
    }

    /// For a terminal.
    pub fn table(&self) -> String {
        let mut rows = String::from(
            "| | median µs | | median µs | apart µs | Welch t | Mann–Whitney z | told apart |\n|---|---|---|---|---|---|---|---|\n",
        );
        for pair in self.compared() {
            let median = |kind: Kind| percentile(&self.micros[&kind], 0.5);
            rows += &format!(
                "| {} | {:.0} | {} | {:.0} | {:+.0} | {:+.1} | {:+.1} | {} |\n",
                pair.one.word(),
                median(pair.one),
                pair.other.word(),
                median(pair.other),
                pair.medians_apart,
                pair.welch,
                pair.mann_whitney,
                if pair.told_apart() { "**yes**" } else { "no" }
            );
        }
        let (apart, t, z) = self.control();
        rows += &format!("| equals (the control) | | equals | | {apart:+.0} | {t:+.1} | {z:+.1} | |\n");
        rows
    }
}
