//! Signing keys between store and vault: made the first time, rotated by the operator, picked up by every node. Keys are made
//! before the transaction that stores them, which fails when somebody else changed the keys meanwhile; then all is begun anew.

use crate::app::House;
use crate::audit::{Event, record};
use crate::certificates;
use crate::ctx::Ctx;
use crate::fault::Fault;
use crate::storage::{Durability, Halt, Store, Tx};
use crate::vault::signing::rotation::{Rotated, WANTED};
use crate::vault::signing::{KeyRow, KeyState};
use crate::vault::{Vault, VaultError};

/// How often a change is begun anew because somebody else was faster.
const TURNS: usize = 8;

/// Loads the signing keys into the vault; a database without any gets its first, one of an older program the vault's word for
/// those it has.
///
/// # Errors
/// When the database does not answer or a key cannot be made or opened.
pub fn ensure_keys(store: &Store, vault: &Vault, ctx: &Ctx, subject_name: &str) -> Result<(), Halt> {
    for _ in 0..TURNS {
        let (change, rows) = stored(store)?;
        if let Some(adopted) = vault.adopt(&rows) {
            log::info!(keys = adopted.len(); "the signing keys of an older program are taken over");
            let after = Rotated {
                rows: adopted,
                ..Rotated::default()
            };
            settle(store, ctx, change, rows, after)?;
            continue;
        }
        let signs = |row: &&KeyRow| row.state == KeyState::Active && vault.vouches_for(row);
        let complete = WANTED.iter().all(|(purpose, alg)| {
            rows.iter()
                .filter(signs)
                .any(|row| row.purpose == *purpose && row.alg == *alg)
        });
        let none_is_ours = !rows.is_empty() && !rows.iter().any(|row| vault.vouches_for(row));
        if complete || none_is_ours {
            return Ok(load_keys(vault, rows)?);
        }
        let rotated = vault
            .rotate_keys(rows.clone(), subject_name, ctx.now, false, &ctx.rng)
            .map_err(unmade)?;
        settle(store, ctx, change, rows, rotated)?;
    }
    Err(Halt::Unavailable)
}

/// The issuing CAs of the house, loaded; a demo makes its own the first time.
///
/// # Errors
/// As [`ensure_keys`].
pub fn ensure_cas(house: &House, ctx: &Ctx) -> Result<(), Halt> {
    let demo = house
        .settings
        .is_demo()
        .then(|| house.settings.server.public_url.as_str());
    certificates::ensure(&house.store, &house.vault, ctx, demo)
}

/// Takes the stored rows as this node's keys. A row that is not ours is left out; it is named in the log and counted, for
/// somebody else wrote it into the database.
///
/// # Errors
/// A fault when a key of ours does not open, or none of them is ours; the keys in use stay as they are.
pub fn load_keys(vault: &Vault, rows: Vec<KeyRow>) -> Result<(), Fault> {
    let before = vault.refused_keys();
    vault
        .load_keys(rows)
        .map_err(|e| Fault::new("the signing keys do not open: is this the right master key?", e))?;
    let refused = vault.refused_keys();
    metrics::gauge!("idp_keys_refused").set(u32::try_from(refused.len()).unwrap_or(u32::MAX));
    for kid in refused.iter().filter(|kid| !before.contains(kid)) {
        log::error!(kid = kid.as_str(); "this signing key was not written by the house: it is refused; who writes to the database?");
    }
    Ok(())
}

/// Moves the signing keys along, stores and loads them; `force` does not wait until the next ones were seen for long enough, and
/// ends the trust in those that they replace.
///
/// # Errors
/// As [`ensure_keys`].
pub fn rotate_keys(store: &Store, vault: &Vault, ctx: &Ctx, subject_name: &str, force: bool) -> Result<Rotated, Halt> {
    change(store, vault, ctx, |rows| {
        vault
            .rotate_keys(rows, subject_name, ctx.now, force, &ctx.rng)
            .map(Some)
    })?
    .ok_or(Halt::Unavailable)
}

/// Withdraws one key: it signs no more and nobody is to trust it any longer. Nothing when there is no such key that could be.
///
/// # Errors
/// As [`ensure_keys`].
pub fn withdraw_key(
    store: &Store,
    vault: &Vault,
    ctx: &Ctx,
    subject_name: &str,
    kid: &str,
) -> Result<Option<Rotated>, Halt> {
    change(store, vault, ctx, |rows| {
        vault.withdraw_key(rows, kid, subject_name, ctx.now, &ctx.rng)
    })
}

fn unmade(error: VaultError) -> Fault {
    Fault::new("the keys could not be made", error)
}

/// The number of the last change first: rows that are newer than their number lose their turn, never the other way round.
fn stored(store: &Store) -> Result<(i64, Vec<KeyRow>), Halt> {
    store.read_blocking("keys.load", |tx| Ok((tx.keys().change()?, tx.keys().all()?)))
}

fn change(
    store: &Store,
    vault: &Vault,
    ctx: &Ctx,
    make: impl Fn(Vec<KeyRow>) -> Result<Option<Rotated>, VaultError>,
) -> Result<Option<Rotated>, Halt> {
    for _ in 0..TURNS {
        let (change, rows) = stored(store)?;
        let Some(rotated) = make(rows.clone()).map_err(unmade)? else {
            return Ok(None);
        };
        if settle(store, ctx, change, rows, rotated.clone())? {
            load_keys(vault, rotated.rows.clone())?;
            return Ok(Some(rotated));
        }
    }
    Err(Halt::Unavailable)
}

/// Stores the keys as they are to be, if nobody changed them since `read`.
fn settle(store: &Store, ctx: &Ctx, read: i64, before: Vec<KeyRow>, after: Rotated) -> Result<bool, Halt> {
    let ctx = ctx.clone();
    store.transact_blocking("keys.rotate", Durability::Full, move |tx| {
        if !tx.keys().take_turn(read)? {
            return Ok(false);
        }
        keep(tx, &before, &after)?;
        let event = Event::KeysRotated {
            kids: after.rows.iter().map(|row| row.kid.clone()).collect(),
            withdrawn: after.withdrawn.clone(),
        };
        record(tx, &ctx, &event)?;
        Ok(true)
    })
}

fn keep(tx: &mut Tx<'_>, before: &[KeyRow], after: &Rotated) -> Result<(), Halt> {
    for row in &after.rows {
        match before.iter().find(|old| old.kid == row.kid) {
            None => tx.keys().insert(row)?,
            Some(old) if old != row => {
                if !tx.keys().move_on(old.state, row)? {
                    return Err(Halt::Again);
                }
            }
            Some(_) => {}
        }
    }
    for kid in &after.removed {
        tx.keys().remove(kid)?;
    }
    Ok(())
}
