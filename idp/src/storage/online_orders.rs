//! Orders of our own page, from the moment they are accepted until registers were asked about them; and for a day that they were.
//!
//! ```text
//!  placed ──▶ open ──due, claimed, asked──▶ checked (nothing but that is left) ──a day──▶ gone
//!               └──a register was down for days──▶ gone, and told
//! ```

use diesel::prelude::*;
use zeroize::Zeroizing;

use super::schema::online_orders;
use super::{Halt, Tx};
use crate::domain::cpr::Cpr;
use crate::domain::time::Time;
use crate::fault::Fault;
use crate::vault::{Lookup, Place, Sealed};

/// An order that is open.
#[derive(Debug)]
pub struct OnlineOrder {
    /// By what it is known: a keyed hash of whose it is and the document that it rests on.
    pub key: [u8; 32],
    /// A keyed hash of the CPR number.
    pub cpr: [u8; 32],
    /// What was typed, as whoever placed it wrote it down.
    pub details: Zeroizing<Vec<u8>>,
    /// When it was accepted.
    pub placed_at: Time,
    /// How often a register did not answer.
    pub tries: i32,
    /// When it was to be looked at.
    due_at: Time,
}

/// Orders of our own page.
pub struct OnlineOrders<'t, 'c>(pub(super) &'t mut Tx<'c>);

type Stored = (Vec<u8>, Vec<u8>, Option<Vec<u8>>, i64, i32, Option<i64>);

impl OnlineOrders<'_, '_> {
    /// Accepts an order; `false` when the same one is open, or was checked within the last day: nothing changes then.
    ///
    /// # Errors
    /// When the database does not answer; `Halt::Again` when two place the same at once.
    pub fn place(&mut self, cpr: &Cpr, document: &str, details: &[u8], now: Time) -> Result<bool, Halt> {
        let cpr_hash = self.hash(cpr);
        let vault = self.0.vault;
        let order = [cpr.digits(), document].join("|");
        let key = vault.lookup(Lookup::Order, order.as_bytes());
        let known = online_orders::table.find(key.to_vec());
        if diesel::select(diesel::dsl::exists(known)).get_result(self.0.db)? {
            return Ok(false);
        }
        let details = vault.seal(place(&key), details, self.0.rng);
        diesel::insert_into(online_orders::table)
            .values((
                online_orders::key.eq(key.to_vec()),
                online_orders::cpr.eq(cpr_hash.to_vec()),
                online_orders::details.eq(details),
                online_orders::placed_at.eq(now.micros()),
                online_orders::due_at.eq(now.micros()),
                online_orders::tries.eq(0),
            ))
            .execute(self.0.db)?;
        Ok(true)
    }

    /// How many are open.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn open(&mut self) -> Result<i64, Halt> {
        Ok(online_orders::table
            .filter(online_orders::due_at.is_not_null())
            .count()
            .get_result(self.0.db)?)
    }

    /// Open orders whose time has come, the longest due first.
    ///
    /// # Errors
    /// When the database does not answer or a row is corrupt.
    pub fn due(&mut self, now: Time, limit: i64) -> Result<Vec<OnlineOrder>, Halt> {
        let rows = online_orders::table
            .filter(online_orders::due_at.le(now.micros()))
            .order(online_orders::due_at)
            .limit(limit)
            .select(stored())
            .load::<Stored>(self.0.db)?;
        self.read(rows)
    }

    /// Open orders that were accepted before.
    ///
    /// # Errors
    /// When the database does not answer or a row is corrupt.
    pub fn placed_before(&mut self, then: Time, limit: i64) -> Result<Vec<OnlineOrder>, Halt> {
        let rows = online_orders::table
            .filter(online_orders::placed_at.lt(then.micros()))
            .filter(online_orders::due_at.is_not_null())
            .order(online_orders::placed_at)
            .limit(limit)
            .select(stored())
            .load::<Stored>(self.0.db)?;
        self.read(rows)
    }

    /// When documents of the person were checked since then, the earliest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn checks(&mut self, cpr: &[u8; 32], since: Time) -> Result<Vec<Time>, Halt> {
        let times = online_orders::table
            .filter(online_orders::cpr.eq(cpr.to_vec()))
            .filter(online_orders::checked_at.gt(since.micros()))
            .order(online_orders::checked_at)
            .select(online_orders::checked_at.assume_not_null())
            .load::<i64>(self.0.db)?;
        Ok(times.into_iter().map(Time::from_micros).collect())
    }

    /// A keyed hash of a CPR number, by which checks are counted.
    #[must_use]
    pub fn hash(&self, cpr: &Cpr) -> [u8; 32] {
        self.0.vault.lookup(Lookup::Cpr, cpr.digits().as_bytes())
    }

    /// Takes an order up until then, so that nobody else does. A lost race makes the act run again.
    ///
    /// # Errors
    /// When the database does not answer; `Halt::Again` when somebody else was first.
    pub fn claim(&mut self, order: &OnlineOrder, until: Time) -> Result<(), Halt> {
        let touched = diesel::update(online_orders::table.find(order.key.to_vec()))
            .filter(online_orders::due_at.eq(order.due_at.micros()))
            .set(online_orders::due_at.eq(until.micros()))
            .execute(self.0.db)?;
        if touched == 1 { Ok(()) } else { Err(Halt::Again) }
    }

    /// A register did not answer: it is looked at again then. `false` when it is not open any more.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn later(&mut self, key: &[u8; 32], due: Time) -> Result<bool, Halt> {
        let touched = diesel::update(online_orders::table.find(key.to_vec()))
            .filter(online_orders::due_at.is_not_null())
            .set((
                online_orders::due_at.eq(due.micros()),
                online_orders::tries.eq(online_orders::tries + 1),
            ))
            .execute(self.0.db)?;
        Ok(touched == 1)
    }

    /// Registers have answered: what was typed is erased. `false` when it was not open any more, so that nothing comes of it twice.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn checked(&mut self, key: &[u8; 32], now: Time) -> Result<bool, Halt> {
        let touched = diesel::update(online_orders::table.find(key.to_vec()))
            .filter(online_orders::due_at.is_not_null())
            .set((
                online_orders::details.eq(None::<Vec<u8>>),
                online_orders::due_at.eq(None::<i64>),
                online_orders::checked_at.eq(now.micros()),
            ))
            .execute(self.0.db)?;
        Ok(touched == 1)
    }

    /// A document of the person was checked for something else than an order of theirs; it counts with them.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn note_check(&mut self, cpr: &Cpr, now: Time) -> Result<(), Halt> {
        let cpr_hash = self.hash(cpr);
        diesel::insert_into(online_orders::table)
            .values((
                online_orders::key.eq(self.0.rng.bytes::<32>().to_vec()),
                online_orders::cpr.eq(cpr_hash.to_vec()),
                online_orders::placed_at.eq(now.micros()),
                online_orders::tries.eq(0),
                online_orders::checked_at.eq(now.micros()),
            ))
            .execute(self.0.db)?;
        Ok(())
    }

    /// Forgets an open order; `false` when there is none any more.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn forget(&mut self, key: &[u8; 32]) -> Result<bool, Halt> {
        let gone = diesel::delete(online_orders::table.find(key.to_vec()))
            .filter(online_orders::due_at.is_not_null())
            .execute(self.0.db)?;
        Ok(gone == 1)
    }

    fn read(&self, rows: Vec<Stored>) -> Result<Vec<OnlineOrder>, Halt> {
        let rows = rows.into_iter().map(|(key, cpr, details, placed_at, tries, due_at)| {
            let corrupt = |column| Fault::corrupt("online_orders", column, placed_at);
            let key: [u8; 32] = key.try_into().map_err(|_| corrupt("key"))?;
            let sealed = details.ok_or_else(|| corrupt("details"))?;
            let details = self.0.vault.open(place(&key), &sealed);
            Ok(OnlineOrder {
                cpr: cpr.try_into().map_err(|_| corrupt("cpr"))?,
                details: details.map_err(|error| Fault::new("online_orders.details does not open", error))?,
                placed_at: Time::from_micros(placed_at),
                tries,
                due_at: Time::from_micros(due_at.ok_or_else(|| corrupt("due_at"))?),
                key,
            })
        });
        rows.collect()
    }
}

const fn place(key: &[u8; 32]) -> Place<'_> {
    Place {
        column: Sealed::OnlineOrdersDetails,
        row: key,
    }
}

type Columns = (
    online_orders::key,
    online_orders::cpr,
    online_orders::details,
    online_orders::placed_at,
    online_orders::tries,
    online_orders::due_at,
);

const fn stored() -> Columns {
    (
        online_orders::key,
        online_orders::cpr,
        online_orders::details,
        online_orders::placed_at,
        online_orders::tries,
        online_orders::due_at,
    )
}
