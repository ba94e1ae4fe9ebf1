//! Browsers that an eID has logged in from: what makes a lane a known one.

use diesel::prelude::*;

use super::dialect::on;
use super::fixed::fixed;
use super::row::id16;
use super::schema::devices;
use super::{Halt, LaneId, Tx};
use crate::domain::id::{DeviceId, EidId};
use crate::domain::time::Time;

/// A browser that an eID has logged in from.
#[derive(Debug, Clone)]
pub struct Device {
    /// Our id.
    pub id: DeviceId,
    /// Whose log-in made it.
    pub eid: EidId,
    /// The credential epoch it was made in; void in any other.
    pub epoch: i32,
    /// Void from then on.
    pub expires_at: Time,
}

/// Devices.
pub struct Devices<'t, 'c>(pub(super) &'t mut Tx<'c>);

impl Devices<'_, '_> {
    /// A device of this eID that still counts.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn live(&mut self, id: DeviceId, eid: EidId, epoch: i32, now: Time) -> Result<bool, Halt> {
        let found = on!(self.0.db, |db| devices::table
            .find(id.bytes().to_vec())
            .filter(devices::eid.eq(eid.bytes().to_vec()))
            .filter(devices::epoch.eq(epoch))
            .filter(devices::expires_at.gt(now.micros()))
            .select(devices::epoch)
            .first::<i32>(db))
        .optional()?;
        Ok(found.is_some())
    }

    /// The browsers that an eID is remembered on: since when, used last, until when.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn of_eid(&mut self, eid: EidId, epoch: i32) -> Result<Vec<[Time; 3]>, Halt> {
        let rows = devices::table
            .filter(devices::eid.eq(eid.bytes().to_vec()).and(devices::epoch.eq(epoch)))
            .order(devices::created_at)
            .select((devices::created_at, devices::used_at, devices::expires_at))
            .load::<(i64, i64, i64)>(self.0.db)?;
        Ok(rows
            .into_iter()
            .map(|(created, used, expires)| [created, used, expires].map(Time::from_micros))
            .collect())
    }

    /// Remembers a device, or notes that it was used. The oldest beyond `most` are forgotten with their lanes.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn remember(&mut self, device: &Device, most: usize, now: Time) -> Result<(), Halt> {
        let values = (
            devices::eid.eq(device.eid.bytes().to_vec()),
            devices::epoch.eq(device.epoch),
            devices::used_at.eq(now.micros()),
            devices::expires_at.eq(device.expires_at.micros()),
        );
        let touched = on!(self.0.db, |db| fixed(
            diesel::update(devices::table.find(device.id.bytes().to_vec())).set(values.clone())
        )
        .execute(db))?;
        if touched == 1 {
            return Ok(());
        }
        on!(self.0.db, |db| diesel::insert_into(devices::table)
            .values((
                devices::id.eq(device.id.bytes().to_vec()),
                values,
                devices::created_at.eq(now.micros()),
            ))
            .execute(db))?;
        let rows = on!(self.0.db, |db| devices::table
            .filter(devices::eid.eq(device.eid.bytes().to_vec()))
            .order(devices::used_at.desc())
            .select(devices::id)
            .load::<Vec<u8>>(db))?;
        for id in rows.into_iter().skip(most) {
            let id = DeviceId::from_bytes(id16(&id, "devices", "id")?);
            on!(self.0.db, |db| diesel::delete(devices::table.find(id.bytes().to_vec()))
                .execute(db))?;
            self.0.lanes().remove(LaneId::Known(id))?;
        }
        Ok(())
    }
}
