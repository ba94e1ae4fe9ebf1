//! The table of jobs: every handler is a slice's own.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;

use super::{House, gauges, load_keys, reseal_some};
use crate::audit::{export_heads, seal_round};
use crate::certificates;
use crate::credentials::keycard::ending_round;
use crate::ctx::Ctx;
use crate::domain::time::{Span, Time};
use crate::issuing::online::Orders;
use crate::jobs::Job;
use crate::letters::shop;
use crate::outbox::{Courier, Sender};
use crate::storage::{Durability, Pruned, Tx};

/// All background work of a node.
pub(super) fn table(house: &House, senders: Vec<Arc<dyn Sender>>, orders: Orders) -> Vec<Job> {
    vec![
        seal(house),
        prune(house),
        keys(house),
        lists(house),
        reseal(house),
        retention(house),
        card_ends(house),
        certificate_ends(house),
        online_orders(house, orders),
        demo_post(house),
        outbox(house, senders),
        gauges::job(house),
        upkeep(),
    ]
}

/// Metrics that nobody reads must not grow.
fn upkeep() -> Job {
    Job::new("metrics.upkeep", Duration::from_secs(5), || async {
        crate::telemetry::upkeep();
        Ok(())
    })
}

/// Audit rows into signed segments, and their heads out of the database.
fn seal(house: &House) -> Job {
    let (house, node) = (house.clone(), house.rng.bytes::<16>());
    let exported = Arc::new(Mutex::new(None));
    Job::new("audit.seal", Duration::from_millis(900), move || {
        let (house, exported) = (house.clone(), Arc::clone(&exported));
        async move {
            let ctx = Ctx::system(house.clock.now(), &house.rng);
            while seal_round(&house.store, &house.vault, &ctx, node).await? >= 2_000 {}
            if let Some(path) = &house.settings.audit.heads {
                let mut last = exported.lock().await;
                let done = export_heads(&house.store, path, *last).await;
                // Where it failed the file is looked at anew.
                *last = done.as_ref().ok().copied();
                done?;
            }
            Ok(())
        }
    })
}

/// What has expired is removed, by one node at a time.
fn prune(house: &House) -> Job {
    let (house, node) = (house.clone(), house.rng.bytes::<16>());
    Job::new("prune", Duration::from_secs(60), move || {
        let house = house.clone();
        async move {
            let now: Time = house.clock.now();
            loop {
                let act = move |tx: &mut Tx<'_>| {
                    if !tx.leases().take("prune", &node, now, now + Span::minutes(2))? {
                        return Ok(Pruned::default());
                    }
                    tx.prune(now)
                };
                if !house.store.transact("prune", Durability::Soft, act).await?.is_full() {
                    return Ok(());
                }
            }
        }
    })
}

/// Keys that were rotated elsewhere are picked up within half a minute.
fn keys(house: &House) -> Job {
    let house = house.clone();
    Job::new("keys.load", Duration::from_secs(25), move || {
        let house = house.clone();
        async move {
            let (rows, cas, generations) = house
                .store
                .read("keys.load", |tx| {
                    Ok((tx.keys().all()?, tx.issuing_cas().all()?, tx.meta().generations()?))
                })
                .await?;
            house.vault.set_generations(generations);
            certificates::take(&house.vault, &cas)?;
            Ok(load_keys(&house.vault, rows)?)
        }
    })
}

/// Revocation lists: made where they are due, by one node at a time, taken over where another node made them.
fn lists(house: &House) -> Job {
    let (house, node) = (house.clone(), house.rng.bytes::<16>());
    Job::new("ca.lists", Duration::from_secs(5), move || {
        let house = house.clone();
        async move {
            let ctx = Ctx::system(house.clock.now(), &house.rng);
            certificates::round(&house.store, &house.vault, &house.lists, &ctx, node).await
        }
    })
}

/// Stored values under the newest generation of their key, some at a time.
fn reseal(house: &House) -> Job {
    let (house, node) = (house.clone(), house.rng.bytes::<16>());
    Job::new("keys.reseal", Duration::from_secs(1), move || {
        let house = house.clone();
        async move {
            if !house.vault.generations().is_moving() {
                return Ok(());
            }
            let ctx = Ctx::system(house.clock.now(), &house.rng);
            reseal_some(&house.store, &house.vault, &ctx, node).await.map(|_| ())
        }
    })
}

/// The personal parts of audit rows are erased with the keys of their years.
fn retention(house: &House) -> Job {
    use chrono::Datelike;
    let house = house.clone();
    Job::new("audit.retention", Duration::from_secs(3_600), move || {
        let house = house.clone();
        async move {
            let years = i32::try_from(house.settings.audit.retention_years).unwrap_or(i32::MAX);
            let first_kept = house.clock.now().utc_date().year().saturating_sub(years);
            house
                .store
                .transact("audit.retention", Durability::Soft, move |tx| {
                    tx.audit().erase_keys_before(first_kept)
                })
                .await
                .map(|_| ())
        }
    })
}

/// Who holds a card that ends is told ahead, and what has ended is closed: by one node, a page at a time.
fn card_ends(house: &House) -> Job {
    let (house, node) = (house.clone(), house.rng.bytes::<16>());
    Job::new("keycard.ends", Duration::from_secs(600), move || {
        let house = house.clone();
        async move {
            let mut after = None;
            loop {
                let ctx = Ctx::system(house.clock.now(), &house.rng);
                let (now, from) = (ctx.now, after.clone());
                let act = move |tx: &mut Tx<'_>| {
                    if !tx.leases().take("keycard.ends", &node, now, now + Span::minutes(20))? {
                        return Ok(None);
                    }
                    ending_round(tx, &ctx, from.as_ref()).map(|done| done.after)
                };
                after = house.store.transact("keycard.ends", Durability::Full, act).await?;
                if after.is_none() {
                    return Ok(());
                }
            }
        }
    })
}

/// Who has a certificate that ends is told ahead, and what has ended is public no more: by one node, some at a time.
fn certificate_ends(house: &House) -> Job {
    const AT_ONCE: i64 = 100;
    let (house, node) = (house.clone(), house.rng.bytes::<16>());
    Job::new("certificate.ends", Duration::from_secs(60), move || {
        let house = house.clone();
        async move {
            loop {
                let ctx = Ctx::system(house.clock.now(), &house.rng);
                let now = ctx.now;
                let act = move |tx: &mut Tx<'_>| {
                    if !tx
                        .leases()
                        .take("certificate.ends", &node, now, now + Span::minutes(5))?
                    {
                        return Ok(0);
                    }
                    certificates::ending_round(tx, &ctx, AT_ONCE)
                };
                if house.store.transact("certificate.ends", Durability::Full, act).await? == 0 {
                    return Ok(());
                }
            }
        }
    })
}

/// Registers are asked about orders of our own page.
fn online_orders(house: &House, orders: Orders) -> Job {
    let house = house.clone();
    Job::new("order.check", Duration::from_secs(2), move || {
        let (house, orders) = (house.clone(), orders.clone());
        async move { orders.round(&house.clock, &house.rng).await }
    })
}

/// The demo's print shop: what waits is printed, posted and lies in the outbox, with the secrets in a document beside it.
fn demo_post(house: &House) -> Job {
    let (house, unprintable) = (house.clone(), Arc::new(Mutex::new(HashSet::new())));
    Job::new("demo.post", Duration::from_secs(1), move || {
        let (house, unprintable) = (house.clone(), Arc::clone(&unprintable));
        async move {
            if !house.settings.is_demo() || !house.settings.demo.posts {
                return Ok(());
            }
            let ctx = Ctx::system(house.clock.now(), &house.rng);
            let mut unprintable = unprintable.lock().await;
            shop::round(&house.store, &house.settings, &ctx, &mut unprintable).await
        }
    })
}

fn outbox(house: &House, senders: Vec<Arc<dyn Sender>>) -> Job {
    let courier = Courier::new(house.store.clone(), house.clock.clone(), senders);
    Job::new("outbox", Duration::from_secs(1), move || {
        let courier = courier.clone();
        async move { courier.set_out().await }
    })
}
