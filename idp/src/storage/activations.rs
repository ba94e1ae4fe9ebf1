//! Activation passwords: one row an eID, replaced by the next; a MAC to compare, the password itself only until it was posted.

use diesel::dsl::sql;
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::row::{id16, micros, time};
use super::schema::{activations, cards, desks, eids};
use super::{Halt, LaneId, Tx};
use crate::domain::activation::{Digits, State};
use crate::domain::eid::EidStatus;
use crate::domain::id::{ActivationId, EidId};
use crate::domain::time::Time;
use crate::fault::Fault;
use crate::vault::{Place, Sealed};

/// An activation password to be written down.
#[derive(Debug, Clone)]
pub struct NewActivation {
    /// Its own id, which its MAC and its counter are bound to.
    pub id: ActivationId,
    /// Whose eID.
    pub eid: EidId,
    /// The vault's MAC of the digits.
    pub mac: [u8; 32],
    /// The digits, where they are to be printed.
    pub to_print: Option<Digits>,
    /// Where its life begins.
    pub state: State,
    /// Now.
    pub ordered_at: Time,
    /// When it ends.
    pub expires_at: Time,
}

/// An activation password as stored.
#[derive(Debug, Clone)]
pub struct Activation {
    /// Its own id.
    pub id: ActivationId,
    /// Whose eID.
    pub eid: EidId,
    /// The MAC of the digits.
    pub mac: Vec<u8>,
    /// Where it is in its life.
    pub state: State,
    /// When it was ordered.
    pub ordered_at: Time,
    /// When it ends.
    pub expires_at: Time,
    /// When it was printed.
    pub printed_at: Option<Time>,
}

/// Those whose digits still lie here although they serve no longer.
#[diesel::dsl::auto_type]
pub(super) fn lapsed(now: i64) -> _ {
    let over = activations::expires_at.le(now);
    activations::table.filter(activations::sealed.is_not_null().and(over))
}

/// Activation passwords.
pub struct Activations<'t, 'c>(pub(super) &'t mut Tx<'c>);

type Stored = (Vec<u8>, Vec<u8>, Vec<u8>, String, i64, i64, Option<i64>);

macro_rules! known {
    () => {
        activations::table.select((
            activations::id,
            activations::eid,
            activations::mac,
            activations::state,
            activations::ordered_at,
            activations::expires_at,
            activations::printed_at,
        ))
    };
}

impl Activations<'_, '_> {
    /// Writes a new one in the place of the one before, whose counter goes too.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn put(&mut self, new: &NewActivation) -> Result<(), Halt> {
        if let Some(old) = self.find(new.eid)? {
            self.0.lanes().remove(LaneId::Activation(old.id))?;
            diesel::delete(activations::table.find(new.eid.bytes().to_vec())).execute(self.0.db)?;
        }
        let row = new.eid.bytes();
        let place = Place {
            column: Sealed::ActivationsDigits,
            row: &row,
        };
        let sealed = new
            .to_print
            .map(|digits| self.0.vault.seal(place, digits.to_string().as_bytes(), self.0.rng));
        diesel::insert_into(activations::table)
            .values((
                activations::eid.eq(row.to_vec()),
                activations::id.eq(new.id.bytes().to_vec()),
                activations::mac.eq(new.mac.to_vec()),
                activations::sealed.eq(sealed),
                activations::state.eq(new.state.as_str()),
                activations::ordered_at.eq(new.ordered_at.micros()),
                activations::expires_at.eq(new.expires_at.micros()),
            ))
            .execute(self.0.db)?;
        Ok(())
    }

    /// The one of an eID.
    ///
    /// # Errors
    /// When the database does not answer or the row is corrupt.
    pub fn find(&mut self, eid: EidId) -> Result<Option<Activation>, Halt> {
        let stored = known!()
            .filter(activations::eid.eq(eid.bytes().to_vec()))
            .first::<Stored>(self.0.db)
            .optional()?;
        stored.map(activation).transpose()
    }

    /// Whose it is; nobody's when it was replaced by another one.
    ///
    /// # Errors
    /// When the database does not answer or the row is corrupt.
    pub fn eid_of(&mut self, id: ActivationId) -> Result<Option<EidId>, Halt> {
        let eid = activations::table
            .filter(activations::id.eq(id.bytes().to_vec()))
            .select(activations::eid)
            .first::<Vec<u8>>(self.0.db)
            .optional()?;
        Ok(eid
            .map(|eid| id16(&eid, "activations", "eid").map(EidId::from_bytes))
            .transpose()?)
    }

    /// Those that wait to be printed and would still serve, oldest first: those for the desk of an RA, or those for the post, without eIDs of which a
    /// card was printed since `today` began.
    ///
    /// # Errors
    /// When the database does not answer or a row is corrupt.
    pub fn to_print(
        &mut self,
        limit: i64,
        at: Option<&str>,
        (today, now): (Time, Time),
    ) -> Result<Vec<Activation>, Halt> {
        let card = cards::table
            .filter(cards::eid.eq(activations::eid))
            .filter(cards::printed_at.ge(today.micros()));
        let desk = desks::table.filter(desks::activation.eq(activations::id.nullable()));
        let serves = eids::table.filter(
            eids::id
                .eq(activations::eid)
                .and(eids::status.eq(EidStatus::Ordered.as_str())),
        );
        // Written out, so that the index of just these is found.
        let waiting = known!()
            .filter(sql::<Bool>("activations.state = 'ordered'"))
            .filter(activations::expires_at.gt(now.micros()))
            .filter(exists(serves))
            .order(activations::ordered_at)
            .limit(limit);
        let stored = match at {
            Some(ra) => waiting
                .filter(exists(desk.filter(desks::ra.eq(ra))))
                .load::<Stored>(self.0.db)?,
            None => waiting
                .filter(not(exists(desk)))
                .filter(not(exists(card)))
                .load::<Stored>(self.0.db)?,
        };
        stored.into_iter().map(activation).collect()
    }

    /// The digits, while they are kept to be printed.
    ///
    /// # Errors
    /// When the database does not answer or the row is corrupt.
    pub fn digits(&mut self, eid: EidId) -> Result<Option<String>, Halt> {
        let row = eid.bytes();
        let sealed = activations::table
            .find(row.to_vec())
            .select(activations::sealed)
            .first::<Option<Vec<u8>>>(self.0.db)
            .optional()?
            .flatten();
        let Some(sealed) = sealed else { return Ok(None) };
        let place = Place {
            column: Sealed::ActivationsDigits,
            row: &row,
        };
        let plain = self
            .0
            .vault
            .open(place, &sealed)
            .map_err(|e| Fault::new("activations.sealed does not open", e))?;
        let text = String::from_utf8(plain.to_vec()).map_err(|_| Fault::corrupt("activations", "sealed", eid))?;
        Ok(Some(text))
    }

    /// Notes that it was printed; `false` when it was not waiting for that, or its time is over.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn printed(&mut self, id: ActivationId, now: Time) -> Result<bool, Halt> {
        let waiting = activations::id
            .eq(id.bytes().to_vec())
            .and(activations::state.eq(State::Ordered.as_str()))
            .and(activations::expires_at.gt(now.micros()));
        let touched = diesel::update(activations::table.filter(waiting))
            .set((
                activations::state.eq(State::Printed.as_str()),
                activations::printed_at.eq(micros(Some(now))),
            ))
            .execute(self.0.db)?;
        Ok(touched == 1)
    }

    /// Notes that it was handed to the post, and erases the digits; whose it was, or nothing when it was not printed.
    ///
    /// # Errors
    /// When the database does not answer or the row is corrupt.
    pub fn posted(&mut self, id: ActivationId, now: Time) -> Result<Option<EidId>, Halt> {
        let printed = activations::id
            .eq(id.bytes().to_vec())
            .and(activations::state.eq(State::Printed.as_str()));
        let eid = activations::table
            .filter(printed.clone())
            .select(activations::eid)
            .first::<Vec<u8>>(self.0.db)
            .optional()?;
        let Some(eid) = eid else { return Ok(None) };
        let touched = diesel::update(activations::table.filter(printed))
            .set((
                activations::state.eq(State::Posted.as_str()),
                activations::posted_at.eq(micros(Some(now))),
                activations::sealed.eq(None::<Vec<u8>>),
            ))
            .execute(self.0.db)?;
        let eid = EidId::from_bytes(id16(&eid, "activations", "eid")?);
        Ok((touched == 1).then_some(eid))
    }

    /// Uses it up: exactly one caller gets `true`, and only while it serves.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn burn(&mut self, id: ActivationId, eid: EidId, now: Time) -> Result<bool, Halt> {
        let serving = activations::id
            .eq(id.bytes().to_vec())
            .and(sql::<Bool>("state IN ('printed', 'posted', 'sent')"))
            .and(activations::expires_at.gt(now.micros()));
        let touched = diesel::update(activations::table.find(eid.bytes().to_vec()).filter(serving))
            .set((
                activations::state.eq(State::Used.as_str()),
                activations::closed_at.eq(micros(Some(now))),
                activations::sealed.eq(None::<Vec<u8>>),
            ))
            .execute(self.0.db)?;
        Ok(touched == 1)
    }

    /// Makes it void.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn void(&mut self, id: ActivationId, eid: EidId, now: Time) -> Result<bool, Halt> {
        let this = activations::id
            .eq(id.bytes().to_vec())
            .and(activations::closed_at.is_null());
        let touched = diesel::update(activations::table.find(eid.bytes().to_vec()).filter(this))
            .set((
                activations::state.eq(State::Void.as_str()),
                activations::closed_at.eq(micros(Some(now))),
                activations::sealed.eq(None::<Vec<u8>>),
            ))
            .execute(self.0.db)?;
        Ok(touched == 1)
    }

    /// Makes void some of those whose time was over before they were posted, and erases their digits: how many.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(super) fn lapse(&mut self, now: Time, limit: i64) -> Result<usize, Halt> {
        let over = lapsed(now.micros())
            .select(activations::eid)
            .limit(limit)
            .load::<Vec<u8>>(self.0.db)?;
        let mut done = 0;
        for eid in over {
            let still = activations::sealed
                .is_not_null()
                .and(activations::expires_at.le(now.micros()));
            done += diesel::update(activations::table.find(eid).filter(still))
                .set((
                    activations::state.eq(State::Void.as_str()),
                    activations::closed_at.eq(micros(Some(now))),
                    activations::sealed.eq(None::<Vec<u8>>),
                ))
                .execute(self.0.db)?;
        }
        Ok(done)
    }
}

fn activation((id, eid, mac, state, ordered, expires, printed): Stored) -> Result<Activation, Halt> {
    let eid = EidId::from_bytes(id16(&eid, "activations", "eid")?);
    Ok(Activation {
        id: ActivationId::from_bytes(id16(&id, "activations", "id")?),
        eid,
        mac,
        state: State::parse(&state).ok_or_else(|| Fault::corrupt("activations", "state", eid))?,
        ordered_at: Time::from_micros(ordered),
        expires_at: Time::from_micros(expires),
        printed_at: time(printed),
    })
}
