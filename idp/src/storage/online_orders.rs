//! Orders of our own page, from the moment they are accepted until registers were asked about them; and for a day that they were.
//!
//! ```text
//!  placed ──▶ open ──taken up when it is due, asked──▶ checked (nothing but that is left) ──a day──▶ gone
//!               ├──the same place sends another for the same person──▶ gone
//!               └──no answer for days──▶ gone, and told
//! ```

use diesel::prelude::*;
use zeroize::Zeroizing;

use super::schema::online_orders;
use super::{Halt, Tx};
use crate::domain::cpr::Cpr;
use crate::domain::time::Time;
use crate::fault::Fault;
use crate::vault::{Lookup, Place, Sealed};

/// An order as it is accepted.
#[derive(Debug, Clone, Copy)]
pub struct NewOrder<'a> {
    /// Whose.
    pub cpr: &'a Cpr,
    /// The document that it rests on, in one word.
    pub document: &'a str,
    /// The network that it came from, in one word; nothing where that is not known.
    pub source: &'a str,
    /// What was typed, as whoever places it writes it down.
    pub details: &'a [u8],
    /// When.
    pub placed_at: Time,
}

/// An order that is open.
#[derive(Debug)]
pub struct OnlineOrder {
    /// By what it is known: a keyed hash of whose it is and the document that it rests on.
    pub key: [u8; 32],
    /// A keyed hash of the CPR number.
    pub cpr: [u8; 32],
    /// What was typed; nothing where the seal does not open.
    pub details: Option<Zeroizing<Vec<u8>>>,
    /// When it was accepted.
    pub placed_at: Time,
    /// How often a register did not answer.
    pub tries: i32,
    /// When it is looked at.
    pub due_at: Time,
}

impl OnlineOrder {
    /// Which order it is: another that takes its place under the same key is another.
    #[must_use]
    pub const fn which(&self) -> ([u8; 32], Time) {
        (self.key, self.placed_at)
    }
}

/// Open orders for one person that one place has at a time.
const FROM_ONE_PLACE: usize = 3;

/// What became of an order that is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placing {
    /// It is open.
    Open,
    /// It is open in the place of the latest that was sent from there.
    Instead,
    /// The same is open, or was checked within the last day.
    Known,
    /// Nothing: as many as may be are open.
    Full,
}

/// Orders of our own page.
pub struct OnlineOrders<'t, 'c>(pub(super) &'t mut Tx<'c>);

type Stored = (Vec<u8>, Vec<u8>, Option<Vec<u8>>, i64, i32, Option<i64>);

impl OnlineOrders<'_, '_> {
    /// Accepts an order, where fewer than `most` are open. Nothing changes when the same one is open, or was checked within the last day. Where one
    /// place has some open for the person, the latest of them makes room: what was accepted before stays.
    ///
    /// # Errors
    /// When the database does not answer; `Halt::Again` when two place the same at once.
    pub fn place(&mut self, order: &NewOrder<'_>, most: i64) -> Result<Placing, Halt> {
        let (cpr, vault) = (self.hash(order.cpr), self.0.vault);
        let key = self.key(&[order.cpr.digits(), order.document]);
        let known = online_orders::table.find(key.to_vec());
        if diesel::select(diesel::dsl::exists(known)).get_result(self.0.db)? {
            return Ok(Placing::Known);
        }
        let source = self.key(&["source", order.source]);
        let before = online_orders::table
            .filter(online_orders::cpr.eq(cpr.to_vec()))
            .filter(online_orders::source.eq(source.to_vec()))
            .filter(online_orders::due_at.is_not_null())
            .order((online_orders::placed_at.desc(), online_orders::key))
            .select(online_orders::key)
            .load::<Vec<u8>>(self.0.db)?;
        let instead = before.first().filter(|_| before.len() >= FROM_ONE_PLACE);
        if instead.is_none() && self.are_open(most)? {
            return Ok(Placing::Full);
        }
        if let Some(latest) = instead {
            diesel::delete(online_orders::table.find(latest)).execute(self.0.db)?;
        }
        let details = vault.seal(place(&key), order.details, self.0.rng);
        diesel::insert_into(online_orders::table)
            .values((
                online_orders::key.eq(key.to_vec()),
                online_orders::cpr.eq(cpr.to_vec()),
                online_orders::source.eq(source.to_vec()),
                online_orders::details.eq(details),
                online_orders::placed_at.eq(order.placed_at.micros()),
                online_orders::due_at.eq(order.placed_at.micros()),
                online_orders::tries.eq(0),
            ))
            .execute(self.0.db)?;
        Ok(if instead.is_some() {
            Placing::Instead
        } else {
            Placing::Open
        })
    }

    /// Whether so many are open, or more: no further row is read.
    fn are_open(&mut self, many: i64) -> Result<bool, Halt> {
        let Some(others) = many.checked_sub(1).filter(|others| *others >= 0) else {
            return Ok(true);
        };
        let last = online_orders::table
            .filter(online_orders::due_at.is_not_null())
            .order(online_orders::due_at)
            .select(online_orders::due_at)
            .offset(others)
            .limit(1)
            .first::<Option<i64>>(self.0.db)
            .optional()?;
        Ok(last.is_some())
    }

    /// The open order whose time has come; of those that are due alike, the one that was accepted first.
    ///
    /// # Errors
    /// When the database does not answer or a row is corrupt.
    pub fn due(&mut self, now: Time) -> Result<Option<OnlineOrder>, Halt> {
        let row = online_orders::table
            .filter(online_orders::due_at.le(now.micros()))
            .order((online_orders::due_at, online_orders::placed_at))
            .select(stored())
            .first::<Stored>(self.0.db)
            .optional()?;
        Ok(row.map(|row| self.read(row)).transpose()?)
    }

    /// Of the open orders for this person that are due by then, the one that was accepted first.
    ///
    /// # Errors
    /// When the database does not answer or a row is corrupt.
    pub fn first_of(&mut self, cpr: &[u8; 32], then: Time) -> Result<Option<OnlineOrder>, Halt> {
        let row = online_orders::table
            .filter(online_orders::cpr.eq(cpr.to_vec()))
            .filter(online_orders::due_at.le(then.micros()))
            .order((online_orders::placed_at, online_orders::due_at))
            .select(stored())
            .first::<Stored>(self.0.db)
            .optional()?;
        Ok(row.map(|row| self.read(row)).transpose()?)
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
        let orders = rows.into_iter().map(|row| self.read(row));
        Ok(orders.collect::<Result<_, Fault>>()?)
    }

    /// A keyed hash of a CPR number, by which checks for its orders are counted.
    #[must_use]
    pub fn hash(&self, cpr: &Cpr) -> [u8; 32] {
        self.0.vault.lookup(Lookup::Cpr, cpr.digits().as_bytes())
    }

    /// The same, by which those are counted that its holder asks for once they have logged in: strangers use up nothing of theirs.
    #[must_use]
    pub fn holders_hash(&self, cpr: &Cpr) -> [u8; 32] {
        self.key(&["holder", cpr.digits()])
    }

    fn key(&self, words: &[&str]) -> [u8; 32] {
        self.0.vault.lookup(Lookup::Order, words.join("|").as_bytes())
    }

    /// When documents were checked since then, the earliest first; counted by one of the hashes.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn checks(&mut self, hash: &[u8; 32], since: Time) -> Result<Vec<Time>, Halt> {
        let times = online_orders::table
            .filter(online_orders::cpr.eq(hash.to_vec()))
            .filter(online_orders::checked_at.gt(since.micros()))
            .order(online_orders::checked_at)
            .select(online_orders::checked_at.assume_not_null())
            .load::<i64>(self.0.db)?;
        Ok(times.into_iter().map(Time::from_micros).collect())
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
    pub fn later(&mut self, (key, placed_at): ([u8; 32], Time), due: Time) -> Result<bool, Halt> {
        let touched = diesel::update(online_orders::table.find(key.to_vec()))
            .filter(online_orders::due_at.is_not_null())
            .filter(online_orders::placed_at.eq(placed_at.micros()))
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
    pub fn checked(&mut self, (key, placed_at): ([u8; 32], Time), now: Time) -> Result<bool, Halt> {
        let touched = diesel::update(online_orders::table.find(key.to_vec()))
            .filter(online_orders::due_at.is_not_null())
            .filter(online_orders::placed_at.eq(placed_at.micros()))
            .set((
                online_orders::details.eq(None::<Vec<u8>>),
                online_orders::due_at.eq(None::<i64>),
                online_orders::checked_at.eq(now.micros()),
            ))
            .execute(self.0.db)?;
        Ok(touched == 1)
    }

    /// Counts a check of a document that is no order; by what it may be taken back.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn note_check(&mut self, hash: &[u8; 32], now: Time) -> Result<[u8; 32], Halt> {
        let key = self.0.rng.bytes::<32>();
        diesel::insert_into(online_orders::table)
            .values((
                online_orders::key.eq(key.to_vec()),
                online_orders::cpr.eq(hash.to_vec()),
                online_orders::source.eq(Vec::new()),
                online_orders::placed_at.eq(now.micros()),
                online_orders::tries.eq(0),
                online_orders::checked_at.eq(now.micros()),
            ))
            .execute(self.0.db)?;
        Ok(key)
    }

    /// Takes a check back that no register has answered.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn forget_check(&mut self, key: &[u8; 32]) -> Result<(), Halt> {
        diesel::delete(online_orders::table.find(key.to_vec()))
            .filter(online_orders::checked_at.is_not_null())
            .execute(self.0.db)?;
        Ok(())
    }

    /// Forgets an open order; `false` when there is none any more.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn forget(&mut self, (key, placed_at): ([u8; 32], Time)) -> Result<bool, Halt> {
        let gone = diesel::delete(online_orders::table.find(key.to_vec()))
            .filter(online_orders::due_at.is_not_null())
            .filter(online_orders::placed_at.eq(placed_at.micros()))
            .execute(self.0.db)?;
        Ok(gone == 1)
    }

    fn read(&self, (key, cpr, details, placed_at, tries, due_at): Stored) -> Result<OnlineOrder, Fault> {
        let corrupt = |column| Fault::corrupt("online_orders", column, placed_at);
        let key: [u8; 32] = key.try_into().map_err(|_| corrupt("key"))?;
        let details = details.and_then(|sealed| self.0.vault.open(place(&key), &sealed).ok());
        Ok(OnlineOrder {
            cpr: cpr.try_into().map_err(|_| corrupt("cpr"))?,
            details,
            placed_at: Time::from_micros(placed_at),
            tries,
            due_at: Time::from_micros(due_at.ok_or_else(|| corrupt("due_at"))?),
            key,
        })
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
