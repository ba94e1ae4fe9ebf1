//! `kill -9` in the middle of a thousand log-ins: after the restart no code serves twice, and no log-in that somebody saw
//! succeed is missing from the audit log.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use acceptance::browser::{Challenge, query};
use acceptance::people::Person;
use acceptance::relying::Lab;
use acceptance::{Citizen, Database, House, Plan};
use tokio::task::JoinSet;

use crate::both::on_both;

on_both!(killed_in_the_middle_of_a_thousand_log_ins);

const PEOPLE: usize = 40;
const LOG_INS: usize = 1_000;
const KILLED_AFTER: usize = 450;

/// What one person's browser saw succeed: each card entry whose answer led to the service.
type Journal = Vec<Challenge>;

async fn killed_in_the_middle_of_a_thousand_log_ins(database: Database) {
    let plan = Plan::on(database)
        .without_services()
        .set("login.hash.memory_kib", 1_024)
        .set("login.flood.address_per_minute", 1_000_000)
        .set("login.flood.network_per_minute", 1_000_000);
    let mut house = House::built(plan);
    // Each person visits a service of their own, so that the audit log tells their log-ins apart.
    (0..PEOPLE).for_each(|number| Lab::register(&house, &format!("visited-{number}")));
    house.seed();
    house.opens().await;
    let generated = house.idp_says(&[
        "demo",
        "generate",
        "--people",
        &PEOPLE.to_string(),
        "--codes",
        "--hash",
        "full",
    ]);
    let people: Vec<Person> = generated
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let people: Vec<Person> = people
        .into_iter()
        .filter(|person| person.scope.iter().any(|scope| scope == "public"))
        .collect();
    assert!(
        people.len() > PEOPLE / 4,
        "only {} may log in at a public service",
        people.len()
    );

    let done = Arc::new(AtomicUsize::new(0));
    let mut visits = JoinSet::new();
    let rounds = LOG_INS.div_ceil(people.len());
    for (number, person) in people.iter().enumerate() {
        let citizen = Citizen {
            person: person.clone(),
            browser: house.browser(),
        };
        let (lab, done) = (
            Lab::named(&house, &format!("visited-{number}")).await,
            Arc::clone(&done),
        );
        visits.spawn(async move {
            let mut journal = Journal::new();
            for _ in 0..rounds {
                if !attempt(&citizen, &lab, &mut journal).await {
                    break;
                }
                done.fetch_add(1, Ordering::Relaxed);
            }
            (number, journal)
        });
    }
    let begun = Instant::now();
    while done.load(Ordering::Relaxed) < KILLED_AFTER {
        assert!(
            begun.elapsed() < Duration::from_secs(120),
            "only {} log-ins in two minutes",
            done.load(Ordering::Relaxed)
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    house.evict().killed();
    let journals: BTreeMap<usize, Journal> = visits.join_all().await.into_iter().collect();

    house.idp_opens().await;
    let answered: usize = journals.values().map(Vec::len).sum();
    assert!(
        (KILLED_AFTER..LOG_INS).contains(&answered),
        "{answered} log-ins were answered"
    );
    for (number, person) in people.iter().enumerate() {
        no_code_serves_twice(&house, person, &journals[&number]).await;
    }
    nothing_answered_is_missing(&house, &journals).await;
}

/// One log-in; false once the house does not answer any more. What is written down is what the browser was told.
async fn attempt(citizen: &Citizen, lab: &Lab, journal: &mut Journal) -> bool {
    let asked = lab.asks("openid", &[("prompt", "login")]);
    let Some(page) = citizen.browser.tries(asked.url.as_str()).await else {
        return false;
    };
    let fields = [
        ("user_id", citizen.person.eid_number.as_str()),
        ("password", citizen.password()),
    ];
    let Some(page) = citizen.browser.tries_to_submit(&page, &fields).await else {
        return false;
    };
    page.must_be_step("code");
    let challenge = page.challenge();
    let Some(sent) = citizen
        .browser
        .tries_to_submit(&page, &[("code", citizen.person.code(&challenge))])
        .await
    else {
        return false;
    };
    assert!(query(&lab.answered(&sent), "code").is_some());
    journal.push(challenge);
    true
}

async fn no_code_serves_twice(house: &House, person: &Person, burnt: &Journal) {
    let distinct: BTreeSet<&str> = burnt.iter().map(|challenge| challenge.index.as_str()).collect();
    assert_eq!(
        distinct.len(),
        burnt.len(),
        "a code of {} served twice",
        person.eid_number
    );

    let citizen = Citizen {
        person: person.clone(),
        browser: house.browser(),
    };
    let page = citizen
        .browser
        .get(Lab::of(house).await.asks("openid", &[]).url.as_str())
        .await;
    let fields = [
        ("user_id", person.eid_number.as_str()),
        ("password", citizen.password()),
    ];
    let page = citizen.browser.submit(&page, &fields).await;
    let shown = page.challenge();
    assert!(
        !burnt.contains(&shown),
        "a burnt code of {} is asked for again",
        person.eid_number
    );
    let Some(old) = burnt.last() else { return };
    if person.code(old) != person.code(&shown) {
        let answer = citizen.browser.submit_once(&page, &[("code", person.code(old))]).await;
        assert!(answer.redirect().is_none(), "a burnt code opened the door");
    }
}

async fn nothing_answered_is_missing(house: &House, journals: &BTreeMap<usize, Journal>) {
    // The sealer needs about a second.
    tokio::time::sleep(Duration::from_secs(3)).await;
    let export = house.idp_says(&["audit", "export"]);
    let completed: Vec<&str> = export.lines().filter(|line| line.contains("login.completed")).collect();
    for (number, journal) in journals {
        let party = format!("\"visited-{number}\"");
        let recorded = completed.iter().filter(|line| line.contains(&party)).count();
        // One more may have been committed whose answer was cut off.
        let seen = journal.len();
        assert!(
            (seen..=seen + 1).contains(&recorded),
            "{party}: {seen} log-ins seen, {recorded} in the audit log"
        );
    }
    let (code, said, errors) = house.idp_tries(&["audit", "verify"]);
    assert_eq!(code, 0, "{said}{errors}");
}
