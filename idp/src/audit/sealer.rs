//! The sealer: one at a time, by lease, it gathers committed rows into a signed segment about once a second.

use super::merkle;
use crate::ctx::Ctx;
use crate::domain::time::{Span, Time};
use crate::fault::Fault;
use crate::storage::{Durability, Halt, Segment, Store, Tx};
use crate::vault::Vault;

const LEASE: &str = "audit-sealer";
const ROWS: i64 = 2_000;

/// How long the oldest row has waited to be sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SealerAge(pub Span);

/// Seals what waits, if this node holds the lease. Returns how many rows were sealed.
///
/// # Errors
/// When the database does not answer or the audit key cannot sign.
pub async fn seal_round(store: &Store, vault: &Vault, ctx: &Ctx, node: [u8; 16]) -> Result<usize, Halt> {
    let (vault, ctx) = (vault.clone(), ctx.clone());
    store
        .transact("audit.seal", Durability::Full, move |tx| {
            if !tx.leases().take(LEASE, &node, ctx.now, ctx.now + Span::secs(10))? {
                return Ok(0);
            }
            seal(tx, &vault, &ctx)
        })
        .await
}

fn seal(tx: &mut Tx<'_>, vault: &Vault, ctx: &Ctx) -> Result<usize, Halt> {
    let rows = tx.audit().pending(ROWS)?;
    if rows.is_empty() {
        return Ok(0);
    }
    let last = tx.audit().last_segment()?;
    let (seq, previous) = match &last {
        None => (1, [0; 32]),
        Some(last) => (
            last.seq + 1,
            merkle::head(last.seq, &last.root, &last.previous, last.sealed_at.micros()),
        ),
    };
    let leaves: Vec<_> = rows.iter().map(|row| (row.id.bytes(), row.mac)).collect();
    let root = merkle::root(&leaves);
    let head = merkle::head(seq, &root, &previous, ctx.now.micros());
    let (kid, signature) = vault
        .sign_audit(&head)
        .map_err(|e| Fault::new("the audit head could not be signed", e))?;
    let ids = rows.iter().map(|row| row.id).collect();
    tx.audit().seal(&Segment {
        seq,
        ids,
        root,
        previous,
        kid,
        signature,
        sealed_at: ctx.now,
    })?;
    Ok(rows.len())
}

/// How long the oldest unsealed row has waited; readiness fails beyond 30 s.
///
/// # Errors
/// When the database does not answer.
pub async fn unsealed_for(store: &Store, now: Time) -> Result<Span, Halt> {
    let oldest = store.read("audit.oldest", |tx| tx.audit().oldest_pending()).await?;
    Ok(oldest.map_or(Span::secs(0), |at| now - at))
}
