//! Facts about the database itself: its random id, its demo mark, the generations of its stored-value key.

use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error};

use super::dialect::Db;
use super::schema::meta;
use super::{Halt, Tx};
use crate::domain::time::Time;
use crate::entropy::Entropy;
use crate::fault::Fault;
use crate::vault::Generations;

const DATABASE_ID: &str = "database_id";
const DEMO: &str = "demo";
const CURRENT: &str = "stored_value_generation";
const OLDEST: &str = "stored_value_oldest";
const SINCE: &str = "stored_value_since";

/// Facts about the database.
pub struct Meta<'t, 'c>(pub(super) &'t mut Tx<'c>);

pub(super) fn value(db: &mut Db, key: &str) -> QueryResult<Option<Vec<u8>>> {
    meta::table
        .find(key)
        .select(meta::value)
        .first::<Vec<u8>>(db)
        .optional()
}

/// Writes a fact down, the first time or anew.
pub(super) fn put(db: &mut Db, key: &str, bytes: &[u8]) -> QueryResult<()> {
    let touched = diesel::update(meta::table.find(key))
        .set(meta::value.eq(bytes))
        .execute(db)?;
    if touched == 0 {
        diesel::insert_into(meta::table)
            .values((meta::key.eq(key), meta::value.eq(bytes)))
            .execute(db)?;
    }
    Ok(())
}

/// The random id that salts every key of the vault.
pub(super) fn database_id(db: &mut Db) -> Result<Option<[u8; 16]>, Fault> {
    let stored = value(db, DATABASE_ID).map_err(|e| Fault::new("the database id could not be read", e))?;
    stored
        .map(|bytes| <[u8; 16]>::try_from(bytes).map_err(|_| Fault::corrupt("meta", "value", DATABASE_ID)))
        .transpose()
}

/// Whether the database was made as a demo.
pub(super) fn demo_mark(db: &mut Db) -> Result<Option<bool>, Fault> {
    let stored = value(db, DEMO).map_err(|e| Fault::new("the demo mark could not be read", e))?;
    Ok(stored.map(|bytes| bytes == [1]))
}

/// Gives a new database its id and its mark, both or neither; an old one keeps both, for good.
pub(super) fn mark(db: &mut Db, demo: bool, rng: &Entropy) -> Result<(), Fault> {
    let rows = [(DATABASE_ID, rng.bytes::<16>().to_vec()), (DEMO, vec![u8::from(demo)])];
    let marked = db.transaction(|db| {
        if value(db, DATABASE_ID)?.is_some() {
            return Ok(());
        }
        for (key, value) in &rows {
            diesel::insert_into(meta::table)
                .values((meta::key.eq(*key), meta::value.eq(value)))
                .execute(db)?;
        }
        Ok(())
    });
    match marked {
        // Another node marked it at the same moment.
        Err(Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => Ok(()),
        marked => marked.map_err(|e| Fault::new("the database could not be marked", e)),
    }
}

impl Meta<'_, '_> {
    /// The generations of the stored-value key; both 1 until it was first rotated.
    ///
    /// # Errors
    /// When the database does not answer or the row is corrupt.
    pub fn generations(&mut self) -> Result<Generations, Halt> {
        let mut number = |key: &'static str| -> Result<u32, Halt> {
            let Some(bytes) = value(self.0.db, key)? else {
                return Ok(1);
            };
            let bytes = <[u8; 4]>::try_from(bytes).map_err(|_| Fault::corrupt("meta", "value", key))?;
            Ok(u32::from_be_bytes(bytes))
        };
        Ok(Generations {
            oldest: number(OLDEST)?,
            current: number(CURRENT)?,
        })
    }

    /// Since when the current generation seals; nothing before the first rotation.
    ///
    /// # Errors
    /// When the database does not answer or the row is corrupt.
    pub fn generation_since(&mut self) -> Result<Option<Time>, Halt> {
        let Some(bytes) = value(self.0.db, SINCE)? else {
            return Ok(None);
        };
        let bytes = <[u8; 8]>::try_from(bytes).map_err(|_| Fault::corrupt("meta", "value", SINCE))?;
        Ok(Some(Time::from_micros(i64::from_be_bytes(bytes))))
    }

    /// Begins the next generation: what is sealed from now on is sealed under it; the older ones still open.
    ///
    /// # Errors
    /// When the database does not answer; `Halt::Again` when another node was faster.
    pub fn begin_generation(&mut self, from: u32, now: Time) -> Result<u32, Halt> {
        let next = from + 1;
        let touched = diesel::update(
            meta::table
                .find(CURRENT)
                .filter(meta::value.eq(from.to_be_bytes().to_vec())),
        )
        .set(meta::value.eq(next.to_be_bytes().to_vec()))
        .execute(self.0.db)?;
        if touched == 0 && value(self.0.db, CURRENT)?.is_some() {
            return Err(Halt::Again);
        }
        if touched == 0 {
            diesel::insert_into(meta::table)
                .values((meta::key.eq(CURRENT), meta::value.eq(next.to_be_bytes().to_vec())))
                .execute(self.0.db)?;
        }
        put(self.0.db, SINCE, &now.micros().to_be_bytes())?;
        Ok(next)
    }

    /// Retires every generation before `current`: nothing sealed under them is left.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn retire_before(&mut self, current: u32) -> Result<(), Halt> {
        Ok(put(self.0.db, OLDEST, &current.to_be_bytes())?)
    }
}
