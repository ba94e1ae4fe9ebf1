//! What waits at a desk to be handed over, instead of going by post.

use diesel::prelude::*;

use super::row::id16;
use super::schema::desks;
use super::{Halt, Tx};
use crate::domain::id::{ActivationId, EidId};
use crate::domain::keycard::CardNumber;
use crate::fault::Fault;

/// What waits for the holder of an eID.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AtDesk {
    /// The eID.
    pub eid: EidId,
    /// At which RA.
    pub ra: String,
    /// A card.
    pub card: Option<CardNumber>,
    /// An activation password.
    pub activation: Option<ActivationId>,
}

/// Desks.
pub struct Desks<'t, 'c>(pub(super) &'t mut Tx<'c>);

type Stored = (Vec<u8>, String, Option<String>, Option<Vec<u8>>);

impl Desks<'_, '_> {
    /// Has it wait there, in the place of whatever waited for the same eID; with nothing in it, nothing waits any more.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn put(&mut self, waits: &AtDesk) -> Result<(), Halt> {
        let row = waits.eid.bytes().to_vec();
        diesel::delete(desks::table.find(row.clone())).execute(self.0.db)?;
        if waits.card.is_none() && waits.activation.is_none() {
            return Ok(());
        }
        diesel::insert_into(desks::table)
            .values((
                desks::eid.eq(row),
                desks::ra.eq(&waits.ra),
                desks::card.eq(waits.card.as_ref().map(CardNumber::as_str)),
                desks::activation.eq(waits.activation.map(|id| id.bytes().to_vec())),
            ))
            .execute(self.0.db)?;
        Ok(())
    }

    /// What waits for the holder of an eID.
    ///
    /// # Errors
    /// When the database does not answer or the row is corrupt.
    pub fn of_eid(&mut self, eid: EidId) -> Result<Option<AtDesk>, Halt> {
        let stored = desks::table
            .find(eid.bytes().to_vec())
            .first::<Stored>(self.0.db)
            .optional()?;
        stored.map(read).transpose()
    }
}

fn read((eid, ra, card, activation): Stored) -> Result<AtDesk, Halt> {
    let eid = EidId::from_bytes(id16(&eid, "desks", "eid")?);
    let number = |text: String| CardNumber::parse(&text).ok_or_else(|| Fault::corrupt("desks", "card", eid));
    let id = |bytes: Vec<u8>| id16(&bytes, "desks", "activation").map(ActivationId::from_bytes);
    Ok(AtDesk {
        eid,
        ra,
        card: card.map(number).transpose()?,
        activation: activation.map(id).transpose()?,
    })
}
