//! Who does a job that only one node may do at a time.

use diesel::prelude::*;

use super::schema::leases;
use super::{Halt, Tx};
use crate::domain::time::{Span, Time};

/// Nodes' clocks may differ by this much.
const SKEW: Span = Span::secs(180);

/// Leases.
pub struct Leases<'t, 'c>(pub(super) &'t mut Tx<'c>);

impl Leases<'_, '_> {
    /// Takes or prolongs a lease; `false` while somebody else holds it. A lease that ends later than any that is given now was
    /// written by a clock that has been set back since: nobody holds it, or the work would rest for as long.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn take(&mut self, name: &str, holder: &[u8; 16], now: Time, until: Time) -> Result<bool, Halt> {
        let free = leases::until
            .lt(now.micros())
            .or(leases::until.gt((until + SKEW).micros()))
            .or(leases::holder.eq(holder.to_vec()));
        let values = (leases::holder.eq(holder.to_vec()), leases::until.eq(until.micros()));
        let touched = diesel::update(leases::table.find(name).filter(free))
            .set(values.clone())
            .execute(self.0.db)?;
        if touched == 1 {
            return Ok(true);
        }
        let held = leases::table
            .find(name)
            .select(leases::until)
            .first::<i64>(self.0.db)
            .optional()?;
        if held.is_some() {
            return Ok(false);
        }
        diesel::insert_into(leases::table)
            .values((leases::name.eq(name), values))
            .execute(self.0.db)?;
        Ok(true)
    }

    /// Gives a lease back before its end; nothing where somebody else has it by now.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn give_back(&mut self, name: &str, holder: &[u8; 16]) -> Result<(), Halt> {
        let held = leases::table.find(name).filter(leases::holder.eq(holder.to_vec()));
        diesel::update(held).set(leases::until.eq(0)).execute(self.0.db)?;
        Ok(())
    }
}
