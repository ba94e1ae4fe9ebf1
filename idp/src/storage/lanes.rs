//! Counters of wrong passwords: one row per lane, changed only if nobody changed it meanwhile.

use diesel::prelude::*;

use super::dialect::on;
use super::fixed::fixed;
use super::row::{micros, time};
use super::schema::lanes;
use super::{Halt, Tx};
use crate::domain::id::{ActivationId, DeviceId, EidId};
use crate::domain::lanes::Counter;
use crate::fault::Fault;

/// Whose counter it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LaneId {
    /// The strangers' lane of an eID.
    Strangers(EidId),
    /// The lane of one device that the eID has logged in from.
    Known(DeviceId),
    /// One of 65,536 counters for names that find no eID.
    Decoy(u16),
    /// Tries at one activation password.
    Activation(ActivationId),
    /// One of 65,536 counters for names whose eID has no activation password.
    ActivationDecoy(u16),
}

impl LaneId {
    fn bytes(self) -> Vec<u8> {
        match self {
            LaneId::Strangers(eid) => eid.bytes().to_vec(),
            LaneId::Known(device) => device.bytes().to_vec(),
            LaneId::Decoy(slot) => [&[0; 14][..], &slot.to_be_bytes()].concat(),
            LaneId::Activation(id) => id.bytes().to_vec(),
            LaneId::ActivationDecoy(slot) => [&[0; 13][..], &[1], &slot.to_be_bytes()].concat(),
        }
    }
}

/// Counters.
pub struct Lanes<'t, 'c>(pub(super) &'t mut Tx<'c>);

type Stored = (i32, i32, i64, i64, i64, Option<i64>, bool, Vec<u8>, i64);

impl Lanes<'_, '_> {
    /// The counter and the version that was read; a lane without a row is at zero.
    ///
    /// # Errors
    /// When the database does not answer or the row is corrupt.
    pub fn find(&mut self, lane: LaneId) -> Result<(Counter, Option<i64>), Halt> {
        let row = on!(self.0.db, |db| lanes::table
            .find(lane.bytes())
            .select((
                lanes::thirds,
                lanes::in_a_row,
                lanes::since_reset,
                lanes::four_digits,
                lanes::told,
                lanes::closed_until,
                lanes::shut,
                lanes::reserved,
                lanes::version,
            ))
            .first::<Stored>(db))
        .optional()?;
        let Some((thirds, in_a_row, since_reset, four_digits, told, closed_until, shut, reserved, version)) = row
        else {
            return Ok((Counter::default(), None));
        };
        let corrupt = |column| Fault::corrupt("lanes", column, format!("{lane:?}"));
        let counter = Counter {
            thirds: u16::try_from(thirds).map_err(|_| corrupt("thirds"))?,
            in_a_row: u16::try_from(in_a_row).map_err(|_| corrupt("in_a_row"))?,
            since_reset: u32::try_from(since_reset).map_err(|_| corrupt("since_reset"))?,
            four_digits_since_reset: u32::try_from(four_digits).map_err(|_| corrupt("four_digits"))?,
            told: u32::try_from(told).map_err(|_| corrupt("told"))?,
            closed_until: time(closed_until),
            shut,
            reserved: Counter::reserved_from_bytes(&reserved).ok_or_else(|| corrupt("reserved"))?,
        };
        Ok((counter, Some(version)))
    }

    /// Writes the counter back over the version that was read.
    ///
    /// # Errors
    /// `Halt::Again` when somebody changed it meanwhile: the whole act is run again on what they wrote.
    pub fn save(&mut self, lane: LaneId, counter: &Counter, read: Option<i64>) -> Result<(), Halt> {
        let values = (
            lanes::thirds.eq(i32::from(counter.thirds)),
            lanes::in_a_row.eq(i32::from(counter.in_a_row)),
            lanes::since_reset.eq(i64::from(counter.since_reset)),
            lanes::four_digits.eq(i64::from(counter.four_digits_since_reset)),
            lanes::told.eq(i64::from(counter.told)),
            lanes::closed_until.eq(micros(counter.closed_until)),
            lanes::shut.eq(counter.shut),
            lanes::reserved.eq(counter.reserved_bytes()),
            lanes::version.eq(read.unwrap_or(0) + 1),
        );
        let touched = match read {
            Some(version) => on!(self.0.db, |db| fixed(
                diesel::update(lanes::table.find(lane.bytes()).filter(lanes::version.eq(version))).set(values)
            )
            .execute(db))?,
            None => on!(self.0.db, |db| diesel::insert_into(lanes::table)
                .values((lanes::id.eq(lane.bytes()), values))
                .execute(db))?,
        };
        if touched == 1 { Ok(()) } else { Err(Halt::Again) }
    }

    /// Forgets a lane: its device is gone.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn remove(&mut self, lane: LaneId) -> Result<(), Halt> {
        diesel::delete(lanes::table.find(lane.bytes())).execute(self.0.db)?;
        Ok(())
    }
}
