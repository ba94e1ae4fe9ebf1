//! Revocation lists (RFC 5280, section 5): made again a few seconds after a revocation, and every six hours anyway; stored, so that every
//! node gives out the same one, and beside them the lists that roots' operators brought. Owns their numbers and dates. No name and no PID
//! stands in one: serial numbers, moments and reasons alone.

use std::collections::HashMap;
use std::sync::Arc;

use arc_swap::ArcSwap;
use x509_cert::crl::RevokedCert;
use x509_cert::der::Decode;
use x509_cert::ext::AsExtension;
use x509_cert::ext::pkix::CrlReason;
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;

use super::read;
use super::x509::{Issuer, ListContent, Signing, broken, list, moment};
use crate::audit::{Event, record};
use crate::ctx::Ctx;
use crate::domain::certificate::Serial;
use crate::domain::time::{Span, Time};
use crate::fault::Fault;
use crate::storage::{Crl, Durability, Halt, Revoked, Store, Tx};
use crate::vault::Vault;
use crate::vault::ca::Ca;

/// A list counts for so long.
pub const COUNTS_FOR: Span = Span::hours(24);
/// One is made again after so long, whether anything was revoked or not.
pub const MADE_EVERY: Span = Span::hours(6);

/// Whose turn it is to make a list.
const TURN: &str = "ca.lists";
/// The longest list is made in less; a node that dies over one keeps the others waiting no longer.
const TURN_LASTS: Span = Span::secs(30);

/// The lists as this node gives them out. Clones share them.
#[derive(Clone, Default)]
pub struct Lists(Arc<ArcSwap<HashMap<String, Arc<Crl>>>>);

impl Lists {
    /// The newest list of a CA or a root, as far as this node has heard.
    #[must_use]
    pub fn of(&self, ca: &str) -> Option<Arc<Crl>> {
        self.0.load().get(ca).cloned()
    }
}

/// One round of this node's job: makes what is due, and takes over what any node has made.
///
/// # Errors
/// When the database does not answer, or a list cannot be signed.
pub async fn round(store: &Store, vault: &Vault, lists: &Lists, ctx: &Ctx, node: [u8; 16]) -> Result<(), Halt> {
    let mut ready = HashMap::new();
    for ca in vault.cas().iter() {
        publish(store, ca, ctx, node).await?;
        let before = lists.of(&ca.id);
        let (id, than) = (ca.id.clone(), before.as_ref().map_or(0, |list| list.number));
        let newer = store.read("ca.list", move |tx| tx.issuing_cas().crl(&id, than)).await?;
        if let Some(list) = newer.map(Arc::new).or(before) {
            let age = ctx.now.secs() - list.at.secs();
            metrics::gauge!("idp_list_age_seconds", "ca" => ca.id.clone())
                .set(f64::from(i32::try_from(age).unwrap_or(i32::MAX)));
            ready.insert(ca.id.clone(), list);
        }
    }
    for root in store.read("ca.root_lists", |tx| tx.root_lists().all()).await? {
        let remaining = root.ends_at.secs() - ctx.now.secs();
        metrics::gauge!("idp_root_list_remaining_seconds", "root" => root.root.clone())
            .set(f64::from(i32::try_from(remaining).unwrap_or(i32::MAX)));
        let (before, id) = (
            lists.of(&root.root).filter(|list| list.number == root.number),
            root.root.clone(),
        );
        let list = match before {
            Some(before) => Some(before),
            None => {
                let newer = store.read("ca.root_list", move |tx| tx.root_lists().find(&id)).await?;
                newer.map(Arc::new)
            }
        };
        ready.extend(list.map(|list| (root.root, list)));
    }
    if let Some(ca) = vault.issuing_ca(ctx.now) {
        let left = ca.ends.secs() - ctx.now.secs();
        metrics::gauge!("idp_ca_remaining_seconds", "ca" => ca.id.clone())
            .set(f64::from(i32::try_from(left).unwrap_or(i32::MAX)));
    }
    lists.0.store(Arc::new(ready));
    Ok(())
}

/// Makes the next list of a CA where one is due. One node at a time does: the others would make the same one.
async fn publish(store: &Store, ca: &Arc<Ca>, ctx: &Ctx, node: [u8; 16]) -> Result<(), Halt> {
    let (id, now) = (ca.id.clone(), ctx.now);
    let due = move |tx: &mut Tx<'_>| due(tx, &id, now).map(|due| due.is_some());
    if !store.read("ca.due", due).await? {
        return Ok(());
    }
    let turn = move |tx: &mut Tx<'_>| tx.leases().take(TURN, &node, now, now + TURN_LASTS);
    if !store.transact("ca.turn", Durability::Soft, turn).await? {
        return Ok(());
    }
    let made = make(store, ca, ctx).await;
    // Whether it came off or not: the next one may be anybody's.
    let over = move |tx: &mut Tx<'_>| tx.leases().give_back(TURN, &node);
    made.and(store.transact("ca.turn", Durability::Soft, over).await)
}

async fn make(store: &Store, ca: &Arc<Ca>, ctx: &Ctx) -> Result<(), Halt> {
    let (id, now) = (ca.id.clone(), ctx.now);
    // What stands in no list is read before what a list says: whatever is revoked in between waits for the next one.
    let says = move |tx: &mut Tx<'_>| match due(tx, &id, now)? {
        Some((number, unlisted)) => Ok(Some((number, unlisted, tx.certificates().revoked(&id, now)?))),
        None => Ok(None),
    };
    let Some((number, unlisted, revoked)) = store.read("ca.says", says).await? else {
        return Ok(());
    };
    let (entries, pen) = (revoked.len(), Arc::clone(ca));
    // Megabytes, where much was revoked: not beside the requests.
    let der = tokio::task::spawn_blocking(move || signed(&pen, number, now, &revoked)).await;
    let der = der.map_err(|error| Fault::new("a list was not made", error))??;
    let list = Crl { number, at: now, der };
    let (id, ctx) = (ca.id.clone(), ctx.clone());
    let act = move |tx: &mut Tx<'_>| {
        // Another node made this number: what it did not know of waits for the next.
        if tx.issuing_cas().publish(&id, &list)? {
            tx.certificates().note_listed(&unlisted)?;
            let ca = id.clone();
            record(tx, &ctx, &Event::CaListed { ca, number, entries })?;
        }
        Ok(())
    };
    store.transact("ca.publish", Durability::Full, act).await
}

/// The number of the list that is due, and what stands in none yet.
fn due(tx: &mut Tx<'_>, ca: &str, now: Time) -> Result<Option<(i64, Vec<Serial>)>, Halt> {
    let Some(row) = tx.issuing_cas().all()?.into_iter().find(|row| row.key.id == ca) else {
        return Ok(None);
    };
    let unlisted = tx.certificates().unlisted(ca)?;
    let old = row.crl_at.is_none_or(|at| at + MADE_EVERY <= now);
    Ok((old || !unlisted.is_empty()).then_some((row.crl_number + 1, unlisted)))
}

fn signed(ca: &Ca, number: i64, now: Time, revoked: &[Revoked]) -> Result<Vec<u8>, Fault> {
    let (name, public_der) = read::ca(&ca.certificate_der)?;
    let issuer = Issuer {
        name,
        public_der: &public_der,
        signing: Signing::P256,
        pen: &|bytes| ca.sign(bytes),
    };
    let content = ListContent {
        number,
        at: now,
        until: now + COUNTS_FOR,
        lines: revoked.iter().map(line).collect::<Result<_, _>>()?,
    };
    list(&issuer, content)
}

fn line(revoked: &Revoked) -> Result<RevokedCert, Fault> {
    let reason = reason(revoked)?.to_extension(&Name::default(), &[]).map_err(broken)?;
    Ok(RevokedCert {
        serial_number: SerialNumber::new(&revoked.serial.bytes()).map_err(broken)?,
        revocation_date: moment(revoked.at)?,
        crl_entry_extensions: Some(vec![reason]),
    })
}

/// The reason as X.509 has it.
pub(super) fn reason(revoked: &Revoked) -> Result<CrlReason, Fault> {
    CrlReason::from_der(&[0x0a, 0x01, revoked.reason.crl_reason()]).map_err(broken)
}
