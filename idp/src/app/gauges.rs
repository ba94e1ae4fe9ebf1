//! The gauges that somebody has to look for: in the database every ten seconds, in memory when the metrics are read.

use std::time::Duration;

use super::{House, health};
use crate::domain::time::{Span, Time};
use crate::jobs::Job;
use crate::storage::DatabaseKind;
use crate::telemetry;
use crate::vault::signing::rotation::WANTED;
use crate::vault::signing::{KeyRow, KeyState};
use crate::work::Work;

/// Looks into the database.
pub(super) fn job(house: &House) -> Job {
    telemetry::began(house.clock.now());
    let kind = match house.store.kind() {
        DatabaseKind::Sqlite => "sqlite",
        DatabaseKind::Postgres => "postgres",
    };
    metrics::gauge!("idp_info", "version" => env!("CARGO_PKG_VERSION"), "database" => kind).set(1.0);
    let house = house.clone();
    Job::new("metrics.gauges", Duration::from_secs(10), move || {
        let house = house.clone();
        async move {
            let ready = health(&house).await.is_ready();
            metrics::gauge!("idp_ready").set(if ready { 1.0 } else { 0.0 });
            let now = house.clock.now();
            let (unsealed, backlog, given_up, keys, since) = house
                .store
                .read("metrics.gauges", |tx| {
                    Ok((
                        tx.audit().oldest_pending()?,
                        tx.outbox().backlog()?,
                        tx.outbox().given_up()?,
                        tx.keys().all()?,
                        tx.meta().generation_since()?,
                    ))
                })
                .await?;
            metrics::gauge!("idp_audit_unsealed_seconds").set(age(unsealed, now));
            metrics::gauge!("idp_outbox_waiting").set(count(backlog.waiting));
            metrics::gauge!("idp_outbox_lag_seconds").set(age(backlog.oldest, now));
            metrics::gauge!("idp_outbox_given_up").set(count(usize::try_from(given_up).unwrap_or(0)));
            metrics::gauge!("idp_data_key_age_seconds").set(age(since, now));
            signing_keys(&keys, now);
            Ok(())
        }
    })
}

fn signing_keys(keys: &[KeyRow], now: Time) {
    for (purpose, alg) in WANTED {
        let mine = || keys.iter().filter(|key| key.purpose == purpose && key.alg == alg);
        let active = mine().find(|key| key.state == KeyState::Active);
        metrics::gauge!("idp_signing_key_age_seconds", "purpose" => purpose.as_str(), "alg" => alg.as_str())
            .set(age(active.map(|key| key.activates_at), now));
        for state in [KeyState::Next, KeyState::Active, KeyState::Retired] {
            let those = mine().filter(|key| key.state == state).count();
            metrics::gauge!(
                "idp_signing_keys",
                "purpose" => purpose.as_str(), "alg" => alg.as_str(), "state" => state.as_str()
            )
            .set(count(those));
        }
    }
}

/// Looks into memory and gives all numbers as text.
pub(super) fn read(house: &House, work: &Work) -> String {
    metrics::gauge!("idp_hash_lanes").set(count(work.lanes()));
    metrics::gauge!("idp_hash_jobs").set(count(work.depth()));
    let (writing, reading) = house.store.waiting();
    metrics::gauge!("idp_store_waiting", "queue" => "write").set(count(writing));
    metrics::gauge!("idp_store_waiting", "queue" => "read").set(count(reading));
    metrics::gauge!("idp_parties").set(count(house.parties.current().len()));
    let generations = house.vault.generations();
    metrics::gauge!("idp_data_key_generation").set(f64::from(generations.current));
    metrics::gauge!("idp_data_key_moving").set(if generations.is_moving() { 1.0 } else { 0.0 });
    telemetry::render()
}

fn count(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

/// Seconds since then; 0 where there is nothing.
fn age(since: Option<Time>, now: Time) -> f64 {
    let age = since.map_or(Span::ZERO, |since| now - since);
    age.as_duration().as_secs_f64()
}
