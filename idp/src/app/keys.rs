//! Signing keys between store and vault: made the first time, rotated by the operator, picked up by every node.

use crate::audit::{Event, record};
use crate::ctx::Ctx;
use crate::fault::Fault;
use crate::storage::{Durability, Halt, Store, Tx};
use crate::vault::Vault;
use crate::vault::signing::rotation::{Rotated, WANTED};
use crate::vault::signing::{KeyRow, KeyState};

/// Loads the signing keys into the vault; a database without any gets its first.
///
/// # Errors
/// When the database does not answer or a key cannot be made or opened.
pub fn ensure_keys(store: &Store, vault: &Vault, ctx: &Ctx, subject_name: &str) -> Result<(), Halt> {
    let rows = store.read_blocking("keys.load", |tx| tx.keys().all())?;
    let signs = |row: &&KeyRow| row.state == KeyState::Active;
    let complete = WANTED.iter().all(|(purpose, alg)| {
        rows.iter()
            .filter(signs)
            .any(|row| row.purpose == *purpose && row.alg == *alg)
    });
    if !complete {
        rotate_keys(store, vault, ctx, subject_name, false)?;
        return Ok(());
    }
    vault
        .load_keys(rows)
        .map_err(|e| Fault::new("the signing keys do not open: is this the right master key?", e).into())
}

/// Moves the signing keys along, stores and loads them; `force` does not wait until the next ones were seen for long enough.
///
/// # Errors
/// As [`ensure_keys`].
pub fn rotate_keys(store: &Store, vault: &Vault, ctx: &Ctx, subject_name: &str, force: bool) -> Result<Rotated, Halt> {
    let (act_vault, act_ctx, name) = (vault.clone(), ctx.clone(), subject_name.to_owned());
    let rotated = store.transact_blocking("keys.rotate", Durability::Full, move |tx| {
        let before = tx.keys().all()?;
        let rotated = act_vault
            .rotate_keys(before.clone(), &name, act_ctx.now, force, &act_ctx.rng)
            .map_err(|e| Fault::new("the keys could not be rotated", e))?;
        keep(tx, &before, &rotated)?;
        let kids = rotated.rows.iter().map(|row| row.kid.clone()).collect();
        record(tx, &act_ctx, &Event::KeysRotated { kids })?;
        Ok(rotated)
    })?;
    vault
        .load_keys(rotated.rows.clone())
        .map_err(|e| Fault::new("the signing keys do not open", e))?;
    Ok(rotated)
}

fn keep(tx: &mut Tx<'_>, before: &[KeyRow], after: &Rotated) -> Result<(), Halt> {
    for row in &after.rows {
        match before.iter().find(|old| old.kid == row.kid) {
            None => tx.keys().insert(row)?,
            Some(old) if old.state != row.state => {
                if !tx
                    .keys()
                    .set_state(&row.kid, old.state, row.state, row.activates_at, row.retires_at)?
                {
                    return Err(Halt::Again);
                }
            }
            Some(_) => {}
        }
    }
    let has_private = |kid: &str| before.iter().any(|old| old.kid == kid && !old.sealed.is_empty());
    for row in &after.rows {
        if row.state == KeyState::Retired && has_private(&row.kid) {
            tx.keys().erase_private(&row.kid)?;
        }
    }
    for kid in &after.removed {
        tx.keys().remove(kid)?;
    }
    Ok(())
}
