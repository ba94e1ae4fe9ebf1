//! `kill -9` at random moments under load, again and again on one database, and every promise held against it after each
//! restart. On PostgreSQL every third time it is the database server that ends without a word. `make chaos` is the long form.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use acceptance::listener::Listener;
use acceptance::postgres::Cluster;
use acceptance::relying::{Lab, claims};
use acceptance::{Citizen, Database, House, Plan};
use tokio::task::JoinSet;

use super::load::{Life, audit_holds, busy, crowd, on_record, register};
use crate::both::on_both;

on_both!(killed_again_and_again);

const PEOPLE: usize = 8;
/// After so many kills other people go on, with fresh cards.
const GENERATION: usize = 20;

/// 20 in the test run; `CHAOS_KILLS` says otherwise.
fn kills() -> usize {
    std::env::var("CHAOS_KILLS").map_or(20, |number| number.parse().expect("CHAOS_KILLS is a number"))
}

async fn killed_again_and_again(database: Database) {
    let mut cluster = (database == Database::Postgres).then(Cluster::start);
    let ear = Listener::open().await;
    let mut plan = busy(Plan::on(database))
        .set("oidc.refresh_grace_seconds", 300)
        .set("oidc.code_seconds", 300);
    if let Some(cluster) = &cluster {
        plan = plan.on_database_at(cluster.database());
    }
    let mut house = House::built(plan);
    let names: Vec<String> = (0..PEOPLE).map(|number| format!("visited-{number}")).collect();
    names.iter().for_each(|name| register(&house, name, &ear));
    house.seed();
    house.opens().await;

    let mut told: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut ended: Vec<(String, String)> = Vec::new();
    let (mut left, mut log_ins, mut longest, mut passed) = (kills(), 0, Duration::ZERO, 0);
    while left > 0 {
        let mut lives = new_people(&house, &names).await;
        for kill in 0..left.min(GENERATION) {
            let moment = Duration::from_millis(50 + u64::from(uuid::Uuid::new_v4().as_u128() as u16) % 600);
            let of_the_database = kill % 3 == 2;
            lives = match &mut cluster {
                Some(cluster) if of_the_database => the_database_dies_under(lives, cluster, moment).await,
                _ => the_house_dies_under(lives, &mut house, moment).await,
            };
            let begun = Instant::now();
            if let (Some(cluster), true) = (&mut cluster, of_the_database) {
                cluster.go_on();
                is_ready(&house).await;
            } else {
                house.idp_opens().await;
            }
            longest = longest.max(begun.elapsed());
            // A house that died in the middle of a password keeps a place for its answer for 30 seconds.
            passed += 40;
            house.waits(passed).await;
            audit_holds(&house);
            for life in &mut lives {
                life.settles().await;
            }
        }
        left = left.saturating_sub(GENERATION);
        for (name, life) in names.iter().zip(&lives) {
            let told = told.entry(name.clone()).or_default();
            told.0 += life.burnt.len();
            told.1 += life.unsure_log_ins;
            log_ins += life.burnt.len();
            ended.extend(life.ended.iter().map(|sid| (name.clone(), sid.clone())));
        }
    }

    let export = house.idp_says(&["audit", "export"]);
    for (name, (seen, unsure)) in &told {
        let recorded = on_record(&export, name);
        assert!(
            (*seen..=seen + unsure).contains(&recorded),
            "{name}: {seen} log-ins were answered and {unsure} were not, {recorded} are on record"
        );
    }
    // Letters that were claimed by a house that died are due again after a minute.
    house.waits(passed + 120).await;
    every_end_was_told(&ear, &ended).await;
    audit_holds(&house);
    assert!(
        log_ins >= kills(),
        "{log_ins} log-ins under {} kills are no load",
        kills()
    );
    eprintln!(
        "{database:?}: {} kills, {log_ins} log-ins answered, {} log-outs told, longest way back {longest:?}",
        kills(),
        ended.len()
    );
}

async fn new_people(house: &House, names: &[String]) -> Vec<Life> {
    let mut lives = Vec::new();
    for (person, name) in crowd(house, PEOPLE).into_iter().zip(names) {
        let citizen = Citizen {
            person,
            browser: house.browser(),
        };
        lives.push(Life::new(citizen, Lab::named(house, name).await));
    }
    lives
}

/// Lets everybody go round until nobody answers.
async fn the_house_dies_under(lives: Vec<Life>, house: &mut House, moment: Duration) -> Vec<Life> {
    let (rounds, over) = everybody_goes_round(lives);
    tokio::time::sleep(moment).await;
    house.evict().killed();
    back_from(rounds, &over).await
}

async fn the_database_dies_under(lives: Vec<Life>, cluster: &mut Cluster, moment: Duration) -> Vec<Life> {
    let (rounds, over) = everybody_goes_round(lives);
    tokio::time::sleep(moment).await;
    cluster.crash();
    back_from(rounds, &over).await
}

fn everybody_goes_round(lives: Vec<Life>) -> (JoinSet<(usize, Life)>, Arc<AtomicBool>) {
    let over = Arc::new(AtomicBool::new(false));
    let mut rounds = JoinSet::new();
    for (number, mut life) in lives.into_iter().enumerate() {
        let over = Arc::clone(&over);
        rounds.spawn(async move {
            while !over.load(Ordering::Relaxed) && life.goes_round().await {}
            (number, life)
        });
    }
    (rounds, over)
}

async fn back_from(rounds: JoinSet<(usize, Life)>, over: &AtomicBool) -> Vec<Life> {
    over.store(true, Ordering::Relaxed);
    let mut lives = rounds.join_all().await;
    lives.sort_by_key(|(number, _)| *number);
    lives.into_iter().map(|(_, life)| life).collect()
}

async fn is_ready(house: &House) {
    let client = house.client().build().unwrap();
    let begun = Instant::now();
    loop {
        let ready = client.get(format!("{}/health/ready", house.management())).send().await;
        if ready.is_ok_and(|ready| ready.status().is_success()) {
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "it does not come back");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Every session that ended has told the service, by a letter that survived or by one that was sent before.
async fn every_end_was_told(ear: &Listener, ended: &[(String, String)]) {
    let begun = Instant::now();
    loop {
        let missing: Vec<_> = ended.iter().filter(|(name, sid)| !was_told(ear, name, sid)).collect();
        if missing.is_empty() {
            return;
        }
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "nobody was told of {missing:?}"
        );
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

fn was_told(ear: &Listener, name: &str, sid: &str) -> bool {
    ear.heard(name)
        .iter()
        .flatten()
        .any(|(field, token)| field == "logout_token" && claims(token)["sid"] == sid)
}
