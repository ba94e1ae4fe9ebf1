//! Signing keys as the vault makes them: the private part sealed, the rest under the vault's word. They change as a whole, one
//! change after another: whoever changes them says which change they had read.

use diesel::prelude::*;

use super::row::{micros, time};
use super::schema::{meta, signing_keys};
use super::{Halt, Tx};
use crate::domain::time::Time;
use crate::fault::Fault;
use crate::vault::signing::{Alg, KeyPurpose, KeyRow, KeyState};

/// The number of the last change, among the facts about the database.
const CHANGE: &str = "signing_keys_change";

/// Signing keys.
pub struct Keys<'t, 'c>(pub(super) &'t mut Tx<'c>);

type Stored = (
    String,
    String,
    String,
    String,
    Vec<u8>,
    Vec<u8>,
    Option<Vec<u8>>,
    i64,
    i64,
    i64,
    Option<i64>,
    Option<Vec<u8>>,
);

impl Keys<'_, '_> {
    /// Every key, oldest first.
    ///
    /// # Errors
    /// When the database does not answer, or a row is corrupt.
    pub fn all(&mut self) -> Result<Vec<KeyRow>, Halt> {
        let rows = signing_keys::table
            .order(signing_keys::created_at)
            .load::<Stored>(self.0.db)?;
        rows.into_iter().map(key).collect()
    }

    /// Stores a new key.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn insert(&mut self, row: &KeyRow) -> Result<(), Halt> {
        diesel::insert_into(signing_keys::table)
            .values((
                signing_keys::kid.eq(&row.kid),
                signing_keys::purpose.eq(row.purpose.as_str()),
                signing_keys::alg.eq(row.alg.as_str()),
                signing_keys::state.eq(row.state.as_str()),
                signing_keys::sealed.eq(&row.sealed),
                signing_keys::public_der.eq(&row.public_der),
                signing_keys::certificate_der.eq(&row.certificate_der),
                signing_keys::created_at.eq(row.created_at.micros()),
                signing_keys::published_at.eq(row.published_at.micros()),
                signing_keys::activates_at.eq(row.activates_at.micros()),
                signing_keys::retires_at.eq(micros(row.retires_at)),
                signing_keys::mac.eq(&row.mac),
            ))
            .execute(self.0.db)?;
        Ok(())
    }

    /// Moves a key along its life: state, dates, the vault's word. The private half goes where the row has none any more; it is
    /// not written otherwise, since it may have been sealed anew meanwhile. `false` when somebody else had moved the key.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn move_on(&mut self, from: KeyState, row: &KeyRow) -> Result<bool, Halt> {
        let here = signing_keys::table
            .find(&row.kid)
            .filter(signing_keys::state.eq(from.as_str()));
        let touched = diesel::update(here)
            .set((
                signing_keys::state.eq(row.state.as_str()),
                signing_keys::activates_at.eq(row.activates_at.micros()),
                signing_keys::retires_at.eq(micros(row.retires_at)),
                signing_keys::mac.eq(&row.mac),
            ))
            .execute(self.0.db)?;
        if touched == 1 && row.sealed.is_empty() {
            diesel::update(signing_keys::table.find(&row.kid))
                .set(signing_keys::sealed.eq(Vec::new()))
                .execute(self.0.db)?;
        }
        Ok(touched == 1)
    }

    /// The number of the last change to the keys; 0 before the first.
    ///
    /// # Errors
    /// When the database does not answer or the number is corrupt.
    pub fn change(&mut self) -> Result<i64, Halt> {
        let stored = meta::table
            .find(CHANGE)
            .select(meta::value)
            .first::<Vec<u8>>(self.0.db)
            .optional()?;
        let number = stored.map(|bytes| {
            <[u8; 8]>::try_from(bytes)
                .map(i64::from_be_bytes)
                .map_err(|_| Fault::corrupt("meta", "value", CHANGE))
        });
        Ok(number.transpose()?.unwrap_or(0))
    }

    /// Takes the turn to change the keys as they were after the change `read`; `false` when somebody was faster. Whoever comes at
    /// the same time waits for the end of the first one's transaction.
    ///
    /// # Errors
    /// When the database does not answer; `Halt::Again` when somebody made the first change at the same time.
    pub fn take_turn(&mut self, read: i64) -> Result<bool, Halt> {
        let next = (read + 1).to_be_bytes().to_vec();
        if read == 0 && self.change()? == 0 {
            diesel::insert_into(meta::table)
                .values((meta::key.eq(CHANGE), meta::value.eq(next)))
                .execute(self.0.db)?;
            return Ok(true);
        }
        let before = meta::value.eq(read.to_be_bytes().to_vec());
        let touched = diesel::update(meta::table.find(CHANGE).filter(before))
            .set(meta::value.eq(next))
            .execute(self.0.db)?;
        Ok(touched == 1)
    }

    /// Removes a key whose last signature nobody needs to check any more.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn remove(&mut self, kid: &str) -> Result<(), Halt> {
        diesel::delete(signing_keys::table.find(kid)).execute(self.0.db)?;
        Ok(())
    }
}

fn key(row: Stored) -> Result<KeyRow, Halt> {
    let (kid, purpose, alg, state, sealed, public_der, certificate_der, created, published, activates, retires, mac) =
        row;
    let corrupt = |column| Fault::corrupt("signing_keys", column, &kid);
    Ok(KeyRow {
        purpose: KeyPurpose::parse(&purpose).ok_or_else(|| corrupt("purpose"))?,
        alg: Alg::parse(&alg).ok_or_else(|| corrupt("alg"))?,
        state: KeyState::parse(&state).ok_or_else(|| corrupt("state"))?,
        sealed,
        public_der,
        certificate_der,
        created_at: Time::from_micros(created),
        published_at: Time::from_micros(published),
        activates_at: Time::from_micros(activates),
        retires_at: time(retires),
        mac,
        kid,
    })
}
