//! What an eID is proven with beside the card, as far as every kind of it is the same: whose, which state, which is asked first.
//! What each kind keeps to itself is opened by the kind's own repository.

use diesel::prelude::*;
use zeroize::Zeroizing;

use super::dialect::{Db, on};
use super::row::{id16, micros, time};
use super::schema::authenticators;
use super::{Halt, Tx};
use crate::domain::authenticator::State;
use crate::domain::factor::Factor;
use crate::domain::id::{AuthenticatorId, EidId};
use crate::domain::time::Time;
use crate::fault::Fault;
use crate::vault::{Place, Sealed, Vault};

/// One thing, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authenticator {
    /// Its id.
    pub id: AuthenticatorId,
    /// Which kind of factor it is.
    pub factor: Factor,
    /// The number printed on it, where it has one.
    pub serial: Option<String>,
    /// What its holder calls it.
    pub name: String,
    /// Where it is in its life.
    pub state: State,
    /// Its holder is asked for it first.
    pub usual: bool,
    /// Put into use.
    pub active_at: Option<Time>,
    /// Its last accepted answer.
    pub used_at: Option<Time>,
    /// From when on it may be used, where that is later than its coming in.
    pub usable_at: Option<Time>,
}

/// What eIDs are proven with beside the card.
pub struct Authenticators<'t, 'c>(pub(super) &'t mut Tx<'c>);

type Stored = (
    Vec<u8>,
    String,
    Option<String>,
    String,
    String,
    bool,
    Option<i64>,
    Option<i64>,
    Option<i64>,
);

impl Authenticators<'_, '_> {
    /// Everything of an eID, oldest first.
    ///
    /// # Errors
    /// When the database does not answer or a row is corrupt.
    pub fn of_eid(&mut self, eid: EidId) -> Result<Vec<Authenticator>, Halt> {
        let rows = on!(self.0.db, |db| authenticators::table
            .filter(authenticators::eid.eq(eid.bytes().to_vec()))
            .order((authenticators::made_at, authenticators::id))
            .select((
                authenticators::id,
                authenticators::kind,
                authenticators::serial,
                authenticators::name,
                authenticators::state,
                authenticators::usual,
                authenticators::active_at,
                authenticators::used_at,
                authenticators::usable_at,
            ))
            .load::<Stored>(db))?;
        rows.into_iter().map(open).collect()
    }

    /// Lets the eID be asked for this factor first; for the card, which is no row here, for none of these.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn make_usual(&mut self, eid: EidId, factor: Factor) -> Result<(), Halt> {
        let of_eid = authenticators::eid.eq(eid.bytes().to_vec());
        diesel::update(authenticators::table.filter(of_eid.clone()))
            .set(authenticators::usual.eq(false))
            .execute(self.0.db)?;
        diesel::update(
            authenticators::table
                .filter(of_eid)
                .filter(authenticators::kind.eq(factor.as_str()))
                .filter(authenticators::state.eq(State::Active.as_str())),
        )
        .set(authenticators::usual.eq(true))
        .execute(self.0.db)?;
        Ok(())
    }

    /// Gives a thing of this eID another name; `false` when it has none such.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn rename(&mut self, id: AuthenticatorId, eid: EidId, name: &str) -> Result<bool, Halt> {
        let touched = diesel::update(
            authenticators::table
                .find(id.bytes().to_vec())
                .filter(authenticators::eid.eq(eid.bytes().to_vec())),
        )
        .set(authenticators::name.eq(name))
        .execute(self.0.db)?;
        Ok(touched == 1)
    }
}

fn open(row: Stored) -> Result<Authenticator, Halt> {
    let (id, kind, serial, name, state, usual, active, used, usable) = row;
    let id = AuthenticatorId::from_bytes(id16(&id, "authenticators", "id")?);
    let corrupt = |column| Fault::corrupt("authenticators", column, id);
    Ok(Authenticator {
        id,
        factor: Factor::parse(&kind).ok_or_else(|| corrupt("kind"))?,
        serial,
        name,
        state: State::parse(&state).ok_or_else(|| corrupt("state"))?,
        usual,
        active_at: time(active),
        used_at: time(used),
        usable_at: time(usable),
    })
}

/// Where a thing's secret is sealed.
pub(super) const fn place(id: &[u8; 16]) -> Place<'_> {
    Place {
        column: Sealed::AuthenticatorsSecret,
        row: id,
    }
}

/// A thing's secret.
pub(super) fn open_secret(vault: &Vault, id: AuthenticatorId, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Fault> {
    let plain = vault.open(place(&id.bytes()), sealed);
    plain.map_err(|error| Fault::new("authenticators.secret does not open", error))
}

/// What lies behind the owner in a secret that its owner is sealed into: a row that was given to another eID is corrupt.
pub(super) fn open_owned<T>(
    vault: &Vault,
    (id, eid): (AuthenticatorId, EidId),
    sealed: &[u8],
    read: impl FnOnce(&[u8]) -> Option<T>,
) -> Result<T, Fault> {
    let plain = open_secret(vault, id, sealed)?;
    let owned = plain.strip_prefix(&eid.bytes()[..]).and_then(read);
    owned.ok_or_else(|| Fault::corrupt("authenticators", "secret", id))
}

/// Ends a thing for good, over the version that was read: what it keeps to itself is erased. `false` when somebody was faster.
pub(super) fn close(db: &mut Db, id: AuthenticatorId, version: i64, now: Time) -> Result<bool, Halt> {
    let row = authenticators::table
        .find(id.bytes().to_vec())
        .filter(authenticators::version.eq(version));
    let touched = diesel::update(row)
        .set((
            authenticators::state.eq(State::Closed.as_str()),
            authenticators::secret.eq(None::<Vec<u8>>),
            authenticators::push.eq(None::<Vec<u8>>),
            authenticators::handover.eq(None::<Vec<u8>>),
            authenticators::usual.eq(false),
            authenticators::closed_at.eq(micros(Some(now))),
            authenticators::version.eq(version + 1),
        ))
        .execute(db)?;
    Ok(touched == 1)
}

/// Forgets what an eID began and did not finish, of one kind.
pub(super) fn forget_begun(db: &mut Db, eid: EidId, kind: Factor) -> Result<(), Halt> {
    let begun = authenticators::table
        .filter(authenticators::eid.eq(eid.bytes().to_vec()))
        .filter(authenticators::kind.eq(kind.as_str()))
        .filter(authenticators::state.eq(State::Assigned.as_str()));
    diesel::delete(begun).execute(db)?;
    Ok(())
}
