//! Signing keys as the vault makes them: the private part sealed.

use diesel::prelude::*;

use super::row::{micros, time};
use super::schema::signing_keys;
use super::{Halt, Tx};
use crate::domain::time::Time;
use crate::fault::Fault;
use crate::vault::signing::{Alg, KeyPurpose, KeyRow, KeyState};

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
            ))
            .execute(self.0.db)?;
        Ok(())
    }

    /// Erases the private half of a key that signs no more.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn erase_private(&mut self, kid: &str) -> Result<(), Halt> {
        let retired = signing_keys::state.eq(KeyState::Retired.as_str());
        diesel::update(signing_keys::table.find(kid).filter(retired))
            .set(signing_keys::sealed.eq(Vec::new()))
            .execute(self.0.db)?;
        Ok(())
    }

    /// Moves a key along its life; `false` when somebody else already had.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn set_state(
        &mut self,
        kid: &str,
        from: KeyState,
        to: KeyState,
        activates: Time,
        retires: Option<Time>,
    ) -> Result<bool, Halt> {
        let touched = diesel::update(
            signing_keys::table
                .find(kid)
                .filter(signing_keys::state.eq(from.as_str())),
        )
        .set((
            signing_keys::state.eq(to.as_str()),
            signing_keys::activates_at.eq(activates.micros()),
            signing_keys::retires_at.eq(micros(retires)),
        ))
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
    let (kid, purpose, alg, state, sealed, public_der, certificate_der, created, published, activates, retires) = row;
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
        kid,
    })
}
