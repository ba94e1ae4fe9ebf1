//! `kill -9` in the middle of a thousand log-ins: after the restart no code serves twice, and no log-in that somebody saw
//! succeed is missing from the audit log.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use acceptance::browser::Challenge;
use acceptance::people::Person;
use acceptance::relying::Lab;
use acceptance::{Citizen, Database, House, Plan};
use tokio::task::JoinSet;

use crate::both::on_both;
use crate::faults::load::{End, audit_holds, busy, crowd, log_in, on_record};

on_both!(killed_in_the_middle_of_a_thousand_log_ins);

const PEOPLE: usize = 24;
const LOG_INS: usize = 1_000;
const KILLED_AFTER: usize = 450;

/// What one person's browser saw succeed: each card entry whose answer led to the service.
type Journal = Vec<Challenge>;

async fn killed_in_the_middle_of_a_thousand_log_ins(database: Database) {
    let mut house = House::built(busy(Plan::on(database)));
    // Each person visits a service of their own, so that the audit log tells their log-ins apart.
    (0..PEOPLE).for_each(|number| Lab::register(&house, &format!("visited-{number}")));
    house.seed();
    house.opens().await;
    let people = crowd(&house, PEOPLE);

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
            begun.elapsed() < Duration::from_secs(360),
            "only {} log-ins in six minutes",
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
    match log_in(citizen, lab).await {
        End::Answered((challenge, ..)) => {
            journal.push(challenge);
            true
        }
        End::Unknown => false,
    }
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
    for (number, journal) in journals {
        let party = format!("visited-{number}");
        let recorded = on_record(&export, &party);
        // One more may have been committed whose answer was cut off.
        let seen = journal.len();
        assert!(
            (seen..=seen + 1).contains(&recorded),
            "{party}: {seen} log-ins seen, {recorded} in the audit log"
        );
    }
    audit_holds(house);
}
