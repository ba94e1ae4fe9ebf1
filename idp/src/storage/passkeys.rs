//! Passkeys: the public key of each, its counter, and the mark that keeps one from coming in twice. Key, owner and what its maker vouches
//! for are sealed together in their row: whoever writes the database can neither put another key in nor give one to somebody else.

use diesel::prelude::*;

use super::authenticators::{close, open_owned, place};
use super::row::{id16, micros, time};
use super::schema::authenticators;
use super::{Halt, Tx};
use crate::domain::authenticator::State;
use crate::domain::factor::Factor;
use crate::domain::id::{AuthenticatorId, EidId};
use crate::domain::time::Time;
use crate::fault::Fault;
use crate::vault::passkey::Key;

/// A passkey.
#[derive(Debug, Clone)]
pub struct Passkey {
    /// Its id.
    pub id: AuthenticatorId,
    /// Whose it is.
    pub eid: EidId,
    /// What its holder calls it.
    pub name: String,
    /// Where it is in its life: in use, or over.
    pub state: State,
    /// Its key; erased when its life is over.
    pub key: Option<Key>,
    /// Its maker vouches that the key cannot leave the device.
    pub in_hardware: bool,
    /// What its counter showed last.
    pub counter: u32,
    /// From when on it may be used.
    pub usable_at: Option<Time>,
    /// The version that was read.
    pub version: i64,
}

/// Passkeys.
pub struct Passkeys<'t, 'c>(pub(super) &'t mut Tx<'c>);

const KIND: Factor = Factor::Passkey;
const SCHEME: &str = "webauthn";

type Stored = (
    Vec<u8>,
    Option<Vec<u8>>,
    String,
    String,
    Option<Vec<u8>>,
    i64,
    Option<i64>,
    i64,
);

impl Passkeys<'_, '_> {
    /// Whether a key with that mark has ever come in.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn is_known(&mut self, mark: [u8; 32]) -> Result<bool, Halt> {
        let with_mark = authenticators::table.filter(authenticators::credential.eq(mark.to_vec()));
        Ok(with_mark.count().get_result::<i64>(self.0.db)? > 0)
    }

    /// Takes a passkey in.
    ///
    /// # Errors
    /// When the database does not answer; a mark that is known makes the act run again.
    pub fn add(&mut self, passkey: &Passkey, key: &Key, now: Time) -> Result<(), Halt> {
        let id = passkey.id.bytes();
        let mut plain = passkey.eid.bytes().to_vec();
        plain.push(u8::from(passkey.in_hardware));
        plain.extend(key.bytes()?);
        let sealed = self.0.vault.seal(place(&id), &plain, self.0.rng);
        diesel::insert_into(authenticators::table)
            .values((
                authenticators::id.eq(id.to_vec()),
                authenticators::eid.eq(Some(passkey.eid.bytes().to_vec())),
                authenticators::kind.eq(KIND.as_str()),
                authenticators::name.eq(&passkey.name),
                authenticators::state.eq(passkey.state.as_str()),
                authenticators::usual.eq(false),
                authenticators::scheme.eq(SCHEME),
                authenticators::secret.eq(Some(sealed)),
                authenticators::next.eq(i64::from(passkey.counter)),
                authenticators::drift.eq(0),
                authenticators::wrong_in_a_row.eq(0),
                authenticators::version.eq(passkey.version),
                authenticators::made_at.eq(now.micros()),
                authenticators::active_at.eq(micros(Some(now))),
                authenticators::usable_at.eq(micros(passkey.usable_at)),
                authenticators::credential.eq(Some(key.mark().to_vec())),
            ))
            .execute(self.0.db)?;
        Ok(())
    }

    /// One passkey.
    ///
    /// # Errors
    /// When the database does not answer or the row is corrupt.
    pub fn find(&mut self, id: AuthenticatorId) -> Result<Option<Passkey>, Halt> {
        let stored = authenticators::table
            .find(id.bytes().to_vec())
            .filter(authenticators::kind.eq(KIND.as_str()))
            .select(COLUMNS)
            .first::<Stored>(self.0.db)
            .optional()?;
        stored.map(|row| self.open(row)).transpose()
    }

    /// Those of an eID that are in use, oldest first.
    ///
    /// # Errors
    /// When the database does not answer or a row is corrupt.
    pub fn in_use(&mut self, eid: EidId) -> Result<Vec<Passkey>, Halt> {
        let rows = authenticators::table
            .filter(authenticators::eid.eq(eid.bytes().to_vec()))
            .filter(authenticators::kind.eq(KIND.as_str()))
            .filter(authenticators::state.eq(State::Active.as_str()))
            .order((authenticators::made_at, authenticators::id))
            .select(COLUMNS)
            .load::<Stored>(self.0.db)?;
        rows.into_iter().map(|row| self.open(row)).collect()
    }

    /// Notes an accepted answer over the version that was read. `false` when somebody was faster.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn used(&mut self, passkey: &Passkey, counter: u32, now: Time) -> Result<bool, Halt> {
        let row = authenticators::table
            .find(passkey.id.bytes().to_vec())
            .filter(authenticators::version.eq(passkey.version))
            .filter(authenticators::state.eq(State::Active.as_str()));
        let touched = diesel::update(row)
            .set((
                authenticators::next.eq(i64::from(counter)),
                authenticators::used_at.eq(micros(Some(now))),
                authenticators::version.eq(passkey.version + 1),
            ))
            .execute(self.0.db)?;
        Ok(touched == 1)
    }

    /// Ends a passkey for good: its key is erased, its mark stays. `false` when somebody was faster.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn close(&mut self, passkey: &Passkey, now: Time) -> Result<bool, Halt> {
        close(self.0.db, passkey.id, passkey.version, now)
    }

    fn open(&self, row: Stored) -> Result<Passkey, Halt> {
        let (id, eid, name, state, secret, counter, usable, version) = row;
        let id = AuthenticatorId::from_bytes(id16(&id, "authenticators", "id")?);
        let corrupt = |column| Fault::corrupt("authenticators", column, id);
        let eid = eid.ok_or_else(|| corrupt("eid"))?;
        let eid = EidId::from_bytes(id16(&eid, "authenticators", "eid")?);
        let opened = secret.map(|sealed| {
            open_owned(self.0.vault, (id, eid), &sealed, |plain| {
                let (vouched, key) = plain.split_first()?;
                Some((Key::from_bytes(key)?, *vouched == 1))
            })
        });
        let (key, in_hardware) = match opened.transpose()? {
            Some((key, in_hardware)) => (Some(key), in_hardware),
            None => (None, false),
        };
        Ok(Passkey {
            id,
            eid,
            name,
            state: State::parse(&state).ok_or_else(|| corrupt("state"))?,
            key,
            in_hardware,
            counter: u32::try_from(counter).map_err(|_| corrupt("next"))?,
            usable_at: time(usable),
            version,
        })
    }
}

type Columns = (
    authenticators::id,
    authenticators::eid,
    authenticators::name,
    authenticators::state,
    authenticators::secret,
    authenticators::next,
    authenticators::usable_at,
    authenticators::version,
);

const COLUMNS: Columns = (
    authenticators::id,
    authenticators::eid,
    authenticators::name,
    authenticators::state,
    authenticators::secret,
    authenticators::next,
    authenticators::usable_at,
    authenticators::version,
);
