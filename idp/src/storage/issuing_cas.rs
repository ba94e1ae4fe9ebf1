//! Issuing CAs: the request that waits for its certificate, the one that issues, those that only tell of what they have issued; and the
//! newest revocation list of each.

use diesel::prelude::*;

use super::row::{micros, time};
use super::schema::issuing_cas;
use super::{Halt, Tx};
use crate::domain::time::Time;
use crate::fault::Fault;
use crate::vault::ca::CaKey;

/// ```text
/// requested ── its certificate comes ──▶ active ── another becomes active, or its root revokes it ──▶ retired
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaState {
    /// Its key is made; no root has signed it yet.
    Requested,
    /// Issues.
    Active,
    /// Issues no more, and tells of what it has issued.
    Retired,
}

impl CaState {
    /// As the database keeps it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Active => "active",
            Self::Retired => "retired",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Requested, Self::Active, Self::Retired]
            .into_iter()
            .find(|state| state.as_str() == text)
    }
}

/// An issuing CA as stored.
#[derive(Clone)]
pub struct CaRow {
    /// Its key.
    pub key: CaKey,
    /// Where it is in its life.
    pub state: CaState,
    /// Its name, the common name of its certificate.
    pub name: String,
    /// Where others find what it publishes.
    pub address: String,
    /// The policy that its certificates name.
    pub policy: String,
    /// Its certificate and that of the root, once they have come.
    pub chain: Option<(Vec<u8>, Vec<u8>)>,
    /// When its key was made.
    pub created_at: Time,
    /// When it began to issue.
    pub active_at: Option<Time>,
    /// Until when its certificate counts.
    pub ends_at: Option<Time>,
    /// When it ceased to issue.
    pub retired_at: Option<Time>,
    /// The number of its newest revocation list; 0 before the first.
    pub crl_number: i64,
    /// When that was made.
    pub crl_at: Option<Time>,
}

/// A revocation list, ready to be given out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crl {
    /// Its number.
    pub number: i64,
    /// When it was made.
    pub at: Time,
    /// The list.
    pub der: Vec<u8>,
}

/// Issuing CAs.
pub struct IssuingCas<'t, 'c>(pub(super) &'t mut Tx<'c>);

type Stored = (
    (String, String, String, String, String, Option<Vec<u8>>, Vec<u8>),
    (Option<Vec<u8>>, Option<Vec<u8>>),
    (i64, Option<i64>, Option<i64>, Option<i64>, i64, Option<i64>),
);

impl IssuingCas<'_, '_> {
    /// Every one, oldest first.
    ///
    /// # Errors
    /// When the database does not answer or a row is corrupt.
    pub fn all(&mut self) -> Result<Vec<CaRow>, Halt> {
        let rows = issuing_cas::table
            .order((issuing_cas::created_at, issuing_cas::id))
            .select((
                (
                    issuing_cas::id,
                    issuing_cas::state,
                    issuing_cas::name,
                    issuing_cas::address,
                    issuing_cas::policy,
                    issuing_cas::key,
                    issuing_cas::public_der,
                ),
                (issuing_cas::certificate_der, issuing_cas::root_der),
                (
                    issuing_cas::created_at,
                    issuing_cas::active_at,
                    issuing_cas::ends_at,
                    issuing_cas::retired_at,
                    issuing_cas::crl_number,
                    issuing_cas::crl_at,
                ),
            ))
            .load::<Stored>(self.0.db)?;
        rows.into_iter().map(row).collect()
    }

    /// Keeps one whose key has just been made.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn insert(&mut self, ca: &CaRow) -> Result<(), Halt> {
        diesel::insert_into(issuing_cas::table)
            .values((
                issuing_cas::id.eq(&ca.key.id),
                issuing_cas::state.eq(ca.state.as_str()),
                issuing_cas::name.eq(&ca.name),
                issuing_cas::address.eq(&ca.address),
                issuing_cas::policy.eq(&ca.policy),
                issuing_cas::key.eq(Some(&ca.key.sealed)),
                issuing_cas::public_der.eq(&ca.key.public_der),
                issuing_cas::created_at.eq(ca.created_at.micros()),
                issuing_cas::crl_number.eq(0),
            ))
            .execute(self.0.db)?;
        Ok(())
    }

    /// Gives a requested one its certificate and has it issue; whichever issued until now is retired. `false` when it is not requested.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn activate(&mut self, id: &str, chain: (&[u8], &[u8]), ends: Time, now: Time) -> Result<bool, Halt> {
        let requested = issuing_cas::table
            .find(id)
            .filter(issuing_cas::state.eq(CaState::Requested.as_str()));
        let touched = diesel::update(requested)
            .set((
                issuing_cas::state.eq(CaState::Active.as_str()),
                issuing_cas::certificate_der.eq(Some(chain.0)),
                issuing_cas::root_der.eq(Some(chain.1)),
                issuing_cas::active_at.eq(micros(Some(now))),
                issuing_cas::ends_at.eq(micros(Some(ends))),
            ))
            .execute(self.0.db)?;
        if touched != 1 {
            return Ok(false);
        }
        let others = issuing_cas::table
            .filter(issuing_cas::state.eq(CaState::Active.as_str()))
            .filter(issuing_cas::id.ne(id));
        diesel::update(others)
            .set((
                issuing_cas::state.eq(CaState::Retired.as_str()),
                issuing_cas::retired_at.eq(micros(Some(now))),
            ))
            .execute(self.0.db)?;
        Ok(true)
    }

    /// Has one issue no more, with none in its place. `false` when it did not.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn retire(&mut self, id: &str, now: Time) -> Result<bool, Halt> {
        let active = issuing_cas::table
            .find(id)
            .filter(issuing_cas::state.eq(CaState::Active.as_str()));
        let touched = diesel::update(active)
            .set((
                issuing_cas::state.eq(CaState::Retired.as_str()),
                issuing_cas::retired_at.eq(micros(Some(now))),
            ))
            .execute(self.0.db)?;
        Ok(touched == 1)
    }

    /// The newest revocation list of a CA, where it is newer than `than`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn crl(&mut self, id: &str, than: i64) -> Result<Option<Crl>, Halt> {
        let found = issuing_cas::table
            .find(id)
            .filter(issuing_cas::crl_number.gt(than))
            .select((issuing_cas::crl_number, issuing_cas::crl_at, issuing_cas::crl))
            .first::<(i64, Option<i64>, Option<Vec<u8>>)>(self.0.db)
            .optional()?;
        Ok(found.and_then(|(number, at, der)| {
            Some(Crl {
                number,
                at: time(at)?,
                der: der?,
            })
        }))
    }

    /// Keeps a list as the newest, in the place of the one before it. `false` when somebody else was faster: the number is taken.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn publish(&mut self, id: &str, crl: &Crl) -> Result<bool, Halt> {
        let before = issuing_cas::table
            .find(id)
            .filter(issuing_cas::crl_number.eq(crl.number - 1));
        let touched = diesel::update(before)
            .set((
                issuing_cas::crl_number.eq(crl.number),
                issuing_cas::crl_at.eq(micros(Some(crl.at))),
                issuing_cas::crl.eq(Some(&crl.der)),
            ))
            .execute(self.0.db)?;
        Ok(touched == 1)
    }
}

fn row(stored: Stored) -> Result<CaRow, Halt> {
    let ((id, state, name, address, policy, key, public_der), (certificate, root), dates) = stored;
    let (created, active, ends, retired, crl_number, crl_at) = dates;
    let corrupt = |column| Fault::corrupt("issuing_cas", column, &id);
    Ok(CaRow {
        state: CaState::parse(&state).ok_or_else(|| corrupt("state"))?,
        key: CaKey {
            sealed: key.ok_or_else(|| corrupt("key"))?,
            public_der,
            id,
        },
        name,
        address,
        policy,
        chain: certificate.zip(root),
        created_at: Time::from_micros(created),
        active_at: time(active),
        ends_at: time(ends),
        retired_at: time(retired),
        crl_number,
        crl_at: time(crl_at),
    })
}
